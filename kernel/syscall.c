/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls, the general path: anything that a fast path does not cover.
 * Rules: docs/rules.md, ipc 2, 3, 5, 10. */
#include <kernel/abi.h>
#include <kernel/core.h>
#include <kernel/debug.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>
#include <kernel/syscall.h>

static void deliver_cap_fault(struct tcb *t, cptr_t address, bool receive, const struct lookup_failure *why)
{
    struct fault fault = fault_cap(address, receive, why);
    fault_deliver(t, &fault);
}

/* Sending through an endpoint capability. */
static void send_message(struct invocation *inv, bool blocking)
{
    struct send how = {
        .badge = cap_badge(inv->cap),
        .blocking = blocking,
        .is_call = inv->is_call,
        .grant = cap_grant(inv->cap),
        .can_grant_reply = cap_has_right(inv->cap, RIGHT_GRANT_REPLY),
    };
    endpoint_send(cap_endpoint_object(inv->cap), inv->caller, &how);
}

/* Send, NBSend, Call (3) through the capability in slot. */
static void send_through(struct tcb *t, struct slot *slot, word_t tag, bool blocking, bool is_call)
{
    struct invocation inv;
    inv.caller = t;
    inv.slot = slot;
    inv.cap = slot->cap;
    inv.is_call = is_call;
    inv.label = tag_label(tag);
    inv.length = tag_length(tag);
    inv.extra.count = 0;
    inv.buffer = NULL;
    if (tag_caps(tag) || inv.length > MESSAGE_REGISTERS) {
        struct lookup_failure failure;
        cptr_t address;
        inv.buffer = tcb_buffer_readable(t);
        inv.length = message_fit(inv.buffer, inv.length);
        if (!message_lookup_caps(t, inv.buffer, tag_caps(tag), &inv.extra, &address, &failure)) {
            if (blocking)
                deliver_cap_fault(t, address, false, &failure);
            return;
        }
    }
    if (cap_type(inv.cap) == CAP_ENDPOINT && cap_has_right(inv.cap, RIGHT_WRITE))
        send_message(&inv, blocking);
    else
        invocation_perform(&inv);
}

static void send(struct tcb *t, bool blocking, bool is_call)
{
    struct lookup_failure failure;
    cptr_t address = { t->context.badge };
    struct slot *slot = cspace_lookup(&t->slot[TCB_CSPACE].cap, address, &failure);
    if (likely(slot != NULL))
        send_through(t, slot, t->context.info, blocking, is_call);
    else if (blocking)
        deliver_cap_fault(t, address, false, &failure);
}

void syscall_call_through(struct slot *slot, word_t tag)
{
    send_through(core_this()->current, slot, tag, true, true);
}

/* Recv, NBRecv (5). */
static void receive(struct tcb *t, bool blocking)
{
    struct lookup_failure failure = { .type = seL4_MissingCapability };
    cptr_t address = { t->context.badge };
    struct slot *slot = cspace_lookup(&t->slot[TCB_CSPACE].cap, address, &failure);
    if (unlikely(!slot)) {
        deliver_cap_fault(t, address, true, &failure);
        return;
    }
    struct cap cap = slot->cap;
    if (cap_type(cap) == CAP_ENDPOINT && cap_has_right(cap, RIGHT_READ)) {
        reply_drop_caller(t);
        endpoint_receive(cap_endpoint_object(cap), t, cap_grant(cap), blocking);
        return;
    }
    if (cap_type(cap) == CAP_NOTIFICATION && cap_has_right(cap, RIGHT_READ)) {
        struct notification *n = cap_notification_object(cap);
        if (!notification_bound(n) || notification_bound(n) == t) {
            notification_wait(n, t, blocking);
            return;
        }
    }
    deliver_cap_fault(t, address, true, &failure);
}

static void reply(struct tcb *t)
{
    if (!slot_is_empty(&t->slot[TCB_CALLER]))
        reply_send(t, &t->slot[TCB_CALLER]);
}

void syscall_handle(word_t number)
{
    struct tcb *t = core_this()->current;
    switch ((int64_t)number) {
    case seL4_SysCall:
        send(t, true, true);
        break;
    case seL4_SysReplyRecv:
        reply(t);
        receive(t, true);
        break;
    case seL4_SysSend:
        send(t, true, false);
        break;
    case seL4_SysNBSend:
        send(t, false, false);
        break;
    case seL4_SysRecv:
        receive(t, true);
        break;
    case seL4_SysReply:
        reply(t);
        break;
    case seL4_SysYield:
        scheduler_yield();
        break;
    case seL4_SysNBRecv:
        receive(t, false);
        break;
    case seL4_SysSetTLSBase:
        if (context_is_tls_base(t->context.badge))
            tcb_set_tls_base(t, t->context.badge);
        break;
    default:
        if (!debug_syscall(number)) {
            struct fault fault = fault_unknown_syscall(number);
            fault_deliver(t, &fault);
        }
    }
}
