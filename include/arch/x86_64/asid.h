/* SPDX-License-Identifier: BSD-2-Clause */
/* ASIDs: which address space a number stands for.  Rules: docs/rules.md, x86_64 3.8. */
#pragma once
#include <arch/x86_64/capability.h>
#include <kernel/invocation.h>

/* The user half of an address space is entries 0..255, the kernel's is entry 511. */
struct pml4;

/*   1  space[i], if not NULL, is a PML4 some capability to which carries ASID pool*512+i
 *   2  the pools in the table are those that capabilities exist to, which carry their numbers */
struct asid_pool {
    struct pml4 *space[ASIDS_PER_POOL];
};

extern struct asid_pool *asid_pools[ASID_POOLS];

/* The address space an ASID stands for now, or NULL. */
static inline struct pml4 *asid_space(word_t asid)
{
    struct asid_pool *pool = asid_pools[asid / ASIDS_PER_POOL];
    return pool ? pool->space[asid % ASIDS_PER_POOL] : NULL;
}

/* The last capability to a pool or address space is gone. */
void asid_pool_finalise(struct cap pool);
void asid_space_finalise(struct cap pml4);

seL4_Error asid_control_invoke(struct invocation *inv);
seL4_Error asid_pool_invoke(struct invocation *inv);
