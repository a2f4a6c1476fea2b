/* SPDX-License-Identifier: BSD-2-Clause */
/* The naive resolver works on strings of bits, most significant first.  Rules: capabilities 2.1. */
#include "model_cspace.h"
#include <kernel/cspace.h>
#include <string.h>

#define CNODES    6u
#define RADIX_MAX 6u

struct level {
    word_t radix, guard_size, guard;
    struct slot *slots;
};

struct answer {
    struct slot *slot;
    word_t bits_left;
    struct lookup_failure failure;
};

/* All slots of all CNodes, aligned as CNodes are. */
static struct slot storage[CNODES << RADIX_MAX]
    __attribute__((aligned(1 << (RADIX_MAX + SLOT_BITS))));

/* What a slot of storage leads to; NULL: not a CNode. */
static const struct level *leads_to[CNODES << RADIX_MAX];
static struct level levels[CNODES << RADIX_MAX];
static word_t level_count;

static bool bit_of(word_t value, word_t from_low)
{
    return value >> from_low & 1;
}

/* The left-most bits of address, of which `bits` are left, as the guard says. */
static bool guard_matches(const struct level *level, word_t address, word_t bits)
{
    if (level->guard_size > bits)
        return false;
    for (word_t i = 0; i < level->guard_size; i++)
        if (bit_of(address, bits - 1 - i) != bit_of(level->guard, level->guard_size - 1 - i))
            return false;
    return true;
}

static struct answer naive_resolve(const struct level *level, word_t address, word_t bits)
{
    if (!guard_matches(level, address, bits))
        return (struct answer){ .failure = { seL4_GuardMismatch, bits, level->guard,
                                             level->guard_size } };
    word_t size = level->guard_size + level->radix;
    if (size > bits)
        return (struct answer){ .failure = { seL4_DepthMismatch, bits, size, 0 } };
    word_t index = 0;
    for (word_t i = 0; i < level->radix; i++)
        index = 2 * index + bit_of(address, bits - level->guard_size - 1 - i);
    struct slot *slot = level->slots + index;
    const struct level *next = leads_to[slot - storage];
    if (bits == size || !next)
        return (struct answer){ .slot = slot, .bits_left = bits - size };
    return naive_resolve(next, address, bits - size);
}

/* A capability to CNode number i: as wide as its alignment allows, with any guard. */
static const struct level *any_level(struct input *in, struct cap *cap)
{
    struct level *level = &levels[level_count++];
    *level = (struct level){ .radix = 1 + input_below(in, RADIX_MAX),
                             .slots = &storage[input_below(in, CNODES) << RADIX_MAX] };
    word_t kind = input_byte(in);
    level->guard_size = kind % 4 == 0   ? 0
                        : kind % 4 == 1 ? input_below(in, 8)
                                        : input_below(in, WORD_BITS);
    if (level->guard_size + level->radix > WORD_BITS)
        level->guard_size = WORD_BITS - level->radix;
    level->guard = (kind & 0x40 ? input_word(in) : input_below(in, 4)) & MASK(level->guard_size);
    *cap = cap_cnode(level->slots, level->radix, level->guard, level->guard_size);
    return level;
}

static void make_graph(struct input *in)
{
    memset(storage, 0, sizeof(storage));
    memset(leads_to, 0, sizeof(leads_to));
    level_count = 0;
    for (word_t count = 1 + input_below(in, 32); count && level_count < CNODES << RADIX_MAX;
         count--) {
        word_t at = input_below(in, CNODES) << RADIX_MAX | input_below(in, 1 << RADIX_MAX) % 8;
        leads_to[at] = any_level(in, &storage[at].cap);
    }
}

/* An address that fits the guards for a while. */
static word_t fitting_address(struct input *in, const struct level *level, word_t bits)
{
    word_t address = input_word(in);
    word_t left = bits;
    while (level && level->guard_size + level->radix <= left) {
        for (word_t i = 0; i < level->guard_size; i++) {
            word_t bit = BIT(left - 1 - i);
            address =
                bit_of(level->guard, level->guard_size - 1 - i) ? address | bit : address & ~bit;
        }
        left -= level->guard_size;
        /* Mostly one of the first slots, where the CNodes are. */
        for (word_t i = 0; i + 3 < level->radix; i++)
            address &= ~BIT(left - 1 - i);
        left -= level->radix;
        word_t index = left == WORD_BITS ? 0 : address >> left & MASK(level->radix);
        level = leads_to[level->slots + index - storage];
    }
    return input_byte(in) % 4 ? address : address ^ BIT(input_below(in, WORD_BITS));
}

static void compare(struct cap root, const struct level *level, word_t address, word_t bits)
{
    struct lookup_failure failure = { 0 };
    word_t bits_left = 0;
    struct answer expected = naive_resolve(level, address, bits);
    struct slot *quick = bits == WORD_BITS ? cspace_quick(&root, address) : NULL;
    REQUIRE(!quick || quick == expected.slot);
    struct slot *slot = cspace_resolve(&root, address, bits, &bits_left, &failure);
    REQUIRE(slot == expected.slot);
    if (slot) {
        REQUIRE(bits_left == expected.bits_left);
        return;
    }
    REQUIRE(failure.type == expected.failure.type);
    REQUIRE(failure.bits_left == expected.failure.bits_left);
    REQUIRE(failure.found == expected.failure.found);
    if (failure.type == seL4_GuardMismatch)
        REQUIRE(failure.guard_size == expected.failure.guard_size);
}

void model_cspace(struct input *in)
{
    struct cap root;
    make_graph(in);
    const struct level *level = any_level(in, &root);
    do {
        word_t bits = input_byte(in) % 2 ? WORD_BITS : 1 + input_below(in, WORD_BITS);
        compare(root, level, fitting_address(in, level, bits), bits);
    } while (!input_is_empty(in));
}
