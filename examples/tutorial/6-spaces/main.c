/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 6: frames, page tables, and one page at two addresses. */
#include <kit/memory.h>
#include <kit/print.h>
#include <sel4/arch/mapping.h>

#define SPACE seL4_CapInitThreadVSpace
#define PLAIN seL4_X86_Default_VMAttributes

#define HERE  0x8000000000ul    /* an address for which there is no paging structure yet */
#define THERE 0x8000001000ul    /* the next page */

static seL4_Error map_here(seL4_CPtr frame)
{
    return seL4_X86_Page_Map(frame, SPACE, HERE, seL4_ReadWrite, PLAIN);
}

/* Map answers which level is missing: the address bits that a structure of it would translate. */
static void make_tables(seL4_CPtr frame)
{
    const seL4_Word type[] = { seL4_X86_PDPTObject, seL4_X86_PageDirectoryObject,
                               seL4_X86_PageTableObject };

    for (int i = 0; i < 3; i++) {
        if (map_here(frame) == seL4_FailedLookup)
            print("map: the structure for the bits from %lu on is missing\n",
                  seL4_MappingFailedLookupLevel());
        seL4_CPtr table = pool_object(&root_pool, type[i], 0);
        if (i == 0)
            (void)seL4_X86_PDPT_Map(table, SPACE, HERE, PLAIN);
        else if (i == 1)
            (void)seL4_X86_PageDirectory_Map(table, SPACE, HERE, PLAIN);
        else
            (void)seL4_X86_PageTable_Map(table, SPACE, HERE, PLAIN);
    }
    print("map: error %u\n", map_here(frame));
}

/* A frame capability knows one mapping; a copy of it makes another one of the same memory. */
static void show_sharing(seL4_CPtr frame)
{
    volatile unsigned long *here = (unsigned long *)HERE, *there = (unsigned long *)THERE;
    seL4_CPtr copy = cap_copy(&root_pool, frame);

    *here = 42;
    print("map the copy at the next page, to be read only: error %u\n",
          seL4_X86_Page_Map(copy, SPACE, THERE, seL4_CanRead, PLAIN));
    print("there is %lu; now write 43 here\n", *there);
    *here = 43;
    print("there is %lu\n", *there);
}

int main(void)
{
    kit_start();
    seL4_CPtr frame = pool_object(&root_pool, seL4_X86_4K, 0);

    make_tables(frame);
    show_sharing(frame);
    print("physical address is a multiple of 4096: %s\n",
          seL4_X86_Page_GetAddress(frame).paddr % 4096 ? "no" : "yes");
    print("End of the chapter.\n");
    return 0;
}
