/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and slots of the root task.  A pool has untyped memory and a range of slots in the root
 * CNode.  What is made from a pool goes away as a whole, by one Revoke for each of its untypeds. */
#pragma once

#include <sel4/sel4.h>
#include <stdbool.h>
#include <stddef.h>

enum { POOL_UNTYPEDS = 64, PAGE_BITS = 12, PAGE_BYTES = 1 << PAGE_BITS };

struct pool {
    const char *name;                       /* for messages */
    struct pool_untyped {
        seL4_CPtr cap;
        seL4_Word used, bytes;
    } untyped[POOL_UNTYPEDS];
    seL4_Word untypeds;
    seL4_CPtr first_slot, next_slot, end_slot;
};

/* All memory and slots that the kernel gave.  Made by kit_start(). */
extern struct pool root_pool;

/* Call it first. */
void kit_start(void);

/* Give a part to a new pool: an untyped of 2^bits bytes, and slots.  False if there is not enough. */
bool pool_split(struct pool *from, struct pool *to, const char *name, seL4_Word bits,
                seL4_Word slots);

/* Destroy all that was made from the pool, and empty its slots. */
void pool_reset(struct pool *pool);

/* An empty slot, or 0. */
seL4_CPtr pool_slot(struct pool *pool);

/* An object in a slot of its own, or 0.  `bits` as for seL4_Untyped_Retype(). */
seL4_CPtr pool_object(struct pool *pool, seL4_Word type, seL4_Word bits);

/* A frame of the device memory at that physical address, a page boundary, or 0.  Addresses must be
 * asked for in ascending order. */
seL4_CPtr device_frame(struct pool *pool, seL4_Word address);

/* A copy of a capability, with the same or fewer rights, in a slot of its own; or 0. */
seL4_CPtr cap_copy(struct pool *pool, seL4_CPtr cap);
seL4_CPtr cap_mint(struct pool *pool, seL4_CPtr cap, seL4_CapRights_t rights, seL4_Word badge);
