/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities: the right to answer one caller once.  Rules: docs/rules.md, ipc 6.
 *
 *   1  a master reply capability stands in its thread's own slot, at the head of its list
 *   2  a reply capability is the only one behind its caller's master, and the caller waits for the reply */
#pragma once
#include <kernel/tcb.h>

/* Puts the reply capability to caller into server's caller slot, which is empty.  The derivation list is
 * known: it is the master reply capability and this one. */
static hot_inline void reply_link(struct tcb *caller, struct tcb *server, uint8_t grant)
{
    struct slot *reply = &server->slot[TCB_CALLER], *master = &caller->slot[TCB_REPLY];
    reply->cap.word[0] = cap_reply_of_master(master->cap, grant).word[0];
    reply->prev = master;
    master->next_and_marks = (word_t)reply | SLOT_MARKS;
}

/* Blocks caller on the reply and puts the reply capability into server's caller slot, which is empty. */
void reply_set_up(struct tcb *caller, struct tcb *server, uint8_t grant);

/* Replier answers through the reply capability in slot, consuming it. */
void reply_send(struct tcb *replier, struct slot *slot);

/* Deletes the reply capability in t's caller slot, if any; its caller stays blocked. */
void reply_drop_caller(struct tcb *t);

/* Deletes the outstanding reply capability to t, wherever it is. */
void reply_revoke(struct tcb *t);
