/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots, objects, address spaces.  Nothing is ever given back. */
#include "bench.h"

static word_t next_slot, end_slot;
static word_t untyped; /* the largest ordinary one */

void objects_start(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    word_t bits = 0;

    next_slot = info->empty.start;
    end_slot = info->empty.end - 1; /* the console has the last one */
    for (word_t i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (!u->isDevice && u->sizeBits > bits) {
            bits = u->sizeBits;
            untyped = info->untyped.start + i;
        }
    }
}

word_t slot_range(word_t count)
{
    const word_t slot = next_slot;

    if (count > end_slot - next_slot)
        give_up("slot_range", count);
    next_slot += count;
    return slot;
}

word_t slot_new(void)
{
    return slot_range(1);
}

word_t scratch_slots(void)
{
    static word_t first;

    if (!first)
        first = slot_range(SCRATCH_SLOTS);
    return first;
}

void objects_new(word_t type, word_t bits, word_t first, word_t count)
{
    while (count) {
        const word_t now = count > 128 ? 128 : count;

        MUST(seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, first, now));
        first += now;
        count -= now;
    }
}

word_t object_new(word_t type, word_t bits)
{
    const word_t slot = slot_new();

    objects_new(type, bits, slot, 1);
    return slot;
}

word_t cap_copy(word_t slot)
{
    const word_t copy = slot_new();

    MUST(seL4_CNode_Copy(ROOT, copy, DEPTH, ROOT, slot, DEPTH, seL4_AllRights));
    return copy;
}

void cap_copies(word_t cnode, word_t depth, word_t first, word_t slot)
{
    for (word_t i = 0; i < SCRATCH_SLOTS; i++)
        MUST(seL4_CNode_Copy(cnode, first + i, (seL4_Uint8)depth, ROOT, slot, DEPTH,
                             seL4_AllRights));
}

word_t cap_mint(word_t slot, word_t badge)
{
    const word_t copy = slot_new();

    MUST(seL4_CNode_Mint(ROOT, copy, DEPTH, ROOT, slot, DEPTH, seL4_AllRights, badge));
    return copy;
}

/* A level that is there already is refused. */
static void must_map(seL4_Error error)
{
    if (error != seL4_DeleteFirst)
        MUST(error);
}

void space_tables(word_t space, word_t address)
{
    const seL4_X86_VMAttributes usual = seL4_X86_Default_VMAttributes;

    must_map(seL4_X86_PDPT_Map(object_new(seL4_X86_PDPTObject, 0), space, address, usual));
    must_map(seL4_X86_PageDirectory_Map(object_new(seL4_X86_PageDirectoryObject, 0), space, address,
                                        usual));
    must_map(
        seL4_X86_PageTable_Map(object_new(seL4_X86_PageTableObject, 0), space, address, usual));
}

/* The image ends where the IPC buffer begins. */
word_t space_new(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const word_t frames = info->userImageFrames.end - info->userImageFrames.start;
    const word_t start = (word_t)info->ipcBuffer - frames * PAGE_BYTES;
    const word_t space = object_new(seL4_X64_PML4Object, 0);

    MUST(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space));
    for (word_t i = 0; i < frames; i++) {
        const word_t address = start + i * PAGE_BYTES;

        if (i == 0 || address % BIT(seL4_LargePageBits) == 0)
            space_tables(space, address);
        MUST(seL4_X86_Page_Map(cap_copy(info->userImageFrames.start + i), space, address,
                               seL4_ReadWrite, seL4_X86_Default_VMAttributes));
    }
    return space;
}
