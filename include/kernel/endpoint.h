/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints: rendezvous of senders and receivers.  Rules: docs/rules.md, ipc 4, 5, 9. */
#pragma once
#include <kernel/queue.h>
#include <kernel/tcb.h>

#define ENDPOINT_BITS 4

/* Who waits decides the state: nobody (Idle), senders (Send) or receivers (Recv).
 *   1  every member's blocked_on is this endpoint */
struct endpoint {
    struct tcb_queue queue;
};
_Static_assert(sizeof(struct endpoint) == BIT(ENDPOINT_BITS), "types.md 7");

/* How a message is sent through an endpoint capability. */
struct send {
    word_t badge;
    uint8_t grant; /* cap_grant() */
    bool blocking, is_call, can_grant_reply;
};

/* Sends t's message, or its recorded fault (4). */
void endpoint_send(struct endpoint *e, struct tcb *t, const struct send *how);

/* Receives for t; grant: cap_grant() of the capability (5.3). */
void endpoint_receive(struct endpoint *e, struct tcb *t, uint8_t grant, bool blocking);

/* Restarts everyone in the queue: the last capability is gone (capabilities 6.4). */
void endpoint_finalise(struct endpoint *e);

/* Restarts the senders whose message carries badge (9).  PREEMPTED: some have been. */
enum progress endpoint_cancel_badged(struct endpoint *e, word_t badge);
