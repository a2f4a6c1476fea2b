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

/* One walk from a CNode capability: uses up bits of address, of which *bits low ones (1..64) are still
 * to be resolved, level by level until none is left or something else than a CNode is found.  NULL when
 * a level does not fit, with *root and *bits as they were there.  The guard and the index of a level are
 * one number: less than 2^radix above the guard's prefix (rules: capabilities 2.1). */
static hot_inline struct slot *cspace_walk(struct cap *root, word_t address, word_t *bits)
{
    for (;;) {
        word_t level = cap_cnode_level(*root), radix = cap_cnode_radix(*root);
        if (unlikely(level > *bits))
            return NULL;
        word_t left = *bits - level;
        word_t index = (address >> left) - cap_cnode_prefix(*root);
        if (unlikely(index >> radix))
            return NULL;
        struct slot *slot = cap_cnode_slots(*root) + index;
        *bits = left;
        if (likely(left == 0) || cap_type(slot->cap) != CAP_CNODE)
            return slot;
        address &= MASK(left);
        *root = slot->cap;
    }
}

/* Resolves bits (1..64) low bits of address from root.  On success the slot and the bits that were
 * not used; otherwise NULL and *failure filled in.  Rules: capabilities 2.1. */
struct slot *cspace_resolve(struct cap root, word_t address, word_t bits, word_t *bits_left,
                            struct lookup_failure *failure);

/* Resolves a full address in a thread's capability space; left-over bits are ignored (2.2).
 * NULL and *failure filled in if it cannot be resolved. */
struct slot *cspace_lookup(const struct tcb *thread, cptr_t address, struct lookup_failure *failure);

enum lookup_role { LOOKUP_TARGET = 0, LOOKUP_SOURCE = 1 };

/* Finds the slot named by index and depth from root, for an invocation (2.3).  On seL4_NoError
 * *slot is it; otherwise the error is recorded in *inv. */
seL4_Error cspace_slot_decode(struct invocation *inv, struct cap root, word_t index, word_t depth,
                              enum lookup_role role, struct slot **slot);

/* The same without an invocation to report to: NULL on any error (receive slots). */
struct slot *cspace_slot_lookup(struct cap root, word_t index, word_t depth);

/* As cspace_slot_decode for a target, which must also be empty (DeleteFirst). */
seL4_Error cspace_empty_slot_decode(struct invocation *inv, struct cap root, word_t index,
                                    word_t depth, struct slot **slot);
