/* SPDX-License-Identifier: BSD-2-Clause */
/* All state of one core, and the global state.  kernel/state.c defines it. */
#pragma once
#include <arch/core.h>
#include <kernel/config.h>
#include <kernel/interrupt.h>
#include <kernel/queue.h>
#include <kernel/tcb.h>

/* Ready threads of one domain.
 *   1  bit p % 64 of bitmap[p / 64] is set exactly when queue[p] is not empty
 *   2  bit i of summary is set exactly when bitmap[i] is not 0
 *   3  members have this domain, and the priority of their queue
 *   4  highest is the priority of the most urgent member, 0 if there is none */
struct ready {
    word_t highest;
    word_t summary;
    word_t bitmap[PRIORITIES / WORD_BITS];
    struct tcb_queue queue[PRIORITIES];
};

/* The highest priority whose queue is not empty, by the bitmaps; some queue is not. */
static inline word_t ready_find_highest(const struct ready *ready)
{
    word_t i = 63u - (word_t)__builtin_clzl(ready->summary);
    return i * WORD_BITS + 63u - (word_t)__builtin_clzl(ready->bitmap[i]);
}

/* What schedule() has to do: nothing (keep the current thread), choose among all ready threads, or
 * consider one thread that is runnable but in no queue. */
enum schedule_action { SCHEDULE_RESUME, SCHEDULE_CHOOSE, SCHEDULE_CANDIDATE };

/* On the way out of the kernel:
 *   1  current runs and nothing ready in its domain is more urgent, or it is idle and nothing is ready
 *   2  nothing is left to be decided: SCHEDULE_RESUME */
struct core {
    struct tcb *current;
    word_t action;           /* enum schedule_action */
    struct tcb *candidate;   /* SCHEDULE_CANDIDATE only */
    struct arch_core arch;
    struct ready ready[NUM_DOMAINS];
    union {                  /* runs when nothing else can */
        struct tcb idle;
        char idle_object[TCB_BYTES];
    };
};

extern struct core core;

static inline struct core *core_this(void) { return &core; }

/* Domain schedule (rules: threads 6). */
struct domain_entry {
    word_t domain, duration; /* both 0: end marker */
};
struct domain_state {
    word_t current;
    word_t time_left; /* ticks */
    word_t index, start;
    struct domain_entry schedule[NUM_DOMAIN_SCHEDULES];
};
extern struct domain_state domain;

/* Ready threads of the current domain. */
static hot_inline struct ready *core_ready(struct core *c)
{
    return &c->ready[NUM_DOMAINS == 1 ? 0 : domain.current];
}

/* Work units to the next look for interrupts (capabilities 7). */
extern word_t work_units_left;

/* Interrupt lines. */
extern struct irq_line irq_lines[IRQ_COUNT];

/* Kernel command line: no report of refused invocations. */
extern bool quiet;

/* All threads, debug kernels only. */
extern struct tcb *debug_threads;
