/* SPDX-License-Identifier: BSD-2-Clause */
/* Derivation lists: the only record of who may revoke whom.  Every operation takes constant time.
 * Rules: docs/rules.md, capabilities 4. */
#include <arch/capability.h>
#include <kernel/fatal.h>
#include <kernel/slot.h>
#include <kernel/untyped.h>

static inline void insert_behind(struct slot *slot, struct cap cap, struct slot *before, word_t marks)
{
    assert(slot_is_empty(slot));
    struct slot *after = slot_next(before);
    slot->cap = cap;
    slot->prev = before;
    slot->next_and_marks = (word_t)after | marks;
    slot_set_next(before, slot);
    if (after)
        after->prev = slot;
}

void slot_insert_root(struct slot *slot, struct cap cap)
{
    assert(slot_is_empty(slot));
    slot->cap = cap;
    slot->prev = NULL;
    slot->next_and_marks = SLOT_MARKS;
}

/* A derived capability is an original of its own when it names something that its parent does not:
 * another badge, an interrupt, a range of ports; and a copy of an untyped always is. */
static bool starts_family(struct cap cap, struct cap parent)
{
    switch (cap_type(cap)) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return cap_badge(cap) != cap_badge(parent);
    case CAP_UNTYPED:
        return true;
    case CAP_IRQ_HANDLER:
        return cap_type(parent) == CAP_IRQ_CONTROL;
    default:
        return cap_is_arch(parent) && arch_cap_controls(parent, cap);
    }
}

void slot_insert_derived(struct slot *slot, struct cap cap, struct slot *parent)
{
    word_t marks = starts_family(cap, parent->cap) ? SLOT_MARKS : 0;
    insert_behind(slot, cap, parent, marks);
    if (cap_type(cap) == CAP_UNTYPED)
        untyped_fill(parent);
}

void slot_insert_created(struct slot *slot, struct cap cap, struct slot *untyped)
{
    insert_behind(slot, cap, untyped, SLOT_MARKS);
}

/* Neighbours of a slot that has come to hold what was elsewhere. */
static inline void relink(struct slot *slot)
{
    struct slot *next = slot_next(slot);
    if (slot->prev)
        slot_set_next(slot->prev, slot);
    if (next)
        next->prev = slot;
}

void slot_move(struct slot *dest, struct slot *source, struct cap cap)
{
    assert(slot_is_empty(dest));
    *dest = *source;
    dest->cap = cap;
    *source = (struct slot){ 0 };
    relink(dest);
}

/* A neighbour pointer as it is after a and b have changed places. */
static struct slot *exchanged(struct slot *s, struct slot *a, struct slot *b)
{
    return s == a ? b : s == b ? a : s;
}

void slot_swap(struct slot *a, struct cap for_b, struct slot *b, struct cap for_a)
{
    struct slot old_a = *a, old_b = *b;
    a->cap = for_a;
    a->prev = exchanged(old_b.prev, a, b);
    a->next_and_marks = (word_t)exchanged(slot_next(&old_b), a, b) | slot_marks(&old_b);
    b->cap = for_b;
    b->prev = exchanged(old_a.prev, a, b);
    b->next_and_marks = (word_t)exchanged(slot_next(&old_a), a, b) | slot_marks(&old_a);
    relink(a);
    relink(b);
}

static bool region_contains(struct region outer, struct region inner)
{
    return inner.bytes != 0 && inner.base >= outer.base &&
           inner.base + (inner.bytes - 1) <= outer.base + (outer.bytes - 1);
}

bool slot_is_parent(const struct slot *parent, const struct slot *child)
{
    struct cap p = parent->cap, c = child->cap;
    if (!(parent->next_and_marks & SLOT_REVOCABLE))
        return false;
    switch (cap_type(p)) {
    case CAP_UNTYPED:
        return region_contains(cap_region(p), cap_region(c));
    case CAP_IRQ_CONTROL:
        return cap_type(c) == CAP_IRQ_HANDLER || cap_type(c) == CAP_IRQ_CONTROL;
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        if (!cap_identical(p, c))
            return false;
        return cap_badge(p) == 0 ||
               (cap_badge(p) == cap_badge(c) && !(child->next_and_marks & SLOT_FIRST_BADGED));
    case CAP_ZOMBIE:
        return false;
    default:
        return cap_identical(p, c) || (cap_is_arch(p) && arch_cap_controls(p, c));
    }
}

bool slot_has_children(const struct slot *slot)
{
    const struct slot *next = slot_next(slot);
    return next && slot_is_parent(slot, next);
}
