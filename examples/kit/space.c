/* SPDX-License-Identifier: BSD-2-Clause */
#include "space.h"

struct space root_space = { seL4_CapInitThreadVSpace, &root_pool };

bool space_make(struct space *space, struct pool *pool)
{
    *space = (struct space){ pool_object(pool, seL4_X64_PML4Object, 0), pool };
    return space->vspace && !seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space->vspace);
}

/* Make the paging structure that the failed Map asked for. */
static seL4_Error map_table(const struct space *space, seL4_Word level, seL4_Word address)
{
    const seL4_X86_VMAttributes plain = seL4_X86_Default_VMAttributes;
    seL4_CPtr table;

    switch (level) {
    case SEL4_MAPPING_LOOKUP_NO_PT:
        table = pool_object(space->pool, seL4_X86_PageTableObject, 0);
        return seL4_X86_PageTable_Map(table, space->vspace, address, plain);
    case SEL4_MAPPING_LOOKUP_NO_PD:
        table = pool_object(space->pool, seL4_X86_PageDirectoryObject, 0);
        return seL4_X86_PageDirectory_Map(table, space->vspace, address, plain);
    default:
        table = pool_object(space->pool, seL4_X86_PDPTObject, 0);
        return seL4_X86_PDPT_Map(table, space->vspace, address, plain);
    }
}

seL4_Error space_map(const struct space *space, seL4_CPtr frame, seL4_Word address,
                     seL4_CapRights_t rights, seL4_X86_VMAttributes attributes)
{
    seL4_Error error = seL4_X86_Page_Map(frame, space->vspace, address, rights, attributes);

    while (error == seL4_FailedLookup) {
        error = map_table(space, seL4_MappingFailedLookupLevel(), address);
        if (!error)
            error = seL4_X86_Page_Map(frame, space->vspace, address, rights, attributes);
    }
    return error;
}
