/* SPDX-License-Identifier: BSD-2-Clause */
/* For the assembler: general registers to and from struct context, where they are in this order. */
#pragma once
#include <arch/offsets.h>

#define REGISTERS r10, r8, r9, r15, rdi, rsi, rdx, rax, rbx, rbp, r12, r13, r14
#define REGISTERS_OF_INTERRUPT rcx, r11 /* SYSCALL uses them itself */

/* RSP is `bias` bytes into the context. */
    .macro  SAVE bias:req, registers:vararg
    place = CONTEXT_GENERAL
    .irp    register, \registers
    movq    %\register, place - \bias(%rsp)
    place = place + 8
    .endr
    .endm

/* RDI is the TCB, and is restored by the caller. */
#define TCB(register) TCB_CONTEXT + CONTEXT_##register(%rdi)
    .macro  RESTORE registers:vararg
    place = TCB_CONTEXT + CONTEXT_GENERAL
    .irp    register, \registers
    .ifnc   \register, rdi
    movq    place(%rdi), %\register
    .endif
    place = place + 8
    .endr
    .endm
