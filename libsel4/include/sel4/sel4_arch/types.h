/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of x86-64. */
#pragma once

#include <sel4/config.h>
#include <sel4/simple_types.h>
#include <sel4/mode/types.h>
#include <sel4/sel4_arch/types_gen.h>

typedef seL4_CPtr seL4_X64_PML4;

/* The registers of a thread, in the order of seL4_TCB_ReadRegisters() and
 * seL4_TCB_WriteRegisters().  rip is where it goes on; fs_base is its thread-local storage. */
typedef struct seL4_UserContext_ {
    seL4_Word rip, rsp, rflags, rax, rbx, rcx, rdx, rsi, rdi, rbp;
    seL4_Word r8, r9, r10, r11, r12, r13, r14, r15;
    seL4_Word fs_base, gs_base;
} seL4_UserContext;
