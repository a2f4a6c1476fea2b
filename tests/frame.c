/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: mapping, rights, attributes, unmapping, addresses. */
#include "test.h"

static struct reply map(word_t frame, word_t vspace, word_t address)
{
    return invoke(frame, X86PageMap, CAPS(vspace), ARGS(address, 3, 0));
}

static volatile word_t *memory(word_t address)
{
    return (volatile word_t *)address;
}

/* rules: x86_64 3.5 */
TEST(frame, unknown_label_is_refused)
{
    const word_t frame = frame_new();

    EXPECT_ERROR(invoke(frame, X86PageTableMap, CAPS(SPACE), ARGS(0, 0, 0)), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(frame, 0, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(frame, X86ASIDPoolAssign, CAPS(SPACE), ARGS()), seL4_IllegalOperation);
}

/* rules: x86_64 3.5 (map 1) */
TEST(frame, short_map_is_truncated)
{
    const word_t frame = frame_new();

    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_TruncatedMessage);
}

/* rules: x86_64 3.5 (map 2) */
TEST(frame, space_must_be_an_assigned_pml4)
{
    const word_t frame = frame_new();
    const word_t bad[] = { slot_new(), ROOT, object_new(seL4_X64_PML4Object, 0), frame };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(map(frame, bad[i], ~(word_t)0), seL4_InvalidCapability, 1);
    }
}

/* rules: x86_64 3.5 (map 3d), x86_64 3.1, x86_64 subtlety 9 */
TEST(frame, addresses_behind_the_user_range_are_refused)
{
    static const word_t bad[] = { 0x00007ffffffff000, 0x0000800000000000, 0xffff800000000000,
                                  0xfffffffffffff000, ~(word_t)0 };
    const word_t frame = frame_new();

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(map(frame, SPACE, bad[i]), seL4_InvalidArgument, 0);
    }
    EXPECT_ERROR(map(frame, SPACE, 0x00007fffffffefff), seL4_AlignmentError);
}

/* rules: x86_64 3.1, x86_64 subtlety 9 */
TEST(frame, last_page_of_the_user_range)
{
    const word_t last = 0x00007fffffffe000;

    (void)vspace_map_tables(SPACE, last);
    EXPECT_DONE(map(frame_new(), SPACE, last));
    memory(last)[511] = 5;
    EXPECT_EQ(memory(last)[511], 5);
}

/* rules: x86_64 3.5 (map 6), x86_64 subtlety 4 */
TEST(frame, address_must_be_aligned)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);

    EXPECT_ERROR(map(frame_new(), SPACE, FREE_ADDRESS + 8), seL4_AlignmentError);
    EXPECT_ERROR(map(large, SPACE, FREE_ADDRESS + PAGE_BYTES), seL4_AlignmentError);
}

/* rules: x86_64 3.5 (map 7), x86_64 subtlety 10 */
TEST(frame, missing_levels_are_reported_from_the_top)
{
    const word_t vspace = vspace_empty();
    const word_t frame = frame_new();

    EXPECT_ERROR(map(frame, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability,
                 39);
    (void)vspace_map_pdpt(vspace, FREE_ADDRESS);
    EXPECT_ERROR(map(frame, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability,
                 30);
    (void)vspace_map_directory(vspace, FREE_ADDRESS);
    EXPECT_ERROR(map(frame, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability,
                 21);
    (void)vspace_map_tables(vspace, FREE_ADDRESS);
    EXPECT_DONE(map(frame, vspace, FREE_ADDRESS));
}

/* rules: x86_64 3.5 (map 3a), x86_64 subtlety 3 */
TEST(frame, mapped_frame_belongs_to_its_space)
{
    const word_t frame = frame_new();
    const word_t other = vspace_empty();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT_ERROR(map(frame, other, FREE_ADDRESS), seL4_InvalidCapability, 1);
    EXPECT_ERROR(map(frame, other, ~(word_t)0), seL4_InvalidCapability, 1);
}

/* rules: x86_64 3.5 (map 3c), x86_64 subtlety 3 */
TEST(frame, mapped_frame_stays_at_its_address)
{
    static const word_t others[] = { FREE_ADDRESS + PAGE_BYTES, FREE_ADDRESS + 1, ~(word_t)0, 0 };
    const word_t frame = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    for (word_t i = 0; i < ARRAY_COUNT(others); i++) {
        EXPECT_ERROR(map(frame, SPACE, others[i]), seL4_InvalidArgument, 0);
    }
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
}

/* rules: x86_64 3.5 (success) */
TEST(frame, mapping_again_changes_the_rights)
{
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT(!probe_write(&p, FREE_ADDRESS, 4).faulted);
    EXPECT_OK(frame_map_rights(frame, SPACE, FREE_ADDRESS, seL4_CanRead));
    EXPECT(probe_write(&p, FREE_ADDRESS, 5).faulted);
    EXPECT_EQ(probe_read(&p, FREE_ADDRESS).value, 4);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT(!probe_write(&p, FREE_ADDRESS, 6).faulted);
}

/* rules: x86_64 3.5 (success), x86_64 subtlety 1 */
TEST(frame, mapping_over_another_page_replaces_it)
{
    const word_t first = frame_new();
    const word_t second = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(first, SPACE, FREE_ADDRESS));
    *memory(FREE_ADDRESS) = 1;
    EXPECT_DONE(map(second, SPACE, FREE_ADDRESS));
    EXPECT_EQ(*memory(FREE_ADDRESS), 0);
    *memory(FREE_ADDRESS) = 2;
    /* The first still believes to be mapped, and its Unmap leaves the other's entry alone. */
    EXPECT_ERROR(map(first, SPACE, FREE_ADDRESS + PAGE_BYTES), seL4_InvalidArgument, 0);
    EXPECT_OK(seL4_X86_Page_Unmap(first));
    EXPECT_EQ(*memory(FREE_ADDRESS), 2);
    EXPECT_DONE(map(first, SPACE, FREE_ADDRESS + PAGE_BYTES));
    EXPECT_EQ(*memory(FREE_ADDRESS + PAGE_BYTES), 1);
}

/* rules: x86_64 3.3, x86_64 subtlety 8 */
TEST(frame, rights_of_capability_and_call_combine)
{
    static const struct {
        word_t cap, call;
        bool reads, writes;
    } rows[] = {
        { 3, 3, true, true },   { 3, 2, true, false },   { 3, 1, false, false },
        { 3, 0, false, false }, { 2, 3, true, false },   { 2, 2, true, false },
        { 2, 1, false, false }, { 1, 3, false, false },  { 0, 3, false, false },
        { 3, 15, true, true },  { 3, 12, false, false },
    };
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const word_t cap = cap_mint_with(frame, (seL4_CapRights_t){ { rows[i].cap } }, 0);

        EXPECT_DONE(invoke(cap, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, rows[i].call, 0)));
        EXPECT_EQ(probe_read(&p, FREE_ADDRESS).faulted, !rows[i].reads);
        EXPECT_EQ(probe_write(&p, FREE_ADDRESS, i).faulted, !rows[i].writes);
        EXPECT_OK(cap_delete(cap));
    }
}

/* rules: x86_64 3.3, x86_64 4.2 */
TEST(frame, mapping_without_rights_is_present_but_closed)
{
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(invoke(frame_new(), X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 0, 0)));
    EXPECT_EQ(probe_read(&p, FREE_ADDRESS).mr[seL4_VMFault_FSR], 5);
    EXPECT_EQ(probe_write(&p, FREE_ADDRESS, 1).mr[seL4_VMFault_FSR], 7);
}

/* rules: x86_64 3.3, boot subtlety 9 */
TEST(frame, every_readable_page_is_executable)
{
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    *(volatile unsigned char *)FREE_ADDRESS = 0xc3; /* ret */
    EXPECT(!probe_execute(&p, FREE_ADDRESS).faulted);
    EXPECT_OK(frame_map_rights(frame, SPACE, FREE_ADDRESS, seL4_CanRead));
    EXPECT(!probe_execute(&p, FREE_ADDRESS).faulted);
}

/* rules: x86_64 3.4 */
TEST(frame, every_attribute_word_is_accepted)
{
    const word_t frame = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    for (word_t attributes = 0; attributes < 16; attributes++) {
        EXPECT_DONE(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3, attributes)));
        *memory(FREE_ADDRESS) = attributes;
        EXPECT_EQ(*memory(FREE_ADDRESS), attributes);
    }
    EXPECT_DONE(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3, ~(word_t)0)));
    EXPECT_EQ(*memory(FREE_ADDRESS), 15);
}

/* rules: x86_64 3.5 (unmap), x86_64 subtlety 13 */
TEST(frame, unmap_is_effective_at_once_and_idempotent)
{
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(invoke(frame, X86PageUnmap, CAPS(), ARGS()));
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT(!probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_DONE(invoke(frame, X86PageUnmap, CAPS(), ARGS()));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_DONE(invoke(frame, X86PageUnmap, CAPS(), ARGS()));
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS + PAGE_BYTES));
}

/* rules: x86_64 3.2, x86_64 subtlety 7 */
TEST(frame, one_frame_may_be_mapped_through_copies)
{
    const word_t frame = frame_new();
    const word_t copy = cap_copy(frame);
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT_DONE(map(copy, SPACE, FREE_ADDRESS + PAGE_BYTES));
    *memory(FREE_ADDRESS) = 9;
    EXPECT_EQ(*memory(FREE_ADDRESS + PAGE_BYTES), 9);
    EXPECT_OK(seL4_X86_Page_Unmap(frame));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT(!probe_read(&p, FREE_ADDRESS + PAGE_BYTES).faulted);
}

/* rules: x86_64 3.2, x86_64 subtlety 7 */
TEST(frame, copy_of_a_mapped_capability_is_unmapped)
{
    const word_t frame = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT_DONE(map(cap_copy(frame), SPACE, FREE_ADDRESS + PAGE_BYTES));
}

/* rules: x86_64 3.2 */
TEST(frame, moved_capability_keeps_its_mapping)
{
    const word_t frame = frame_new();
    const word_t moved = slot_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(frame, SPACE, FREE_ADDRESS));
    EXPECT_OK(cap_move(moved, frame));
    EXPECT(!probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_ERROR(map(moved, SPACE, FREE_ADDRESS + PAGE_BYTES), seL4_InvalidArgument, 0);
    EXPECT_OK(cap_delete(moved));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
}

/* rules: x86_64 3.5, x86_64 subtlety 13 */
TEST(frame, address_of_a_frame)
{
    const word_t ut = untyped_new(14);
    const word_t frames = slot_range(3);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_X86_4K, 0, ROOT, 0, 0, frames, 3));
    const word_t first = seL4_X86_Page_GetAddress(frames).paddr;
    EXPECT_DONE(invoke(frames + 1, X86PageGetAddress, CAPS(), ARGS()), first + PAGE_BYTES);
    EXPECT_DONE(invoke(frames + 2, X86PageGetAddress, CAPS(), ARGS(1, 2)), first + 2 * PAGE_BYTES);
}

/* rules: x86_64 3.5 (map 7), x86_64 3.1 */
TEST(frame, large_page)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);
    const word_t vspace = vspace_empty();

    EXPECT_ERROR(map(large, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability,
                 39);
    (void)vspace_map_pdpt(vspace, FREE_ADDRESS);
    EXPECT_ERROR(map(large, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability,
                 30);
    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(large, SPACE, FREE_ADDRESS));
    memory(FREE_ADDRESS)[0] = 3;
    memory(FREE_ADDRESS)[BIT(18) - 1] = 4;
    EXPECT_EQ(memory(FREE_ADDRESS)[0] + memory(FREE_ADDRESS)[BIT(18) - 1], 7);
}

/* rules: x86_64 3.5 (map 8), x86_64 subtlety 1 */
TEST(frame, large_page_does_not_replace_a_table)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_ERROR(map(large, SPACE, FREE_ADDRESS), seL4_DeleteFirst);
    EXPECT_DONE(map(large, SPACE, FREE_ADDRESS + BIT(21)));
}

/* rules: x86_64 3.5 (map 7), x86_64 subtlety 2 */
TEST(frame, large_page_in_the_way_of_a_small_one_counts_as_missing_table)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);

    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(large, SPACE, FREE_ADDRESS));
    EXPECT_ERROR(map(frame_new(), SPACE, FREE_ADDRESS + PAGE_BYTES), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 21);
}

/* rules: x86_64 3.4 */
TEST(frame, large_page_takes_every_attribute_word)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);

    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    for (word_t attributes = 0; attributes < 16; attributes++) {
        EXPECT_DONE(invoke(large, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3, attributes)));
        memory(FREE_ADDRESS)[BIT(17)] = attributes;
        EXPECT_EQ(memory(FREE_ADDRESS)[BIT(17)], attributes);
    }
}

/* rules: x86_64 3.5 (success), x86_64 3.5 (unmap) */
TEST(frame, unmap_of_a_large_page_leaves_what_took_its_place)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);
    const word_t copy = cap_copy(large);
    const word_t page = frame_new();

    /* First another capability to the same memory, then a table. */
    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(large, SPACE, FREE_ADDRESS));
    EXPECT_DONE(map(copy, SPACE, FREE_ADDRESS));
    EXPECT_OK(seL4_X86_Page_Unmap(copy)); /* the same frame: the entry is cleared */
    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_DONE(map(page, SPACE, FREE_ADDRESS));
    *memory(FREE_ADDRESS) = 12;
    EXPECT_OK(seL4_X86_Page_Unmap(large)); /* it still believed to be mapped */
    EXPECT_EQ(*memory(FREE_ADDRESS), 12);
}

/* A huge frame of device memory; nothing is read or written there. */
static word_t huge_frame(void)
{
    const word_t device = device_untyped(32);
    const word_t slot = slot_new();

    ASSERT(device);
    ASSERT_OK(seL4_Untyped_Retype(device, seL4_X64_HugePageObject, 0, ROOT, 0, 0, slot, 1));
    return slot;
}

/* rules: x86_64 3.5 (map 6-8), x86_64 subtlety 1, x86_64 subtlety 2 */
TEST(frame, huge_page)
{
    const word_t huge = huge_frame();
    const word_t vspace = vspace_empty();
    const word_t occupied = FREE_ADDRESS + BIT(30);

    EXPECT_ERROR(map(huge, vspace, FREE_ADDRESS + BIT(21)), seL4_AlignmentError);
    EXPECT_ERROR(map(huge, vspace, FREE_ADDRESS), seL4_FailedLookup, 0, seL4_MissingCapability, 39);
    (void)vspace_map_directory(vspace, occupied);
    EXPECT_ERROR(map(huge, vspace, occupied), seL4_DeleteFirst);
    EXPECT_ERROR(map(huge, vspace, 0x00007fffc0000000), seL4_InvalidArgument, 0);
    EXPECT_DONE(map(huge, vspace, FREE_ADDRESS));
    EXPECT_ERROR(map(frame_new(), vspace, FREE_ADDRESS), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 30);
    EXPECT_ERROR(invoke(object_new(seL4_X86_PageDirectoryObject, 0), X86PageDirectoryMap,
                        CAPS(vspace), ARGS(FREE_ADDRESS, 0)),
                 seL4_DeleteFirst);
    EXPECT_ERROR(invoke(object_new(seL4_X86_PageTableObject, 0), X86PageTableMap, CAPS(vspace),
                        ARGS(FREE_ADDRESS, 0)),
                 seL4_FailedLookup, 0, seL4_MissingCapability, 30);
    EXPECT_DONE(invoke(huge, X86PageUnmap, CAPS(), ARGS()));
    EXPECT_DONE(invoke(object_new(seL4_X86_PageDirectoryObject, 0), X86PageDirectoryMap,
                       CAPS(vspace), ARGS(FREE_ADDRESS, 0)));
}

/* rules: x86_64 3.5, x86_64 3.2 */
TEST(frame, device_frame_knows_its_address)
{
    const word_t device = seL4_GetBootInfo()->untyped.start;
    const word_t slots = slot_range(2);

    ASSERT_OK(seL4_Untyped_Retype(device, seL4_X86_4K, 0, ROOT, 0, 0, slots, 2));
    EXPECT_DONE(invoke(slots + 1, X86PageGetAddress, CAPS(), ARGS()), PAGE_BYTES);
}

/* rules: x86_64 3.9 */
TEST(frame, remapped_address_never_shows_the_old_page)
{
    word_t frames[8];

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    for (word_t i = 0; i < ARRAY_COUNT(frames); i++) {
        frames[i] = frame_new();
        ASSERT_OK(frame_map(frames[i], SPACE, FREE_ADDRESS));
        EXPECT_EQ(*memory(FREE_ADDRESS), 0);
        *memory(FREE_ADDRESS) = i + 1;
        ASSERT_OK(seL4_X86_Page_Unmap(frames[i]));
    }
    for (word_t i = 0; i < ARRAY_COUNT(frames); i++) {
        ASSERT_OK(frame_map(frames[i], SPACE, FREE_ADDRESS));
        EXPECT_EQ(*memory(FREE_ADDRESS), i + 1);
    }
}
