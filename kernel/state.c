/* SPDX-License-Identifier: BSD-2-Clause */
/* All mutable state of the kernel that is neither an object nor the processor's: why it is global is
 * said at each. */
#include <kernel/core.h>

struct core core;                       /* per core */
struct domain_state domain;             /* one schedule for the system */
word_t work_units_left = WORK_UNITS_PER_PREEMPTION; /* the interface counts across kernel entries */
struct irq_line irq_lines[IRQ_COUNT];   /* lines belong to the machine */
bool quiet;                             /* command line */
struct tcb *debug_threads;              /* debug kernels: all threads, for reports */
