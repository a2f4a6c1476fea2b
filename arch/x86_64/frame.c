/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of frames: mapping, unmapping.  Rules: docs/rules.md, x86_64 3.3 to 3.5. */
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>

/* Attributes of a mapping: bit 0 PWT, bit 1 PCD, bit 2 PAT. */
enum attribute { ATTRIBUTE_PWT = 1, ATTRIBUTE_PCD = 2, ATTRIBUTE_PAT = 4 };

struct map {
    struct slot *slot;
    struct pml4 *space;
    word_t asid;
    vaddr_t address;
    pte_t *at;
    pte_t entry;
};

/* PAT is where the leaf bit is in a PT, and does not exist for 1-GiB pages (3.4). */
static word_t attribute_bits(word_t attributes, word_t bits)
{
    word_t raw = (attributes & ATTRIBUTE_PWT ? PTE_PWT : 0) | (attributes & ATTRIBUTE_PCD ? PTE_PCD : 0);
    if (attributes & ATTRIBUTE_PAT && bits == PAGE_BITS)
        raw |= PTE_PAT_SMALL;
    if (attributes & ATTRIBUTE_PAT && bits == LARGE_PAGE_BITS)
        raw |= PTE_PAT_LARGE;
    return raw;
}

/* No right to read leaves a page that only the kernel could use (3.3). */
static pte_t leaf(struct cap frame, word_t attributes)
{
    word_t bits = cap_frame_bits(frame);
    word_t raw = cap_frame_base(frame).at | PTE_PRESENT | attribute_bits(attributes, bits);
    if (bits != PAGE_BITS)
        raw |= PTE_LEAF;
    if (cap_has_right(frame, RIGHT_READ))
        raw |= PTE_USER | (cap_has_right(frame, RIGHT_WRITE) ? PTE_WRITE : 0);
    return (pte_t){ raw };
}

/* Checks 3a to 3d: a mapped frame only goes where it is. */
static seL4_Error decode_place(struct invocation *inv, struct cap pml4, word_t address)
{
    struct cap frame = inv->cap;
    if (cap_is_mapped(frame)) {
        if (cap_map_asid(frame) != cap_map_asid(pml4))
            return fail_capability(inv, 1, "the frame is mapped in another address space");
        if (cap_map_address(frame).at != address)
            return fail_argument(inv, 0, "the frame is mapped at another address");
    } else if (address > USER_MAX - BIT(cap_frame_bits(frame))) {
        return fail_argument(inv, 0, "address above the user range");
    }
    return seL4_NoError;
}

/* A leaf may replace a leaf of its size; a table in its place stays. */
static seL4_Error decode_entry(struct invocation *inv, struct map *plan)
{
    word_t missing = 0, bits = cap_frame_bits(inv->cap);
    plan->at = vspace_walk(plan->space, plan->address, bits, &missing);
    if (!plan->at)
        return fail_missing(inv, LOOKUP_TARGET, missing);
    if (bits != PAGE_BITS && pte_present(*plan->at) && !pte_is_leaf(*plan->at))
        return fail_delete_first(inv, "a table is in the way");
    return seL4_NoError;
}

/* Map: 0 address, 1 rights, 2 attributes; extra 0 address space. */
static seL4_Error decode_map(struct invocation *inv, struct map *plan)
{
    if (!has_arguments(inv, 3, 1))
        return fail_truncated(inv);
    struct cap pml4 = inv->extra.slot[0]->cap;
    word_t address = argument(inv, 0);
    if (!vspace_is_assigned(pml4))
        return fail_capability(inv, 1, "not an address space with an ASID");
    seL4_Error error = decode_place(inv, pml4, address);
    if (!error)
        error = vspace_decode_alive(inv, pml4, &plan->space);
    if (error)
        return error;
    if (address & MASK(cap_frame_bits(inv->cap)))
        return fail_alignment(inv, "address");
    plan->slot = inv->slot;
    plan->asid = cap_map_asid(pml4);
    plan->address = (vaddr_t){ address };
    plan->entry = leaf(cap_frame_mask_rights(inv->cap, argument(inv, 1)), argument(inv, 2));
    return decode_entry(inv, plan);
}

static void frame_map(const struct map *plan)
{
    bool replaces = pte_present(*plan->at);
    cap_set_mapping(&plan->slot->cap, plan->asid, plan->address);
    *plan->at = plan->entry;
    if (replaces)
        vspace_flush_page(plan->space, plan->asid, plan->address);
}

/* Undone only if the entry still shows this frame: another may have replaced it (3.5).  What else may
 * stand there, a table too, is elsewhere in memory: objects are disjoint. */
void frame_unmap(struct cap frame)
{
    word_t missing = 0, asid = cap_map_asid(frame);
    struct pml4 *space = asid ? asid_space(asid) : NULL;
    if (!space)
        return;
    word_t bits = cap_frame_bits(frame);
    pte_t *at = vspace_walk(space, cap_map_address(frame), bits, &missing);
    if (!at || (at->raw & PTE_FRAME & ~MASK(bits)) != cap_frame_base(frame).at)
        return;
    at->raw = 0;
    vspace_flush_page(space, asid, cap_map_address(frame));
}

seL4_Error frame_invoke(struct invocation *inv)
{
    struct map plan;
    seL4_Error error;
    switch (inv->label) {
    case X86PageMap:
        error = decode_map(inv, &plan);
        if (error)
            return error;
        invocation_commit(inv);
        frame_map(&plan);
        return seL4_NoError;
    case X86PageUnmap:
        invocation_commit(inv);
        frame_unmap(inv->cap);
        cap_clear_mapping(&inv->slot->cap);
        return seL4_NoError;
    case X86PageGetAddress:
        invocation_return_word(inv, cap_frame_base(inv->cap).at);
        return seL4_NoError;
    default:
        return fail_illegal(inv, "no method of a frame");
    }
}
