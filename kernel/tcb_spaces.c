/* SPDX-License-Identifier: BSD-2-Clause */
/* Installing a thread's capability space, address space and IPC buffer frame.
 * Rules: docs/rules.md, threads 3.4.  The order of the checks is part of the interface. */
#include <kernel/abi.h>
#include <kernel/destruction.h>
#include <kernel/object.h>
#include <kernel/scheduler.h>
#include <kernel/tcb_spaces.h>

/* A capability to be installed, and the slot it is derived from. */
struct install {
    struct slot *source;
    struct cap cap;
};

struct spaces {
    bool set_spaces, set_buffer;
    word_t fault_handler, buffer_address;
    struct install cspace, vspace, buffer;
};

static seL4_Error decode_buffer(struct invocation *inv, word_t address, struct slot *source,
                                struct spaces *plan)
{
    plan->set_buffer = true;
    plan->buffer_address = address;
    plan->buffer = (struct install){ source, cap_null() };
    if (address == 0)
        return seL4_NoError;
    plan->buffer.cap = source->cap;
    seL4_Error error = object_derive(inv, source, &plan->buffer.cap);
    if (error)
        return error;
    if (cap_type(plan->buffer.cap) != CAP_FRAME)
        return fail_illegal(inv, "the IPC buffer's frame is not a frame");
    if (cap_frame_is_device(plan->buffer.cap))
        return fail_illegal(inv, "an IPC buffer cannot be in device memory");
    if (address & MASK(seL4_IPCBufferSizeBits))
        return fail_alignment(inv, "IPC buffer address");
    return seL4_NoError;
}

/* The space a slot holds now would have to be destroyed, which may take long. */
static bool would_destroy(const struct slot *slot)
{
    switch (cap_type(slot->cap)) {
    case CAP_CNODE:
    case CAP_TCB:
    case CAP_ZOMBIE:
        return slot_is_final(slot);
    default:
        return false;
    }
}

static seL4_Error decode_space(struct invocation *inv, struct slot *source, word_t data,
                               struct install *plan)
{
    plan->source = source;
    plan->cap = data ? cap_update_data(source->cap, data, false) : source->cap;
    return object_derive(inv, source, &plan->cap);
}

static seL4_Error decode_spaces(struct invocation *inv, struct spaces *plan)
{
    struct tcb *t = cap_tcb_object(inv->cap);
    plan->set_spaces = true;
    plan->fault_handler = argument(inv, 0);
    if (would_destroy(&t->slot[TCB_CSPACE]) || would_destroy(&t->slot[TCB_VSPACE]))
        return fail_illegal(inv, "the thread holds the last capability to its present space");
    seL4_Error error = decode_space(inv, inv->extra.slot[0], argument(inv, 1), &plan->cspace);
    if (error)
        return error;
    if (cap_type(plan->cspace.cap) != CAP_CNODE)
        return fail_illegal(inv, "the capability space is not a CNode");
    error = decode_space(inv, inv->extra.slot[1], argument(inv, 2), &plan->vspace);
    if (error)
        return error;
    if (!vspace_is_assigned(plan->vspace.cap))
        return fail_illegal(inv, "not an address space with an ASID");
    return seL4_NoError;
}

/* Replaces a slot of t.  Deleting what was there may have taken away the source or t itself: then the
 * slot stays empty. */
static void install(struct invocation *inv, struct tcb *t, enum tcb_slot which,
                    const struct install *plan)
{
    struct slot *slot = &t->slot[which];
    slot_delete_simple(slot);
    if (cap_is_null(plan->cap))
        return;
    if (cap_identical(plan->source->cap, plan->cap) && cap_identical(inv->slot->cap, inv->cap))
        slot_insert_derived(slot, plan->cap, plan->source);
}

static seL4_Error set_spaces(struct invocation *inv, const struct spaces *plan)
{
    struct tcb *t = cap_tcb_object(inv->cap);
    invocation_commit(inv);
    if (plan->set_spaces) {
        t->fault_handler = plan->fault_handler;
        install(inv, t, TCB_CSPACE, &plan->cspace);
        install(inv, t, TCB_VSPACE, &plan->vspace);
        vspace_thread_changed(&t->space);
    }
    if (plan->set_buffer) {
        t->buffer_address = plan->buffer_address;
        install(inv, t, TCB_BUFFER, &plan->buffer);
        tcb_buffer_changed(t);
    }
    if (t == inv->caller)
        scheduler_force();
    return seL4_NoError;
}

/* Configure: 0 fault handler, 1 CSpace data, 2 VSpace data, 3 buffer; extra CSpace, VSpace, frame. */
seL4_Error tcb_invoke_configure(struct invocation *inv)
{
    struct spaces plan = { 0 };
    if (!has_arguments(inv, 4, 3))
        return fail_truncated(inv);
    seL4_Error error = decode_buffer(inv, argument(inv, 3), inv->extra.slot[2], &plan);
    if (!error)
        error = decode_spaces(inv, &plan);
    return error ? error : set_spaces(inv, &plan);
}

/* SetSpace: 0 fault handler, 1 CSpace data, 2 VSpace data; extra CSpace, VSpace. */
seL4_Error tcb_invoke_set_space(struct invocation *inv)
{
    struct spaces plan = { 0 };
    if (!has_arguments(inv, 3, 2))
        return fail_truncated(inv);
    seL4_Error error = decode_spaces(inv, &plan);
    return error ? error : set_spaces(inv, &plan);
}

/* SetIPCBuffer: 0 buffer; extra frame. */
seL4_Error tcb_invoke_set_buffer(struct invocation *inv)
{
    struct spaces plan = { 0 };
    if (!has_arguments(inv, 1, 1))
        return fail_truncated(inv);
    seL4_Error error = decode_buffer(inv, argument(inv, 0), inv->extra.slot[0], &plan);
    return error ? error : set_spaces(inv, &plan);
}
