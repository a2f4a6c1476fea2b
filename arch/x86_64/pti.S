/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-table isolation: ways in and out for processors on which user level can read whatever is mapped,
 * allowed or not (Meltdown, CVE-2017-5754).  In user mode only this page of code and `user_view`
 * (tables.h) are mapped of the kernel.  Every way in loads the kernel's tables and goes on like the others,
 * in entry.S; every way out loads the user's last. */
#include <arch/x86_64/registers.h>

#define STACK_TOP (user_view + USER_VIEW_STACK_TOP)
#define KERNEL_ROOT user_view + USER_VIEW_KERNEL_ROOT(%rip)

    .text
    .globl  pti_text
    .balign 4096
pti_text:

/* SYSCALL.  RSP is not kept (rules: threads 1.2). */
    .macro  ENTER_BY_SYSCALL to
    movq    KERNEL_ROOT, %rsp
    movq    %rsp, %cr3
    jmp     \to
    .endm

    .globl  pti_syscall_entry, pti_syscall_entry_general
pti_syscall_entry:
    ENTER_BY_SYSCALL syscall_entry
pti_syscall_entry_general:
    ENTER_BY_SYSCALL syscall_entry_general

/* As in entry.S. */
    .globl  pti_leave_by_sysret
pti_leave_by_sysret:
    movq    TCB(RIP), %rcx
    movq    TCB(RFLAGS), %r11
    RESTORE REGISTERS
    movq    TCB_USER_ROOT(%rdi), %rsp
    movq    TCB(RDI), %rdi
    movq    %rsp, %cr3
    xorl    %esp, %esp
    sysretq

    .globl  pti_leave_by_iret
pti_leave_by_iret:
    RESTORE REGISTERS, REGISTERS_OF_INTERRUPT
    movq    $STACK_TOP, %rsp
    .irp    word, 32, 24, 16, 8, 0      /* SS, RSP, RFLAGS, CS, RIP */
    pushq   TCB_CONTEXT + CONTEXT_RIP + \word(%rdi)
    .endr
    pushq   TCB(RDI)
    movq    TCB_USER_ROOT(%rdi), %rdi
    movq    %rdi, %cr3
    popq    %rdi
    movq    $0, -8(%rsp)
    iretq

/* Interrupts and exceptions: the stub of a vector leaves its own address behind the processor's frame. */
    .globl  pti_stubs
    .balign 8
pti_stubs:
    .rept   256
    .balign 8
    call    pti_trap
    .endr

/* A frame from user level moves from the stack in the user's view to the end of the current thread's context.
 * It has five words, or six with an error code; six are moved.  Others stay, on the kernel's stacks. */
pti_trap:
    pushq   %rax
    movq    KERNEL_ROOT, %rax
    movq    %rax, %cr3
    movq    8(%rsp), %rax
    subq    $pti_stubs + 5, %rax        /* 8 * vector */
    leaq    trap_stubs(, %rax, 2), %rax
    movq    %rax, 8(%rsp)               /* where this goes on */
    leaq    64(%rsp), %rax              /* from user level: STACK_TOP + 8, or + 0 with an error code */
    subq    $STACK_TOP, %rax
    cmpq    $8, %rax
    ja      1f
    pushq   %rbx
    movq    tss + TSS_RSP0(%rip), %rax
    .irp    word, 48, 40, 32, 24, 16, 8
    pushq   STACK_TOP - \word
    popq    -\word(%rax)
    .endr
    leaq    24(%rsp), %rbx
    subq    $STACK_TOP, %rbx            /* - bytes of the frame */
    addq    %rax, %rbx                  /* the frame's new place */
    pushq   16(%rsp)
    popq    -8(%rbx)                    /* where this goes on, for RET: the stub pushes there */
    leaq    -8(%rbx), %rax
    popq    %rbx
    xchgq   %rax, (%rsp)
    movq    $0, -8(%rsp)                /* RBX and the frame do not stay in the user's view */
    .irp    word, 40, 32, 24, 16, 8
    movq    $0, STACK_TOP - \word
    .endr
    popq    %rsp
    ret
1:  popq    %rax
    movq    $0, -8(%rsp)
    ret

    .globl  pti_text_end
pti_text_end:
