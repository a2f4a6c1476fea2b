/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries from user level and the ways back.  Registers go straight into the context of the current
 * thread, whose end is in tss.rsp0: there the processor itself puts its frame on an interrupt.  The C
 * code that follows runs on the one kernel stack and never returns. */
#include <arch/offsets.h>

    .text

/* SYSCALL: RCX is the return address, R11 the flags, RSP still the user's.  RSP, RCX and R11 are not
 * saved (rules: threads 1.2).  RDI, RSI and RDX stay where entry_syscall() takes its arguments. */
    .globl  syscall_entry
    .balign 64
syscall_entry:
    movq    tss + TSS_RSP0(%rip), %rsp
#define SAVED(register) CONTEXT_##register - CONTEXT_BYTES(%rsp)
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
    call    entry_syscall

/* A thread that is current and entered by SYSCALL continues.  RDI: its context. */
    .globl  context_sysret
    .balign 64
context_sysret:
    movq    CONTEXT_RIP(%rdi), %rcx
    movq    CONTEXT_RFLAGS(%rdi), %r11
    movq    CONTEXT_R10(%rdi), %r10
    movq    CONTEXT_R8(%rdi), %r8
    movq    CONTEXT_R9(%rdi), %r9
    movq    CONTEXT_R15(%rdi), %r15
    movq    CONTEXT_RSI(%rdi), %rsi
    movq    CONTEXT_RDX(%rdi), %rdx
    movq    CONTEXT_RAX(%rdi), %rax
    movq    CONTEXT_RBX(%rdi), %rbx
    movq    CONTEXT_RBP(%rdi), %rbp
    movq    CONTEXT_R12(%rdi), %r12
    movq    CONTEXT_R13(%rdi), %r13
    movq    CONTEXT_R14(%rdi), %r14
    movq    CONTEXT_RDI(%rdi), %rdi
    xorl    %esp, %esp
    sysretq

/* All registers are restored.  RDI: the context; its last five words are the frame IRETQ takes. */
    .globl  context_iret
    .balign 64
context_iret:
    leaq    CONTEXT_RIP(%rdi), %rsp
    movq    CONTEXT_R10(%rdi), %r10
    movq    CONTEXT_R8(%rdi), %r8
    movq    CONTEXT_R9(%rdi), %r9
    movq    CONTEXT_R15(%rdi), %r15
    movq    CONTEXT_RSI(%rdi), %rsi
    movq    CONTEXT_RDX(%rdi), %rdx
    movq    CONTEXT_RAX(%rdi), %rax
    movq    CONTEXT_RBX(%rdi), %rbx
    movq    CONTEXT_RBP(%rdi), %rbp
    movq    CONTEXT_R12(%rdi), %r12
    movq    CONTEXT_R13(%rdi), %r13
    movq    CONTEXT_R14(%rdi), %r14
    movq    CONTEXT_RCX(%rdi), %rcx
    movq    CONTEXT_R11(%rdi), %r11
    movq    CONTEXT_RDI(%rdi), %rdi
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
