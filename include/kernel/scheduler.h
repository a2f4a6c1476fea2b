/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs: 256 priorities, round robin among equals, Benno scheduling (the current thread is in no
 * queue).  Rules: docs/rules.md, threads 5. */
#pragma once
#include <kernel/core.h>

/* A thread has become runnable (5.2). */
void scheduler_wake(struct tcb *t);

/* The same, when it is certain that the current thread stays runnable: a less urgent thread is only queued. */
void scheduler_wake_behind(struct tcb *t);

/* The choice has to be made among all ready threads. */
void scheduler_force(void);

/* The current thread cannot go on. */
void scheduler_current_blocked(void);

/* Queue operations on ready threads; no-ops for a thread that is (not) in a queue. */
static hot_inline struct ready *ready_of(const struct tcb *t)
{
    return &core_this()->ready[NUM_DOMAINS == 1 ? 0 : t->domain];
}

static hot_inline void mark_ready(struct ready *ready, word_t priority)
{
    ready->bitmap[priority / WORD_BITS] |= BIT(priority % WORD_BITS);
    ready->summary |= BIT(priority / WORD_BITS);
    if (priority > ready->highest)
        ready->highest = priority;
}

static hot_inline void scheduler_enqueue_front(struct tcb *t)
{
    struct ready *ready = ready_of(t);
    struct tcb_queue *queue = &ready->queue[t->priority];
    if (t->queued)
        return;
    if (!queue->head)
        mark_ready(ready, t->priority);
    queue_prepend(queue, t);
    t->queued = true;
}

void scheduler_enqueue_back(struct tcb *t);
void scheduler_dequeue(struct tcb *t);

/* A waiting thread becomes runnable, at the front of its ready queue (object deletion, CancelBadgedSends;
 * rules: capabilities 6.4). */
static hot_inline void tcb_restart_front(struct tcb *t)
{
    t->state = THREAD_RESTART;
    scheduler_enqueue_front(t);
}

/* Changes the priority (5.5). */
void scheduler_set_priority(struct tcb *t, word_t priority);

void scheduler_yield(void);

/* One tick of the kernel timer has passed (5.6). */
void scheduler_tick(void);

/* Decides who is current (5.3, 5.4), and makes a restarted thread begin at its fault IP. */
void schedule(void);

/* Sets the state of a thread that stops being runnable. */
static inline void thread_block(struct tcb *t, enum thread_state state)
{
    t->state = state;
    if (t == core_this()->current)
        scheduler_current_blocked();
}

/* A blocked thread no longer waits for its endpoint or notification. */
static inline void thread_leave_queue(struct tcb *t)
{
    queue_remove(t->blocked_on, t);
    thread_block(t, THREAD_INACTIVE);
}

/* All threads that wait in the queue of an object try again. */
void queue_restart_all(struct tcb_queue *queue);

/* Some ready thread of the current domain is more urgent than priority. */
static hot_inline bool scheduler_has_above(struct core *c, word_t priority)
{
    return core_ready(c)->highest > priority;
}
