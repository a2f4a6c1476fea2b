/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries from user level and the ways back.  Registers go straight into the context of the current
 * thread, whose end is in tss.rsp0: there the processor itself puts its frame on an interrupt.  The C
 * code that follows runs on the one kernel stack and never returns. */
#include <arch/x86_64/registers.h>

    .text

/* SYSCALL: RCX is the return address, R11 the flags, RSP still the user's.  RSP, RCX and R11 are not
 * saved (rules: threads 1.2).  RDI, RSI and RDX stay where the C code takes its arguments. */
    .macro  SAVE_AT_SYSCALL
    movq    tss + TSS_RSP0(%rip), %rsp
    movq    %rcx, CONTEXT_RIP - CONTEXT_BYTES(%rsp)
    movq    %r11, CONTEXT_RFLAGS - CONTEXT_BYTES(%rsp)
    movq    $ENTRY_SYSCALL, CONTEXT_ENTRY - CONTEXT_BYTES(%rsp)
    SAVE    CONTEXT_BYTES, REGISTERS
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
    .globl  leave_by_sysret
    .balign 64
leave_by_sysret:
    movq    TCB(RIP), %rcx
    movq    TCB(RFLAGS), %r11
    RESTORE REGISTERS
    movq    TCB(RDI), %rdi
    xorl    %esp, %esp
    sysretq

/* All registers are restored.  RDI: the TCB; the last five words of its context are the frame IRETQ takes. */
    .globl  leave_by_iret
    .balign 64
leave_by_iret:
    leaq    TCB(RIP), %rsp
    RESTORE REGISTERS, REGISTERS_OF_INTERRUPT
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
    .if     vector == 1
    jmp     debug_entry
    .else
    .if     vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
    pushq   $0
    .endif
    pushq   $(vector << 8)
    .if     vector == 2 || vector == 8 || vector == 18
    jmp     trap_on_own_stack
    .else
    jmp     trap
    .endif
    .endif
    vector = vector + 1
    .endr

    .globl  trap
trap:
    testb   $3, 24(%rsp)                /* CS: from the kernel? */
    jz      trap_in_kernel
    .globl  trap_clear_ac
trap_clear_ac:                          /* with SMAP: CLAC, for the user's AC flag would switch it off */
    .byte   0x0f, 0x1f, 0x00            /* NOP */
    SAVE    CONTEXT_ENTRY, REGISTERS, REGISTERS_OF_INTERRUPT
    movzbl  1(%rsp), %edi               /* vector */
    movq    $kernel_stack_top, %rsp
    cld
    call    trap_from_user

/* The kernel runs with interrupts off but in the idle loop; anything else here is its own fault.  The
 * context is on the stack that was in use. */
    .macro  REPORT to
    SAVE    CONTEXT_ENTRY, REGISTERS, REGISTERS_OF_INTERRUPT
    movzbl  1(%rsp), %edi
    leaq    -CONTEXT_ENTRY(%rsp), %rsi
    movq    %rsi, %rsp
    cld
    call    \to
    .endm
trap_in_kernel:
    REPORT  trap_from_kernel

/* Non-maskable interrupt, double fault, machine check: on stacks of their own. */
    .globl  trap_on_own_stack
trap_on_own_stack:
    REPORT  trap_fatal

/* Another fault of the kernel: its stack may be what is wrong. */
    .globl  trap_fatal_elsewhere
trap_fatal_elsewhere:
    movq    $user_view + USER_VIEW_DOUBLE_FAULT_TOP, %rsp
    call    trap_fatal

/* Nothing to run: wait for an interrupt.  The stack is empty again. */
    .globl  arch_idle
arch_idle:
    movq    $kernel_stack_top, %rsp
    sti
1:  hlt
    jmp     1b
