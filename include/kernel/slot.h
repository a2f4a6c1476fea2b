/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability slots and the derivation lists that link them.  Rules: capabilities 1.1, 4.
 *
 * Invariants of every slot s:
 *   1  an empty slot has no neighbours and no marks
 *   2  next(s) == NULL or next(s)->prev == s, and the same the other way round
 *   3  the descendants of s are the maximal run of slots behind it for which slot_is_parent() holds
 *   4  all capabilities to one object stand next to each other in one list
 *   5  what is marked as an original is marked as first of its family too
 *   6  a list is all memory or none; a slot there that is about another object than the one before it is
 *      a child of that one (an untyped, which contains it), or lies entirely below it.  So objects are
 *      inside the untypeds that they descend from, and disjoint */
#pragma once
#include <kernel/capability.h>
#include <kernel/abi.h>

#define SLOT_BITS 5u

struct slot {
    struct cap cap;
    struct slot *prev;
    word_t next_and_marks; /* the alignment leaves room for the marks */
} __attribute__((aligned(1 << SLOT_BITS)));
_Static_assert(sizeof(struct slot) == BIT(SLOT_BITS), "slots are 32 bytes: types.md 7");

#define SLOT_REVOCABLE BIT(0)    /* an original: slots behind it may be its children */
#define SLOT_FIRST_BADGED BIT(1) /* the first of a family with this badge: not adopted by another */
#define SLOT_MARKS (SLOT_REVOCABLE | SLOT_FIRST_BADGED)

static inline bool slot_is_empty(const struct slot *s) { return cap_is_null(s->cap); }
static inline struct slot *slot_next(const struct slot *s)
{
    return (struct slot *)(s->next_and_marks & ~MASK(SLOT_BITS));
}
static inline word_t slot_marks(const struct slot *s) { return s->next_and_marks & SLOT_MARKS; }
static inline void slot_set_next(struct slot *s, struct slot *next)
{
    s->next_and_marks = (word_t)next | slot_marks(s);
}

/* Puts a capability that has no parent into an empty slot: both marks, no neighbours. */
void slot_insert_root(struct slot *slot, struct cap cap);

/* Puts a capability derived from the one in parent into an empty slot, directly behind parent
 * (4.2, "derive-insert").  Filling the parent's watermark when an untyped is copied is part of it. */
void slot_insert_derived(struct slot *slot, struct cap cap, struct slot *parent);

/* Puts a newly created object into an empty slot, directly behind its untyped (4.2, "retype-insert"). */
void slot_insert_created(struct slot *slot, struct cap cap, struct slot *untyped);

/* Moves the capability of source to the empty slot dest, as cap says it now is (Move, Mutate). */
void slot_move(struct slot *dest, struct slot *source, struct cap cap);

/* Exchanges the contents and list positions of two slots; each gets the other's capability as given. */
void slot_swap(struct slot *a, struct cap for_b, struct slot *b, struct cap for_a);

/* Unlinks and empties a slot.  Does nothing to the object. */
static hot_inline void slot_remove(struct slot *slot)
{
    struct slot *prev = slot->prev, *next = slot_next(slot);
    if (prev)
        slot_set_next(prev, next);
    if (next) {
        next->prev = prev;
        /* What followed the first of a badged family must not be adopted by another (4.2). */
        next->next_and_marks |= slot->next_and_marks & SLOT_FIRST_BADGED;
    }
    slot->cap = cap_null();
    slot->prev = NULL;
    slot->next_and_marks = 0;
}

/* Rule 4.3: child is a descendant of parent, given that it follows in the same list. */
bool slot_is_parent(const struct slot *parent, const struct slot *child);
bool slot_has_children(const struct slot *slot);

/* No neighbour names the same object (4.6). */
static hot_inline bool slot_is_final(const struct slot *slot)
{
    const struct slot *next = slot_next(slot);
    return !(slot->prev && cap_identical(slot->prev->cap, slot->cap)) &&
           !(next && cap_identical(next->cap, slot->cap));
}
