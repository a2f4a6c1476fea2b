/* SPDX-License-Identifier: BSD-2-Clause */
/* The scheduler: fixed priorities, round robin among equals.  The current thread is in no queue; every
 * other runnable thread is, but for one candidate that the same kernel entry woke.
 * Rules: docs/rules.md, threads 5. */
#include <kernel/domain.h>
#include <kernel/fatal.h>
#include <kernel/scheduler.h>

void scheduler_enqueue_back(struct tcb *t)
{
    struct ready *ready = ready_of(t);
    struct tcb_queue *queue = &ready->queue[t->priority];
    if (t->queued)
        return;
    if (!queue->head)
        mark_ready(ready, t->priority);
    queue_append(queue, t);
    t->queued = true;
}

static void mark_empty(struct ready *ready, word_t priority)
{
    word_t i = priority / WORD_BITS;
    ready->bitmap[i] &= ~BIT(priority % WORD_BITS);
    if (!ready->bitmap[i])
        ready->summary &= ~BIT(i);
    if (priority == ready->highest)
        ready->highest = ready->summary ? ready_find_highest(ready) : 0;
}

void scheduler_dequeue(struct tcb *t)
{
    struct ready *ready = ready_of(t);
    struct tcb_queue *queue = &ready->queue[t->priority];
    if (!t->queued)
        return;
    queue_remove(queue, t);
    t->queued = false;
    if (queue->head)
        return;
    mark_empty(ready, t->priority);
}

void scheduler_force(void)
{
    struct core *c = core_this();
    if (c->action == SCHEDULE_CANDIDATE)
        scheduler_enqueue_front(c->candidate);
    c->action = SCHEDULE_CHOOSE;
}

void scheduler_wake(struct tcb *t)
{
    struct core *c = core_this();
    if (t->domain != domain.current) {
        scheduler_enqueue_front(t);
    } else if (c->action != SCHEDULE_RESUME) {
        scheduler_force();
        scheduler_enqueue_front(t);
    } else {
        c->action = SCHEDULE_CANDIDATE;
        c->candidate = t;
    }
}

void scheduler_wake_behind(struct tcb *t)
{
    struct core *c = core_this();
    if (c->action == SCHEDULE_RESUME && t->domain == domain.current && t->priority < c->current->priority &&
        tcb_is_runnable(c->current) && !scheduler_has_above(c, c->current->priority))
        scheduler_enqueue_front(t);
    else
        scheduler_wake(t);
}

void scheduler_current_blocked(void)
{
    struct core *c = core_this();
    if (c->action == SCHEDULE_RESUME)
        c->action = SCHEDULE_CHOOSE;
}

void scheduler_set_priority(struct tcb *t, word_t priority)
{
    scheduler_dequeue(t);
    t->priority = (uint8_t)priority;
    if (!tcb_is_runnable(t))
        return;
    if (t == core_this()->current)
        scheduler_force();
    else
        scheduler_wake_behind(t);
}

void scheduler_yield(void)
{
    scheduler_enqueue_back(core_this()->current);
    scheduler_force();
}

void scheduler_tick(void)
{
    struct tcb *t = core_this()->current;
    if (t->state == THREAD_RUNNING && --t->time_slice == 0) {
        t->time_slice = TIME_SLICE;
        scheduler_enqueue_back(t);
        scheduler_force();
    }
    if (NUM_DOMAINS > 1 && --domain.time_left == 0)
        scheduler_force();
}

static struct tcb *pick(struct core *c)
{
    if (domain.time_left == 0)
        domain_advance();
    const struct ready *ready = core_ready(c);
    if (!ready->summary)
        return &c->idle;
    return ready->queue[ready->highest].head;
}

/* The candidate, if it may run at once; otherwise it is queued and NULL returned. */
static struct tcb *accept_candidate(struct core *c, bool was_runnable)
{
    struct tcb *current = c->current, *t = c->candidate;
    if ((current == &c->idle || t->priority < current->priority) && scheduler_has_above(c, t->priority)) {
        scheduler_enqueue_front(t);
        return NULL;
    }
    if (was_runnable && t->priority == current->priority) {
        scheduler_enqueue_back(t);
        return NULL;
    }
    return t;
}

void queue_restart_all(struct tcb_queue *queue)
{
    struct tcb *t = queue->head;
    if (!t)
        return;
    *queue = (struct tcb_queue){ NULL, NULL };
    while (t) {
        struct tcb *next = t->next;
        tcb_restart_front(t);
        t = next;
    }
    scheduler_force();
}

void schedule(void)
{
    struct core *c = core_this();
    if (c->action != SCHEDULE_RESUME) {
        struct tcb *next = NULL;
        bool was_runnable = tcb_is_runnable(c->current);
        if (was_runnable)
            scheduler_enqueue_front(c->current);
        if (c->action == SCHEDULE_CANDIDATE)
            next = accept_candidate(c, was_runnable);
        if (!next)
            next = pick(c);
        scheduler_dequeue(next);
        c->current = next;
        c->action = SCHEDULE_RESUME;
    }
    if (c->current->state == THREAD_RESTART) {
        context_rewind(&c->current->context);
        c->current->state = THREAD_RUNNING;
    }
}
