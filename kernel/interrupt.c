/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts as signals on notifications.  Rules: docs/rules.md, interrupts. */
#include <arch/capability.h>
#include <kernel/abi.h>
#include <kernel/core.h>
#include <kernel/destruction.h>
#include <kernel/interrupt.h>
#include <kernel/notification.h>
#include <kernel/scheduler.h>

void interrupt_handle(word_t irq)
{
    struct irq_line *line = &irq_lines[irq];
    struct cap cap = line->notification.cap;
    switch (line->state) {
    case IRQ_SIGNAL:
        if (cap_type(cap) == CAP_NOTIFICATION && cap_has_right(cap, RIGHT_WRITE))
            notification_signal(cap_notification_object(cap), cap_badge(cap));
        irq_mask(irq); /* until it is acknowledged */
        break;
    case IRQ_TIMER:
        scheduler_tick();
        break;
    case IRQ_INACTIVE:
    case IRQ_RESERVED:
        irq_mask(irq);
        break;
    }
    irq_end(irq);
}

void interrupt_issue(word_t irq, struct slot *dest, struct slot *control)
{
    irq_lines[irq].state = IRQ_SIGNAL;
    irq_unmask(irq);
    slot_insert_derived(dest, cap_irq_handler(irq), control);
}

void interrupt_finalise(word_t irq) { slot_delete_simple(&irq_lines[irq].notification); }

void interrupt_release(word_t irq)
{
    irq_lines[irq].state = IRQ_INACTIVE;
    irq_mask(irq);
}

/* Get: 0 irq, 1 index, 2 depth; extra 0 root. */
static seL4_Error invoke_get(struct invocation *inv)
{
    struct slot *dest;
    if (!has_arguments(inv, 3, 1))
        return fail_truncated(inv);
    word_t irq = argument(inv, 0);
    seL4_Error error = arch_irq_decode_get(inv, irq);
    if (error)
        return error;
    if (irq_lines[irq].state != IRQ_INACTIVE)
        return fail_revoke_first(inv, "the interrupt is in use");
    error = cspace_empty_slot_decode(inv, &inv->extra.slot[0]->cap, argument(inv, 1), argument(inv, 2), &dest);
    if (error)
        return error;
    invocation_commit(inv);
    interrupt_issue(irq, dest, inv->slot);
    return seL4_NoError;
}

seL4_Error irq_control_invoke(struct invocation *inv)
{
    return inv->label == IRQIssueIRQHandler ? invoke_get(inv) : arch_irq_control_invoke(inv);
}

/* SetNotification: extra 0 notification.  The line keeps a capability of its own. */
static seL4_Error invoke_set_notification(struct invocation *inv)
{
    struct slot *own = &irq_lines[cap_irq(inv->cap)].notification;
    if (!has_arguments(inv, 0, 1))
        return fail_truncated(inv);
    struct slot *source = inv->extra.slot[0];
    struct cap cap = source->cap;
    if (cap_type(cap) != CAP_NOTIFICATION || !cap_has_right(cap, RIGHT_WRITE))
        return fail_capability(inv, 0, "not a notification with the right to signal");
    invocation_commit(inv);
    slot_delete_simple(own);
    slot_insert_derived(own, cap, source);
    return seL4_NoError;
}

seL4_Error irq_handler_invoke(struct invocation *inv)
{
    word_t irq = cap_irq(inv->cap);
    switch (inv->label) {
    case IRQAckIRQ:
        invocation_commit(inv);
        irq_unmask(irq);
        return seL4_NoError;
    case IRQSetIRQHandler:
        return invoke_set_notification(inv);
    case IRQClearIRQHandler:
        invocation_commit(inv);
        slot_delete_simple(&irq_lines[irq].notification);
        return seL4_NoError;
    default:
        return fail_illegal(inv, "no method of an interrupt handler");
    }
}
