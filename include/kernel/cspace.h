/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability address resolution.  Rules: capabilities 2. */
#pragma once
#include <kernel/slot.h>

struct invocation;

/* Why a resolution failed; type is a seL4_LookupFailureType. */
struct lookup_failure {
    word_t type;
    word_t bits_left;
    word_t found;       /* DepthMismatch: bits of the level.  GuardMismatch: the guard in the cap */
    word_t guard_size;  /* GuardMismatch only */
};

/* Words of the failure as they stand in messages: type first.  Returns how many. */
word_t lookup_failure_words(const struct lookup_failure *failure, word_t words[4]);

/* A walk from a CNode capability through the *left (1..64) low bits of address, level by level until none
 * is left or something else than a CNode is found.  NULL when a level does not fit, with *root and *left
 * as they were there.  Rules: capabilities 2.1. */
static hot_inline struct slot *cspace_walk(const struct cap **root, word_t address, word_t *left)
{
    word_t bits = *left;
    const struct cap *cap = *root;
    address <<= (WORD_BITS - bits) % WORD_BITS; /* the next bit to be resolved is the highest */
    /*@ loop invariant 1 <= bits <= \at(*left, Pre);
        loop invariant cnode(cap) && \separated(cap, left);
        loop assigns address, bits, cap, *left, *root;
        loop variant bits; */
    for (;;) {
        word_t level = cap_cnode_level_of(cap);
        word_t index = cap_cnode_index(cap, address >> ((WORD_BITS - level) % WORD_BITS));
        *left = bits;
        *root = cap;
        if (unlikely(!cap_cnode_has(cap, index)))
            return NULL;
        struct slot *slot = cap_cnode_slots(*cap) + index;
        bits -= level;
        if ((int64_t)bits <= 0) {
            if (bits != 0)
                return NULL;
            *left = 0;
            return slot;
        }
        cap = &slot->cap;
        if (cap_type(*cap) != CAP_CNODE) {
            *left = bits;
            return slot;
        }
        address <<= level % WORD_BITS;
    }
}

/* Resolves bits (1..64) low bits of address from root.  On success the slot and the bits that were
 * not used; otherwise NULL and *failure filled in.  Rules: capabilities 2.1. */
struct slot *cspace_resolve(const struct cap *root, word_t address, word_t bits, word_t *bits_left,
                            struct lookup_failure *failure);

/* The slot at a full address, if root alone resolves it; NULL says nothing. */
static hot_inline struct slot *cspace_quick(const struct cap *root, word_t address)
{
    if (unlikely(!cap_cnode_resolves_all(root)))
        return NULL;
    word_t index = cap_cnode_index(root, address);
    return cap_cnode_has(root, index) ? cap_cnode_slots(*root) + index : NULL;
}

/* Resolves a full address in the capability space with this root; left-over bits are ignored (2.2).
 * NULL and *failure filled in if it cannot be resolved. */
struct slot *cspace_lookup_levels(const struct cap *root, word_t address, struct lookup_failure *failure);

static hot_inline struct slot *cspace_lookup(const struct cap *root, cptr_t address,
                                             struct lookup_failure *failure)
{
    struct slot *slot = cspace_quick(root, address.at);
    return likely(slot != NULL) ? slot : cspace_lookup_levels(root, address.at, failure);
}

enum lookup_role { LOOKUP_TARGET = 0, LOOKUP_SOURCE = 1 };

/* Finds the slot named by index and depth from root, for an invocation (2.3).  On seL4_NoError
 * *slot is it; otherwise the error is recorded in *inv. */
seL4_Error cspace_slot_decode_levels(struct invocation *inv, const struct cap *root, word_t index,
                                     word_t depth, enum lookup_role role, struct slot **slot);

static hot_inline seL4_Error cspace_slot_decode(struct invocation *inv, const struct cap *root,
                                                word_t index, word_t depth, enum lookup_role role,
                                                struct slot **slot)
{
    if (likely(depth == WORD_BITS) && likely((*slot = cspace_quick(root, index)) != NULL))
        return seL4_NoError;
    return cspace_slot_decode_levels(inv, root, index, depth, role, slot);
}

/* The same without an invocation to report to: NULL on any error (receive slots). */
struct slot *cspace_slot_lookup(const struct cap *root, word_t index, word_t depth);

/* As cspace_slot_decode for a target, which must also be empty (DeleteFirst). */
seL4_Error cspace_empty_slot_decode(struct invocation *inv, const struct cap *root, word_t index,
                                    word_t depth, struct slot **slot);
