/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole system of objects in one untyped: Retype, the methods of CNodes, IPC, deletion and
 * revocation in preempted steps, in any order.  After every step the invariants of slots, untyped
 * memory and threads are checked; in the end everything is revoked and nothing may be left.  Ends
 * the program at a violation. */
#pragma once
#include "fakes.h"

void model_system(struct input *in);
