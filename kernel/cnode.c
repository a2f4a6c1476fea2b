/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of CNodes: copying, moving, deleting and revoking capabilities.
 * Rules: docs/rules.md, capabilities 5.  The order of the checks is part of the interface. */
#include <kernel/abi.h>
#include <kernel/cnode.h>
#include <kernel/destruction.h>
#include <kernel/endpoint.h>
#include <kernel/object.h>

/* A capability on its way from source to dest. */
struct transfer {
    struct slot *dest, *source;
    struct cap cap;
};

static void cnode_insert(const struct transfer *plan)
{
    slot_insert_derived(plan->dest, plan->cap, plan->source);
}

static void cnode_move(const struct transfer *plan) { slot_move(plan->dest, plan->source, plan->cap); }

/* The source of Copy, Mint, Move and Mutate: message words 2 and 3, extra capability 0. */
static seL4_Error decode_source(struct invocation *inv, struct transfer *plan)
{
    if (!has_arguments(inv, 4, 1))
        return fail_truncated(inv);
    if (!slot_is_empty(plan->dest))
        return fail_delete_first(inv, "destination slot is occupied");
    word_t index = argument(inv, 2), depth = argument(inv, 3);
    seL4_Error error =
        cspace_slot_decode(inv, &inv->extra.slot[0]->cap, index, depth, LOOKUP_SOURCE, &plan->source);
    if (error)
        return error;
    if (slot_is_empty(plan->source))
        return fail_missing(inv, LOOKUP_SOURCE, depth);
    plan->cap = plan->source->cap;
    return seL4_NoError;
}

static seL4_Error decode_derived(struct invocation *inv, struct transfer *plan)
{
    seL4_Error error = object_derive(inv, plan->source, &plan->cap);
    if (!error && cap_is_null(plan->cap))
        return fail_illegal(inv, "this capability cannot be copied so");
    return error;
}

static seL4_Error decode_copy(struct invocation *inv, struct transfer *plan)
{
    if (inv->length < 5)
        return fail_truncated(inv);
    plan->cap = cap_mask_rights(plan->cap, argument(inv, 4));
    return decode_derived(inv, plan);
}

static seL4_Error decode_mint(struct invocation *inv, struct transfer *plan)
{
    if (inv->length < 6)
        return fail_truncated(inv);
    plan->cap = cap_update_data(cap_mask_rights(plan->cap, argument(inv, 4)), argument(inv, 5), false);
    return decode_derived(inv, plan);
}

static seL4_Error decode_mutate(struct invocation *inv, struct transfer *plan)
{
    if (inv->length < 5)
        return fail_truncated(inv);
    plan->cap = cap_update_data(plan->cap, argument(inv, 4), true);
    if (cap_is_null(plan->cap))
        return fail_illegal(inv, "the data of this capability cannot be changed");
    return seL4_NoError;
}

static seL4_Error cnode_transfer(struct invocation *inv, struct slot *dest)
{
    struct transfer plan = { .dest = dest };
    seL4_Error error = decode_source(inv, &plan);
    if (error)
        return error;
    if (inv->label == CNodeCopy)
        error = decode_copy(inv, &plan);
    else if (inv->label == CNodeMint)
        error = decode_mint(inv, &plan);
    else if (inv->label == CNodeMutate)
        error = decode_mutate(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    if (inv->label == CNodeCopy || inv->label == CNodeMint)
        cnode_insert(&plan);
    else
        cnode_move(&plan);
    return seL4_NoError;
}

struct rotation {
    struct slot *dest, *pivot, *source;
    struct cap pivot_cap, source_cap; /* with their new data */
};

/* Words: 2 data for the pivot's capability, 3 and 4 pivot, 5 data for the source's, 6 and 7 source. */
static seL4_Error decode_rotate(struct invocation *inv, struct rotation *plan)
{
    if (!has_arguments(inv, 8, 2))
        return fail_truncated(inv);
    word_t pivot_depth = argument(inv, 4), source_depth = argument(inv, 7);
    seL4_Error error = cspace_slot_decode(inv, &inv->extra.slot[1]->cap, argument(inv, 6), source_depth,
                                          LOOKUP_SOURCE, &plan->source);
    if (error)
        return error;
    error = cspace_slot_decode(inv, &inv->extra.slot[0]->cap, argument(inv, 3), pivot_depth, LOOKUP_SOURCE,
                               &plan->pivot);
    if (error)
        return error;
    if (plan->pivot == plan->source || plan->pivot == plan->dest)
        return fail_illegal(inv, "the pivot is a slot of its own");
    if (plan->source != plan->dest && !slot_is_empty(plan->dest))
        return fail_delete_first(inv, "destination slot is occupied");
    if (slot_is_empty(plan->source))
        return fail_missing(inv, LOOKUP_SOURCE, source_depth);
    if (slot_is_empty(plan->pivot))
        return fail_missing(inv, LOOKUP_TARGET, pivot_depth);
    plan->source_cap = cap_update_data(plan->source->cap, argument(inv, 5), true);
    plan->pivot_cap = cap_update_data(plan->pivot->cap, argument(inv, 2), true);
    if (cap_is_null(plan->source_cap) || cap_is_null(plan->pivot_cap))
        return fail_illegal(inv, "the data of this capability cannot be changed");
    return seL4_NoError;
}

static void rotate(const struct rotation *plan)
{
    if (plan->source == plan->dest) {
        slot_swap(plan->source, plan->source_cap, plan->pivot, plan->pivot_cap);
    } else {
        slot_move(plan->dest, plan->pivot, plan->pivot_cap);
        slot_move(plan->pivot, plan->source, plan->source_cap);
    }
}

static seL4_Error cnode_rotate(struct invocation *inv, struct slot *dest)
{
    struct rotation plan = { .dest = dest };
    seL4_Error error = decode_rotate(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    rotate(&plan);
    return seL4_NoError;
}

static seL4_Error cnode_save_caller(struct invocation *inv, struct slot *dest)
{
    if (!slot_is_empty(dest))
        return fail_delete_first(inv, "destination slot is occupied");
    invocation_commit(inv);
    struct slot *caller = &inv->caller->slot[TCB_CALLER];
    if (!slot_is_empty(caller))
        slot_move(dest, caller, caller->cap);
    return seL4_NoError;
}

static seL4_Error cnode_cancel_badged(struct invocation *inv, struct slot *slot)
{
    struct cap cap = slot->cap;
    if (cap_type(cap) != CAP_ENDPOINT || cap_rights(cap) != RIGHTS_ALL)
        return fail_illegal(inv, "not an endpoint with all rights");
    invocation_commit(inv);
    if (cap_badge(cap) != 0)
        inv->progress = endpoint_cancel_badged(cap_endpoint_object(cap), cap_badge(cap));
    return seL4_NoError;
}

seL4_Error cnode_invoke(struct invocation *inv)
{
    if (inv->label < CNodeRevoke || inv->label > CNodeSaveCaller)
        return fail_illegal(inv, "no method of a CNode");
    if (inv->length < 2)
        return fail_truncated(inv);
    struct slot *slot;
    seL4_Error error =
        cspace_slot_decode(inv, &inv->cap, argument(inv, 0), argument(inv, 1), LOOKUP_TARGET, &slot);
    if (error)
        return error;
    switch (inv->label) {
    case CNodeRevoke:
        invocation_commit(inv);
        inv->progress = slot_revoke(slot);
        return seL4_NoError;
    case CNodeDelete:
        invocation_commit(inv);
        inv->progress = slot_delete(slot);
        return seL4_NoError;
    case CNodeCancelBadgedSends:
        return cnode_cancel_badged(inv, slot);
    case CNodeRotate:
        return cnode_rotate(inv, slot);
    case CNodeSaveCaller:
        return cnode_save_caller(inv, slot);
    default:
        return cnode_transfer(inv, slot);
    }
}
