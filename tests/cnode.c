/* SPDX-License-Identifier: BSD-2-Clause */
/* CNode invocations: Copy, Mint, Move, Mutate, Revoke, Delete, CancelBadgedSends, SaveCaller. */
#include "test.h"

static struct reply copy(word_t to, word_t from, word_t rights)
{
    return invoke(ROOT, CNodeCopy, CAPS(ROOT), ARGS(to, 64, from, 64, rights));
}

static struct reply mint(word_t to, word_t from, word_t rights, word_t data)
{
    return invoke(ROOT, CNodeMint, CAPS(ROOT), ARGS(to, 64, from, 64, rights, data));
}

static struct reply move(word_t to, word_t from)
{
    return invoke(ROOT, CNodeMove, CAPS(ROOT), ARGS(to, 64, from, 64));
}

static struct reply mutate(word_t to, word_t from, word_t data)
{
    return invoke(ROOT, CNodeMutate, CAPS(ROOT), ARGS(to, 64, from, 64, data));
}

/* The badge an endpoint capability delivers; the receiver uses another capability to it. */
static word_t badge_of(word_t endpoint_cap, word_t receiver_cap)
{
    struct thread *t = thread_new();
    struct message m = { 0 };

    thread_send(t, endpoint_cap, EMPTY_MESSAGE);
    EXPECT(message_poll(receiver_cap, &m));
    return m.badge;
}

/* rules: capabilities 5.1 */
TEST(cnode, unknown_label_is_refused)
{
    EXPECT_ERROR(invoke(ROOT, UntypedRetype, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ROOT, CNodeSaveCaller + 1, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ROOT, CNodeRevoke - 1, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: capabilities 5.1 */
TEST(cnode, less_than_two_words_is_truncated)
{
    for (word_t label = CNodeRevoke; label <= CNodeSaveCaller; label++) {
        EXPECT_ERROR(invoke(ROOT, label, CAPS(ROOT, ROOT), ARGS(slot_new())),
                     seL4_TruncatedMessage);
    }
}

/* rules: capabilities 5.1, capabilities subtlety 7 */
TEST(cnode, destination_lookup_precedes_the_longer_length_checks)
{
    for (word_t label = CNodeRevoke; label <= CNodeSaveCaller; label++) {
        EXPECT_ERROR(invoke(ROOT, label, CAPS(), ARGS(BIT(20), 64)), seL4_FailedLookup, 0,
                     seL4_GuardMismatch, 64, 0, 64 - CONFIG_ROOT_CNODE_SIZE_BITS);
        EXPECT_ERROR(invoke(ROOT, label, CAPS(), ARGS(slot_new(), 0)), seL4_RangeError, 1, 64);
    }
}

/* rules: capabilities 5.2.4 */
TEST(cnode, source_root_or_words_missing_is_truncated)
{
    static const word_t labels[] = { CNodeCopy, CNodeMint, CNodeMove, CNodeMutate };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(labels); i++) {
        EXPECT_ERROR(invoke(ROOT, labels[i], CAPS(ROOT), ARGS(slot, 64, SELF)),
                     seL4_TruncatedMessage);
        EXPECT_ERROR(invoke(ROOT, labels[i], CAPS(), ARGS(slot, 64, SELF, 64, 15, 0)),
                     seL4_TruncatedMessage);
        EXPECT_ERROR(invoke(ROOT, labels[i], CAPS(), ARGS(SELF, 64, SELF, 64, 15, 0)),
                     seL4_TruncatedMessage);
    }
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2.5, capabilities subtlety 7 */
TEST(cnode, occupied_destination_beats_any_source_problem)
{
    static const word_t labels[] = { CNodeCopy, CNodeMint, CNodeMove, CNodeMutate };
    const word_t empty = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(labels); i++) {
        EXPECT_ERROR(invoke(ROOT, labels[i], CAPS(SELF), ARGS(SELF, 64, empty, 64)),
                     seL4_DeleteFirst);
        EXPECT_ERROR(invoke(ROOT, labels[i], CAPS(ROOT), ARGS(SELF, 64, empty, 99)),
                     seL4_DeleteFirst);
    }
}

/* rules: capabilities 5.2.6, capabilities subtlety 8 */
TEST(cnode, source_root_that_is_no_cnode)
{
    const word_t slot = slot_new();
    const word_t empty = slot_new();

    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(SELF), ARGS(slot, 64, SELF, 64, 15)),
                 seL4_FailedLookup, 1, seL4_InvalidRoot);
    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(empty), ARGS(slot, 64, SELF, 64, 15)),
                 seL4_FailedLookup, 1, seL4_InvalidRoot);
    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, SELF, 65, 15)), seL4_RangeError,
                 1, 64);
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2.7, capabilities subtlety 9 */
TEST(cnode, empty_source_reports_its_depth)
{
    const word_t inner = cnode_new(4);
    const word_t slot = slot_new();

    EXPECT_ERROR(copy(slot, slot_new(), 15), seL4_FailedLookup, 1, seL4_MissingCapability, 64);
    EXPECT_ERROR(invoke(ROOT, CNodeMove, CAPS(inner), ARGS(slot, 64, 3, 4)), seL4_FailedLookup, 1,
                 seL4_MissingCapability, 4);
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2.8, capabilities subtlety 7 */
TEST(cnode, own_length_check_comes_after_the_source)
{
    const word_t slot = slot_new();
    const word_t empty = slot_new();

    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, SELF, 64)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(ROOT, CNodeMint, CAPS(ROOT), ARGS(slot, 64, SELF, 64, 15)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(ROOT, CNodeMutate, CAPS(ROOT), ARGS(slot, 64, SELF, 64)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, empty, 64)), seL4_FailedLookup,
                 1, seL4_MissingCapability, 64);
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2 */
TEST(cnode, copying_a_slot_onto_itself)
{
    const word_t slot = slot_new();

    EXPECT_ERROR(copy(slot, slot, 15), seL4_FailedLookup, 1, seL4_MissingCapability, 64);
    EXPECT_ERROR(move(SELF, SELF), seL4_DeleteFirst);
    EXPECT_ERROR(copy(SELF, SELF, 15), seL4_DeleteFirst);
}

/* rules: capabilities 5.2.9, capabilities subtlety 23 */
TEST(cnode, copy_gives_an_equal_capability)
{
    const word_t ep = endpoint_new();
    const word_t badged = cap_mint(ep, 77);
    const word_t slot = slot_new();

    EXPECT_DONE(copy(slot, badged, 15));
    EXPECT(!slot_is_empty(badged));
    EXPECT_EQ(badge_of(slot, ep), 77);
}

/* rules: capabilities 1.3 */
TEST(cnode, copy_masks_the_rights_of_an_endpoint)
{
    const word_t ep = endpoint_new();
    const word_t send_only = slot_new();
    const word_t receive_only = slot_new();
    struct thread *t = thread_new();
    struct message m;

    EXPECT_DONE(copy(send_only, ep, 1));
    EXPECT_DONE(copy(receive_only, ep, 2));
    EXPECT_ERROR(invoke(receive_only, 5, CAPS(), ARGS()), seL4_InvalidCapability, 0);
    thread_send(t, send_only, message_word(5, 6));
    EXPECT(message_poll(receive_only, &m));
    EXPECT_EQ(m.info, info_word(5, 0, 1));
}

/* rules: capabilities 1.3 */
TEST(cnode, upper_bits_of_the_rights_word_are_ignored)
{
    const word_t ntfn = notification_new();
    const word_t slot = slot_new();

    EXPECT_DONE(copy(slot, ntfn, ~(word_t)15 | 1));
    EXPECT_DONE(invoke(slot, 0, CAPS(), ARGS()));
    EXPECT_ERROR(invoke(tcb_new(), TCBBindNotification, CAPS(slot), ARGS()),
                 seL4_IllegalOperation); /* no right to receive */
}

/* rules: capabilities 1.3 */
TEST(cnode, rights_of_a_notification)
{
    const word_t ntfn = notification_new();
    const word_t receive_only = slot_new();
    const word_t nothing = slot_new();

    EXPECT_DONE(copy(receive_only, ntfn, 2));
    EXPECT_DONE(copy(nothing, ntfn, 12));
    EXPECT_ERROR(invoke(receive_only, 0, CAPS(), ARGS()), seL4_InvalidCapability, 0);
    EXPECT_ERROR(invoke(nothing, 0, CAPS(), ARGS()), seL4_InvalidCapability, 0);
    notification_signal(cap_mint(ntfn, 4));
    EXPECT_EQ(notification_poll(receive_only), 4);
}

/* rules: capabilities subtlety 13 */
TEST(cnode, endpoint_without_any_right)
{
    const word_t slot = slot_new();

    EXPECT_DONE(mint(slot, endpoint_new(), 0, 5));
    EXPECT(!slot_is_empty(slot));
    EXPECT_ERROR(invoke(slot, 0, CAPS(), ARGS()), seL4_InvalidCapability, 0);
}

/* rules: capabilities 1.3 */
TEST(cnode, rights_do_not_touch_other_capabilities)
{
    const word_t tcb = tcb_new();
    const word_t slot = slot_new();

    EXPECT_DONE(copy(slot, tcb, 0));
    EXPECT_DONE(invoke(slot, TCBSuspend, CAPS(), ARGS()));
}

/* rules: capabilities 1.4 */
TEST(cnode, mint_sets_all_64_bits_of_a_badge)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();

    EXPECT_DONE(mint(slot, ep, 15, 0x8123456789abcdef));
    EXPECT_EQ(badge_of(slot, ep), 0x8123456789abcdef);
}

/* rules: capabilities 1.4, capabilities 5.2 */
TEST(cnode, badged_capability_cannot_be_minted_again)
{
    static const word_t data[] = { 0, 5, 6 };
    const word_t badged[] = { cap_mint(endpoint_new(), 5), cap_mint(notification_new(), 5) };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(badged); i++) {
        for (word_t j = 0; j < ARRAY_COUNT(data); j++) {
            EXPECT_ERROR(mint(slot, badged[i], 15, data[j]), seL4_IllegalOperation);
        }
    }
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 1.4, capabilities 4.4 */
TEST(cnode, badge_0_is_a_plain_copy)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    const word_t again = slot_new();

    EXPECT_DONE(mint(slot, ep, 15, 0));
    EXPECT_DONE(mint(again, slot, 15, 9));
    EXPECT_EQ(badge_of(again, ep), 9);
}

/* rules: capabilities 1.4 */
TEST(cnode, mint_sets_the_guard_of_a_cnode)
{
    const word_t inner = cnode_new(4);
    const word_t slot = slot_new();
    const word_t guarded = slot_new();

    EXPECT_DONE(mint(guarded, inner, 15, 0x2a << 6 | 6));
    EXPECT_DONE(invoke(guarded, CNodeCopy, CAPS(ROOT), ARGS(0x2a << 4 | 9, 10, SELF, 64, 15)));
    EXPECT_DONE(invoke(ROOT, CNodeMove, CAPS(inner), ARGS(slot, 64, 9, 4)));
}

/* rules: capabilities 1.4 */
TEST(cnode, guard_is_cut_to_its_size)
{
    const word_t inner = cnode_new(4);
    const word_t guarded = slot_new();

    EXPECT_DONE(mint(guarded, inner, 15, 0xfff << 6 | 3));
    EXPECT_DONE(invoke(guarded, CNodeDelete, CAPS(), ARGS(7 << 4, 7)));
    EXPECT_ERROR(invoke(guarded, CNodeDelete, CAPS(), ARGS(6 << 4, 7)), seL4_FailedLookup, 0,
                 seL4_GuardMismatch, 7, 7, 3);
}

/* rules: capabilities 1.4 */
TEST(cnode, guard_and_radix_must_fit_a_word)
{
    const word_t inner = cnode_new(4);
    const word_t slot = slot_new();

    EXPECT_ERROR(mint(slot, inner, 15, 61), seL4_IllegalOperation);
    EXPECT_ERROR(mutate(slot, inner, 63), seL4_IllegalOperation);
    EXPECT(slot_is_empty(slot));
    EXPECT(!slot_is_empty(inner));
    EXPECT_DONE(mint(slot, inner, 15, 60));
}

/* rules: capabilities subtlety 14 */
TEST(cnode, mint_ignores_data_of_other_capabilities)
{
    const word_t slots = slot_range(3);

    EXPECT_DONE(mint(slots, tcb_new(), 15, 0x1234));
    EXPECT_DONE(mint(slots + 1, untyped_new(12), 15, 0x1234));
    EXPECT_DONE(mint(slots + 2, frame_new(), 15, 0x1234));
}

/* rules: capabilities 4.5, capabilities 5.2 */
TEST(cnode, control_capabilities_cannot_be_copied)
{
    static const word_t slots[] = { seL4_CapIRQControl, seL4_CapIOPortControl };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(slots); i++) {
        EXPECT_ERROR(copy(slot, slots[i], 15), seL4_IllegalOperation);
        EXPECT_ERROR(mint(slot, slots[i], 15, 0), seL4_IllegalOperation);
        EXPECT(slot_is_empty(slot));
        EXPECT(!slot_is_empty(slots[i]));
    }
}

/* rules: capabilities 5.2 */
TEST(cnode, control_capabilities_can_be_moved)
{
    static const word_t slots[] = { seL4_CapIRQControl, seL4_CapIOPortControl,
                                    seL4_CapASIDControl };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(slots); i++) {
        EXPECT_DONE(move(slot, slots[i]));
        EXPECT(slot_is_empty(slots[i]));
        EXPECT_DONE(mutate(slots[i], slot, 0));
        EXPECT(slot_is_empty(slot));
    }
}

/* rules: capabilities 4.5, capabilities subtlety 16 */
TEST(cnode, unmapped_paging_structures_cannot_be_copied)
{
    const word_t slots[] = { object_new(seL4_X86_PDPTObject, 0),
                             object_new(seL4_X86_PageDirectoryObject, 0),
                             object_new(seL4_X86_PageTableObject, 0),
                             object_new(seL4_X64_PML4Object, 0) };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(slots); i++) {
        EXPECT_ERROR(copy(slot, slots[i], 15), seL4_IllegalOperation);
        EXPECT_ERROR(mint(slot, slots[i], 15, 1), seL4_IllegalOperation);
        EXPECT(slot_is_empty(slot));
        EXPECT_DONE(move(slot, slots[i]));
        EXPECT_OK(cap_delete(slot));
    }
}

/* rules: capabilities 5.2 */
TEST(cnode, move_keeps_the_badge_and_empties_the_source)
{
    const word_t ep = endpoint_new();
    const word_t badged = cap_mint(ep, 31);
    const word_t slot = slot_new();

    EXPECT_DONE(move(slot, badged));
    EXPECT(slot_is_empty(badged));
    EXPECT_EQ(badge_of(slot, ep), 31);
}

/* rules: capabilities 5.2, capabilities subtlety 12 */
TEST(cnode, mutate_never_works_on_endpoints_and_notifications)
{
    const word_t caps[] = { endpoint_new(), notification_new(), cap_mint(endpoint_new(), 3),
                            cap_mint(notification_new(), 3) };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(caps); i++) {
        EXPECT_ERROR(mutate(slot, caps[i], 0), seL4_IllegalOperation);
        EXPECT_ERROR(mutate(slot, caps[i], 3), seL4_IllegalOperation);
        EXPECT(!slot_is_empty(caps[i]));
    }
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2 */
TEST(cnode, mutate_sets_the_guard_and_moves)
{
    const word_t inner = cnode_new(4);
    const word_t slot = slot_new();

    EXPECT_DONE(mutate(slot, inner, 1 << 6 | 1));
    EXPECT(slot_is_empty(inner));
    EXPECT_DONE(invoke(slot, CNodeDelete, CAPS(), ARGS(1 << 4, 5)));
    EXPECT_DONE(mutate(inner, slot, 0)); /* guard away */
    EXPECT_DONE(invoke(inner, CNodeDelete, CAPS(), ARGS(0, 4)));
}

/* rules: capabilities 5.2 */
TEST(cnode, mutate_moves_everything_else)
{
    const word_t tcb = tcb_new();
    const word_t slot = slot_new();

    EXPECT_DONE(mutate(slot, tcb, 0xffff));
    EXPECT(slot_is_empty(tcb));
    EXPECT_DONE(invoke(slot, TCBSuspend, CAPS(), ARGS()));
}

/* rules: capabilities 5.4, capabilities subtlety 17 */
TEST(cnode, deleting_and_revoking_an_empty_slot_succeeds)
{
    EXPECT_DONE(invoke(ROOT, CNodeDelete, CAPS(), ARGS(slot_new(), 64)));
    EXPECT_DONE(invoke(ROOT, CNodeRevoke, CAPS(), ARGS(slot_new(), 64)));
}

/* rules: capabilities 5.3 */
TEST(cnode, revoke_keeps_the_target)
{
    const word_t ep = endpoint_new();
    const word_t a = cap_copy(ep);
    const word_t b = cap_mint(ep, 4);

    EXPECT_DONE(invoke(ROOT, CNodeRevoke, CAPS(), ARGS(ep, 64)));
    EXPECT(slot_is_empty(a));
    EXPECT(slot_is_empty(b));
    EXPECT(!slot_is_empty(ep));
    EXPECT_DONE(invoke(ROOT, CNodeRevoke, CAPS(), ARGS(ep, 64)));
}

/* rules: capabilities 5.5, capabilities subtlety 17, capabilities subtlety 18 */
TEST(cnode, cancel_badged_sends_needs_all_rights)
{
    const word_t ep = endpoint_new();
    const word_t bad[] = { slot_new(), notification_new(), SELF };

    for (word_t rights = 0; rights < 15; rights++) {
        const word_t slot = slot_new();

        EXPECT_DONE(copy(slot, ep, rights));
        EXPECT_ERROR(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(slot, 64)),
                     seL4_IllegalOperation);
    }
    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(bad[i], 64)),
                     seL4_IllegalOperation);
    }
    EXPECT_DONE(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(ep, 64)));
    EXPECT_DONE(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(cap_mint(ep, 3), 64)));
}

/* rules: capabilities 5.6, capabilities subtlety 17 */
TEST(cnode, save_caller_without_a_caller_succeeds)
{
    const word_t slot = slot_new();

    EXPECT_DONE(invoke(ROOT, CNodeSaveCaller, CAPS(), ARGS(slot, 64)));
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.6 */
TEST(cnode, save_caller_needs_an_empty_slot)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_ERROR(invoke(ROOT, CNodeSaveCaller, CAPS(), ARGS(ep, 64)), seL4_DeleteFirst);
    message_reply(message_word(9, 1)); /* the caller is still there */
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, info_word(9, 0, 1));
}

/* rules: capabilities 5.6 */
TEST(cnode, save_caller_moves_the_reply_capability)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_DONE(invoke(ROOT, CNodeSaveCaller, CAPS(), ARGS(slot, 64)));
    EXPECT(!slot_is_empty(slot));
    message_reply(EMPTY_MESSAGE); /* nobody to reply to any more */
    EXPECT(!thread_finished(t));
    message_send(slot, message_word(3, 4));
    EXPECT(thread_finished(t));
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2, capabilities 4.5 */
TEST(cnode, reply_capability_moves_but_is_never_copied)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    const word_t other = slot_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT_ERROR(copy(other, slot, 15), seL4_IllegalOperation);
    EXPECT_ERROR(mint(other, slot, 15, 0), seL4_IllegalOperation);
    EXPECT_DONE(move(other, slot));
    message_send(other, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
}

/* rules: capabilities subtlety 24 */
TEST(cnode, failing_invocation_by_send_does_nothing)
{
    const word_t slot = slot_new();

    invoke_silently(seL4_SysSend, ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, slot, 64, 15));
    EXPECT(slot_is_empty(slot));
    invoke_silently(seL4_SysNBSend, ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, SELF, 64, 15));
    EXPECT(!slot_is_empty(slot));
}
