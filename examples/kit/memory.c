/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"
#include "print.h"

enum { DEVICE_SPLITS = 36 };

struct pool root_pool;

/* The device untyped that frames are taken from, and the address of its next free byte. */
static struct {
    seL4_CPtr untyped;
    seL4_Word next, end;
} device;

void kit_start(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    root_pool = (struct pool){
        .name = "root task",
        .first_slot = info->empty.start,
        .next_slot = info->empty.start,
        .end_slot = info->empty.end,
    };
    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice && root_pool.untypeds < POOL_UNTYPEDS)
            root_pool.untyped[root_pool.untypeds++] = info->untyped.start + i;
}

bool pool_split(struct pool *from, struct pool *to, const char *name, seL4_Word bits,
                seL4_Word slots)
{
    seL4_CPtr untyped = pool_object(from, seL4_UntypedObject, bits);

    if (!untyped || from->end_slot - from->next_slot < slots)
        return false;
    *to = (struct pool){
        .name = name,
        .untyped = { untyped },
        .untypeds = 1,
        .first_slot = from->next_slot,
        .next_slot = from->next_slot,
        .end_slot = from->next_slot + slots,
    };
    from->next_slot += slots;
    return true;
}

/* Copies of capabilities from elsewhere survive the Revoke, so the slots are emptied as well. */
void pool_reset(struct pool *pool)
{
    for (seL4_Word i = 0; i < pool->untypeds; i++)
        (void)seL4_CNode_Revoke(seL4_CapInitThreadCNode, pool->untyped[i], seL4_WordBits);
    while (pool->next_slot > pool->first_slot)
        (void)seL4_CNode_Delete(seL4_CapInitThreadCNode, --pool->next_slot, seL4_WordBits);
}

seL4_CPtr pool_slot(struct pool *pool)
{
    if (pool->next_slot < pool->end_slot)
        return pool->next_slot++;
    print("%s: the capability space is full, all of its %lu slots are taken.\n"
          "%s: give the pool more slots; for the root task, build the kernel with a larger "
          "ROOT_CNODE_BITS.\n",
          pool->name, pool->end_slot - pool->first_slot, pool->name);
    return 0;
}

static seL4_Error retype(seL4_CPtr untyped, seL4_Word type, seL4_Word bits, seL4_CPtr slot)
{
    return seL4_Untyped_Retype(untyped, type, bits, seL4_CapInitThreadCNode, 0, 0, slot, 1);
}

/* The kernel lists untypeds by address: the small ones at the ends of a region are used up first,
 * because the large ones come later or are not needed. */
seL4_CPtr pool_object(struct pool *pool, seL4_Word type, seL4_Word bits)
{
    seL4_CPtr slot = pool_slot(pool);

    if (!slot)
        return 0;
    for (seL4_Word i = 0; i < pool->untypeds; i++)
        if (!retype(pool->untyped[i], type, bits, slot))
            return slot;
    pool->next_slot--;
    print("%s: no memory for an object of type %lu: give the pool more memory, or make fewer "
          "objects.\n", pool->name, type);
    return 0;
}

static bool device_open(seL4_Word address)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];
        seL4_Word end = u->paddr + (1ul << u->sizeBits);

        if (u->isDevice && u->paddr <= address && address < end) {
            device.untyped = info->untyped.start + i;
            device.next = u->paddr;
            device.end = end;
            return true;
        }
    }
    return false;
}

/* An untyped is used from its start on: what lies before the address is skipped in pieces as large
 * as alignment allows. */
static bool device_skip(struct pool *pool, seL4_Word address)
{
    for (int i = 0; i < DEVICE_SPLITS && device.next < address; i++) {
        seL4_Word bits = PAGE_BITS;

        while (device.next % (2ul << bits) == 0 && device.next + (2ul << bits) <= address)
            bits++;
        seL4_CPtr slot = pool_slot(pool);
        if (!slot || retype(device.untyped, seL4_UntypedObject, bits, slot))
            return false;
        device.next += 1ul << bits;
    }
    return device.next == address;
}

seL4_CPtr device_frame(struct pool *pool, seL4_Word address)
{
    if ((address < device.next || address >= device.end) && !device_open(address))
        return 0;
    if (!device_skip(pool, address))
        return 0;
    seL4_CPtr slot = pool_slot(pool);
    if (!slot || retype(device.untyped, seL4_X86_4K, 0, slot))
        return 0;
    device.next += PAGE_BYTES;
    return slot;
}

seL4_CPtr cap_mint(struct pool *pool, seL4_CPtr cap, seL4_CapRights_t rights, seL4_Word badge)
{
    seL4_CPtr slot = pool_slot(pool);

    if (!slot || seL4_CNode_Mint(seL4_CapInitThreadCNode, slot, seL4_WordBits,
                                 seL4_CapInitThreadCNode, cap, seL4_WordBits, rights, badge))
        return 0;
    return slot;
}

seL4_CPtr cap_copy(struct pool *pool, seL4_CPtr cap)
{
    return cap_mint(pool, cap, seL4_AllRights, 0);
}
