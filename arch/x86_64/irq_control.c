/* SPDX-License-Identifier: BSD-2-Clause */
/* Issuing interrupt handlers for IOAPIC pins and message-signalled interrupts.
 * Rules: docs/rules.md, x86_64 8. */
#include <arch/capability.h>
#include <arch/x86_64/ioapic.h>
#include <kernel/abi.h>
#include <kernel/core.h>

/* The vector argument counts from the first irq that user level can have. */
#define IRQ_FIRST_USER 16u
#define VECTOR_ARGUMENT_MAX 107u

/* The legacy interrupt controllers are masked: no line of theirs can be had. */
seL4_Error arch_irq_decode_get(struct invocation *inv, word_t irq)
{
    (void)irq;
    return fail_illegal(inv, "interrupts come through IOAPICs: use GetIOAPIC");
}

/* Words: 0 index, 1 depth, 2.. hardware, 6 vector; extra 0 root. */
struct issue {
    word_t irq;
    struct slot *dest;
};

static seL4_Error decode_issue(struct invocation *inv, struct issue *plan)
{
    if (!has_arguments(inv, 7, 1))
        return fail_truncated(inv);
    word_t vector = argument(inv, 6);
    if (vector > VECTOR_ARGUMENT_MAX)
        return fail_range(inv, 0, VECTOR_ARGUMENT_MAX, "vector");
    plan->irq = vector + IRQ_FIRST_USER;
    if (irq_lines[plan->irq].state != IRQ_INACTIVE)
        return fail_revoke_first(inv, "the vector is in use");
    return cspace_empty_slot_decode(inv, &inv->extra.slot[0]->cap, argument(inv, 0), argument(inv, 1),
                                    &plan->dest);
}

/* Words: 2 ioapic, 3 pin, 4 level, 5 polarity. */
static seL4_Error decode_pin(struct invocation *inv)
{
    word_t ioapic = argument(inv, 2);
    if (ioapic_count() == 0)
        return fail_illegal(inv, "there is no IOAPIC");
    if (ioapic >= ioapic_count())
        return fail_range(inv, 0, ioapic_count() - 1, "IOAPIC");
    if (argument(inv, 3) >= ioapic_pins(ioapic))
        return fail_range(inv, 0, ioapic_pins(ioapic) - 1, "pin");
    if (argument(inv, 4) > 1)
        return fail_range(inv, 0, 1, "level");
    if (argument(inv, 5) > 1)
        return fail_range(inv, 0, 1, "polarity");
    return seL4_NoError;
}

static seL4_Error invoke_get_ioapic(struct invocation *inv)
{
    struct issue plan;
    seL4_Error error = decode_issue(inv, &plan);
    if (!error)
        error = decode_pin(inv);
    if (error)
        return error;
    invocation_commit(inv);
    ioapic_route(argument(inv, 2), argument(inv, 3), plan.irq, argument(inv, 4), argument(inv, 5));
    interrupt_issue(plan.irq, plan.dest, inv->slot);
    return seL4_NoError;
}

/* Words: 2 bus, 3 device, 4 function, 5 handle.  Nothing is programmed: the device has to write the
 * vector itself.  A pin that the vector had before stays masked. */
static seL4_Error invoke_get_msi(struct invocation *inv)
{
    struct issue plan;
    seL4_Error error = decode_issue(inv, &plan);
    if (error)
        return error;
    if (argument(inv, 2) > 255)
        return fail_range(inv, 0, 255, "bus");
    if (argument(inv, 3) > 31)
        return fail_range(inv, 0, 31, "device");
    if (argument(inv, 4) > 7)
        return fail_range(inv, 0, 7, "function");
    invocation_commit(inv);
    ioapic_disconnect(plan.irq);
    interrupt_issue(plan.irq, plan.dest, inv->slot);
    return seL4_NoError;
}

seL4_Error arch_irq_control_invoke(struct invocation *inv)
{
    switch (inv->label) {
    case X86IRQIssueIRQHandlerIOAPIC:
        return invoke_get_ioapic(inv);
    case X86IRQIssueIRQHandlerMSI:
        return invoke_get_msi(inv);
    default:
        return fail_illegal(inv, "no method of IRQ control");
    }
}
