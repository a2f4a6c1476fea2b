/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocation of kernel objects: dispatch by capability type, refusals, replies.
 * Rules: docs/rules.md, capabilities 3, ipc 3.5, 3.6. */
#include <arch/capability.h>
#include <kernel/cnode.h>
#include <kernel/core.h>
#include <kernel/debug.h>
#include <kernel/domain.h>
#include <kernel/endpoint.h>
#include <kernel/interrupt.h>
#include <kernel/invocation.h>
#include <kernel/notification.h>
#include <kernel/print.h>
#include <kernel/reply.h>
#include <kernel/untyped.h>

static seL4_Error invoke(struct invocation *inv)
{
    struct cap cap = inv->cap;
    if (cap_is_arch(cap))
        return arch_invoke(inv);
    switch (cap_type(cap)) {
    case CAP_CNODE:
        return cnode_invoke(inv);
    case CAP_UNTYPED:
        return untyped_invoke(inv);
    case CAP_TCB:
        return tcb_invoke(inv);
    case CAP_ENDPOINT: /* one with the right would have been used for a message */
        return fail_capability(inv, 0, "no right to send");
    case CAP_NOTIFICATION:
        if (!cap_has_right(cap, RIGHT_WRITE))
            return fail_capability(inv, 0, "no right to signal");
        invocation_commit(inv);
        notification_signal(cap_notification_object(cap), cap_badge(cap));
        return seL4_NoError;
    case CAP_REPLY:
        if (cap_reply_is_master(cap))
            return fail_capability(inv, 0, "a master reply capability");
        invocation_commit(inv);
        reply_send(inv->caller, inv->slot);
        return seL4_NoError;
    case CAP_IRQ_CONTROL:
        return irq_control_invoke(inv);
    case CAP_IRQ_HANDLER:
        return irq_handler_invoke(inv);
    case CAP_DOMAIN:
        return domain_invoke(inv);
    default:
        return fail_capability(inv, 0, "an empty slot or an object under destruction");
    }
}

static void reply_error(struct invocation *inv, seL4_Error error)
{
    struct tcb *t = inv->caller;
    word_t *buffer = inv->error_length > MESSAGE_REGISTERS ? tcb_buffer_writable(t) : NULL;
    word_t length = message_fit(buffer, inv->error_length);
    message_put(t, buffer, inv->error_word, length);
    t->context.badge = 0;
    t->context.info = tag_new(error, 0, 0, length);
}

void invocation_perform(struct invocation *inv)
{
    struct tcb *t = inv->caller;
    inv->progress = DONE;
    seL4_Error error = invoke(inv);
    if (unlikely(error)) {
        if (inv->is_call)
            reply_error(inv, error);
        return;
    }
    if (likely(inv->progress == DONE) && t->state == THREAD_RESTART) {
        if (inv->is_call) {
            t->context.badge = 0;
            t->context.info = 0;
        }
        t->state = THREAD_RUNNING;
    }
}

void invocation_return_word(struct invocation *inv, word_t value)
{
    if (!inv->is_call)
        return;
    inv->caller->context.badge = 0;
    inv->caller->context.info = tag_new(0, 0, 0, 1);
    inv->caller->context.message[0] = value;
}

/* Refusals ------------------------------------------------------------------------------------- */

void refuse(struct invocation *inv, seL4_Error error, word_t length, const char *why)
{
    inv->error_length = length;
    if (VARIANT_DEBUG && !quiet)
        debug_refused(inv, error, why);
}

seL4_Error fail_lookup(struct invocation *inv, enum lookup_role role, const struct lookup_failure *failure)
{
    inv->error_word[0] = role;
    refuse(inv, seL4_FailedLookup, 1 + lookup_failure_words(failure, inv->error_word + 1),
           role == LOOKUP_SOURCE ? "source" : "target");
    return seL4_FailedLookup;
}
