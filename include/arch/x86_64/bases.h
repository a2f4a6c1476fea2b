/* SPDX-License-Identifier: BSD-2-Clause */
/* Bases of FS and GS, and the selectors of data segments (include/arch/core.h has more). */
#pragma once
#include <kernel/tcb.h>

/* Bases that were stored without a look are made loadable: their upper bits are made to fit. */
void bases_fit(struct context *c);

/* On the way out to a thread t that is not the one that ran last (tss.rsp0 still tells which): keeps that one's
 * bases and loads t's.  All selectors are null again.  For processors with and without FSGSBASE. */
void bases_switch_by_instruction(const struct tcb *t);
void bases_switch_by_msr(const struct tcb *t);

/* arch_switch_to() of processors without FSGSBASE: boot puts a jump to it there. */
noreturn void switch_without_fsgsbase(struct tcb *t);
