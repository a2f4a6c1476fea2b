/* SPDX-License-Identifier: BSD-2-Clause */
/* Which x86-64 register is where in struct context, and the ways back to user level. */
#pragma once
#include <arch/context.h>

enum general_register { /* the entry code knows the order */
    GENERAL_RAX,
    GENERAL_RBX,
    GENERAL_RBP,
    GENERAL_R12,
    GENERAL_R13,
    GENERAL_R14,
    GENERAL_RCX,
    GENERAL_R11,
};

/* The address with its upper bits made to fit: what the processor takes without a fault. */
static inline word_t canonical(word_t address) { return (word_t)((int64_t)(address << 16) >> 16); }
static inline bool is_canonical(word_t address) { return canonical(address) == address; }

struct tcb;

/* entry.S: restores what a thread that entered by SYSCALL may expect: all but RSP, RCX, R11. */
noreturn void leave_by_sysret(struct tcb *t);
/* entry.S: restores all registers. */
noreturn void leave_by_iret(struct tcb *t);
