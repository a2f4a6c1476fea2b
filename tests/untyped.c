/* SPDX-License-Identifier: BSD-2-Clause */
/* Untyped memory: the checks of Retype in their order, and what Retype does. */
#include "test.h"

static struct reply retype(word_t untyped, word_t type, word_t bits, word_t root, word_t index,
                           word_t depth, word_t offset, word_t window)
{
    return invoke(untyped, UntypedRetype, CAPS(root),
                  ARGS(type, bits, index, depth, offset, window));
}

/* One endpoint into a slot of the root CNode: always in order when nothing else is wrong. */
static struct reply retype_endpoint(word_t untyped, word_t slot)
{
    return retype(untyped, seL4_EndpointObject, 0, ROOT, 0, 0, slot, 1);
}

/* Whether this label is refused by the untyped with everything else in order. */
#define EXPECT_UNCHANGED(untyped, slot, free_bytes)                                                \
    do {                                                                                           \
        EXPECT(slot_is_empty(slot));                                                               \
        EXPECT_EQ(untyped_free_bytes(untyped), free_bytes);                                        \
    } while (0)

/* rules: untyped 4.1, untyped subtlety 1 */
TEST(untyped, unknown_label_beats_everything)
{
    const word_t ut = untyped_new(12);

    EXPECT_ERROR(invoke(ut, CNodeCopy, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ut, 0, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ut, BIT(51), CAPS(ROOT), ARGS(99)), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ut, BIT(32) + UntypedRetype, CAPS(ROOT), ARGS(99)), seL4_IllegalOperation);
}

/* rules: untyped 4.2 */
TEST(untyped, short_message_is_truncated)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(invoke(ut, UntypedRetype, CAPS(ROOT), ARGS(seL4_EndpointObject, 0, 0, 0, slot)),
                 seL4_TruncatedMessage);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.2 */
TEST(untyped, missing_root_is_truncated)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(invoke(ut, UntypedRetype, CAPS(), ARGS(99, 99, 0, 0, slot, 1)),
                 seL4_TruncatedMessage);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.3, untyped subtlety 2 */
TEST(untyped, unknown_type_is_argument_0)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_ObjectTypeCount, 0, ROOT, 0, 0, slot, 1), seL4_InvalidArgument, 0);
    EXPECT_ERROR(retype(ut, ~(word_t)0, 99, ROOT, 0, 0, slot, 1), seL4_InvalidArgument, 0);
    EXPECT_ERROR(retype(ut, BIT(32) + seL4_EndpointObject, 0, ROOT, 0, 0, slot, 1),
                 seL4_InvalidArgument, 0);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.4, untyped subtlety 3 */
TEST(untyped, size_from_64_is_refused_even_if_ignored)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_TCBObject, 64, ROOT, 0, 0, slot, 1), seL4_RangeError, 0, 47);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, ~(word_t)0, ROOT, 0, 0, slot, 1), seL4_RangeError,
                 0, 47);
    EXPECT_UNCHANGED(ut, slot, 4096);
    EXPECT_DONE(retype(ut, seL4_EndpointObject, 63, ROOT, 0, 0, slot, 1));
}

/* rules: untyped 4.4, untyped subtlety 4 */
TEST(untyped, size_above_47_bits_is_a_range_error)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_UntypedObject, 48, ROOT, 0, 0, slot, 1), seL4_RangeError, 0, 47);
    EXPECT_ERROR(retype(ut, seL4_CapTableObject, 43, ROOT, 0, 0, slot, 1), seL4_RangeError, 0, 47);
    EXPECT_ERROR(retype(ut, seL4_CapTableObject, 63, ROOT, 0, 0, slot, 1), seL4_RangeError, 0, 47);
    EXPECT_ERROR(retype(ut, seL4_CapTableObject, 42, ROOT, 0, 0, slot, 1), seL4_NotEnoughMemory,
                 4096);
    EXPECT_ERROR(retype(ut, seL4_UntypedObject, 47, ROOT, 0, 0, slot, 1), seL4_NotEnoughMemory,
                 4096);
}

/* rules: untyped 4.5, untyped 4.6 */
TEST(untyped, sizes_below_the_minimum_blame_argument_1)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_CapTableObject, 0, ROOT, 0, 0, slot, 1), seL4_InvalidArgument, 1);
    EXPECT_ERROR(retype(ut, seL4_UntypedObject, 3, ROOT, 0, 0, slot, 1), seL4_InvalidArgument, 1);
    EXPECT_ERROR(retype(ut, seL4_UntypedObject, 0, SELF, 0, 65, slot, 0), seL4_InvalidArgument, 1);
    EXPECT_UNCHANGED(ut, slot, 4096);
    EXPECT_DONE(retype(ut, seL4_UntypedObject, 4, ROOT, 0, 0, slot, 1));
    EXPECT_DONE(retype(ut, seL4_CapTableObject, 1, ROOT, 0, 0, slot_new(), 1));
}

/* rules: untyped 4.7, untyped subtlety 5 */
TEST(untyped, depth_0_ignores_the_index)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, ROOT, 0xdeadbeef, 0, slot, 1));
    EXPECT(!slot_is_empty(slot));
}

/* rules: untyped 4.8, untyped subtlety 5 */
TEST(untyped, depth_0_with_another_root_is_a_missing_capability)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, SELF, 0, 0, slot, 1), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 0);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.7, untyped subtlety 6 */
TEST(untyped, lookup_of_the_destination_may_fail)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, SELF, ROOT, 64, slot, 1), seL4_FailedLookup, 0,
                 seL4_InvalidRoot);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, SELF, ROOT, 65, slot, 1), seL4_FailedLookup, 0,
                 seL4_InvalidRoot);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, ROOT, 65, slot, 1), seL4_RangeError, 1,
                 64);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, ROOT, BIT(40), slot, 1), seL4_RangeError,
                 1, 64);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, ROOT, 10, slot, 1), seL4_FailedLookup, 0,
                 seL4_GuardMismatch, 10, 0, 64 - CONFIG_ROOT_CNODE_SIZE_BITS);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.7 */
TEST(untyped, destination_may_be_named_by_index_and_depth)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();
    const word_t inner = cnode_new(4);

    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, ROOT, ROOT, 64, slot, 1));
    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, ROOT, inner, 64, 5, 1));
    EXPECT(!slot_is_empty(slot));
    EXPECT_ERROR(invoke(inner, CNodeCopy, CAPS(inner), ARGS(5, 4, 5, 4, 15)), seL4_DeleteFirst);
}

/* rules: untyped 4.8, untyped subtlety 7 */
TEST(untyped, destination_that_is_no_cnode_is_missing)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, SELF, 64, slot, 1), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 64);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, slot, 64, slot, 1), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 64);
    EXPECT_UNCHANGED(ut, slot, 4096);
}

/* rules: untyped 4.9, untyped subtlety 8 */
TEST(untyped, offset_is_checked_before_window)
{
    const word_t ut = untyped_new(12);
    const word_t inner = cnode_new(4);

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 16, 0), seL4_RangeError, 0, 15);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, ~(word_t)0, 2), seL4_RangeError, 0,
                 15);
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: untyped 4.10, untyped subtlety 15, untyped subtlety 19 */
TEST(untyped, window_is_1_to_256)
{
    const word_t ut = untyped_new(12);
    const word_t inner = cnode_new(4);

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 0, 0), seL4_RangeError, 1, 256);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 15, 257), seL4_RangeError, 1, 256);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 0, ~(word_t)0), seL4_RangeError, 1,
                 256);
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: untyped 4.11, untyped subtlety 15 */
TEST(untyped, window_must_fit_behind_the_offset)
{
    const word_t ut = untyped_new(12);
    const word_t inner = cnode_new(4);

    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 10, 7), seL4_RangeError, 1, 6);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 0, 256), seL4_RangeError, 1, 16);
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 10, 6));
}

/* rules: untyped 4.12, untyped subtlety 9 */
TEST(untyped, occupied_slot_beats_missing_memory)
{
    const word_t ut = untyped_new(12);
    const word_t slots = slot_range(3);

    ASSERT_OK(cap_copy_into(ROOT, slots + 2, DEPTH, SELF));
    EXPECT_ERROR(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, slots, 3), seL4_DeleteFirst);
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, slots, 3), seL4_DeleteFirst);
    EXPECT_UNCHANGED(ut, slots, 4096);
    EXPECT_UNCHANGED(ut, slots + 1, 4096);
    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, slots, 2));
}

/* rules: untyped 4.13, untyped subtlety 10 */
TEST(untyped, too_little_memory_reports_the_free_bytes)
{
    const word_t ut = untyped_new(12);
    const word_t slots = slot_range(2);

    EXPECT_ERROR(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, slots, 2), seL4_NotEnoughMemory, 4096);
    EXPECT_UNCHANGED(ut, slots, 4096);
    EXPECT_DONE(retype_endpoint(ut, slot_new()));
    EXPECT_ERROR(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, slots, 1), seL4_NotEnoughMemory, 4080);
    EXPECT_UNCHANGED(ut, slots, 4080);
}

/* rules: untyped 4.13, untyped subtlety 12 */
TEST(untyped, free_space_is_decided_by_children)
{
    const word_t ut = untyped_new(12);
    const word_t slots = slot_range(2);

    EXPECT_DONE(retype(ut, seL4_UntypedObject, 11, ROOT, 0, 0, slots, 2));
    EXPECT_EQ(untyped_free_bytes(ut), 0);
    EXPECT_OK(cap_delete(slots));
    EXPECT_EQ(untyped_free_bytes(ut), 0);
    EXPECT_OK(cap_delete(slots + 1));
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: untyped 4.14, untyped 9, untyped subtlety 11 */
TEST(untyped, device_memory_makes_no_kernel_objects)
{
    static const word_t refused[] = { seL4_TCBObject,           seL4_EndpointObject,
                                      seL4_NotificationObject,  seL4_CapTableObject,
                                      seL4_X86_PDPTObject,      seL4_X64_PML4Object,
                                      seL4_X86_PageTableObject, seL4_X86_PageDirectoryObject };
    const word_t device = device_untyped(20);
    const word_t slot = slot_new();

    ASSERT(device);
    for (word_t i = 0; i < ARRAY_COUNT(refused); i++) {
        EXPECT_ERROR(retype(device, refused[i], 4, ROOT, 0, 0, slot, 1), seL4_InvalidArgument, 1);
        EXPECT(slot_is_empty(slot));
    }
}

/* rules: untyped 4.14, untyped subtlety 11 */
TEST(untyped, device_check_is_the_last)
{
    const word_t device = seL4_GetBootInfo()->untyped.start;
    const word_t bits = seL4_GetBootInfo()->untypedList[0].sizeBits;
    const word_t small = slot_new();

    ASSERT_OK(seL4_Untyped_Retype(device, seL4_UntypedObject, 10, ROOT, 0, 0, small, 1));
    EXPECT_ERROR(retype(small, seL4_TCBObject, 0, ROOT, 0, 0, slot_new(), 1), seL4_NotEnoughMemory,
                 1024);
    EXPECT_EQ(untyped_free_bytes(device), BIT(bits) - 1024);
}

/* rules: untyped 9 */
TEST(untyped, device_memory_makes_untypeds_and_frames)
{
    const word_t device = device_untyped(22);
    const word_t slots = slot_range(3);

    ASSERT(device);
    EXPECT_DONE(retype(device, seL4_UntypedObject, 12, ROOT, 0, 0, slots, 1));
    EXPECT_DONE(retype(device, seL4_X86_4K, 0, ROOT, 0, 0, slots + 1, 1));
    EXPECT_DONE(retype(device, seL4_X86_LargePageObject, 0, ROOT, 0, 0, slots + 2, 1));
    EXPECT_ERROR(retype(slots, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1),
                 seL4_InvalidArgument, 1);
}

/* rules: untyped 6, untyped 9 */
TEST(untyped, device_memory_is_never_cleared)
{
    const word_t device = seL4_GetBootInfo()->untyped.start; /* ordinary RAM at address 0 */
    const word_t frame = slot_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    for (word_t round = 0; round < 2; round++) {
        volatile word_t *const memory = (volatile word_t *)FREE_ADDRESS;

        ASSERT_OK(seL4_Untyped_Retype(device, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
        ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
        if (round == 0) {
            memory[100] = 0x0123456789abcdef;
        }
        EXPECT_EQ(memory[100], 0x0123456789abcdef);
        ASSERT_OK(cap_delete(frame));
    }
}

/* rules: untyped 5.3, untyped subtlety 13 */
TEST(untyped, objects_are_aligned_and_the_gap_is_lost)
{
    const word_t ut = untyped_new(14);
    const word_t frame = slot_new();
    const word_t base_frame = slot_new();

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, base_frame, 1));
    const word_t base = seL4_X86_Page_GetAddress(base_frame).paddr;
    EXPECT_DONE(retype_endpoint(ut, slot_new()));
    EXPECT_EQ(untyped_free_bytes(ut), 0x4000 - 0x1010);
    EXPECT_DONE(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    EXPECT_EQ(seL4_X86_Page_GetAddress(frame).paddr, base + 0x2000);
    EXPECT_EQ(untyped_free_bytes(ut), 0x1000);
}

/* rules: untyped 5.4 */
TEST(untyped, objects_are_created_in_ascending_order)
{
    const word_t ut = untyped_new(15);
    const word_t frames = slot_range(8);

    EXPECT_DONE(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, frames, 8));
    const word_t base = seL4_X86_Page_GetAddress(frames).paddr;
    EXPECT_EQ(base % BIT(15), 0);
    for (word_t i = 0; i < 8; i++) {
        EXPECT_EQ(seL4_X86_Page_GetAddress(frames + i).paddr, base + i * PAGE_BYTES);
    }
}

/* rules: untyped 5.4 */
TEST(untyped, window_of_256_objects)
{
    const word_t slots = slot_range(256);

    EXPECT_DONE(retype(slice(), seL4_EndpointObject, 0, ROOT, 0, 0, slots, 256));
    EXPECT(!slot_is_empty(slots));
    EXPECT(!slot_is_empty(slots + 255));
}

/* rules: untyped 2 */
TEST(untyped, object_sizes)
{
    static const struct {
        word_t type, bits, size_bits;
    } sizes[] = {
        { seL4_UntypedObject, 5, 5 },        { seL4_TCBObject, 0, seL4_TCBBits },
        { seL4_EndpointObject, 0, 4 },       { seL4_NotificationObject, 0, 5 },
        { seL4_CapTableObject, 3, 8 },       { seL4_X86_PDPTObject, 0, 12 },
        { seL4_X64_PML4Object, 0, 12 },      { seL4_X86_4K, 0, 12 },
        { seL4_X86_PageTableObject, 0, 12 }, { seL4_X86_PageDirectoryObject, 0, 12 },
    };

    for (word_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        const word_t ut = untyped_new(13);

        EXPECT_DONE(retype(ut, sizes[i].type, sizes[i].bits, ROOT, 0, 0, slot_new(), 1));
        EXPECT_EQ(untyped_free_bytes(ut), BIT(13) - BIT(sizes[i].size_bits));
    }
}

/* rules: untyped 5.2, untyped subtlety 14 */
TEST(untyped, whole_block_may_become_one_object)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_DONE(retype(ut, seL4_UntypedObject, 12, ROOT, 0, 0, slot, 1));
    EXPECT_EQ(untyped_free_bytes(ut), 0);
    EXPECT_OK(cap_delete(slot));
    EXPECT_DONE(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, slot, 1));
}

/* Makes a frame, mapped at FREE_ADDRESS, collects the bits in it, and sets them all. */
static word_t frame_bits(word_t untyped, word_t frame)
{
    volatile word_t *const memory = (volatile word_t *)FREE_ADDRESS;
    word_t bits = 0;

    ASSERT_OK(seL4_Untyped_Retype(untyped, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    for (word_t i = 0; i < PAGE_BYTES / sizeof(word_t); i++) {
        bits |= memory[i];
        memory[i] = ~(word_t)0;
    }
    return bits;
}

/* rules: untyped 6, untyped subtlety 18 */
TEST(untyped, reused_memory_is_cleared)
{
    const word_t ut = untyped_new(13);
    const word_t frame = slot_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    for (word_t round = 0; round < 2; round++) {
        EXPECT_EQ(frame_bits(ut, frame), 0);
        ASSERT_OK(cap_delete(frame));
    }
}

/* rules: untyped 6, untyped 1 */
TEST(untyped, small_block_is_cleared_as_a_whole)
{
    const word_t ut = untyped_new(7);
    const word_t inner = slot_new();

    EXPECT_DONE(retype(ut, seL4_CapTableObject, 2, ROOT, 0, 0, inner, 1));
    ASSERT_OK(cap_copy_into(inner, 3, 2, SELF));
    EXPECT_OK(cap_delete(inner));
    EXPECT_DONE(retype(ut, seL4_CapTableObject, 2, ROOT, 0, 0, inner, 1));
    for (word_t i = 0; i < 4; i++) {
        EXPECT_ERROR(invoke(ROOT, CNodeMove, CAPS(inner), ARGS(slot_new(), 64, i, 2)),
                     seL4_FailedLookup, 1, seL4_MissingCapability, 2);
    }
}

/* rules: untyped 6, capabilities 5.3 */
TEST(untyped, revoke_alone_does_not_reset)
{
    const word_t ut = untyped_new(13);
    const word_t frame = slot_new();
    const word_t other = untyped_new(4);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    const word_t base = seL4_X86_Page_GetAddress(frame).paddr;
    EXPECT_OK(cap_revoke(ut));
    EXPECT(slot_is_empty(frame));
    EXPECT(!slot_is_empty(other));
    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    EXPECT_EQ(seL4_X86_Page_GetAddress(frame).paddr, base);
}

/* rules: untyped 7 */
TEST(untyped, new_thread_is_inactive_with_clear_registers)
{
    const word_t tcb = tcb_new();
    seL4_UserContext context;
    const word_t *const words = (const word_t *)&context;

    ASSERT_OK(seL4_TCB_ReadRegisters(tcb, false, 0, 20, &context));
    for (word_t i = 0; i < 20; i++) {
        EXPECT_EQ(words[i], i == 2 ? 0x202 : 0);
    }
    EXPECT_ERROR(invoke(tcb, TCBUnbindNotification, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(0, 0)), 0);
    EXPECT_ERROR(invoke(SELF, TCBSetPriority, CAPS(tcb), ARGS(1)), seL4_RangeError, 0, 0);
}

/* rules: untyped 7 */
TEST(untyped, new_endpoint_has_all_rights_and_no_badge)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    EXPECT_DONE(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(ep, 64)));
    EXPECT(!message_poll(ep, &m));
    thread_send(t, ep, message_word(7, 8));
    EXPECT(message_poll(ep, &m));
    EXPECT_EQ(m.badge, 0);
}

/* rules: untyped 7 */
TEST(untyped, new_notification_is_idle)
{
    const word_t ntfn = notification_new();

    EXPECT_EQ(notification_poll(ntfn), 0);
    EXPECT_OK(seL4_TCB_BindNotification(tcb_new(), ntfn));
}

/* rules: untyped 7 */
TEST(untyped, new_cnode_has_empty_slots_and_no_guard)
{
    const word_t inner = cnode_new(4);

    for (word_t i = 0; i < 16; i++) {
        EXPECT_ERROR(invoke(ROOT, CNodeMove, CAPS(inner), ARGS(slot_new(), 64, i, 4)),
                     seL4_FailedLookup, 1, seL4_MissingCapability, 4);
    }
    EXPECT_ERROR(invoke(inner, CNodeDelete, CAPS(), ARGS(0, 3)), seL4_FailedLookup, 0,
                 seL4_DepthMismatch, 3, 4);
}

/* rules: untyped 7 */
TEST(untyped, new_frame_is_unmapped_and_writable)
{
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_OK(seL4_X86_Page_Unmap(frame));
    EXPECT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    EXPECT(!probe_write(&p, FREE_ADDRESS, 1).faulted);
}

/* rules: untyped 7 */
TEST(untyped, new_tables_are_unmapped)
{
    EXPECT_DONE(invoke(object_new(seL4_X86_PDPTObject, 0), X86PDPTUnmap, CAPS(), ARGS()));
    EXPECT_DONE(invoke(object_new(seL4_X86_PageTableObject, 0), X86PageTableUnmap, CAPS(), ARGS()));
    EXPECT_ERROR(invoke(frame_new(), X86PageMap, CAPS(object_new(seL4_X64_PML4Object, 0)),
                        ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_InvalidCapability, 1);
}

/* rules: untyped 8, capabilities subtlety 15 */
TEST(untyped, copy_makes_the_source_full)
{
    const word_t ut = untyped_new(12);
    const word_t copy = cap_copy(ut);

    EXPECT_ERROR(retype_endpoint(ut, slot_new()), seL4_NotEnoughMemory, 0);
    EXPECT_EQ(untyped_free_bytes(copy), 4096);
    EXPECT_DONE(retype(copy, seL4_X86_4K, 0, ROOT, 0, 0, slot_new(), 1));
    EXPECT_OK(cap_revoke(copy));
    EXPECT_OK(cap_delete(copy));
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
    EXPECT_DONE(retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, slot_new(), 1));
}

/* rules: untyped 8, untyped 1, capabilities subtlety 15 */
TEST(untyped, memory_of_a_copy_is_cleared_for_both)
{
    const word_t ut = untyped_new(12);
    const word_t frame = slot_new();
    const word_t copy = slot_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_EQ(frame_bits(ut, frame), 0);
    EXPECT_OK(cap_delete(frame)); /* the watermark, which the copy takes over, stays */
    EXPECT_OK(seL4_CNode_Copy(ROOT, copy, DEPTH, ROOT, ut, DEPTH, seL4_AllRights));
    EXPECT_EQ(frame_bits(copy, frame), 0);
    EXPECT_OK(cap_delete(copy));
    EXPECT_EQ(untyped_free_bytes(ut), 0); /* what the copy became is the original's child now */
    EXPECT_OK(cap_revoke(ut));
    EXPECT(slot_is_empty(frame));
    EXPECT_EQ(frame_bits(ut, frame), 0);
}

/* rules: untyped 8, capabilities 4.5 */
TEST(untyped, parent_cannot_be_copied)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    EXPECT_DONE(retype_endpoint(ut, slot_new()));
    EXPECT_ERROR(invoke(ROOT, CNodeCopy, CAPS(ROOT), ARGS(slot, 64, ut, 64, 15)), seL4_RevokeFirst);
    EXPECT(slot_is_empty(slot));
    EXPECT_ERROR(invoke(ROOT, CNodeMint, CAPS(ROOT), ARGS(slot, 64, ut, 64, 15, 0)),
                 seL4_RevokeFirst);
    EXPECT(slot_is_empty(slot));
}

/* rules: untyped 8 */
TEST(untyped, moved_untyped_keeps_children_and_watermark)
{
    const word_t ut = untyped_new(12);
    const word_t ep = slot_new();
    const word_t moved = slot_new();

    EXPECT_DONE(retype_endpoint(ut, ep));
    EXPECT_OK(cap_move(moved, ut));
    EXPECT_EQ(untyped_free_bytes(moved), 4080);
    EXPECT_OK(cap_revoke(moved));
    EXPECT(slot_is_empty(ep));
    EXPECT_EQ(untyped_free_bytes(moved), 4096);
}

static word_t order_endpoints[2];

static void call_and_trace(word_t i)
{
    (void)message_call(order_endpoints[i], EMPTY_MESSAGE);
    trace((char)('a' + i));
}

/* rules: untyped subtlety 16, capabilities 6.4 */
TEST(untyped, revoke_destroys_the_last_created_first)
{
    const word_t ut = untyped_new(12);
    const word_t eps = slot_range(2);

    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, eps, 2));
    for (word_t i = 0; i < 2; i++) {
        struct thread *t = thread_new();

        order_endpoints[i] = eps + i;
        thread_run(t, call_and_trace, i);
        thread_set_priority(t, LOW_PRIORITY);
    }
    EXPECT_OK(cap_revoke(ut)); /* each restarted caller goes to the front of its queue */
    threads_let_run();
    EXPECT_TRACE("ab");
}

/* rules: untyped subtlety 17 */
TEST(untyped, guard_of_the_destination_plays_no_role)
{
    const word_t ut = untyped_new(12);
    const word_t inner = cnode_new(4);
    const word_t guarded = cap_guarded(inner, 0x15, 7);

    EXPECT_DONE(retype(ut, seL4_EndpointObject, 0, guarded, 0, 0, 3, 1));
    EXPECT_ERROR(retype(ut, seL4_EndpointObject, 0, inner, 0, 0, 3, 1), seL4_DeleteFirst);
}

/* rules: untyped 5.5 */
TEST(untyped, retype_by_send_works_and_fails_silently)
{
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    invoke_silently(seL4_SysSend, ut, UntypedRetype, CAPS(ROOT),
                    ARGS(seL4_EndpointObject, 0, 0, 0, slot, 0));
    EXPECT(slot_is_empty(slot));
    invoke_silently(seL4_SysSend, ut, UntypedRetype, CAPS(ROOT),
                    ARGS(seL4_EndpointObject, 0, 0, 0, slot, 1));
    EXPECT(!slot_is_empty(slot));
}

/* rules: untyped 3, ipc 3.4 */
TEST(untyped, without_ipc_buffer_the_message_is_truncated)
{
    struct thread *t = thread_without_buffer();
    const word_t ut = untyped_new(12);

    thread_call(t, ut, (struct message){ .info = info_word(UntypedRetype, 1, 6) });
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_TruncatedMessage, 0, 0));
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: untyped 7, untyped subtlety 20 */
TEST(untyped, new_thread_inherits_the_current_domain)
{
    struct thread *t = thread_new();

    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(thread_finished(t)); /* it would not run in another domain */
}
