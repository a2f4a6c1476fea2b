/* SPDX-License-Identifier: BSD-2-Clause */
/* Invariants, checked after every kernel entry of kernels built with CHECK=1.  Each is stated, with its
 * number, at the structure it is about.  Callers guard the calls with VARIANT_CHECK: other kernels do
 * not even have these functions. */
#pragma once
#include <kernel/types.h>

/* The kernel has been entered: what for, for the report. */
void check_entry(const char *what, word_t a, word_t b, word_t c);

/* Checks everything; the next thread is chosen, nothing is left to do but to leave.  after: which way
 * was taken.  Stops the machine at the first invariant that does not hold. */
void check_all(const char *after);
