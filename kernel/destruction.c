/* SPDX-License-Identifier: BSD-2-Clause */
/* Deletion and revocation.  A container (CNode or TCB) is taken apart one slot at a time: its last
 * capability becomes a zombie that counts the slots left, so that the work can stop and go on.
 * Rules: docs/rules.md, capabilities 6. */
#include <arch/capability.h>
#include <kernel/destruction.h>
#include <kernel/endpoint.h>
#include <kernel/fatal.h>
#include <kernel/interrupt.h>
#include <kernel/notification.h>
#include <kernel/preemption.h>

/* Ends what the capability stands for and returns what is left to do: null or a zombie (6.1). */
static struct cap finalise(struct cap cap, bool final)
{
    if (cap_is_arch(cap)) {
        arch_cap_finalise(cap, final);
        return cap_null();
    }
    if (cap_type(cap) == CAP_ZOMBIE)
        return cap;
    if (!final)
        return cap_null();
    switch (cap_type(cap)) {
    case CAP_ENDPOINT:
        endpoint_finalise(cap_endpoint_object(cap));
        return cap_null();
    case CAP_NOTIFICATION:
        notification_finalise(cap_notification_object(cap));
        return cap_null();
    case CAP_IRQ_HANDLER:
        interrupt_finalise(cap_irq(cap));
        return cap_null();
    case CAP_TCB:
        tcb_finalise(cap_tcb_object(cap));
        return cap_zombie_tcb(cap_tcb_object(cap), TCB_SLOTS);
    case CAP_CNODE:
        return cap_zombie_cnode(cap);
    default:
        return cap_null();
    }
}

/* Empties the slot; interrupts and port ranges become free only when their slot is. */
static void empty(struct slot *slot, bool final)
{
    struct cap cap = slot->cap;
    slot_remove(slot);
    if (!final)
        return;
    if (cap_type(cap) == CAP_IRQ_HANDLER)
        interrupt_release(cap_irq(cap));
    else if (cap_is_arch(cap))
        arch_cap_release(cap);
}

/* One round on a slot (6.2, steps 1 to 3).  True: the slot is empty.  Otherwise it holds a zombie. */
static bool finalise_slot(struct slot *slot)
{
    bool final = slot_is_final(slot);
    struct cap rest = finalise(slot->cap, final);
    if (cap_is_null(rest)) {
        empty(slot, final);
        return true;
    }
    word_t count = cap_zombie_count(rest);
    if (count == 0 || (count == 1 && cap_zombie_slots(rest) == slot)) {
        slot_remove(slot);
        return true;
    }
    slot->cap = rest;
    return false;
}

/* One of several generic capabilities to an object: nothing but the slot is concerned. */
static hot_inline bool is_plain_copy(const struct slot *slot)
{
    return !cap_is_arch(slot->cap) && cap_type(slot->cap) != CAP_ZOMBIE && !slot_is_final(slot);
}

/* Destroys the last slot of a container under destruction.  A container found there is not taken
 * apart: its zombie goes into its own first slot, out of everyone's reach (6.3). */
static enum progress delete_inner(struct slot *slot)
{
    if (is_plain_copy(slot)) {
        slot_remove(slot);
        return DONE;
    }
    while (!slot_is_empty(slot)) {
        if (finalise_slot(slot))
            return DONE;
        struct slot *first = cap_zombie_slots(slot->cap);
        if (first == slot)
            return DONE;
        slot_swap(slot, slot->cap, first, first->cap);
        if (preempt_pending())
            return PREEMPTED;
    }
    return DONE;
}

enum progress slot_delete(struct slot *slot)
{
    if (is_plain_copy(slot)) {
        slot_remove(slot);
        return DONE;
    }
    while (!slot_is_empty(slot)) {
        if (finalise_slot(slot))
            return DONE;
        struct cap zombie = slot->cap;
        if (delete_inner(cap_zombie_slots(zombie) + cap_zombie_count(zombie) - 1) == PREEMPTED)
            return PREEMPTED;
        /* What was destroyed may have been this slot's own, or have put another zombie here. */
        if (slot->cap.word[0] == zombie.word[0] && slot->cap.word[1] == zombie.word[1])
            slot->cap.word[1]--;
        if (preempt_pending())
            return PREEMPTED;
    }
    return DONE;
}

enum progress slot_revoke(struct slot *slot)
{
    struct slot *next;
    while ((next = slot_next(slot)) != NULL && slot_is_parent(slot, next)) {
        if (slot_delete(next) == PREEMPTED)
            return PREEMPTED;
        if (preempt_pending())
            return PREEMPTED;
    }
    return DONE;
}

void slot_delete_simple(struct slot *slot)
{
    if (slot_is_empty(slot))
        return;
    bool emptied = finalise_slot(slot);
    assert(emptied);
}
