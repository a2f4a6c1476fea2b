/* SPDX-License-Identifier: BSD-2-Clause */
/* CNode Rotate: three slots, two data words, and the order of its many checks. */
#include "test.h"

struct rotation {
    word_t to, pivot_data, pivot, from_data, from;
};

static struct reply rotate(struct rotation r)
{
    return invoke(ROOT, CNodeRotate, CAPS(ROOT, ROOT),
                  ARGS(r.to, 64, r.pivot_data, r.pivot, 64, r.from_data, r.from, 64));
}

/* What a guarded CNode capability answers at a depth of five bits tells its guard bit. */
static bool has_guard_bit(word_t cnode, word_t bit)
{
    return seL4_CNode_Delete(cnode, bit << 4, 5) == seL4_NoError;
}

/* rules: capabilities 5.7.4 */
TEST(rotate, short_message_is_truncated)
{
    const word_t tcb = tcb_new();
    const word_t slot = slot_new();

    EXPECT_ERROR(invoke(ROOT, CNodeRotate, CAPS(ROOT, ROOT), ARGS(slot, 64, 0, tcb, 64, 0, tcb)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(ROOT, CNodeRotate, CAPS(ROOT), ARGS(slot, 64, 0, tcb, 64, 0, tcb, 64)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(ROOT, CNodeRotate, CAPS(), ARGS(slot, 64, 0, tcb, 64, 0, tcb, 64)),
                 seL4_TruncatedMessage);
}

/* rules: capabilities 5.7.5, capabilities 5.7.6, capabilities subtlety 10 */
TEST(rotate, lookup_failures_blame_the_source)
{
    const word_t tcb = tcb_new();
    const word_t slot = slot_new();

    EXPECT_ERROR(invoke(ROOT, CNodeRotate, CAPS(tcb, ROOT), ARGS(slot, 64, 0, tcb, 64, 0, tcb, 64)),
                 seL4_FailedLookup, 1, seL4_InvalidRoot);
    EXPECT_ERROR(invoke(ROOT, CNodeRotate, CAPS(ROOT, tcb), ARGS(slot, 64, 0, tcb, 64, 0, tcb, 64)),
                 seL4_FailedLookup, 1, seL4_InvalidRoot);
    EXPECT_ERROR(
        invoke(ROOT, CNodeRotate, CAPS(ROOT, ROOT), ARGS(slot, 64, 0, BIT(30), 64, 0, tcb, 65)),
        seL4_RangeError, 1, 64);
    EXPECT_ERROR(
        invoke(ROOT, CNodeRotate, CAPS(ROOT, ROOT), ARGS(slot, 64, 0, BIT(30), 64, 0, tcb, 64)),
        seL4_FailedLookup, 1, seL4_GuardMismatch, 64, 0, 64 - CONFIG_ROOT_CNODE_SIZE_BITS);
}

/* rules: capabilities 5.7.7 */
TEST(rotate, pivot_must_differ_from_both)
{
    const word_t a = tcb_new();
    const word_t b = slot_new();

    EXPECT_ERROR(rotate((struct rotation){ .to = b, .pivot = a, .from = a }),
                 seL4_IllegalOperation);
    EXPECT_ERROR(rotate((struct rotation){ .to = b, .pivot = b, .from = a }),
                 seL4_IllegalOperation);
    EXPECT(!slot_is_empty(a));
    EXPECT(slot_is_empty(b));
}

/* rules: capabilities 5.7.8 */
TEST(rotate, occupied_destination_beats_empty_source)
{
    const word_t occupied = tcb_new();
    const word_t pivot = slot_new();
    const word_t from = slot_new();

    EXPECT_ERROR(rotate((struct rotation){ .to = occupied, .pivot = pivot, .from = from }),
                 seL4_DeleteFirst);
}

/* rules: capabilities 5.7.9, capabilities 5.7.10, capabilities subtlety 10 */
TEST(rotate, empty_source_and_empty_pivot)
{
    const word_t tcb = tcb_new();
    const word_t to = slot_new();
    const word_t empty = slot_new();
    const word_t empty2 = slot_new();

    EXPECT_ERROR(rotate((struct rotation){ .to = to, .pivot = empty2, .from = empty }),
                 seL4_FailedLookup, 1, seL4_MissingCapability, 64);
    EXPECT_ERROR(rotate((struct rotation){ .to = to, .pivot = empty, .from = tcb }),
                 seL4_FailedLookup, 0, seL4_MissingCapability, 64);
    EXPECT(!slot_is_empty(tcb));
}

/* rules: capabilities 5.7.11, capabilities subtlety 12 */
TEST(rotate, endpoints_and_notifications_are_refused)
{
    const word_t caps[] = { endpoint_new(), notification_new(), cap_mint(endpoint_new(), 1) };
    const word_t tcb = tcb_new();
    const word_t to = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(caps); i++) {
        EXPECT_ERROR(rotate((struct rotation){ .to = to, .pivot = tcb, .from = caps[i] }),
                     seL4_IllegalOperation);
        EXPECT_ERROR(rotate((struct rotation){ .to = to, .pivot = caps[i], .from = tcb }),
                     seL4_IllegalOperation);
        EXPECT(!slot_is_empty(caps[i]));
    }
    EXPECT(slot_is_empty(to));
}

/* rules: capabilities 5.7.12 */
TEST(rotate, moves_pivot_to_destination_and_source_to_pivot)
{
    const word_t tcb = tcb_new();
    const word_t frame = frame_new();
    const word_t to = slot_new();

    EXPECT_DONE(rotate((struct rotation){ .to = to, .pivot = tcb, .from = frame }));
    EXPECT(slot_is_empty(frame));
    EXPECT_DONE(invoke(to, TCBSuspend, CAPS(), ARGS()));
    EXPECT_DONE(invoke(tcb, X86PageUnmap, CAPS(), ARGS()));
}

/* rules: capabilities 5.7.12 */
TEST(rotate, same_source_and_destination_swaps)
{
    const word_t tcb = tcb_new();
    const word_t frame = frame_new();

    EXPECT_DONE(rotate((struct rotation){ .to = tcb, .pivot = frame, .from = tcb }));
    EXPECT_DONE(invoke(frame, TCBSuspend, CAPS(), ARGS()));
    EXPECT_DONE(invoke(tcb, X86PageUnmap, CAPS(), ARGS()));
}

/* rules: capabilities 5.7.11, capabilities subtlety 11 */
TEST(rotate, data_words_are_crossed)
{
    const word_t pivot = cnode_new(4);
    const word_t from = cnode_new(4);
    const word_t to = slot_new();

    EXPECT_DONE(rotate((struct rotation){ .to = to,
                                          .pivot = pivot,
                                          .from = from,
                                          .pivot_data = 1 << 6 | 1,
                                          .from_data = 0 << 6 | 1 }));
    EXPECT(has_guard_bit(to, 1)); /* the former pivot got the first word */
    EXPECT(has_guard_bit(pivot, 0));
    EXPECT(!has_guard_bit(pivot, 1));
}

/* rules: capabilities 5.7.11 */
TEST(rotate, impossible_guard_is_refused)
{
    const word_t pivot = cnode_new(4);
    const word_t from = cnode_new(4);
    const word_t to = slot_new();

    EXPECT_ERROR(
        rotate((struct rotation){ .to = to, .pivot = pivot, .from = from, .from_data = 61 }),
        seL4_IllegalOperation);
    EXPECT_ERROR(
        rotate((struct rotation){ .to = to, .pivot = pivot, .from = from, .pivot_data = 61 }),
        seL4_IllegalOperation);
    EXPECT(slot_is_empty(to));
    EXPECT(!slot_is_empty(pivot));
    EXPECT(!slot_is_empty(from));
}

/* rules: capabilities 4.2 */
TEST(rotate, swap_exchanges_places_in_the_derivation_tree)
{
    const word_t a = tcb_new();
    const word_t a_child = cap_copy(a);
    const word_t b = tcb_new();
    const word_t b_child = cap_copy(b);

    EXPECT_DONE(rotate((struct rotation){ .to = a, .pivot = b, .from = a }));
    EXPECT_OK(cap_revoke(a)); /* now the second object */
    EXPECT(!slot_is_empty(a_child));
    EXPECT(slot_is_empty(b_child));
    EXPECT_OK(cap_revoke(b));
    EXPECT(slot_is_empty(a_child));
}

/* rules: capabilities 4.2, capabilities 5.7 (12) */
TEST(rotate, swap_of_parent_and_child_turns_them_round)
{
    const word_t a = tcb_new();
    const word_t b = cap_copy(a);

    EXPECT_DONE(rotate((struct rotation){ .to = a, .pivot = b, .from = a }));
    EXPECT_OK(cap_revoke(a)); /* a copy now */
    EXPECT(!slot_is_empty(b));
    EXPECT_OK(cap_revoke(b));
    EXPECT(slot_is_empty(a));
    EXPECT_DONE(invoke(b, TCBSuspend, CAPS(), ARGS()));
}
