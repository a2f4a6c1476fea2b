/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability address resolution.  Terminates: every level uses up at least one bit. */
#include <kernel/abi.h>
#include <kernel/cspace.h>
#include <kernel/fatal.h>
#include <kernel/invocation.h>
#include <kernel/tcb.h>

word_t lookup_failure_words(const struct lookup_failure *failure, word_t words[4])
{
    words[0] = failure->type;
    words[1] = failure->bits_left;
    words[2] = failure->found;
    words[3] = failure->guard_size;
    switch (failure->type) {
    case seL4_InvalidRoot:
        return 1;
    case seL4_MissingCapability:
        return 2;
    case seL4_DepthMismatch:
        return 3;
    default:
        return 4;
    }
}

/* Why no index was found at root with bits to be resolved: the guard is tested before the depth. */
static struct lookup_failure explain(struct cap root, word_t address, word_t bits)
{
    word_t guard_size = cap_cnode_guard_size(root), guard = cap_cnode_guard(root);
    bool fits = guard_size <= bits;
    /* bits - guard_size is 64 only where there is no guard to compare. */
    if (!fits || ((address >> ((bits - guard_size) & MASK(6))) & MASK(guard_size)) != guard)
        return (struct lookup_failure){ seL4_GuardMismatch, bits, guard, guard_size };
    return (struct lookup_failure){ seL4_DepthMismatch, bits, cap_cnode_level(root), 0 };
}

struct slot *cspace_resolve(const struct cap *root, word_t address, word_t bits, word_t *bits_left,
                            struct lookup_failure *failure)
{
    if (unlikely(cap_type(*root) != CAP_CNODE)) {
        *failure = (struct lookup_failure){ .type = seL4_InvalidRoot };
        return NULL;
    }
    *bits_left = bits;
    struct slot *slot = cspace_walk(&root, address, bits_left);
    if (unlikely(!slot))
        *failure = explain(*root, address, *bits_left);
    return slot;
}

struct slot *cspace_lookup_levels(const struct cap *root, word_t address, struct lookup_failure *failure)
{
    word_t bits_left;
    return cspace_resolve(root, address, WORD_BITS, &bits_left, failure);
}

seL4_Error cspace_slot_decode_levels(struct invocation *inv, const struct cap *root, word_t index,
                                     word_t depth, enum lookup_role role, struct slot **slot)
{
    struct lookup_failure failure = { .type = seL4_InvalidRoot };
    word_t bits_left;
    if (cap_type(*root) != CAP_CNODE)
        return fail_lookup(inv, role, &failure);
    if (depth < 1 || depth > WORD_BITS)
        return fail_range(inv, 1, WORD_BITS, "depth");
    *slot = cspace_resolve(root, index, depth, &bits_left, &failure);
    if (!*slot)
        return fail_lookup(inv, role, &failure);
    if (bits_left != 0) {
        failure = (struct lookup_failure){ seL4_DepthMismatch, bits_left, 0, 0 };
        return fail_lookup(inv, role, &failure);
    }
    return seL4_NoError;
}

struct slot *cspace_slot_lookup(const struct cap *root, word_t index, word_t depth)
{
    struct lookup_failure failure;
    word_t bits_left;
    if (depth < 1 || depth > WORD_BITS)
        return NULL;
    struct slot *slot = cspace_resolve(root, index, depth, &bits_left, &failure);
    return slot && bits_left == 0 ? slot : NULL;
}

seL4_Error cspace_empty_slot_decode(struct invocation *inv, const struct cap *root, word_t index,
                                    word_t depth, struct slot **slot)
{
    seL4_Error error = cspace_slot_decode(inv, root, index, depth, LOOKUP_TARGET, slot);
    if (error)
        return error;
    assert(*slot);
    if (!slot_is_empty(*slot))
        return fail_delete_first(inv, "destination slot is occupied");
    return seL4_NoError;
}
