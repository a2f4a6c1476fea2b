/* SPDX-License-Identifier: BSD-2-Clause */
/* What capabilities of each type allow and where their objects lie.  Pure functions of capability
 * words; relies on arch_cap_* for the processor's types. */
#include <arch/capability.h>
#include <arch/memory.h>
#include <kernel/config.h>
#include <kernel/capability.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>

static struct region object_region(struct cap c, word_t bits)
{
    return (struct region){ memory_physical(cap_object(c)).at, BIT(bits) };
}

static struct region cnode_region(struct cap c)
{
    return (struct region){ memory_physical(cap_cnode_slots(c)).at, BIT(cap_cnode_radix(c) + SLOT_BITS) };
}

struct region cap_region(struct cap c)
{
    if (cap_is_arch(c))
        return arch_cap_region(c);
    switch (cap_type(c)) {
    case CAP_UNTYPED:
        return (struct region){ cap_untyped_base(c).at, BIT(cap_untyped_bits(c)) };
    case CAP_ENDPOINT:
        return object_region(c, ENDPOINT_BITS);
    case CAP_NOTIFICATION:
        return object_region(c, NOTIFICATION_BITS);
    case CAP_TCB:
        return object_region(c, TCB_BITS);
    case CAP_CNODE:
        return cnode_region(c);
    case CAP_ZOMBIE:
        return cap_zombie_is_tcb(c) ? object_region(c, TCB_BITS) : cnode_region(c);
    default:
        return (struct region){ 0, 0 };
    }
}

struct cap cap_mask_rights(struct cap c, word_t rights)
{
    switch (cap_type(c)) {
    case CAP_ENDPOINT:
        return cap_mask_rights_bits(c, rights);
    case CAP_NOTIFICATION:
        return cap_mask_rights_bits(c, rights | RIGHT_GRANT | RIGHT_GRANT_REPLY);
    case CAP_REPLY:
        return cap_mask_rights_bits(c, rights | RIGHT_WRITE);
    default:
        return cap_is_arch(c) ? arch_cap_mask_rights(c, rights) : c;
    }
}

struct cap cap_update_data(struct cap c, word_t data, bool preserve)
{
    switch (cap_type(c)) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        if (preserve || cap_badge(c) != 0)
            return cap_null();
        c.word[1] = data;
        return c;
    case CAP_CNODE: {
        word_t guard_size = data & MASK(6);
        if (guard_size + cap_cnode_radix(c) > WORD_BITS)
            return cap_null();
        word_t guard = (data >> 6) & MASK(guard_size);
        return cap_cnode(cap_cnode_slots(c), cap_cnode_radix(c), guard, guard_size);
    }
    default:
        return c;
    }
}
