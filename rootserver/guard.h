/* SPDX-License-Identifier: BSD-2-Clause */
/* What keeps one broken test from ending the suite: a supervisor that receives the tester's own
 * faults, and a watcher at the lowest priority that notices when everybody else is blocked. */
#pragma once
#include "types.h"

/* Start both.  The tester's fault handler becomes the supervisor. */
void guard_start(void);

/* The watcher keeps the processor busy: without it, nothing runs while everybody is blocked. */
void guard_watch(bool watch);

/* Stop both: the suite is done, and the tester may sleep. */
void guard_stop(void);
