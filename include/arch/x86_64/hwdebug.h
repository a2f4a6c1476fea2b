/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug registers and debug exceptions (include/arch/hwdebug.h). */
#pragma once
#include <arch/x86_64/cpu.h>
#include <kernel/core.h>

/* A debug exception or breakpoint instruction of the current thread. */
noreturn void hwdebug_trap(struct tcb *t, word_t vector);

/* Makes the processor watch t for what it is to be watched for. */
void hwdebug_load(struct tcb *t);

static hot_inline void hwdebug_switch(struct tcb *t)
{
    const struct breakpoints *b = t->hwdebug.of;
    const struct arch_core *a = &core_this()->arch;
    if (unlikely(b->control || b->stepping || a->debug_control))
        hwdebug_load(t);
}
