/* SPDX-License-Identifier: BSD-2-Clause */
/* When a long operation has to stop. */
#include <arch/irq.h>
#include <kernel/core.h>
#include <kernel/preemption.h>

bool preempt_pending(void)
{
    if (likely(++work_units < WORK_UNITS_PER_PREEMPTION))
        return false;
    work_units = 0;
    return irq_pending();
}
