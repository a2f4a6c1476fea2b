/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocator of the test root task.  All memory of a test is one child of a boot untyped, so one
 * Revoke takes its objects away; capabilities to other things lie in a known range of slots. */
#include "memory.h"
#include "suite.h"

enum { PERMANENT_SLOTS = 128, PERMANENT_BITS = 18 };

static const seL4_BootInfo *boot;
static word_t big;               /* the boot untyped that everything comes from */
static word_t permanent_untyped; /* memory of the suite itself */
static word_t current_slice;
static word_t next_permanent, last_permanent;
static word_t first_slot, next_slot, end_slot;

/* The smallest ordinary boot untyped that holds the suite and a slice. */
static word_t choose_untyped(void)
{
    word_t best = 0;
    word_t best_bits = seL4_MaxUntypedBits + 1;

    for (word_t i = 0; i < boot->untyped.end - boot->untyped.start; i++) {
        const seL4_UntypedDesc *u = &boot->untypedList[i];

        if (!u->isDevice && u->sizeBits > SLICE_BITS && u->sizeBits < best_bits) {
            best = boot->untyped.start + i;
            best_bits = u->sizeBits;
        }
    }
    return best;
}

bool memory_start(const seL4_BootInfo *info)
{
    boot = info;
    next_permanent = info->empty.start;
    last_permanent = next_permanent + PERMANENT_SLOTS;
    first_slot = next_slot = last_permanent;
    end_slot = first_slot + SCRATCH_SLOTS;
    big = choose_untyped();
    if (!big || end_slot > info->empty.end) {
        return false;
    }
    permanent_untyped = slot_permanent();
    current_slice = slot_permanent();
    return !seL4_Untyped_Retype(big, seL4_UntypedObject, PERMANENT_BITS, ROOT, 0, 0,
                                permanent_untyped, 1) &&
           !seL4_Untyped_Retype(big, seL4_UntypedObject, SLICE_BITS, ROOT, 0, 0, current_slice, 1);
}

word_t slot_permanent(void)
{
    if (next_permanent == last_permanent) {
        suite_abort("the suite has no slot left for itself");
    }
    return next_permanent++;
}

word_t object_permanent(word_t type, word_t bits)
{
    const word_t slot = slot_permanent();

    if (seL4_Untyped_Retype(permanent_untyped, type, bits, ROOT, 0, 0, slot, 1)) {
        suite_abort("the suite has no memory left for itself");
    }
    return slot;
}

void memory_test_begin(void)
{
    next_slot = first_slot;
}

/* Endpoints fit into all slots only if every one is empty. */
static bool slots_are_empty(word_t first, word_t end)
{
    for (word_t slot = first; slot < end; slot += seL4_UntypedRetypeMaxObjects) {
        const word_t left = end - slot;
        const word_t window =
            left < seL4_UntypedRetypeMaxObjects ? left : seL4_UntypedRetypeMaxObjects;

        if (seL4_Untyped_Retype(current_slice, seL4_EndpointObject, 0, ROOT, 0, 0, slot, window)) {
            return false;
        }
    }
    return !cap_revoke(current_slice);
}

/* The slice is childless again exactly if two halves of it fit. */
static bool slice_is_whole(void)
{
    return !seL4_Untyped_Retype(current_slice, seL4_UntypedObject, SLICE_BITS - 1, ROOT, 0, 0,
                                first_slot, 2) &&
           !cap_revoke(current_slice);
}

/* Take back what the test made; a text tells what is wrong. */
static const char *take_back(word_t end)
{
    if (cap_revoke(current_slice)) {
        return "Revoke of the slice fails";
    }
    for (word_t slot = first_slot; slot < end; slot++) {
        if (cap_delete(slot)) {
            return "a slot of the test cannot be deleted";
        }
    }
    if (!slots_are_empty(first_slot, end)) {
        return "a slot of the test is not empty after Delete";
    }
    if (!slice_is_whole()) {
        return "the untyped slice cannot be retyped as a whole after Revoke";
    }
    return NULL;
}

/* After a leak all slots are swept, also those the test never asked for, so that the next test has
 * a chance. */
const char *memory_test_end(void)
{
    const char *leak = take_back(next_slot);

    if (leak) {
        (void)take_back(end_slot);
    }
    return leak;
}

word_t slice(void)
{
    return current_slice;
}

word_t slot_new(void)
{
    return slot_range(1);
}

word_t slot_range(word_t count)
{
    const word_t slot = next_slot;

    if (count > end_slot - next_slot) {
        suite_abort("the test has no slot left");
    }
    next_slot += count;
    return slot;
}

/* Copying a slot onto itself: an occupied destination is refused before an empty source. */
bool slot_is_empty(word_t slot)
{
    return seL4_CNode_Copy(ROOT, slot, DEPTH, ROOT, slot, DEPTH, seL4_AllRights) !=
           seL4_DeleteFirst;
}

word_t object_new(word_t type, word_t bits)
{
    const word_t slot = slot_new();

    if (seL4_Untyped_Retype(current_slice, type, bits, ROOT, 0, 0, slot, 1)) {
        suite_abort("an object cannot be made");
    }
    return slot;
}

word_t endpoint_new(void)
{
    return object_new(seL4_EndpointObject, 0);
}
word_t notification_new(void)
{
    return object_new(seL4_NotificationObject, 0);
}
word_t cnode_new(word_t radix)
{
    return object_new(seL4_CapTableObject, radix);
}
word_t untyped_new(word_t bits)
{
    return object_new(seL4_UntypedObject, bits);
}
word_t tcb_new(void)
{
    return object_new(seL4_TCBObject, 0);
}
word_t frame_new(void)
{
    return object_new(seL4_X86_4K, 0);
}

word_t cap_copy(word_t slot)
{
    const word_t copy = slot_new();

    if (cap_copy_into(ROOT, copy, DEPTH, slot)) {
        suite_abort("a capability cannot be copied");
    }
    return copy;
}

word_t cap_mint(word_t slot, word_t badge)
{
    return cap_mint_with(slot, seL4_AllRights, badge);
}

word_t cap_mint_with(word_t slot, seL4_CapRights_t rights, word_t badge)
{
    const word_t copy = slot_new();

    if (seL4_CNode_Mint(ROOT, copy, DEPTH, ROOT, slot, DEPTH, rights, badge)) {
        suite_abort("a capability cannot be minted");
    }
    return copy;
}

word_t cap_guarded(word_t slot, word_t guard, word_t guard_bits)
{
    return cap_mint(slot, seL4_CNode_CapData_new(guard, guard_bits).words[0]);
}

seL4_Error cap_copy_into(word_t cnode, word_t index, word_t depth, word_t slot)
{
    return seL4_CNode_Copy(cnode, index, (seL4_Uint8)depth, ROOT, slot, DEPTH, seL4_AllRights);
}

seL4_Error cap_delete(word_t slot)
{
    return seL4_CNode_Delete(ROOT, slot, DEPTH);
}

seL4_Error cap_revoke(word_t slot)
{
    return seL4_CNode_Revoke(ROOT, slot, DEPTH);
}

seL4_Error cap_move(word_t to, word_t from)
{
    return seL4_CNode_Move(ROOT, to, DEPTH, ROOT, from, DEPTH);
}

/* A request that is too large by far is refused with the number of free bytes. */
word_t untyped_free_bytes(word_t untyped)
{
    const struct reply r = invoke(untyped, UntypedRetype, CAPS(ROOT),
                                  ARGS(seL4_UntypedObject, seL4_MaxUntypedBits, 0, 0, end_slot, 1));

    return r.label == seL4_NotEnoughMemory ? r.mr[0] : ~(word_t)0;
}

word_t device_untyped_at(word_t address, word_t *base, word_t *bits)
{
    for (word_t i = 0; i < boot->untyped.end - boot->untyped.start; i++) {
        const seL4_UntypedDesc *u = &boot->untypedList[i];

        if (u->isDevice && u->paddr <= address && address - u->paddr < BIT(u->sizeBits)) {
            *base = u->paddr;
            *bits = u->sizeBits;
            return boot->untyped.start + i;
        }
    }
    return 0;
}

word_t device_untyped(word_t bits)
{
    for (word_t i = 0; i < boot->untyped.end - boot->untyped.start; i++) {
        if (boot->untypedList[i].isDevice && boot->untypedList[i].sizeBits >= bits) {
            return boot->untyped.start + i;
        }
    }
    return 0;
}
