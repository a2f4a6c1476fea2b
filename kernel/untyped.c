/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory and Retype.  Guarantees that an object lies inside the untyped it is made from, that
 * objects made from one untyped are disjoint, and that their memory is zero.  Rules: docs/rules.md, untyped. */
#include <arch/object.h>
#include <kernel/abi.h>
#include <kernel/fatal.h>
#include <kernel/preemption.h>
#include <kernel/untyped.h>

/* Arguments: 0 type, 1 size_bits, 2 node_index, 3 node_depth, 4 node_offset, 5 number of objects. */
enum { TYPE, SIZE_BITS, NODE_INDEX, NODE_DEPTH, NODE_OFFSET, NODE_WINDOW, RETYPE_ARGUMENTS };

static word_t round_up(word_t value, word_t to) { return (value + (to - 1)) / to * to; }

/* By division: count * bytes may not fit a word.  Aligning loses nothing that would not fit: the region
 * is aligned to its own size. */
static bool has_room(word_t bytes_free, word_t bytes, word_t count) { return bytes_free / bytes >= count; }

static seL4_Error decode_type(struct invocation *inv, struct retype *plan)
{
    plan->type = argument(inv, TYPE);
    plan->user_bits = argument(inv, SIZE_BITS);
    if (plan->type >= OBJECT_COUNT)
        return fail_argument(inv, TYPE, "no such object type");
    if (plan->user_bits >= WORD_BITS)
        return fail_range(inv, 0, UNTYPED_MAX_BITS, "size_bits");
    plan->bits = object_bits(plan->type, plan->user_bits);
    if (plan->bits > UNTYPED_MAX_BITS)
        return fail_range(inv, 0, UNTYPED_MAX_BITS, "size_bits");
    if (plan->type == OBJECT_CNODE && plan->user_bits == 0)
        return fail_argument(inv, SIZE_BITS, "a CNode has two slots at least");
    if (plan->type == OBJECT_UNTYPED && plan->user_bits < UNTYPED_MIN_BITS)
        return fail_argument(inv, SIZE_BITS, "an untyped has 16 bytes at least");
    return seL4_NoError;
}

/* The destination CNode: the extra capability itself, or what a slot found from it holds. */
static seL4_Error decode_node(struct invocation *inv, struct cap *node)
{
    word_t depth = argument(inv, NODE_DEPTH);
    *node = inv->extra.slot[0]->cap;
    if (depth != 0) {
        struct slot *slot;
        seL4_Error error =
            cspace_slot_decode(inv, node, argument(inv, NODE_INDEX), depth, LOOKUP_TARGET, &slot);
        if (error)
            return error;
        *node = slot->cap;
    }
    if (cap_type(*node) != CAP_CNODE)
        return fail_missing(inv, LOOKUP_TARGET, depth);
    return seL4_NoError;
}

static seL4_Error decode_slots(struct invocation *inv, struct slot_range *dest)
{
    struct cap node;
    seL4_Error error = decode_node(inv, &node);
    if (error)
        return error;

    word_t slots = BIT(cap_cnode_radix(node));
    word_t offset = argument(inv, NODE_OFFSET), window = argument(inv, NODE_WINDOW);
    if (offset > slots - 1)
        return fail_range(inv, 0, slots - 1, "node_offset");
    if (window < 1 || window > RETYPE_FAN_OUT_LIMIT)
        return fail_range(inv, 1, RETYPE_FAN_OUT_LIMIT, "number of objects");
    if (window > slots - offset)
        return fail_range(inv, 1, slots - offset, "number of objects");

    dest->first = cap_cnode_slots(node) + offset;
    dest->count = window;
    /*@ loop invariant i <= window;
        loop assigns i;
        loop variant window - i; */
    for (word_t i = 0; i < window; i++)
        if (!slot_is_empty(dest->first + i))
            return fail_delete_first(inv, "a destination slot is occupied");
    return seL4_NoError;
}

seL4_Error untyped_decode_retype(struct invocation *inv, struct retype *plan)
{
    if (inv->label != UntypedRetype)
        return fail_illegal(inv, "no method of an untyped");
    if (!has_arguments(inv, RETYPE_ARGUMENTS, 1))
        return fail_truncated(inv);
    seL4_Error error = decode_type(inv, plan);
    if (error)
        return error;
    error = decode_slots(inv, &plan->dest);
    if (error)
        return error;

    plan->slot = inv->slot;
    plan->reset = !slot_has_children(inv->slot);
    word_t size = BIT(cap_untyped_bits(inv->cap));
    word_t bytes_free = plan->reset ? size : size - cap_untyped_watermark(inv->cap);
    if (!has_room(bytes_free, BIT(plan->bits), plan->dest.count))
        return fail_memory(inv, bytes_free);
    if (cap_untyped_is_device(inv->cap) && plan->type != OBJECT_UNTYPED && !arch_object_is_frame(plan->type))
        return fail_argument(inv, SIZE_BITS, "device memory can only become frames and untypeds");
    return seL4_NoError;
}

/* Clears what was used, from the top down, so that the watermark tells how far it has come (6). */
static enum progress untyped_reset(struct slot *slot)
{
    word_t used = cap_untyped_watermark(slot->cap);
    word_t chunk = BIT(RESET_CHUNK_BITS);
    char *base = memory_pointer(cap_untyped_base(slot->cap));
    if (used == 0)
        return DONE;
    if (cap_untyped_is_device(slot->cap) || cap_untyped_bits(slot->cap) < RESET_CHUNK_BITS) {
        if (!cap_untyped_is_device(slot->cap))
            memory_clear(base, BIT(cap_untyped_bits(slot->cap)));
        slot->cap.word[1] = 0;
        return DONE;
    }
    /*@ loop invariant at % chunk == 0 && at <= size(slot->cap.word[0]) && at < used + chunk;
        loop invariant slot->cap.word[1] <= used && slot->cap.word[0] == \at(slot->cap.word[0], Pre);
        loop invariant at == 0 ==> slot->cap.word[1] == 0;
        loop assigns at, slot->cap.word[1], work_units_left;
        loop variant at; */
    for (word_t at = round_up(used, chunk); at > 0;) {
        at -= chunk;
        memory_clear(base + at, chunk);
        slot->cap.word[1] = at;
        if (preempt_pending())
            return PREEMPTED; /* the call restarts and finds less to clear */
    }
    return DONE;
}

enum progress untyped_retype(const struct retype *plan)
{
    if (plan->reset && untyped_reset(plan->slot) == PREEMPTED)
        return PREEMPTED;

    struct cap untyped = plan->slot->cap;
    word_t bytes = BIT(plan->bits);
    word_t start = round_up(cap_untyped_watermark(untyped), bytes);
    bool device = cap_untyped_is_device(untyped);
    paddr_t at = { cap_untyped_base(untyped).at + start };
    plan->slot->cap.word[1] = start + plan->dest.count * bytes;
    assert(plan->slot->cap.word[1] <= BIT(cap_untyped_bits(untyped)));
    for (word_t i = 0; i < plan->dest.count; i++) {
        slot_insert_created(plan->dest.first + i, object_create(plan->type, at, plan->user_bits, device),
                            plan->slot);
        at.at += bytes;
    }
    return DONE;
}

seL4_Error untyped_invoke(struct invocation *inv)
{
    struct retype plan;
    seL4_Error error = untyped_decode_retype(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    inv->progress = untyped_retype(&plan);
    return seL4_NoError;
}
