/* SPDX-License-Identifier: BSD-2-Clause */
#include "space.h"
#include <sel4/arch/mapping.h>

/* The root task's image is in the first gigabyte; its page tables there are not used for more. */
struct space root_space = {
    .vspace = seL4_CapInitThreadVSpace,
    .pool = &root_pool,
    .tables = 2,
    .table = { { SEL4_MAPPING_LOOKUP_NO_PDPT, 0 }, { SEL4_MAPPING_LOOKUP_NO_PD, 0 } },
};

bool space_make(struct space *space, struct pool *pool)
{
    *space = (struct space){ .vspace = pool_object(pool, seL4_X64_PML4Object, 0), .pool = pool };
    return space->vspace && !seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space->vspace);
}

static bool has_table(const struct space *space, seL4_Word bits, seL4_Word number)
{
    for (seL4_Word i = 0; i < space->tables; i++)
        if (space->table[i].bits == bits && space->table[i].number == number)
            return true;
    return false;
}

static seL4_Error map_table(const struct space *space, seL4_Word bits, seL4_Word address)
{
    const seL4_X86_VMAttributes plain = seL4_X86_Default_VMAttributes;

    if (bits == SEL4_MAPPING_LOOKUP_NO_PT)
        return seL4_X86_PageTable_Map(pool_object(space->pool, seL4_X86_PageTableObject, 0),
                                      space->vspace, address, plain);
    if (bits == SEL4_MAPPING_LOOKUP_NO_PD)
        return seL4_X86_PageDirectory_Map(
            pool_object(space->pool, seL4_X86_PageDirectoryObject, 0), space->vspace, address,
            plain);
    return seL4_X86_PDPT_Map(pool_object(space->pool, seL4_X86_PDPTObject, 0), space->vspace,
                             address, plain);
}

/* Make the table for the address bits above `bits`, if it is not there. */
static seL4_Error need_table(struct space *space, seL4_Word bits, seL4_Word address)
{
    if (has_table(space, bits, address >> bits))
        return seL4_NoError;
    if (space->tables == SPACE_TABLES)
        return seL4_NotEnoughMemory;
    seL4_Error error = map_table(space, bits, address);
    if (!error) {
        space->table[space->tables].bits = bits;
        space->table[space->tables++].number = address >> bits;
    }
    return error;
}

seL4_Error space_map(struct space *space, seL4_CPtr frame, seL4_Word address,
                     seL4_CapRights_t rights, seL4_X86_VMAttributes attributes)
{
    static const seL4_Word levels[] = {
        SEL4_MAPPING_LOOKUP_NO_PDPT, SEL4_MAPPING_LOOKUP_NO_PD, SEL4_MAPPING_LOOKUP_NO_PT,
    };

    for (int i = 0; i < 3; i++) {
        seL4_Error error = need_table(space, levels[i], address);
        if (error)
            return error;
    }
    return seL4_X86_Page_Map(frame, space->vspace, address, rights, attributes);
}
