/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: words of signals.  Rules: docs/rules.md, ipc 7. */
#pragma once
#include <kernel/queue.h>
#include <kernel/tcb.h>

#define NOTIFICATION_BITS 5

/*   1  waiting threads and a pending word exclude each other
 *   2  bound->notification == this, if bound, and that thread exists
 *   3  every waiting thread's blocked_on is this notification */
struct notification {
    struct tcb_queue queue;   /* waiting threads */
    word_t badges;            /* signalled and not yet received; only with active */
    word_t bound_and_active;  /* the bound TCB; bit 0: active */
};
_Static_assert(sizeof(struct notification) == BIT(NOTIFICATION_BITS), "types.md 7");

#define NOTIFICATION_ACTIVE BIT(0)

static inline bool notification_is_active(const struct notification *n)
{
    return n->bound_and_active & NOTIFICATION_ACTIVE;
}
static inline struct tcb *notification_bound(const struct notification *n)
{
    return (struct tcb *)(n->bound_and_active & ~NOTIFICATION_ACTIVE);
}

void notification_signal(struct notification *n, word_t badge);

/* Receives for t: the pending word, or waits, or (not blocking) badge 0. */
void notification_wait(struct notification *n, struct tcb *t, bool blocking);

/* Moves the pending word to t's badge register and makes n idle.  n is active. */
void notification_take(struct notification *n, struct tcb *t);

void notification_bind(struct notification *n, struct tcb *t);
void notification_unbind(struct tcb *t);

/* The last capability is gone: unbind, restart everyone who waits (capabilities 6.1, 6.4). */
void notification_finalise(struct notification *n);
