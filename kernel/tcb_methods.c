/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of TCBs, except those that install capabilities (tcb_spaces.c).
 * Rules: docs/rules.md, threads 3.  The order of the checks is part of the interface. */
#include <kernel/abi.h>
#include <kernel/notification.h>
#include <kernel/scheduler.h>
#include <kernel/tcb_spaces.h>

static struct tcb *target(const struct invocation *inv) { return cap_tcb_object(inv->cap); }

void tcb_return_words(struct invocation *inv, const word_t *words, word_t count)
{
    if (!inv->is_call)
        return;
    word_t *buffer = tcb_buffer_writable(inv->caller);
    word_t length = message_fit(buffer, count);
    message_put(inv->caller, buffer, words, length);
    inv->caller->context.badge = 0;
    inv->caller->context.info = tag_new(0, 0, 0, length);
}

/* ReadRegisters: 0 flags (bit 0: suspend), 1 count. */
static seL4_Error invoke_read_registers(struct invocation *inv)
{
    struct tcb *t = target(inv);
    if (!has_arguments(inv, 2, 0))
        return fail_truncated(inv);
    word_t count = argument(inv, 1);
    if (count < 1 || count > CONTEXT_REGISTERS)
        return fail_range(inv, 1, CONTEXT_REGISTERS, "number of registers");
    if (t == inv->caller)
        return fail_illegal(inv, "a thread cannot read its own registers");
    if (argument(inv, 0) & 1)
        tcb_suspend(t);
    word_t words[CONTEXT_REGISTERS];
    context_read(&t->context, &context_registers, 0, count, words);
    tcb_return_words(inv, words, count);
    return seL4_NoError;
}

/* WriteRegisters: 0 flags (bit 0: resume), 1 count, 2.. values. */
static seL4_Error invoke_write_registers(struct invocation *inv)
{
    struct tcb *t = target(inv);
    if (!has_arguments(inv, 2, 0) || inv->length - 2 < argument(inv, 1))
        return fail_truncated(inv);
    if (t == inv->caller)
        return fail_illegal(inv, "a thread cannot write its own registers");
    word_t count = argument(inv, 1);
    bool resume = argument(inv, 0) & 1;
    invocation_commit(inv);
    if (count > CONTEXT_REGISTERS)
        count = CONTEXT_REGISTERS;
    /* The values begin in the last two message registers. */
    context_write(&t->context, &context_registers, 0, count < 2 ? count : 2, &inv->caller->context.message[2]);
    if (count > 2)
        context_write(&t->context, &context_registers, 2, count - 2,
                      inv->buffer + BUFFER_MESSAGE + MESSAGE_REGISTERS);
    context_rewind(&t->context);
    context_restore_all(&t->context);
    if (resume)
        tcb_resume(t);
    return seL4_NoError;
}

/* CopyRegisters: 0 flags (bits: suspend source, resume target, frame, integer); extra 0 source. */
enum copy_flags { COPY_SUSPEND = 1, COPY_RESUME = 2, COPY_FRAME = 4, COPY_INTEGER = 8 };

static seL4_Error invoke_copy_registers(struct invocation *inv)
{
    struct tcb *to = target(inv);
    if (!has_arguments(inv, 1, 1))
        return fail_truncated(inv);
    struct cap source = inv->extra.slot[0]->cap;
    if (cap_type(source) != CAP_TCB)
        return fail_capability(inv, 1, "not a TCB");
    struct tcb *from = cap_tcb_object(source);
    word_t flags = argument(inv, 0);
    invocation_commit(inv);
    if (flags & COPY_SUSPEND)
        tcb_suspend(from);
    if (flags & COPY_RESUME)
        tcb_resume(to);
    arch_bases_save(from);
    arch_bases_save(to);
    context_copy(&to->context, &from->context, flags & COPY_FRAME, flags & COPY_INTEGER);
    arch_bases_load(to);
    if (VARIANT_HW_DEBUG)
        hwdebug_registers_copied(to);
    if (to == inv->caller)
        scheduler_force();
    else
        context_restore_all(&to->context);
    return seL4_NoError;
}

/* SetPriority and SetMCPriority: 0 the value; SetSchedParams: 0 maximum controlled priority, 1 priority.  The
 * limit is the maximum controlled priority of the authority, extra capability 0. */
static seL4_Error invoke_set_priorities(struct invocation *inv, word_t words, bool set_mcp, bool set_priority)
{
    if (!has_arguments(inv, words, 1))
        return fail_truncated(inv);
    struct cap authority = inv->extra.slot[0]->cap;
    if (cap_type(authority) != CAP_TCB)
        return fail_capability(inv, 1, "the authority is not a TCB");
    word_t limit = cap_tcb_object(authority)->mcp;
    for (word_t i = 0; i < words; i++)
        if (argument(inv, i) > limit)
            return fail_range(inv, 0, limit, "above the authority's maximum controlled priority");
    invocation_commit(inv);
    if (set_mcp)
        target(inv)->mcp = (uint8_t)argument(inv, 0);
    if (set_priority)
        scheduler_set_priority(target(inv), argument(inv, words - 1));
    return seL4_NoError;
}

static seL4_Error invoke_bind(struct invocation *inv)
{
    struct tcb *t = target(inv);
    if (!has_arguments(inv, 0, 1))
        return fail_truncated(inv);
    struct cap cap = inv->extra.slot[0]->cap;
    if (t->notification)
        return fail_illegal(inv, "the thread has a bound notification already");
    if (cap_type(cap) != CAP_NOTIFICATION || !cap_has_right(cap, RIGHT_READ))
        return fail_illegal(inv, "not a notification with the right to receive");
    struct notification *n = cap_notification_object(cap);
    if (n->queue.head || notification_bound(n))
        return fail_illegal(inv, "the notification is bound or waited for");
    invocation_commit(inv);
    notification_bind(n, t);
    return seL4_NoError;
}

static seL4_Error invoke_unbind(struct invocation *inv)
{
    if (!target(inv)->notification)
        return fail_illegal(inv, "no notification is bound");
    invocation_commit(inv);
    notification_unbind(target(inv));
    return seL4_NoError;
}

static seL4_Error invoke_set_tls_base(struct invocation *inv)
{
    if (!has_arguments(inv, 1, 0))
        return fail_truncated(inv);
    word_t base = argument(inv, 0);
    invocation_commit(inv);
    tcb_set_tls_base(target(inv), base);
    if (target(inv) == inv->caller)
        scheduler_force();
    return seL4_NoError;
}

/* SetFlags: 0 clear, 1 set; the result is the new flags. */
static seL4_Error invoke_set_flags(struct invocation *inv)
{
    struct tcb *t = target(inv);
    if (!has_arguments(inv, 2, 0))
        return fail_truncated(inv);
    word_t clear = argument(inv, 0), set = argument(inv, 1);
    t->flags = (t->flags & ~clear) | (set & TCB_FLAGS_KNOWN);
    if (t->flags & TCB_FLAG_FPU_DISABLED)
        fpu_release(t);
    invocation_return_word(inv, t->flags);
    return seL4_NoError;
}

static seL4_Error invoke_suspend(struct invocation *inv)
{
    invocation_commit(inv);
    tcb_suspend(target(inv));
    return seL4_NoError;
}

static seL4_Error invoke_resume(struct invocation *inv)
{
    invocation_commit(inv);
    tcb_resume(target(inv));
    return seL4_NoError;
}

seL4_Error tcb_invoke(struct invocation *inv)
{
    switch (inv->label) {
    case TCBReadRegisters:
        return invoke_read_registers(inv);
    case TCBWriteRegisters:
        return invoke_write_registers(inv);
    case TCBCopyRegisters:
        return invoke_copy_registers(inv);
    case TCBConfigure:
        return tcb_invoke_configure(inv);
    case TCBSetPriority:
        return invoke_set_priorities(inv, 1, false, true);
    case TCBSetMCPriority:
        return invoke_set_priorities(inv, 1, true, false);
    case TCBSetSchedParams:
        return invoke_set_priorities(inv, 2, true, true);
    case TCBSetIPCBuffer:
        return tcb_invoke_set_buffer(inv);
    case TCBSetSpace:
        return tcb_invoke_set_space(inv);
    case TCBSuspend:
        return invoke_suspend(inv);
    case TCBResume:
        return invoke_resume(inv);
    case TCBBindNotification:
        return invoke_bind(inv);
    case TCBUnbindNotification:
        return invoke_unbind(inv);
    case TCBSetTLSBase:
        return invoke_set_tls_base(inv);
    case TCBSetFlags:
        return invoke_set_flags(inv);
    default:
        if (VARIANT_HW_DEBUG)
            return hwdebug_invoke(inv);
        return fail_illegal(inv, "no method of a TCB");
    }
}
