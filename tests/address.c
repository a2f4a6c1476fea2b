/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability addresses: guards, levels, depths, and what their failures report. */
#include "test.h"

/* Delete resolves a slot and has no other way to fail here. */
static struct reply resolve(word_t root, word_t index, word_t depth)
{
    return invoke(root, CNodeDelete, CAPS(), ARGS(index, depth));
}

/* An outer CNode of 16 slots; its slot 3 holds an inner one of 16 slots behind 3 bits of guard. */
static word_t two_levels(void)
{
    const word_t outer = cnode_new(4);

    ASSERT_OK(cap_copy_into(outer, 3, 4, cap_guarded(cnode_new(4), 5, 3)));
    return outer;
}

/* rules: capabilities 2.1 */
TEST(address, guard_must_match)
{
    const word_t guarded = cap_guarded(cnode_new(4), 5, 3);

    EXPECT_DONE(resolve(guarded, 5 << 4, 7));
    EXPECT_ERROR(resolve(guarded, 4 << 4, 7), seL4_FailedLookup, 0, seL4_GuardMismatch, 7, 5, 3);
}

/* rules: capabilities 2.1, capabilities subtlety 3 */
TEST(address, guard_mismatch_reports_the_guard_of_the_capability)
{
    const word_t guarded = cap_guarded(cnode_new(4), 0x123456789, 40);

    EXPECT_ERROR(resolve(guarded, 0, 64), seL4_FailedLookup, 0, seL4_GuardMismatch, 64, 0x123456789,
                 40);
}

/* rules: capabilities 2.1, capabilities subtlety 1 */
TEST(address, guard_longer_than_the_address_is_a_guard_mismatch)
{
    const word_t guarded = cap_guarded(cnode_new(4), 0, 3);

    EXPECT_ERROR(resolve(guarded, 0, 2), seL4_FailedLookup, 0, seL4_GuardMismatch, 2, 0, 3);
}

/* rules: capabilities 2.1, capabilities subtlety 1 */
TEST(address, guard_is_tested_before_depth)
{
    const word_t guarded = cap_guarded(cnode_new(4), 5, 3);

    EXPECT_ERROR(resolve(guarded, 5 << 2, 5), seL4_FailedLookup, 0, seL4_DepthMismatch, 5, 7);
    EXPECT_ERROR(resolve(guarded, 4 << 2, 5), seL4_FailedLookup, 0, seL4_GuardMismatch, 5, 5, 3);
}

/* rules: capabilities 2.1 */
TEST(address, empty_guard_always_matches)
{
    const word_t cnode = cnode_new(4);

    for (word_t i = 0; i < 16; i++) {
        EXPECT_DONE(resolve(cnode, i, 4));
    }
}

/* rules: capabilities 2.1 */
TEST(address, bits_above_the_depth_are_ignored)
{
    EXPECT_DONE(resolve(cnode_new(4), 0xabcdef03, 4));
    EXPECT_DONE(resolve(cap_guarded(cnode_new(4), 5, 3), 0xff00 | 5 << 4, 7));
}

/* rules: capabilities 2.1 */
TEST(address, levels_are_followed)
{
    const word_t outer = two_levels();
    const word_t slot = slot_new();

    EXPECT_DONE(invoke(outer, CNodeCopy, CAPS(ROOT), ARGS(3 << 7 | 5 << 4 | 9, 11, SELF, 64, 15)));
    EXPECT_DONE(invoke(ROOT, CNodeMove, CAPS(outer), ARGS(slot, 64, 3 << 7 | 5 << 4 | 9, 11)));
    EXPECT(!slot_is_empty(slot));
}

/* rules: capabilities 2.1 */
TEST(address, failures_on_the_second_level_count_the_bits_left)
{
    const word_t outer = two_levels();

    EXPECT_ERROR(resolve(outer, 3 << 7 | 4 << 4 | 9, 11), seL4_FailedLookup, 0, seL4_GuardMismatch,
                 7, 5, 3);
    EXPECT_ERROR(resolve(outer, 3 << 5 | 5 << 2, 9), seL4_FailedLookup, 0, seL4_DepthMismatch, 5,
                 7);
    EXPECT_ERROR(resolve(outer, 3 << 2 | 1, 6), seL4_FailedLookup, 0, seL4_GuardMismatch, 2, 5, 3);
}

/* rules: capabilities 2.3.4, capabilities subtlety 2, capabilities subtlety 4 */
TEST(address, bits_left_over_report_a_found_depth_of_0)
{
    const word_t outer = two_levels();

    EXPECT_ERROR(resolve(outer, 1 << 7, 11), seL4_FailedLookup, 0, seL4_DepthMismatch, 7, 0);
    EXPECT_ERROR(resolve(outer, 0, 64), seL4_FailedLookup, 0, seL4_DepthMismatch, 60, 0);
}

/* rules: capabilities 2.3 */
TEST(address, depth_that_ends_at_a_cnode_names_its_own_slot)
{
    const word_t outer = two_levels();
    const word_t slot = slot_new();

    EXPECT_DONE(invoke(ROOT, CNodeMove, CAPS(outer), ARGS(slot, 64, 3, 4)));
    EXPECT_DONE(resolve(slot, 5 << 4, 7));
    EXPECT_ERROR(resolve(outer, 3 << 7 | 5 << 4, 11), seL4_FailedLookup, 0, seL4_DepthMismatch, 7,
                 0);
}

/* rules: capabilities 2.3.1, capabilities subtlety 5 */
TEST(address, bad_root_beats_bad_depth)
{
    const word_t slot = slot_new();

    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(SELF), ARGS(slot, 64, 0, 0, 15)), seL4_FailedLookup,
                 1, seL4_InvalidRoot);
    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(SELF), ARGS(slot, 64, 0, 65, 15)), seL4_FailedLookup,
                 1, seL4_InvalidRoot);
}

/* rules: capabilities 2.3.2, capabilities subtlety 6 */
TEST(address, depth_is_1_to_64_as_a_whole_word)
{
    static const word_t depths[] = { 0, 65, 255, 256 + 4, BIT(32) + 4, ~(word_t)0 };
    const word_t cnode = cnode_new(4);

    for (word_t i = 0; i < ARRAY_COUNT(depths); i++) {
        EXPECT_ERROR(resolve(cnode, 0, depths[i]), seL4_RangeError, 1, 64);
    }
}

/* rules: capabilities 2.1 */
TEST(address, radix_of_one_bit)
{
    const word_t cnode = cnode_new(1);

    EXPECT_DONE(resolve(cnode, 0, 1));
    EXPECT_DONE(resolve(cnode, 1, 1));
    EXPECT_ERROR(resolve(cnode, 1, 2), seL4_FailedLookup, 0, seL4_DepthMismatch, 1, 0);
}

/* rules: capabilities 2.1 */
TEST(address, cyclic_cnode_resolves_level_by_level)
{
    const word_t cnode = cnode_new(2);

    ASSERT_OK(cap_copy_into(cnode, 1, 2, cnode));
    EXPECT_DONE(resolve(cnode, 0x5555555555555554, 64));
    EXPECT_ERROR(resolve(cnode, 0x15, 63), seL4_FailedLookup, 0, seL4_DepthMismatch, 61, 0);
    EXPECT_DONE(resolve(cnode, 1, 2)); /* break the cycle */
}

/* A helper whose CSpace has 16 slots at the top of the address: slot i is i << 60.  It knows its
 * TCB as 1, a notification as 2 and its fault handler as 3. */
struct small_space {
    word_t cnode, notification, endpoint;
    struct thread *thread;
};

static struct small_space small_space_new(word_t guard, word_t guard_bits)
{
    struct small_space s = { cnode_new(4), notification_new(), endpoint_new(), NULL };
    const word_t root = guard_bits ? cap_guarded(s.cnode, guard, guard_bits) : s.cnode;
    const word_t prefix = guard << (64 - guard_bits) % 64;
    const unsigned shift = (unsigned)(60 - guard_bits);

    s.thread = thread_in(root, SPACE, prefix | (word_t)1 << shift, prefix | (word_t)3 << shift);
    ASSERT_OK(cap_copy_into(s.cnode, 1, 4, s.thread->tcb));
    ASSERT_OK(cap_copy_into(s.cnode, 2, 4, cap_mint(s.notification, 8)));
    ASSERT_OK(cap_copy_into(s.cnode, 3, 4, s.endpoint));
    return s;
}

/* rules: capabilities 2.2, capabilities subtlety 4, ipc subtlety 14 */
TEST(address, thread_lookups_ignore_bits_left_over)
{
    const struct small_space s = small_space_new(0, 0);

    thread_send(s.thread, (word_t)2 << 60, EMPTY_MESSAGE);
    EXPECT(thread_finished(s.thread));
    EXPECT_EQ(notification_poll(s.notification), 8);
    thread_send(s.thread, (word_t)2 << 60 | 0x123456789, EMPTY_MESSAGE);
    EXPECT(thread_finished(s.thread));
    EXPECT_EQ(notification_poll(s.notification), 8);
}

/* rules: capabilities 2.2, ipc subtlety 3 */
TEST(address, thread_lookup_of_an_empty_slot_succeeds)
{
    const struct small_space s = small_space_new(0, 0);

    thread_call(s.thread, (word_t)9 << 60, EMPTY_MESSAGE);
    EXPECT(thread_finished(s.thread));
    EXPECT_EQ(thread_result(s.thread).info, info_word(seL4_InvalidCapability, 0, 1));
    EXPECT_EQ(thread_result(s.thread).mr[0], 0);
}

/* rules: capabilities 2.2, ipc 3.2, ipc 8.3 */
TEST(address, guard_mismatch_of_a_thread_is_a_fault)
{
    const struct small_space s = small_space_new(0x2a, 8);
    struct message m;

    thread_send(s.thread, (word_t)0x2a << 56 | (word_t)2 << 52, EMPTY_MESSAGE);
    EXPECT(thread_finished(s.thread));
    EXPECT_EQ(notification_poll(s.notification), 8);
    thread_send(s.thread, (word_t)0x2b << 56 | (word_t)2 << 52, EMPTY_MESSAGE);
    ASSERT(message_poll(s.endpoint, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 7));
    EXPECT_EQ(m.mr[0], (word_t)order_instruction);
    EXPECT_EQ(m.mr[1], (word_t)0x2b << 56 | (word_t)2 << 52);
    EXPECT_EQ(m.mr[2], 0);
    EXPECT_EQ(m.mr[3], seL4_GuardMismatch);
    EXPECT_EQ(buffer_word(4), 64);
    EXPECT_EQ(buffer_word(5), 0x2a);
    EXPECT_EQ(buffer_word(6), 8);
}

/* rules: capabilities 2.2, ipc 8.3 */
TEST(address, depth_mismatch_of_a_thread_is_a_fault)
{
    const struct small_space s = small_space_new(0, 0);
    const word_t inner = cap_guarded(cnode_new(8), 0, 54);
    struct message m;

    ASSERT_OK(cap_copy_into(s.cnode, 4, 4, inner)); /* 62 bits wanted, 60 are left */
    thread_call(s.thread, (word_t)4 << 60, EMPTY_MESSAGE);
    ASSERT(message_poll(s.endpoint, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 6));
    EXPECT_EQ(m.mr[3], seL4_DepthMismatch);
    EXPECT_EQ(buffer_word(4), 60);
    EXPECT_EQ(buffer_word(5), 62);
}

/* rules: capabilities 2.2 */
TEST(address, thread_without_cspace_has_an_invalid_root)
{
    const word_t tcb = tcb_new();
    seL4_UserContext context = { .rip = (word_t)order_instruction, .rflags = 0x202 };

    /* Neither spaces nor handler: it stops at once and the system goes on. */
    EXPECT_OK(seL4_TCB_WriteRegisters(tcb, false, 0, 20, &context));
    EXPECT_OK(seL4_TCB_SetPriority(tcb, SELF, HELPER_PRIORITY));
    EXPECT_OK(seL4_TCB_Resume(tcb));
    EXPECT_OK(seL4_TCB_Suspend(tcb));
}
