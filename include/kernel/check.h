/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants, checked after every kernel entry of kernels built with CHECK=1.  Each is stated, with
 * its number, at the structure it is about.  Callers guard the calls with VARIANT_CHECK: other
 * kernels do not even have these functions. */
#pragma once
#include <kernel/slot.h>

/* The kernel has been entered: what for, for the report. */
void check_entry(const char *what, word_t a, word_t b, word_t c);

/* Checks everything; the next thread is chosen, nothing is left to do but to leave.  after: which
 * way was taken.  Stops the machine at the first invariant that does not hold. */
void check_all(const char *after);

/* ---- between the files of the checker ------------------------------------------------------- */

/* Invariant `number` of `structure` does not hold for what is at `where`: says so and stops. */
noreturn void check_broken(const char *structure, word_t number, const void *where);

static inline void check(bool holds, const char *structure, word_t number, const void *where)
{
    if (unlikely(!holds))
        check_broken(structure, number, where);
}

/* Some slot holds a capability to the object of c. */
bool check_exists(struct cap c);

/* The same with this very word 1: of mapped frames and tables, and PML4s. */
bool check_exists_mapped(struct cap c);

/* Endpoint and notification, met once in each check: their queues. */
void check_endpoint(struct cap c);
void check_notification(struct cap c);

/* Before the walk through all slots, and behind it. */
void check_threads_begin(void);
void check_threads_end(void);
