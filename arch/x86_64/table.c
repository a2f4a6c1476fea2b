/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of page tables, page directories and PDPTs.  Rules: docs/rules.md, x86_64 3.6, 3.7. */
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>

struct map {
    struct slot *slot;
    struct pml4 *space;
    word_t asid;
    vaddr_t address;
    pte_t *at;
    pte_t entry;
};

/* Log2 of what one table covers, which is the level of the entry that refers to it. */
static word_t span_bits(struct cap table)
{
    switch (cap_type(table)) {
    case CAP_PAGE_TABLE:
        return 21;
    case CAP_PAGE_DIRECTORY:
        return 30;
    default:
        return 39;
    }
}

/* Map: 0 address (rounded down), 1 attributes; extra 0 address space. */
static seL4_Error decode_map(struct invocation *inv, struct map *plan)
{
    word_t missing = 0, bits = span_bits(inv->cap);
    if (!has_arguments(inv, 2, 1))
        return fail_truncated(inv);
    if (cap_is_mapped(inv->cap))
        return fail_capability(inv, 0, "the table is mapped already");
    struct cap pml4 = inv->extra.slot[0]->cap;
    if (!vspace_is_assigned(pml4))
        return fail_capability(inv, 1, "not an address space with an ASID");
    plan->address = (vaddr_t){ argument(inv, 0) & ~MASK(bits) };
    if (plan->address.at > USER_MAX)
        return fail_argument(inv, 0, "address above the user range");
    seL4_Error error = vspace_decode_alive(inv, pml4, &plan->space);
    if (error)
        return error;
    plan->at = vspace_walk(plan->space, plan->address, bits, &missing);
    if (!plan->at)
        return fail_missing(inv, LOOKUP_TARGET, missing);
    if (pte_present(*plan->at))
        return fail_delete_first(inv, "something is mapped there");

    plan->slot = inv->slot;
    plan->asid = cap_map_asid(pml4);
    word_t caching = (argument(inv, 1) & MASK(2)) * PTE_PWT; /* PWT and PCD are neighbours */
    plan->entry = (pte_t){ memory_physical(cap_object(inv->cap)).at | PTE_PRESENT | PTE_WRITE | PTE_USER | caching };
    return seL4_NoError;
}

static seL4_Error invoke_map(struct invocation *inv)
{
    struct map plan;
    seL4_Error error = decode_map(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    cap_set_mapping(&plan.slot->cap, plan.asid, plan.address);
    *plan.at = plan.entry;
    return seL4_NoError;
}

/* Undone only if the entry still shows this table.  No page there can: objects are disjoint. */
void table_unlink(struct cap table)
{
    word_t missing = 0, asid = cap_map_asid(table);
    struct pml4 *space = asid ? asid_space(asid) : NULL;
    if (!space)
        return;
    pte_t *at = vspace_walk(space, cap_map_address(table), span_bits(table), &missing);
    if (!at || (at->raw & PTE_FRAME) != memory_physical(cap_object(table)).at)
        return;
    at->raw = 0;
    vspace_flush(space, asid);
}

/* What the table held is gone too; the capabilities to it keep what they believe. */
static seL4_Error invoke_unmap(struct invocation *inv)
{
    if (!slot_is_final(inv->slot))
        return fail_revoke_first(inv, "there are other capabilities to the table");
    invocation_commit(inv);
    if (cap_is_mapped(inv->cap)) {
        table_unlink(inv->cap);
        memory_clear(cap_object(inv->cap), PAGE_BYTES);
        cap_clear_mapping(&inv->slot->cap);
    }
    return seL4_NoError;
}

seL4_Error table_invoke(struct invocation *inv)
{
    static const struct { word_t map, unmap; } labels[] = {
        { X86PageTableMap, X86PageTableUnmap },
        { X86PageDirectoryMap, X86PageDirectoryUnmap },
        { X86PDPTMap, X86PDPTUnmap },
    };
    word_t kind = (cap_type(inv->cap) - CAP_PAGE_TABLE) / 2;
    if (inv->label == labels[kind].map)
        return invoke_map(inv);
    if (inv->label == labels[kind].unmap)
        return invoke_unmap(inv);
    return fail_illegal(inv, "no method of this paging structure");
}
