/* SPDX-License-Identifier: BSD-2-Clause */
/* For the assembler: general registers to and from struct context. */
#pragma once
#include <arch/offsets.h>

/* All but RSP, RCX and R11.  RSP is `bias` bytes into the context. */
    .macro  SAVE_REGISTERS bias:req
    movq    %r10, CONTEXT_R10 - \bias(%rsp)
    movq    %r8, CONTEXT_R8 - \bias(%rsp)
    movq    %r9, CONTEXT_R9 - \bias(%rsp)
    movq    %r15, CONTEXT_R15 - \bias(%rsp)
    movq    %rdi, CONTEXT_RDI - \bias(%rsp)
    movq    %rsi, CONTEXT_RSI - \bias(%rsp)
    movq    %rdx, CONTEXT_RDX - \bias(%rsp)
    movq    %rax, CONTEXT_RAX - \bias(%rsp)
    movq    %rbx, CONTEXT_RBX - \bias(%rsp)
    movq    %rbp, CONTEXT_RBP - \bias(%rsp)
    movq    %r12, CONTEXT_R12 - \bias(%rsp)
    movq    %r13, CONTEXT_R13 - \bias(%rsp)
    movq    %r14, CONTEXT_R14 - \bias(%rsp)
    .endm

/* After an interrupt or exception: the stub has pushed the words from the context's `entry` on. */
    .macro  SAVE_ALL_REGISTERS
    SAVE_REGISTERS CONTEXT_ENTRY
    movq    %rcx, CONTEXT_RCX - CONTEXT_ENTRY(%rsp)
    movq    %r11, CONTEXT_R11 - CONTEXT_ENTRY(%rsp)
    .endm

/* RDI is the TCB: all but RSP, RCX, R11 and RDI itself. */
#define TCB(register) TCB_CONTEXT + CONTEXT_##register(%rdi)
    .macro  RESTORE_REGISTERS
    movq    TCB(R10), %r10
    movq    TCB(R8), %r8
    movq    TCB(R9), %r9
    movq    TCB(R15), %r15
    movq    TCB(RSI), %rsi
    movq    TCB(RDX), %rdx
    movq    TCB(RAX), %rax
    movq    TCB(RBX), %rbx
    movq    TCB(RBP), %rbp
    movq    TCB(R12), %r12
    movq    TCB(R13), %r13
    movq    TCB(R14), %r14
    .endm
