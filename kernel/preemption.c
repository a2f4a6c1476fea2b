/* SPDX-License-Identifier: BSD-2-Clause */
/* When a long operation has to stop. */
#include <arch/irq.h>
#include <kernel/core.h>
#include <kernel/preemption.h>

bool preempt_look(void)
{
    work_units = 0;
    return irq_pending();
}
