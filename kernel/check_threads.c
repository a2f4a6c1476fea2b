/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker: threads, the queues they are in, who runs, interrupt lines.  Kernels built with
 * CHECK=1 only. */
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>

#define QUEUE_LIMIT BIT(20)

/* Members of queues as met from the queues, and as the threads' own states say; bound
 * notifications, and threads that are bound: a thread that is gone may still look as if it were. */
static struct {
    word_t in_queues, waiting;
    word_t in_ready, ready;
    word_t notifications_bound, threads_bound;
} count;

void check_threads_begin(void)
{
    count.in_queues = count.waiting = count.in_ready = count.ready = 0;
    count.notifications_bound = count.threads_bound = 0;
}

/* ---- queues --------------------------------------------------------------------------------- */

/* Links and ends of a queue; returns how many are in it. */
static word_t check_links(const struct tcb_queue *q)
{
    word_t n = 0;
    const struct tcb *prev = NULL;
    check(!q->head == !q->tail, "queue", 1, q);
    for (const struct tcb *t = q->head; t; prev = t, t = t->next) {
        check((word_t)t >= MEMORY_WINDOW && t->prev == prev && n++ < QUEUE_LIMIT, "queue", 4, q);
    }
    check(q->tail == prev, "queue", 4, q);
    return n;
}

/* The queue of an object. */
static void check_waiting(const struct tcb_queue *q, bool endpoint)
{
    count.in_queues += check_links(q);
    for (const struct tcb *t = q->head; t; t = t->next) {
        bool fits =
            endpoint ? t->state == THREAD_BLOCKED_ON_SEND || t->state == THREAD_BLOCKED_ON_RECEIVE
                     : t->state == THREAD_BLOCKED_ON_NOTIFICATION;
        check(fits && !t->queued, "queue", 2, t);
        check(t->blocked_on == q, endpoint ? "endpoint" : "notification", endpoint ? 1 : 3, t);
        check(t->state == q->head->state, "queue", 3, t);
    }
}

void check_endpoint(struct cap c)
{
    const struct endpoint *e = cap_endpoint_object(c);
    check_waiting(&e->queue, true);
}

void check_notification(struct cap c)
{
    const struct notification *n = cap_notification_object(c);
    const struct tcb *bound = notification_bound(n);
    check_waiting(&n->queue, false);
    check(!n->queue.head || !notification_is_active(n), "notification", 1, n);
    check(!bound || bound->notification == n, "notification", 2, n);
    count.notifications_bound += bound != NULL;
}

static void check_ready_queue(const struct ready *r, word_t domain_number, word_t priority)
{
    const struct tcb_queue *q = &r->queue[priority];
    bool marked = r->bitmap[priority / WORD_BITS] & BIT(priority % WORD_BITS);
    check(marked == (q->head != NULL), "ready", 1, q);
    if (likely(!q->head && !q->tail))
        return;
    count.in_ready += check_links(q);
    for (const struct tcb *t = q->head; t; t = t->next) {
        check(t->queued && tcb_is_runnable(t), "queue", 2, t);
        check(t->priority == priority && t->domain == domain_number, "ready", 3, t);
    }
}

static void check_ready(const struct ready *r, word_t domain_number)
{
    for (word_t p = 0; p < PRIORITIES; p++)
        check_ready_queue(r, domain_number, p);
    for (word_t i = 0; i < WORD_BITS; i++) {
        bool any = i < PRIORITIES / WORD_BITS && r->bitmap[i] != 0;
        check(any == ((r->summary & BIT(i)) != 0), "ready", 2, r);
    }
    check(r->highest == (r->summary ? ready_find_highest(r) : 0), "ready", 4, r);
}

/* ---- threads -------------------------------------------------------------------------------- */

static bool holds(const struct tcb *t, enum tcb_slot slot, word_t type)
{
    return cap_type(t->slot[slot].cap) == type || slot_is_empty(&t->slot[slot]);
}

/* A capability space can be under destruction while its thread lives. */
static void check_slots(const struct tcb *t)
{
    const struct slot *reply = &t->slot[TCB_REPLY], *caller = &t->slot[TCB_CALLER];
    check(holds(t, TCB_CSPACE, CAP_CNODE) || holds(t, TCB_CSPACE, CAP_ZOMBIE), "tcb", 1, t);
    check(slot_is_empty(&t->slot[TCB_VSPACE]) || vspace_is_assigned(t->slot[TCB_VSPACE].cap), "tcb",
          1, t);
    check(holds(t, TCB_REPLY, CAP_REPLY) &&
              (slot_is_empty(reply) || cap_reply_is_master(reply->cap)),
          "tcb", 1, t);
    check(holds(t, TCB_CALLER, CAP_REPLY) &&
              (slot_is_empty(caller) || !cap_reply_is_master(caller->cap)),
          "tcb", 1, t);
    check(holds(t, TCB_BUFFER, CAP_FRAME) && t->slot[TCB_BUFFER].cap.word[1] == 0, "tcb", 1, t);
}

/* The object that t waits for exists, and t stands in its queue. */
static void check_waiter(const struct tcb *t, const struct tcb_queue *q, struct cap object)
{
    count.waiting++;
    check(check_exists(object), "tcb", 2, t);
    check(t->prev ? t->prev->next == t : q->head == t, "queue", 2, t);
    check(t->next ? t->next->prev == t : q->tail == t, "queue", 2, t);
}

static void check_state(const struct tcb *t)
{
    const struct core *c = core_this();
    switch ((enum thread_state)t->state) {
    case THREAD_RUNNING:
    case THREAD_RESTART:
        check(t->queued == (t != c->current), "tcb", 3, t);
        check(!slot_is_empty(&t->slot[TCB_REPLY]), "tcb", 4, t);
        count.ready += t->queued;
        return;
    case THREAD_BLOCKED_ON_SEND:
    case THREAD_BLOCKED_ON_RECEIVE:
        check_waiter(t, t->blocked_on, cap_endpoint((struct endpoint *)t->blocked_on, 0, 0));
        break;
    case THREAD_BLOCKED_ON_NOTIFICATION:
        check_waiter(t, t->blocked_on, cap_notification((struct notification *)t->blocked_on, 0, 0));
        break;
    case THREAD_BLOCKED_ON_REPLY:
        check(!slot_is_empty(&t->slot[TCB_REPLY]), "tcb", 4, t);
        break;
    case THREAD_INACTIVE:
        break;
    case THREAD_IDLE:
        check(t == &c->idle, "tcb", 3, t);
        break;
    }
    check(!t->queued, "tcb", 3, t);
    check(t != c->current || t == &c->idle, "core", 1, t);
}

static void check_thread(const struct tcb *t)
{
    check(t->state <= THREAD_IDLE, "tcb", 3, t);
    check(t->domain < NUM_DOMAINS, "tcb", 5, t);
    check(t->time_slice >= 1 && t->time_slice <= TIME_SLICE, "tcb", 5, t);
    check_state(t);
    if (t == &core_this()->idle)
        return;
    check(check_exists(cap_tcb((struct tcb *)t)), "tcb", 2, t);
    check_slots(t);
    check(!tcb_buffer_quick(t) || tcb_buffer_quick(t) == tcb_buffer_writable(t), "tcb", 6, t);
    if (t->notification) {
        count.threads_bound++;
        check(check_exists(cap_notification(t->notification, 0, 0)), "tcb", 2, t);
        check(notification_bound(t->notification) == t, "notification", 2, t);
    }
}

/* Nothing is left to be decided, and nobody more urgent is ready.  (A thread that another moves
 * into the current domain waits for the next decision.) */
static void check_current(void)
{
    struct core *c = core_this();
    const struct tcb *t = c->current;
    check(c->action == SCHEDULE_RESUME, "core", 2, t);
    check(domain.current < NUM_DOMAINS, "core", 2, t);
    if (t == &c->idle) {
        check(NUM_DOMAINS > 1 || c->ready[domain.current].summary == 0, "core", 1, t);
        return;
    }
    check(t->state == THREAD_RUNNING, "core", 1, t);
    check(NUM_DOMAINS > 1 || !scheduler_has_above(c, t->priority), "core", 1, t);
}

/* ---- interrupt lines ------------------------------------------------------------------------ */

static void check_line(word_t irq)
{
    const struct irq_line *line = &irq_lines[irq];
    const struct slot *s = &line->notification;
    check((line->state == IRQ_SIGNAL) == check_exists(cap_irq_handler(irq)), "irq_line", 2, line);
    check(slot_is_empty(s) || (line->state == IRQ_SIGNAL && cap_type(s->cap) == CAP_NOTIFICATION),
          "irq_line", 1, line);
}

void check_threads_end(void)
{
    for (word_t d = 0; d < NUM_DOMAINS; d++)
        check_ready(&core_this()->ready[d], d);
    for (const struct tcb *t = debug_threads; t; t = t->debug_next)
        check_thread(t);
    check(count.in_queues == count.waiting, "queue", 2, core_this()->current);
    check(count.in_ready == count.ready, "queue", 2, core_this()->current);
    check(count.notifications_bound == count.threads_bound, "notification", 2,
          core_this()->current);
    check_current();
    for (word_t irq = 0; irq < IRQ_COUNT; irq++)
        check_line(irq);
}
