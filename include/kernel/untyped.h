/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory: the only source of kernel objects.  Rules: docs/rules.md, untyped.
 *
 *   1  every byte of a non-device untyped at or above its watermark is zero
 *   2  the watermark is a multiple of the smallest size, not beyond the end, not below the end of a child
 *   3  an untyped that has been copied is full
 *   4  every untyped is an original: what is inside descends from it */
#pragma once
#include <kernel/invocation.h>

#define UNTYPED_MIN_BITS 4u
#define UNTYPED_MAX_BITS 47u

/* A block of empty slots to be filled. */
struct slot_range {
    struct slot *first;
    word_t count;
};

/* Everything that untyped_retype() needs. */
struct retype {
    struct slot *slot;         /* the untyped's */
    bool reset;                /* it has no children: start from the beginning */
    word_t type, bits;         /* of the objects; bits = log2 bytes */
    word_t user_bits;          /* CapTable: log2 slots */
    struct slot_range dest;
};

/* Checks a Retype call completely (4). */
seL4_Error untyped_decode_retype(struct invocation *inv, struct retype *plan);

/* Creates the objects (5).  PREEMPTED: part of the region is cleared, no object exists yet. */
enum progress untyped_retype(const struct retype *plan);

seL4_Error untyped_invoke(struct invocation *inv);

/* Marks the untyped as full: its memory now belongs to one other capability. */
static inline void untyped_fill(struct slot *slot)
{
    slot->cap.word[1] = BIT(cap_untyped_bits(slot->cap));
}
