/* SPDX-License-Identifier: BSD-2-Clause */
/* ASIDs and their pools.  Rules: docs/rules.md, x86_64 3.8. */
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>
#include <kernel/untyped.h>

struct asid_pool *asid_pools[ASID_POOLS];

/* MakePool: 0 index, 1 depth; extra 0 untyped, 1 root of the destination. */
struct make_pool {
    struct slot *untyped, *dest;
    word_t number;
};

static seL4_Error decode_make_pool(struct invocation *inv, struct make_pool *plan)
{
    if (inv->label != X86ASIDControlMakePool)
        return fail_illegal(inv, "no method of ASID control");
    if (!has_arguments(inv, 2, 2))
        return fail_truncated(inv);
    for (plan->number = 0; plan->number < ASID_POOLS; plan->number++)
        if (!asid_pools[plan->number])
            break;
    if (plan->number == ASID_POOLS)
        return fail_delete_first(inv, "all ASID pools are in use");
    plan->untyped = inv->extra.slot[0];
    struct cap untyped = plan->untyped->cap;
    if (cap_type(untyped) != CAP_UNTYPED || cap_untyped_bits(untyped) != seL4_ASIDPoolBits ||
        cap_untyped_is_device(untyped))
        return fail_capability(inv, 1, "not a 4 KiB untyped");
    if (slot_has_children(plan->untyped))
        return fail_revoke_first(inv, "the untyped has children");
    return cspace_empty_slot_decode(inv, &inv->extra.slot[1]->cap, argument(inv, 0), argument(inv, 1),
                                    &plan->dest);
}

seL4_Error asid_control_invoke(struct invocation *inv)
{
    struct make_pool plan;
    seL4_Error error = decode_make_pool(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    struct asid_pool *pool = memory_pointer(cap_untyped_base(plan.untyped->cap));
    memory_clear(pool, sizeof(*pool));
    untyped_fill(plan.untyped);
    slot_insert_derived(plan.dest, cap_asid_pool(pool, plan.number), plan.untyped);
    asid_pools[plan.number] = pool;
    return seL4_NoError;
}

struct assign {
    struct slot *pml4;
    word_t asid;
};

/* Assign: extra 0 a PML4 that has never had an ASID. */
static seL4_Error decode_assign(struct invocation *inv, struct assign *plan)
{
    if (inv->label != X86ASIDPoolAssign)
        return fail_illegal(inv, "no method of an ASID pool");
    if (!has_arguments(inv, 0, 1))
        return fail_truncated(inv);
    plan->pml4 = inv->extra.slot[0];
    if (cap_type(plan->pml4->cap) != CAP_PML4 || cap_map_asid(plan->pml4->cap) != 0)
        return fail_capability(inv, 1, "not a PML4 without an ASID");
    word_t number = cap_asid_pool_number(inv->cap);
    const struct asid_pool *pool = cap_page_object(inv->cap);
    /* ASID 0 means none. */
    for (word_t i = number == 0; i < ASIDS_PER_POOL; i++) {
        if (!pool->space[i]) {
            plan->asid = number * ASIDS_PER_POOL + i;
            return seL4_NoError;
        }
    }
    return fail_delete_first(inv, "the pool is full");
}

seL4_Error asid_pool_invoke(struct invocation *inv)
{
    struct assign plan;
    seL4_Error error = decode_assign(inv, &plan);
    if (error)
        return error;
    invocation_commit(inv);
    struct pml4 *space = cap_object(plan.pml4->cap);
    asid_pools[plan.asid / ASIDS_PER_POOL]->space[plan.asid % ASIDS_PER_POOL] = space;
    plan.pml4->cap = cap_pml4(space, plan.asid);
    return seL4_NoError;
}

void asid_pool_finalise(struct cap cap)
{
    struct asid_pool *pool = cap_page_object(cap);
    word_t number = cap_asid_pool_number(cap);
    asid_pools[number] = NULL;
    vspace_lost();
    for (word_t i = 0; i < ASIDS_PER_POOL; i++)
        if (pool->space[i])
            vspace_flush(pool->space[i], number * ASIDS_PER_POOL + i);
}

void asid_space_finalise(struct cap pml4)
{
    word_t asid = cap_map_asid(pml4);
    if (asid_space(asid) != cap_object(pml4))
        return;
    asid_pools[asid / ASIDS_PER_POOL]->space[asid % ASIDS_PER_POOL] = NULL;
    vspace_flush(cap_object(pml4), asid);
}
