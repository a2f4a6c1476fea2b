/* SPDX-License-Identifier: BSD-2-Clause */
/* Preemption points of long operations.  Rules: docs/rules.md, capabilities 7. */
#pragma once
#include <kernel/types.h>

/* Counts one unit of work; true when the operation has to stop because an interrupt is pending.
 * The interrupt is taken on the way back to user level. */
bool preempt_pending(void);
