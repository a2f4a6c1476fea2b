/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities: the right to answer one caller once.  Rules: docs/rules.md, ipc 6.
 *
 *   1  a master reply capability stands in its thread's own slot, at the head of its list
 *   2  a reply capability is the only one behind its caller's master, and the caller waits for the reply */
#pragma once
#include <kernel/tcb.h>

/* Blocks caller on the reply and puts the reply capability into server's caller slot, which is empty. */
void reply_set_up(struct tcb *caller, struct tcb *server, uint8_t grant);

/* Replier answers through the reply capability in slot, consuming it. */
void reply_send(struct tcb *replier, struct slot *slot);

/* Deletes the reply capability in t's caller slot, if any; its caller stays blocked. */
void reply_drop_caller(struct tcb *t);

/* Deletes the outstanding reply capability to t, wherever it is. */
void reply_revoke(struct tcb *t);
