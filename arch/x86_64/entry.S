/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries from user level and the ways back.  Registers go straight into the context of the current
 * thread, whose end is in tss.rsp0: there the processor itself puts its frame on an interrupt.  The C
 * code that follows runs on the one kernel stack and never returns. */
#include <arch/offsets.h>

    .text

/* SYSCALL: RCX is the return address, R11 the flags, RSP still the user's.  RSP, RCX and R11 are not
 * saved (rules: threads 1.2).  RDI, RSI and RDX stay where the C code takes its arguments. */
#define SAVED(register) CONTEXT_##register - CONTEXT_BYTES(%rsp)
    .macro  SAVE_AT_SYSCALL
    movq    tss + TSS_RSP0(%rip), %rsp
    movq    %rcx, SAVED(RIP)
    movq    %r11, SAVED(RFLAGS)
    movq    $ENTRY_SYSCALL, SAVED(ENTRY)
    movq    %r10, SAVED(R10)
    movq    %r8, SAVED(R8)
    movq    %r9, SAVED(R9)
    movq    %r15, SAVED(R15)
    movq    %rdi, SAVED(RDI)
    movq    %rsi, SAVED(RSI)
    movq    %rdx, SAVED(RDX)
    movq    %rax, SAVED(RAX)
    movq    %rbx, SAVED(RBX)
    movq    %rbp, SAVED(RBP)
    movq    %r12, SAVED(R12)
    movq    %r13, SAVED(R13)
    movq    %r14, SAVED(R14)
    movq    $kernel_stack_top, %rsp
    .endm

    .globl  syscall_entry
    .balign 64
syscall_entry:
    SAVE_AT_SYSCALL
    cmpq    $SYSCALL_CALL, %rdx
    je      entry_call
    cmpq    $SYSCALL_REPLY_RECV, %rdx
    je      entry_reply_receive
    jmp     entry_syscall

/* The same without fast paths (command line: nofastpath). */
    .globl  syscall_entry_general
    .balign 64
syscall_entry_general:
    SAVE_AT_SYSCALL
    movq    %rdx, %rdi
    call    entry_syscall_general

/* A thread that is current and entered by SYSCALL continues.  RDI: the TCB. */
#define TCB(register) TCB_CONTEXT + CONTEXT_##register(%rdi)
    .globl  leave_by_sysret
    .balign 64
leave_by_sysret:
    movq    TCB(RIP), %rcx
    movq    TCB(RFLAGS), %r11
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
    movq    TCB(RDI), %rdi
    xorl    %esp, %esp
    sysretq

/* All registers are restored.  RDI: the TCB; the last five words of its context are the frame IRETQ takes. */
    .globl  leave_by_iret
    .balign 64
leave_by_iret:
    leaq    TCB(RIP), %rsp
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
    movq    TCB(RCX), %rcx
    movq    TCB(R11), %r11
    movq    TCB(RDI), %rdi
    iretq

/* Interrupts and exceptions: one stub of 16 bytes for each vector.  The processor has pushed SS, RSP,
 * RFLAGS, CS, RIP and, for some vectors, an error code; the stub completes that to the end of a
 * struct context with 0 for the error code and the vector in bits 8..15 of the entry word. */
    .globl  trap_stubs
    .balign 64
trap_stubs:
    vector = 0
    .rept   256
    .balign 16
    .if     vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
    pushq   $0
    .endif
    pushq   $(vector << 8)
    .if     vector == 2 || vector == 8 || vector == 18
    jmp     trap_on_own_stack
    .else
    jmp     trap
    .endif
    vector = vector + 1
    .endr

#undef SAVED
#define SAVED(register) CONTEXT_##register - CONTEXT_ENTRY(%rsp)
trap:
    testb   $3, 24(%rsp)                /* CS: from the kernel? */
    jz      trap_in_kernel
    movq    %r10, SAVED(R10)
    movq    %r8, SAVED(R8)
    movq    %r9, SAVED(R9)
    movq    %r15, SAVED(R15)
    movq    %rdi, SAVED(RDI)
    movq    %rsi, SAVED(RSI)
    movq    %rdx, SAVED(RDX)
    movq    %rax, SAVED(RAX)
    movq    %rbx, SAVED(RBX)
    movq    %rbp, SAVED(RBP)
    movq    %r12, SAVED(R12)
    movq    %r13, SAVED(R13)
    movq    %r14, SAVED(R14)
    movq    %rcx, SAVED(RCX)
    movq    %r11, SAVED(R11)
    movzbl  1(%rsp), %edi               /* vector */
    movq    $kernel_stack_top, %rsp
    cld
    call    trap_from_user

/* The kernel runs with interrupts off but in the idle loop; anything else here is its own fault.  The
 * frame is on the stack that was in use. */
trap_in_kernel:
    movzbl  1(%rsp), %edi
    movq    %rsp, %rsi
    cld
    call    trap_from_kernel

/* Non-maskable interrupt, double fault, machine check: on stacks of their own. */
trap_on_own_stack:
    movzbl  1(%rsp), %edi
    movq    %rsp, %rsi
    cld
    call    trap_fatal

/* Nothing to run: wait for an interrupt.  The stack is empty again. */
    .globl  arch_idle
arch_idle:
    movq    $kernel_stack_top, %rsp
    sti
1:  hlt
    jmp     1b
