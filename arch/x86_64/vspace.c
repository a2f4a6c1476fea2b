/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: which one is loaded, walks through their tables, translation caches.
 * With PCID (Intel SDM vol. 3A, 4.10.1) an address space's ASID is its PCID; the kernel's own has PCID 0. */
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>
#include <kernel/core.h>

#define CR3_KEEP_TRANSLATIONS BIT(63)

static word_t root_of(struct pml4 *space, word_t asid)
{
    word_t root = memory_physical(space).at;
    return cpu.has.pcid ? root | asid | CR3_KEEP_TRANSLATIONS : root;
}

word_t vspace_kernel_root(void)
{
    return cpu.has.pcid ? kernel_space.at | CR3_KEEP_TRANSLATIONS : kernel_space.at;
}

bool vspace_is_assigned(struct cap c) { return cap_type(c) == CAP_PML4 && cap_map_asid(c) != 0; }

void vspace_load(word_t root)
{
    core_this()->arch.space = root;
    write_cr3(root);
}

__attribute__((noinline)) void vspace_refresh(struct tcb *t)
{
    struct cap c = t->slot[TCB_VSPACE].cap;
    bool alive = vspace_is_assigned(c) && asid_space(cap_map_asid(c)) == cap_object(c);
    t->space.user_root = alive ? root_of(cap_object(c), cap_map_asid(c)) : vspace_kernel_root();
    t->space.root = cpu.pti ? vspace_kernel_root() : t->space.user_root;
    t->space.generation = core_this()->arch.space_generation;
}

void vspace_lost(void)
{
    core_this()->arch.space_generation++;
    if (core_this()->arch.space != vspace_kernel_root())
        vspace_load(vspace_kernel_root());
}

pte_t *vspace_walk(struct pml4 *space, vaddr_t address, word_t level, word_t *missing)
{
    pte_t *table = space->entry;
    for (word_t at = 39;; at -= 9) {
        pte_t *entry = &table[(address.at >> at) & MASK(9)];
        if (at == level)
            return entry;
        if (!pte_present(*entry) || pte_is_leaf(*entry)) {
            *missing = at;
            return NULL;
        }
        table = memory_pointer((paddr_t){ entry->raw & PTE_FRAME });
    }
}

static bool is_loaded(struct pml4 *space, word_t asid)
{
    return core_this()->arch.space == root_of(space, asid);
}

/* Without PCID no translation outlives its address space's time in CR3; with page-table isolation that is
 * never now. */
void vspace_flush_page(struct pml4 *space, word_t asid, vaddr_t address)
{
    if (cpu.has.pcid)
        invpcid(INVPCID_ADDRESS, asid, address.at);
    else if (is_loaded(space, asid))
        invlpg(address.at);
}

void vspace_flush(struct pml4 *space, word_t asid)
{
    if (cpu.has.pcid)
        invpcid(INVPCID_CONTEXT, asid, 0);
    else if (is_loaded(space, asid))
        write_cr3(core_this()->arch.space);
}

seL4_Error vspace_decode_alive(struct invocation *inv, struct cap pml4, struct pml4 **space)
{
    *space = asid_space(cap_map_asid(pml4));
    if (!*space) {
        struct lookup_failure failure = { .type = seL4_InvalidRoot };
        fail_lookup(inv, LOOKUP_TARGET, &failure);
        return seL4_FailedLookup;
    }
    if (*space != cap_object(pml4))
        return fail_capability(inv, 1, "the ASID belongs to another address space now");
    return seL4_NoError;
}
