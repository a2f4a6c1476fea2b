/* SPDX-License-Identifier: BSD-2-Clause */
/* Preemption points of long operations.  Rules: docs/rules.md, capabilities 7. */
#pragma once
#include <kernel/core.h>

/* Starts counting anew; true when an interrupt is pending. */
bool preempt_look(void);

/* Counts one unit of work; true when the operation has to stop because an interrupt is pending.
 * The interrupt is taken on the way back to user level. */
static hot_inline bool preempt_pending(void)
{
    return unlikely(--work_units_left == 0) && preempt_look();
}
