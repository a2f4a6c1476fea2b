/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of the debug exception, on a stack of its own: it may come at the kernel's first instruction, with
 * the user's stack pointer or a half-built frame.  Some processors report a single step of SYSCALL there,
 * and MOV SS puts the report of a breakpoint that it hits off behind the next instruction, which may enter
 * the kernel (CVE-2018-8897). */
#include <arch/offsets.h>

    .text

/* From user level the frame moves to where the processor puts it for other exceptions, the end of the
 * current thread's context.  All registers are the user's. */
    .globl  debug_entry
debug_entry:
    testb   $3, 8(%rsp)                 /* CS */
    jz      1f
    pushq   %rax
    movq    tss + TSS_RSP0(%rip), %rax
    .irp    word, 40, 32, 24, 16, 8     /* SS, RSP, RFLAGS, CS, RIP */
    pushq   \word(%rsp)
    popq    \word - 48(%rax)
    movq    $0, \word(%rsp)             /* user mode may see this stack (pti.S) */
    .endr
    popq    %rax
    movq    $0, -8(%rsp)
    movq    tss + TSS_RSP0(%rip), %rsp
    subq    $40, %rsp
    pushq   $0                          /* no error code; vector 1 */
    pushq   $(1 << 8)
    jmp     trap

/* In the kernel: at the first instruction, and in the stubs, the step or hit was the user's, and is forgotten.
 * Anywhere else it is a fault like any other. */
1:  pushq   %rax
    .irp    entry, syscall_entry, syscall_entry_general, pti_syscall_entry, pti_syscall_entry_general
    cmpq    $\entry, 8(%rsp)
    je      2f
    .endr
    movq    8(%rsp), %rax
    subq    $trap_stubs, %rax
    cmpq    $TRAP_STUBS_BYTES, %rax
    jb      2f
    movq    8(%rsp), %rax
    subq    $pti_stubs, %rax
    cmpq    $PTI_STUBS_BYTES, %rax
    jb      2f
    popq    %rax
    pushq   $0
    pushq   $(1 << 8)
    jmp     trap_on_own_stack
2:  movl    $DEBUG_STATUS_NONE, %eax
    movq    %rax, %dr6
    popq    %rax
    movq    $0, -8(%rsp)
    iretq
