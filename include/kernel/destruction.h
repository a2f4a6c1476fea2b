/* SPDX-License-Identifier: BSD-2-Clause */
/* Deletion and revocation, in preemptible steps.  Rules: docs/rules.md, capabilities 6. */
#pragma once
#include <kernel/slot.h>

/* Empties a slot, destroying the object if this was its last capability (6.2, outer mode).
 * PREEMPTED: repeat; the slot may hold a zombie meanwhile. */
enum progress slot_delete(struct slot *slot);

/* Deletes all descendants of the slot's capability (5.3).  PREEMPTED: repeat. */
enum progress slot_revoke(struct slot *slot);

/* Empties a slot whose capability is known not to lead to a container (reply capabilities,
 * notification capabilities bound to interrupts): needs no preemption. */
void slot_delete_simple(struct slot *slot);
