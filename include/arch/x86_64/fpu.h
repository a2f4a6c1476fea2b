/* SPDX-License-Identifier: BSD-2-Clause */
/* FPU registers and their owner (include/arch/fpu.h). */
#pragma once
#include <kernel/core.h>

/* Boot: no owner, initial state, use traps. */
void fpu_init(void);

/* Gives the registers to t, or to nobody when t has no use for them. */
void fpu_switch(struct tcb *t);
