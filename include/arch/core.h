/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor holds now, so that registers that are slow to write are written only when they
 * change; and the ways out of the kernel. */
#pragma once
#include <kernel/types.h>

struct tcb;

/*   1  space is what the processor has loaded
 *   2  that is an address space that is alive, or the kernel's own */
struct arch_core {
    word_t space;             /* loaded address space */
    word_t space_generation;  /* never 0; see struct vspace_cache */
    word_t tls_base, other_base; /* loaded last, where user level cannot write them (bases.c) */
    struct tcb *fpu_owner;    /* fpu.c */
    word_t debug_control;     /* hwdebug.c: what is armed */
};

/* Loads what t needs (address space, bases, FPU) and leaves the kernel for it. */
noreturn void arch_switch_to(struct tcb *t);

/* Leaves for the thread that was running when the kernel was entered by a system call, nothing of whose
 * surroundings has changed. */
noreturn void arch_resume(struct tcb *t);

/* User level can change its thread pointer and its other base without the kernel.  Of a thread that is not
 * running the context has them, of the one that is, the processor.
 * Save: t's context has them after this.
 * Load: they have been written in t's context, and are in effect when t runs on. */
void arch_bases_save(struct tcb *t);
void arch_bases_load(struct tcb *t);

/* Says on every console how the kernel came to ip, with its stack at sp, for tools/backtrace.py. */
void arch_backtrace(word_t ip, word_t sp);

/* Ends all work of this core. */
noreturn void arch_stop(void);

/* Leaves the kernel by waiting for an interrupt. */
noreturn void arch_idle(void);
