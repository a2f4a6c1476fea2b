/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point state of threads.
 *   1  the registers hold the owner's state and are enabled, or there is no owner: then they hold the
 *      initial state and their use traps.  No thread can see another's, not even speculatively.
 *   2  the owner is a thread that has used the FPU and may */
#pragma once
#include <kernel/types.h>

#define FPU_BYTES 832 /* legacy area, XSAVE header, upper halves of the AVX registers */

struct fpu {
    uint8_t area[FPU_BYTES] __attribute__((aligned(64)));
};

struct tcb;

void fpu_create(struct tcb *t);

/* The current thread has used the FPU without owning it.  False: that is a fault of the thread. */
bool fpu_first_use(struct tcb *t);

/* Saves t's registers if they are in the processor, which then has no owner. */
void fpu_release(struct tcb *t);
/* The same without saving: t is being deleted. */
void fpu_forget(struct tcb *t);
