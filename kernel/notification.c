/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: signals accumulate in a word until somebody takes it.  Rules: docs/rules.md, ipc 7. */
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/scheduler.h>

static void deliver(struct tcb *t, word_t badge)
{
    t->context.badge = badge;
    t->state = THREAD_RUNNING;
    scheduler_wake(t);
}

void notification_signal(struct notification *n, word_t badge)
{
    struct tcb *t = n->queue.head;
    if (t) {
        queue_remove(&n->queue, t);
        deliver(t, badge);
        return;
    }
    if (notification_is_active(n)) {
        n->badges |= badge;
        return;
    }
    t = notification_bound(n);
    if (t && t->state == THREAD_BLOCKED_ON_RECEIVE) {
        thread_leave_queue(t);
        deliver(t, badge);
        return;
    }
    n->badges = badge;
    n->bound_and_active |= NOTIFICATION_ACTIVE;
}

void notification_take(struct notification *n, struct tcb *t)
{
    t->context.badge = n->badges;
    n->bound_and_active &= ~NOTIFICATION_ACTIVE;
}

void notification_wait(struct notification *n, struct tcb *t, bool blocking)
{
    if (notification_is_active(n)) {
        notification_take(n, t);
    } else if (blocking) {
        t->blocked_on = &n->queue;
        thread_block(t, THREAD_BLOCKED_ON_NOTIFICATION);
        queue_append(&n->queue, t);
    } else {
        t->context.badge = 0;
    }
}

void notification_bind(struct notification *n, struct tcb *t)
{
    n->bound_and_active = (word_t)t | (n->bound_and_active & NOTIFICATION_ACTIVE);
    t->notification = n;
}

void notification_unbind(struct tcb *t)
{
    t->notification->bound_and_active &= NOTIFICATION_ACTIVE;
    t->notification = NULL;
}

void notification_finalise(struct notification *n)
{
    if (notification_bound(n))
        notification_unbind(notification_bound(n));
    queue_restart_all(&n->queue);
}
