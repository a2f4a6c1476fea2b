/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_cspace.c */
#include "host.h"
#include "fakes.h"
#include "model_cspace.h"
#include <kernel/cspace.h>

static struct lookup_failure failure;
static word_t left;

static struct slot *resolve(struct cap root, word_t address, word_t bits)
{
    failure = (struct lookup_failure){ 99, 99, 99, 99 };
    left = 99;
    return cspace_resolve(&root, address, bits, &left, &failure);
}

static struct slot *lookup(const struct tcb *t, word_t address)
{
    return cspace_lookup(&t->slot[TCB_CSPACE].cap, (cptr_t){ address }, &failure);
}

static seL4_Error decode(struct invocation *inv, struct cap root, word_t index, word_t depth,
                         enum lookup_role role, struct slot **slot)
{
    return cspace_slot_decode(inv, &root, index, depth, role, slot);
}

static seL4_Error decode_empty(struct invocation *inv, struct cap root, word_t index, word_t depth,
                               struct slot **slot)
{
    return cspace_empty_slot_decode(inv, &root, index, depth, slot);
}

static struct slot *slot_lookup(struct cap root, word_t index, word_t depth)
{
    return cspace_slot_lookup(&root, index, depth);
}

static void expect_failure(struct slot *slot, word_t type, word_t bits_left, word_t found)
{
    assert_null(slot);
    assert_int_equal(failure.type, type);
    assert_int_equal(failure.bits_left, bits_left);
    assert_int_equal(failure.found, found);
}

static void only_a_cnode_is_a_root(void **state)
{
    (void)state;
    const struct cap roots[] = { cap_null(), cap_tcb(host_thread(1)), cap_irq_control(),
                                 cap_zombie_cnode(cap_cnode(host_slots(4), 4, 0, 0)) };
    for (word_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
        assert_null(resolve(roots[i], 0, 64));
        assert_int_equal(failure.type, seL4_InvalidRoot);
    }
}

static void every_slot_of_a_level_is_found(void **state)
{
    (void)state;
    for (word_t radix = 1; radix <= 12; radix++) {
        struct slot *slots = host_slots(radix);
        for (word_t i = 0; i < BIT(radix); i += 1 + i / 8) {
            assert_ptr_equal(resolve(cap_cnode(slots, radix, 0, 0), i, radix), &slots[i]);
            assert_int_equal(left, 0);
            assert_ptr_equal(resolve(cap_cnode(slots, radix, 0, WORD_BITS - radix), i, 64),
                             &slots[i]);
            assert_int_equal(left, 0);
        }
    }
}

static void bits_above_those_to_be_resolved_are_ignored(void **state)
{
    (void)state;
    struct slot *slots = host_slots(4);
    assert_ptr_equal(resolve(cap_cnode(slots, 4, 0, 0), 0xfffffffffffffff5, 4), &slots[5]);
    assert_ptr_equal(resolve(cap_cnode(slots, 4, 2, 2), 0xffffffffffffffe5, 6), &slots[5]);
}

static void guards_may_fill_the_word(void **state)
{
    (void)state;
    struct slot *slots = host_slots(1);
    struct cap root = cap_cnode(slots, 1, MASK(63), 63);
    assert_ptr_equal(resolve(root, ~0ul, 64), &slots[1]);
    assert_ptr_equal(resolve(root, ~1ul, 64), &slots[0]);
    expect_failure(resolve(root, ~0ul >> 1, 64), seL4_GuardMismatch, 64, MASK(63));
    assert_int_equal(failure.guard_size, 63);
}

static void resolution_goes_on_through_cnodes(void **state)
{
    (void)state;
    struct slot *outer = host_slots(4), *inner = host_slots(6);
    struct cap root = cap_cnode(outer, 4, 0, 0);
    outer[3].cap = cap_cnode(inner, 6, 5, 6);
    assert_ptr_equal(resolve(root, 3ul << 12 | 5 << 6 | 9, 16), &inner[9]);
    assert_int_equal(left, 0);
    assert_ptr_equal(resolve(root, 3, 4), &outer[3]);
    assert_ptr_equal(resolve(root, 2ul << 12 | 5 << 6 | 9, 16), &outer[2]);
    assert_int_equal(left, 12);
}

static void a_wrong_guard_comes_before_a_wrong_depth(void **state)
{
    (void)state;
    struct slot *slots = host_slots(4);
    struct cap root = cap_cnode(slots, 4, 1, 4);
    expect_failure(resolve(root, 0x20, 8), seL4_GuardMismatch, 8, 1);
    assert_int_equal(failure.guard_size, 4);
    /* Six bits: the guard fits and is wrong, then right; the level does not fit. */
    expect_failure(resolve(root, 0x20, 6), seL4_GuardMismatch, 6, 1);
    expect_failure(resolve(root, 1 << 2, 6), seL4_DepthMismatch, 6, 8);
    /* Three bits: not even the guard. */
    expect_failure(resolve(root, 1, 3), seL4_GuardMismatch, 3, 1);
    expect_failure(resolve(cap_cnode(slots, 4, 0, 4), 0, 3), seL4_GuardMismatch, 3, 0);
    expect_failure(resolve(cap_cnode(slots, 4, 0, 0), 0, 3), seL4_DepthMismatch, 3, 4);
}

static void failures_of_a_lower_level_tell_what_was_left_there(void **state)
{
    (void)state;
    struct slot *outer = host_slots(4), *inner = host_slots(6);
    struct cap root = cap_cnode(outer, 4, 0, 0);
    outer[3].cap = cap_cnode(inner, 6, 5, 6);
    expect_failure(resolve(root, 3ul << 12 | 4 << 6 | 9, 16), seL4_GuardMismatch, 12, 5);
    expect_failure(resolve(root, 3ul << 8 | 5 << 2, 12), seL4_DepthMismatch, 8, 12);
}

static void cyclic_spaces_end_when_the_bits_do(void **state)
{
    (void)state;
    struct slot *slots = host_slots(1);
    slots[1].cap = cap_cnode(slots, 1, 0, 0);
    assert_ptr_equal(resolve(slots[1].cap, ~0ul, 64), &slots[1]);
    assert_int_equal(left, 0);
    assert_ptr_equal(resolve(slots[1].cap, ~0ul << 32, 64), &slots[0]);
    assert_int_equal(left, 31);
}

/* Rules: capabilities 2.2. */
static void thread_lookup_ignores_what_is_left(void **state)
{
    (void)state;
    struct tcb *t = host_thread(1);
    struct slot *slots = host_slots(8);
    assert_null(lookup(t, 0));
    assert_int_equal(failure.type, seL4_InvalidRoot);
    t->slot[TCB_CSPACE].cap = cap_cnode(slots, 8, 0, 0);
    slots[7].cap = cap_domain();
    assert_ptr_equal(lookup(t, 7ul << 56 | 12345), &slots[7]);
    assert_ptr_equal(lookup(t, 6ul << 56), &slots[6]);
    t->slot[TCB_CSPACE].cap = cap_cnode(slots, 8, 1, 56);
    assert_null(lookup(t, 7));
    assert_int_equal(failure.type, seL4_GuardMismatch);
    assert_ptr_equal(lookup(t, 0x107), &slots[7]);
}

/* Rules: capabilities 2.3. */
static void slot_decode_in_the_order_of_the_rules(void **state)
{
    (void)state;
    struct slot *slots = host_slots(4), *slot = NULL, null = { 0 };
    struct cap root = cap_cnode(slots, 4, 0, 0);
    struct invocation inv = host_call(&null, 0, NO_WORDS, NO_EXTRA);
#define DECODE(root, index, depth) decode(&inv, root, index, depth, LOOKUP_TARGET, &slot), &inv
    assert_refused(DECODE(cap_null(), 0, 0), seL4_FailedLookup, LOOKUP_TARGET, seL4_InvalidRoot);
    assert_refused(DECODE(root, 0, 0), seL4_RangeError, 1, 64);
    assert_refused(DECODE(root, 0, 65), seL4_RangeError, 1, 64);
    assert_refused(DECODE(root, 0, 260), seL4_RangeError, 1, 64);
    assert_refused(DECODE(root, 0, 3), seL4_FailedLookup, 0, seL4_DepthMismatch, 3, 4);
    assert_refused(DECODE(root, 0, 6), seL4_FailedLookup, 0, seL4_DepthMismatch, 2, 0);
    assert_int_equal(decode(&inv, root, 11, 4, LOOKUP_TARGET, &slot), seL4_NoError);
    assert_ptr_equal(slot, &slots[11]);
    root = cap_cnode(slots, 4, 3, 3);
    assert_refused(DECODE(root, 1 << 4, 7), seL4_FailedLookup, 0, seL4_GuardMismatch, 7, 3, 3);
}

static void slot_decode_says_whether_it_was_the_source(void **state)
{
    (void)state;
    struct slot null = { 0 }, *slot;
    struct invocation inv = host_call(&null, 0, NO_WORDS, NO_EXTRA);
    assert_refused(decode(&inv, cap_null(), 0, 1, LOOKUP_SOURCE, &slot), &inv, seL4_FailedLookup,
                   LOOKUP_SOURCE, seL4_InvalidRoot);
}

static void empty_slot_decode_wants_an_empty_slot(void **state)
{
    (void)state;
    struct slot *slots = host_slots(4), *slot = NULL, null = { 0 };
    struct cap root = cap_cnode(slots, 4, 0, 0);
    struct invocation inv = host_call(&null, 0, NO_WORDS, NO_EXTRA);
    assert_int_equal(decode_empty(&inv, root, 9, 4, &slot), seL4_NoError);
    assert_ptr_equal(slot, &slots[9]);
    slots[9].cap = cap_domain();
    assert_refused(decode_empty(&inv, root, 9, 4, &slot), &inv, seL4_DeleteFirst);
    assert_refused(decode_empty(&inv, root, 9, 5, &slot), &inv, seL4_FailedLookup, 0,
                   seL4_DepthMismatch, 1, 0);
}

static void slot_lookup_is_the_same_without_reasons(void **state)
{
    (void)state;
    struct slot *slots = host_slots(4);
    struct cap root = cap_cnode(slots, 4, 0, 0);
    assert_ptr_equal(slot_lookup(root, 9, 4), &slots[9]);
    assert_null(slot_lookup(root, 9, 0));
    assert_null(slot_lookup(root, 9, 65));
    assert_null(slot_lookup(root, 9, 3));
    assert_null(slot_lookup(root, 9, 5));
    assert_null(slot_lookup(cap_null(), 9, 4));
}

/* Rules: capabilities 3. */
static void failures_have_the_words_of_the_interface(void **state)
{
    (void)state;
    word_t words[4];
    const struct {
        struct lookup_failure failure;
        word_t count, words[4];
    } rows[] = {
        { { seL4_InvalidRoot, 0, 0, 0 }, 1, { 1 } },
        { { seL4_MissingCapability, 7, 0, 0 }, 2, { 2, 7 } },
        { { seL4_DepthMismatch, 7, 9, 0 }, 3, { 3, 7, 9 } },
        { { seL4_GuardMismatch, 7, 9, 11 }, 4, { 4, 7, 9, 11 } },
    };
    for (word_t i = 0; i < 4; i++) {
        assert_int_equal(lookup_failure_words(&rows[i].failure, words), rows[i].count);
        assert_memory_equal(words, rows[i].words, rows[i].count * sizeof(word_t));
    }
}

static void random_spaces_against_the_bit_by_bit_model(void **state)
{
    (void)state;
    for (word_t round = 0; round < 400; round++) {
        uint8_t bytes[1200];
        for (word_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(host_random() >> 40);
        struct input in = { bytes, bytes + sizeof(bytes) };
        model_cspace(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(only_a_cnode_is_a_root),
        UNIT(every_slot_of_a_level_is_found),
        UNIT(bits_above_those_to_be_resolved_are_ignored),
        UNIT(guards_may_fill_the_word),
        UNIT(resolution_goes_on_through_cnodes),
        UNIT(a_wrong_guard_comes_before_a_wrong_depth),
        UNIT(failures_of_a_lower_level_tell_what_was_left_there),
        UNIT(cyclic_spaces_end_when_the_bits_do),
        UNIT(thread_lookup_ignores_what_is_left),
        UNIT(slot_decode_in_the_order_of_the_rules),
        UNIT(slot_decode_says_whether_it_was_the_source),
        UNIT(empty_slot_decode_wants_an_empty_slot),
        UNIT(slot_lookup_is_the_same_without_reasons),
        UNIT(failures_have_the_words_of_the_interface),
        UNIT(random_spaces_against_the_bit_by_bit_model),
    };
    return RUN(tests);
}
