/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities of the classic configuration: each is derived from the caller's master reply
 * capability, so that there is at most one and it can be found.  Rules: docs/rules.md, ipc 6. */
#include <kernel/abi.h>
#include <kernel/destruction.h>
#include <kernel/fatal.h>
#include <kernel/message.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>

void reply_set_up(struct tcb *caller, struct tcb *server, uint8_t grant)
{
    thread_block(caller, THREAD_BLOCKED_ON_REPLY);
    reply_link(caller, server, grant);
}

void reply_send(struct tcb *replier, struct slot *slot)
{
    struct tcb *caller = cap_reply_caller(slot->cap);
    bool can_grant = cap_has_right(slot->cap, RIGHT_GRANT);
    assert(caller->state == THREAD_BLOCKED_ON_REPLY);
    if (likely(caller->fault.type == seL4_Fault_NullFault)) {
        message_transfer(replier, NULL, 0, can_grant, caller);
        slot_remove(slot);
        caller->state = THREAD_RUNNING;
        scheduler_wake(caller);
        return;
    }
    slot_remove(slot);
    if (fault_reply(caller, replier)) {
        caller->state = THREAD_RESTART;
        scheduler_wake(caller);
    } else {
        caller->state = THREAD_INACTIVE;
    }
}

void reply_drop_caller(struct tcb *t) { slot_delete_simple(&t->slot[TCB_CALLER]); }

void reply_revoke(struct tcb *t)
{
    struct slot *reply = slot_next(&t->slot[TCB_REPLY]);
    if (reply)
        slot_delete_simple(reply);
}
