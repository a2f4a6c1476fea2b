/* SPDX-License-Identifier: BSD-2-Clause */
/* The derivation tree, seen through what Revoke takes away. */
#include "test.h"

/* Whether revoking `target` empties `slot`.  The target itself must survive. */
static bool revoke_takes(word_t target, word_t slot)
{
    EXPECT_OK(cap_revoke(target));
    EXPECT(!slot_is_empty(target));
    return slot_is_empty(slot);
}

/* rules: capabilities 4.4 */
TEST(derivation, copy_of_an_original_is_its_child)
{
    const word_t originals[] = { endpoint_new(), notification_new(), tcb_new(), cnode_new(4),
                                 frame_new() };

    for (word_t i = 0; i < ARRAY_COUNT(originals); i++) {
        EXPECT(revoke_takes(originals[i], cap_copy(originals[i])));
    }
}

/* rules: capabilities 4.4, capabilities subtlety 20 */
TEST(derivation, copy_of_a_copy_is_a_sibling)
{
    const word_t originals[] = { endpoint_new(), notification_new(), tcb_new(), cnode_new(4),
                                 frame_new() };

    for (word_t i = 0; i < ARRAY_COUNT(originals); i++) {
        const word_t copy = cap_copy(originals[i]);
        const word_t copy_of_copy = cap_copy(copy);

        EXPECT(!revoke_takes(copy, copy_of_copy));
        EXPECT(!revoke_takes(copy_of_copy, copy));
        EXPECT(revoke_takes(originals[i], copy));
        EXPECT(slot_is_empty(copy_of_copy));
    }
}

/* rules: capabilities 4.4 */
TEST(derivation, badged_capability_is_an_original_of_its_own)
{
    const word_t unbadged[] = { endpoint_new(), notification_new() };

    for (word_t i = 0; i < ARRAY_COUNT(unbadged); i++) {
        const word_t badged = cap_mint(unbadged[i], 5);
        const word_t copy = cap_copy(badged);
        const word_t copy_of_copy = cap_copy(copy);

        EXPECT(!revoke_takes(copy, copy_of_copy));
        EXPECT(revoke_takes(badged, copy));
        EXPECT(slot_is_empty(copy_of_copy));
        EXPECT(revoke_takes(unbadged[i], badged));
    }
}

/* rules: capabilities 4.3, capabilities 4.4 */
TEST(derivation, second_mint_of_the_same_badge_is_separate)
{
    const word_t ep = endpoint_new();
    const word_t first = cap_mint(ep, 5);
    const word_t second = cap_mint(ep, 5);

    EXPECT(!revoke_takes(first, second));
    EXPECT(!revoke_takes(second, first));
    EXPECT(revoke_takes(ep, first));
    EXPECT(slot_is_empty(second));
}

/* rules: capabilities 4.3 */
TEST(derivation, badges_do_not_mix)
{
    const word_t ep = endpoint_new();
    const word_t five = cap_mint(ep, 5);
    const word_t six = cap_mint(ep, 6);
    const word_t copy_of_five = cap_copy(five);

    EXPECT(!revoke_takes(six, copy_of_five));
    EXPECT(!revoke_takes(five, six));
    EXPECT(slot_is_empty(copy_of_five));
}

/* rules: capabilities 4.4 */
TEST(derivation, mint_of_badge_0_is_a_plain_copy)
{
    const word_t ep = endpoint_new();
    const word_t plain = cap_mint(ep, 0);
    const word_t badged = cap_mint(plain, 5);

    EXPECT(!revoke_takes(plain, badged)); /* not an original */
    EXPECT(revoke_takes(ep, badged));
}

/* rules: capabilities 4.2 (removal), capabilities subtlety 19 */
TEST(derivation, deleted_badged_original_does_not_leave_its_copies_to_another)
{
    const word_t ep = endpoint_new();
    const word_t late = cap_mint(ep, 5);
    const word_t early = cap_mint(ep, 5); /* stands before `late` in the list */
    const word_t copy = cap_copy(late);

    /* list: ep, early, late, copy; without `late` the copy must not become a child of `early` */
    EXPECT_OK(cap_delete(late));
    EXPECT(!revoke_takes(early, copy));
    EXPECT(revoke_takes(ep, copy));
}

/* rules: capabilities 4.4 */
TEST(derivation, copies_of_a_deleted_original_are_orphans)
{
    const word_t ut = untyped_new(12);
    const word_t ep = slot_new();

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, ep, 1));
    const word_t a = cap_copy(ep);
    const word_t b = cap_copy(ep);
    EXPECT_OK(cap_delete(ep));
    EXPECT(!revoke_takes(a, b));
    EXPECT(!revoke_takes(b, a));
    EXPECT(revoke_takes(ut, a));
    EXPECT(slot_is_empty(b));
}

/* rules: capabilities 4.2, capabilities 4.3 */
TEST(derivation, everything_in_an_untyped_is_its_descendant)
{
    const word_t ut = untyped_new(16);
    const word_t inner = slot_new();
    const word_t objects = slot_range(3);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_UntypedObject, 15, ROOT, 0, 0, inner, 1));
    ASSERT_OK(seL4_Untyped_Retype(inner, seL4_TCBObject, 0, ROOT, 0, 0, objects, 1));
    ASSERT_OK(seL4_Untyped_Retype(inner, seL4_X86_4K, 0, ROOT, 0, 0, objects + 1, 1));
    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, objects + 2, 1));
    const word_t copy = cap_copy(objects);
    const word_t badged = cap_mint(objects + 2, 9);

    EXPECT(revoke_takes(inner, objects));
    EXPECT(slot_is_empty(objects + 1));
    EXPECT(slot_is_empty(copy));
    EXPECT(!slot_is_empty(badged));
    EXPECT(revoke_takes(ut, inner));
    EXPECT(slot_is_empty(objects + 2));
    EXPECT(slot_is_empty(badged));
}

/* rules: capabilities 4.4, capabilities 4.5 */
TEST(derivation, copy_of_an_untyped_is_its_child)
{
    const word_t ut = untyped_new(12);
    const word_t copy = cap_copy(ut);
    const word_t ep = slot_new();

    ASSERT_OK(seL4_Untyped_Retype(copy, seL4_EndpointObject, 0, ROOT, 0, 0, ep, 1));
    EXPECT(revoke_takes(ut, copy));
    EXPECT(slot_is_empty(ep));
}

/* rules: capabilities 4.2 (move) */
TEST(derivation, moved_capability_keeps_its_place)
{
    const word_t ep = endpoint_new();
    const word_t copy = cap_copy(ep);
    const word_t moved = slot_new();
    const word_t moved_original = slot_new();

    EXPECT_OK(cap_move(moved, copy));
    EXPECT_OK(cap_move(moved_original, ep));
    EXPECT(!revoke_takes(moved, moved_original));
    EXPECT(revoke_takes(moved_original, moved));
}

/* rules: capabilities 4.3 */
TEST(derivation, cnode_child_may_have_another_guard)
{
    const word_t cnode = cnode_new(4);
    const word_t guarded = cap_guarded(cnode, 3, 4);

    EXPECT(revoke_takes(cnode, guarded));
}

/* rules: capabilities 4.4 */
TEST(derivation, spaces_of_a_thread_are_derived_children)
{
    const word_t cnode = cnode_new(4);
    const word_t copy = cap_copy(cnode);
    const word_t ep = endpoint_new();
    struct thread *t = thread_in(copy, SPACE, 0, (word_t)3 << 60);
    struct message m;

    ASSERT_OK(cap_copy_into(cnode, 3, 4, ep));
    EXPECT_OK(cap_revoke(cnode)); /* takes the thread's CSpace root too */
    thread_send(t, (word_t)3 << 60, EMPTY_MESSAGE);
    EXPECT(!message_poll(ep, &m)); /* no CSpace: neither a send nor a fault arrives */
    EXPECT(!thread_finished(t));
}

/* rules: capabilities 4.3 */
TEST(derivation, frame_children_follow_rights)
{
    const word_t frame = frame_new();
    const word_t read_only = cap_mint_with(frame, seL4_CanRead, 0);
    const word_t copy = cap_copy(read_only);

    EXPECT(!revoke_takes(read_only, copy));
    EXPECT(revoke_takes(frame, read_only));
    EXPECT(slot_is_empty(copy));
}

/* rules: capabilities 4.4, interrupts 2.1.6 */
TEST(derivation, interrupt_handlers_are_children_of_the_control)
{
    const word_t handler = slot_new();

    ASSERT_OK(seL4_IRQControl_GetMSI(seL4_CapIRQControl, ROOT, handler, DEPTH, 0, 0, 0, 0, 77));
    const word_t copy = cap_copy(handler);
    const word_t copy_of_copy = cap_copy(copy);

    EXPECT(!revoke_takes(copy, copy_of_copy));
    EXPECT(revoke_takes(handler, copy));
    EXPECT(slot_is_empty(copy_of_copy));
    EXPECT(revoke_takes(seL4_CapIRQControl, handler));
}

/* rules: capabilities 4.5 */
TEST(derivation, mapped_tables_copy_with_their_state)
{
    const word_t vspace = vspace_empty();
    const struct tables tables = vspace_map_tables(vspace, FREE_ADDRESS);
    const word_t slots[] = { tables.pdpt, tables.pd, tables.pt };
    static const word_t map[] = { X86PDPTMap, X86PageDirectoryMap, X86PageTableMap };

    for (word_t i = 0; i < ARRAY_COUNT(slots); i++) {
        const word_t copy = cap_copy(slots[i]);

        EXPECT_ERROR(invoke(copy, map[i], CAPS(vspace), ARGS(FREE_ADDRESS, 0)),
                     seL4_InvalidCapability, 0);
        EXPECT(revoke_takes(slots[i], copy));
    }
    EXPECT(!slot_is_empty(cap_copy(vspace)));
}

/* rules: capabilities 4.4, capabilities 6.5 */
TEST(derivation, reply_capability_dies_with_the_waiting_call)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT(!slot_is_empty(slot));
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT(slot_is_empty(slot));
}
