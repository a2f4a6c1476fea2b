/* SPDX-License-Identifier: BSD-2-Clause */
/* When a long operation has to stop. */
#include <arch/irq.h>
#include <kernel/core.h>
#include <kernel/preemption.h>

bool preempt_look(void)
{
    work_units_left = WORK_UNITS_PER_PREEMPTION;
    return irq_pending();
}
