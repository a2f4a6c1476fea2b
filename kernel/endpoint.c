/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints: a message passes when a sender and a receiver meet.  Queues are first come, first served.
 * Rules: docs/rules.md, ipc 4, 5, 9. */
#include <kernel/endpoint.h>
#include <kernel/message.h>
#include <kernel/notification.h>
#include <kernel/preemption.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>

static void block(struct endpoint *e, struct tcb *t, enum thread_state state)
{
    t->blocked_on = &e->queue;
    thread_block(t, state);
    queue_append(&e->queue, t);
}

/* A Call has been delivered: the caller waits for the reply, or for nothing at all if its capability
 * did not allow one. */
static void call_delivered(struct tcb *caller, struct tcb *receiver, bool can_reply, uint8_t reply_grant)
{
    if (can_reply)
        reply_set_up(caller, receiver, reply_grant);
    else
        thread_block(caller, THREAD_INACTIVE);
}

void endpoint_send(struct endpoint *e, struct tcb *t, const struct send *how)
{
    struct tcb *receiver = e->queue.head;
    if (!receiver || receiver->state != THREAD_BLOCKED_ON_RECEIVE) {
        if (!how->blocking)
            return;
        t->badge = how->badge;
        t->grant = how->grant;
        t->can_grant_reply = how->can_grant_reply;
        t->is_call = how->is_call;
        block(e, t, THREAD_BLOCKED_ON_SEND);
        return;
    }
    queue_remove(&e->queue, receiver);
    message_transfer(t, e, how->badge, how->grant, receiver);
    uint8_t reply_grant = receiver->grant;
    receiver->state = THREAD_RUNNING;
    scheduler_wake(receiver);
    if (how->is_call)
        call_delivered(t, receiver, how->grant || how->can_grant_reply, reply_grant);
}

static void receive_from_sender(struct endpoint *e, struct tcb *t, uint8_t grant)
{
    struct tcb *sender = e->queue.head;
    queue_remove(&e->queue, sender);
    message_transfer(sender, e, sender->badge, sender->grant, t);
    if (sender->is_call) {
        call_delivered(sender, t, sender->grant || sender->can_grant_reply, grant);
    } else {
        sender->state = THREAD_RUNNING;
        scheduler_wake(sender);
    }
}

void endpoint_receive(struct endpoint *e, struct tcb *t, uint8_t grant, bool blocking)
{
    struct tcb *head = e->queue.head;
    if (t->notification && notification_is_active(t->notification)) {
        notification_take(t->notification, t);
    } else if (head && head->state == THREAD_BLOCKED_ON_SEND) {
        receive_from_sender(e, t, grant);
    } else if (blocking) {
        t->grant = grant;
        block(e, t, THREAD_BLOCKED_ON_RECEIVE);
    } else {
        t->context.badge = 0;
    }
}

void endpoint_finalise(struct endpoint *e) { queue_restart_all(&e->queue); }

/* Restarts senders with the badge from t on, up to the first with another, or until *pending is set.
 * Returns where it stopped. */
static hot_inline struct tcb *restart_run(struct tcb *t, word_t badge, bool *pending)
{
    do {
        struct tcb *next = t->next;
        tcb_restart_front(t);
        t = next;
        if (preempt_pending()) {
            *pending = true;
            break;
        }
    } while (t && t->badge == badge);
    return t;
}

/* Closes the gap between two members of a queue, each of which may be absent. */
static void join(struct tcb_queue *queue, struct tcb *before, struct tcb *after)
{
    if (before)
        before->next = after;
    else
        queue->head = after;
    if (after)
        after->prev = before;
    else
        queue->tail = before;
}

enum progress endpoint_cancel_badged(struct endpoint *e, word_t badge)
{
    struct tcb *t = e->queue.head, *kept = NULL;
    bool pending = false;
    if (!t || t->state != THREAD_BLOCKED_ON_SEND)
        return DONE;
    scheduler_force();
    while (t && !pending) {
        while (t && t->badge != badge) {
            kept = t;
            t = t->next;
            if (preempt_pending())
                return PREEMPTED; /* the call restarts with those that are still queued */
        }
        if (t) {
            t = restart_run(t, badge, &pending);
            join(&e->queue, kept, t);
        }
    }
    return pending ? PREEMPTED : DONE;
}
