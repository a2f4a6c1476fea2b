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
            root_pool.untyped[root_pool.untypeds++] = (struct pool_untyped){
                info->untyped.start + i, 0, 1ul << info->untypedList[i].sizeBits,
            };
}

bool pool_split(struct pool *from, struct pool *to, const char *name, seL4_Word bits,
                seL4_Word slots)
{
    seL4_CPtr untyped = pool_object(from, seL4_UntypedObject, bits);

    if (!untyped || from->end_slot - from->next_slot < slots)
        return false;
    *to = (struct pool){
        .name = name,
        .untyped = { { untyped, 0, 1ul << bits } },
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
    for (seL4_Word i = 0; i < pool->untypeds; i++) {
        (void)seL4_CNode_Revoke(seL4_CapInitThreadCNode, pool->untyped[i].cap, seL4_WordBits);
        pool->untyped[i].used = 0;
    }
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

static seL4_Word object_bytes(seL4_Word type, seL4_Word bits)
{
    switch (type) {
    case seL4_UntypedObject:
        return 1ul << bits;
    case seL4_TCBObject:
        return 1ul << seL4_TCBBits;
    case seL4_EndpointObject:
        return 1ul << seL4_EndpointBits;
    case seL4_NotificationObject:
        return 1ul << seL4_NotificationBits;
    case seL4_CapTableObject:
        return 1ul << (bits + seL4_SlotBits);
    case seL4_X86_LargePageObject:
        return 1ul << seL4_LargePageBits;
    default:
        return PAGE_BYTES;      /* small frames and paging structures */
    }
}

/* Where the next object of that size lies in the untyped: objects are aligned to their size. */
static seL4_Word next_object(const struct pool_untyped *u, seL4_Word bytes)
{
    return (u->used + bytes - 1) / bytes * bytes;
}

/* The untyped that loses least to alignment and has room, or null. */
static struct pool_untyped *choose_untyped(struct pool *pool, seL4_Word bytes)
{
    struct pool_untyped *best = NULL;

    for (struct pool_untyped *u = pool->untyped; u < pool->untyped + pool->untypeds; u++) {
        if (next_object(u, bytes) + bytes > u->bytes)
            continue;
        if (!best || next_object(u, bytes) - u->used < next_object(best, bytes) - best->used)
            best = u;
    }
    return best;
}

seL4_CPtr pool_object(struct pool *pool, seL4_Word type, seL4_Word bits)
{
    seL4_Word bytes = object_bytes(type, bits);
    struct pool_untyped *u = choose_untyped(pool, bytes);

    if (!u) {
        print("%s: no memory left for an object of %lu bytes: give the pool more, or make fewer "
              "objects\n", pool->name, bytes);
        return 0;
    }
    seL4_CPtr slot = pool_slot(pool);
    if (!slot || retype(u->cap, type, bits, slot))
        return 0;
    u->used = next_object(u, bytes) + bytes;
    return slot;
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
