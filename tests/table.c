/* SPDX-License-Identifier: BSD-2-Clause */
/* Paging structures and address-space identifiers. */
#include "test.h"

static const struct {
    word_t type, map, unmap, span_bits;
} levels[] = {
    { seL4_X86_PDPTObject, X86PDPTMap, X86PDPTUnmap, 39 },
    { seL4_X86_PageDirectoryObject, X86PageDirectoryMap, X86PageDirectoryUnmap, 30 },
    { seL4_X86_PageTableObject, X86PageTableMap, X86PageTableUnmap, 21 },
};

static struct reply map_level(word_t level, word_t table, word_t vspace, word_t address)
{
    return invoke(table, levels[level].map, CAPS(vspace), ARGS(address, 0));
}

/* rules: x86_64 3.6 (0) */
TEST(table, unknown_label_comes_first)
{
    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        const word_t table = object_new(levels[i].type, 0);

        EXPECT_ERROR(invoke(table, X86PageMap, CAPS(), ARGS()), seL4_IllegalOperation);
        EXPECT_ERROR(invoke(table, levels[(i + 1) % 3].map, CAPS(), ARGS()), seL4_IllegalOperation);
    }
}

/* rules: x86_64 3.6 (1) */
TEST(table, short_map_is_truncated)
{
    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        const word_t table = object_new(levels[i].type, 0);

        EXPECT_ERROR(invoke(table, levels[i].map, CAPS(SPACE), ARGS(FREE_ADDRESS)),
                     seL4_TruncatedMessage);
        EXPECT_ERROR(invoke(table, levels[i].map, CAPS(), ARGS(FREE_ADDRESS, 0)),
                     seL4_TruncatedMessage);
    }
}

/* rules: x86_64 3.6 (2) */
TEST(table, mapped_table_is_refused)
{
    const word_t vspace = vspace_empty();
    const struct tables t = vspace_map_tables(vspace, FREE_ADDRESS);
    const word_t tables[] = { t.pdpt, t.pd, t.pt };

    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        EXPECT_ERROR(map_level(i, tables[i], vspace, FREE_ADDRESS), seL4_InvalidCapability, 0);
        EXPECT_ERROR(map_level(i, tables[i], ROOT, ~(word_t)0), seL4_InvalidCapability, 0);
    }
}

/* rules: x86_64 3.6 (3) */
TEST(table, space_must_be_an_assigned_pml4)
{
    const word_t bad[] = { slot_new(), ROOT, object_new(seL4_X64_PML4Object, 0) };

    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        const word_t table = object_new(levels[i].type, 0);

        for (word_t j = 0; j < ARRAY_COUNT(bad); j++) {
            EXPECT_ERROR(map_level(i, table, bad[j], ~(word_t)0), seL4_InvalidCapability, 1);
        }
    }
}

/* rules: x86_64 3.6 (4) */
TEST(table, addresses_in_the_kernel_half_are_refused)
{
    static const word_t bad[] = { BIT(47), 0xffff800000000000, ~(word_t)0 };
    const word_t vspace = vspace_empty();

    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        const word_t table = object_new(levels[i].type, 0);

        for (word_t j = 0; j < ARRAY_COUNT(bad); j++) {
            EXPECT_ERROR(map_level(i, table, vspace, bad[j]), seL4_InvalidArgument, 0);
        }
    }
    EXPECT_DONE(map_level(0, object_new(seL4_X86_PDPTObject, 0), vspace, BIT(47) - 1));
}

/* rules: x86_64 3.6 (7), x86_64 subtlety 10 */
TEST(table, missing_levels_are_reported)
{
    const word_t vspace = vspace_empty();
    const word_t pd = object_new(seL4_X86_PageDirectoryObject, 0);
    const word_t pt = object_new(seL4_X86_PageTableObject, 0);

    EXPECT_ERROR(map_level(1, pd, vspace, FREE_ADDRESS), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 39);
    EXPECT_ERROR(map_level(2, pt, vspace, FREE_ADDRESS), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 39);
    (void)vspace_map_pdpt(vspace, FREE_ADDRESS);
    EXPECT_ERROR(map_level(2, pt, vspace, FREE_ADDRESS), seL4_FailedLookup, 0,
                 seL4_MissingCapability, 30);
    EXPECT_DONE(map_level(1, pd, vspace, FREE_ADDRESS));
    EXPECT_DONE(map_level(2, pt, vspace, FREE_ADDRESS));
}

/* rules: x86_64 3.6 (8), x86_64 subtlety 2 */
TEST(table, occupied_entry_is_refused)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);
    const word_t vspace = vspace_empty();

    (void)vspace_map_tables(vspace, FREE_ADDRESS);
    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        EXPECT_ERROR(map_level(i, object_new(levels[i].type, 0), vspace, FREE_ADDRESS),
                     seL4_DeleteFirst);
    }
    ASSERT_OK(frame_map(large, vspace, FREE_ADDRESS + BIT(21)));
    EXPECT_ERROR(
        map_level(2, object_new(seL4_X86_PageTableObject, 0), vspace, FREE_ADDRESS + BIT(21)),
        seL4_DeleteFirst);
}

/* rules: x86_64 3.6, x86_64 subtlety 5 */
TEST(table, address_is_rounded_down)
{
    const word_t vspace = vspace_empty();

    EXPECT_DONE(
        map_level(0, object_new(seL4_X86_PDPTObject, 0), vspace, FREE_ADDRESS + BIT(39) - 1));
    EXPECT_DONE(map_level(1, object_new(seL4_X86_PageDirectoryObject, 0), vspace,
                          FREE_ADDRESS + BIT(30) - 1));
    EXPECT_DONE(
        map_level(2, object_new(seL4_X86_PageTableObject, 0), vspace, FREE_ADDRESS + BIT(21) - 1));
    EXPECT_OK(frame_map(frame_new(), vspace, FREE_ADDRESS));
}

/* rules: x86_64 3.4, x86_64 3.6 */
TEST(table, attributes_are_accepted)
{
    const word_t vspace = vspace_empty();

    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        EXPECT_DONE(invoke(object_new(levels[i].type, 0), levels[i].map, CAPS(vspace),
                           ARGS(FREE_ADDRESS, ~(word_t)0 << i)));
    }
    EXPECT_OK(frame_map(frame_new(), vspace, FREE_ADDRESS));
}

/* rules: x86_64 3.6 (unmap), x86_64 subtlety 13 */
TEST(table, unmap_of_an_unmapped_table_succeeds)
{
    for (word_t i = 0; i < ARRAY_COUNT(levels); i++) {
        EXPECT_DONE(invoke(object_new(levels[i].type, 0), levels[i].unmap, CAPS(), ARGS()));
    }
}

/* rules: x86_64 3.6 (unmap), x86_64 subtlety 6 */
TEST(table, unmap_with_a_copy_is_refused)
{
    const word_t vspace = vspace_empty();
    const struct tables t = vspace_map_tables(vspace, FREE_ADDRESS);
    const word_t tables[] = { t.pdpt, t.pd, t.pt };

    for (word_t i = ARRAY_COUNT(levels); i-- > 0;) {
        const word_t copy = cap_copy(tables[i]);

        EXPECT_ERROR(invoke(tables[i], levels[i].unmap, CAPS(), ARGS()), seL4_RevokeFirst);
        EXPECT_ERROR(invoke(copy, levels[i].unmap, CAPS(), ARGS()), seL4_RevokeFirst);
        EXPECT_OK(cap_delete(copy)); /* changes nothing */
        EXPECT_ERROR(map_level(i, object_new(levels[i].type, 0), vspace, FREE_ADDRESS),
                     seL4_DeleteFirst);
        EXPECT_DONE(invoke(tables[i], levels[i].unmap, CAPS(), ARGS()));
    }
}

/* rules: x86_64 3.6 (unmap), x86_64 subtlety 6 */
TEST(table, unmap_empties_the_table)
{
    const struct tables t = vspace_map_tables(SPACE, FREE_ADDRESS);
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    EXPECT(!probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_DONE(invoke(t.pt, X86PageTableUnmap, CAPS(), ARGS()));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_DONE(map_level(2, t.pt, SPACE, FREE_ADDRESS));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);     /* the page does not come back */
    EXPECT_OK(frame_map(frame, SPACE, FREE_ADDRESS)); /* but its capability may map it there */
    EXPECT(!probe_read(&p, FREE_ADDRESS).faulted);
}

/* rules: x86_64 3.6 (unmap) */
TEST(table, unmapped_table_may_go_elsewhere)
{
    const struct tables t = vspace_map_tables(SPACE, FREE_ADDRESS);
    const word_t frame = frame_new();

    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    *(volatile word_t *)FREE_ADDRESS = 77;
    EXPECT_DONE(invoke(t.pt, X86PageTableUnmap, CAPS(), ARGS()));
    EXPECT_OK(seL4_X86_Page_Unmap(frame));
    EXPECT_DONE(map_level(2, t.pt, SPACE, FREE_ADDRESS + BIT(21)));
    EXPECT_OK(frame_map(frame, SPACE, FREE_ADDRESS + BIT(21)));
    EXPECT_EQ(*(volatile word_t *)(FREE_ADDRESS + BIT(21)), 77);
}

/* rules: x86_64 3.7 */
TEST(table, deleting_a_level_takes_the_pages_away)
{
    for (word_t level = 0; level < 3; level++) {
        const word_t address = 0x18000000000 + BIT(40) * level; /* a PDPT of its own each */
        const struct tables t = vspace_map_tables(SPACE, address);
        const word_t tables[] = { t.pdpt, t.pd, t.pt };
        const word_t frame = frame_new();
        struct probe p = probe_new(SPACE);

        ASSERT_OK(frame_map(frame, SPACE, address));
        EXPECT(!probe_read(&p, address).faulted);
        EXPECT_OK(cap_delete(tables[level]));
        EXPECT(probe_read(&p, address).faulted);
        EXPECT_DONE(map_level(level, object_new(levels[level].type, 0), SPACE, address));
        EXPECT(probe_read(&p, address).faulted);
    }
}

/* rules: x86_64 3.7, x86_64 3.6 (unmap) */
TEST(table, vanished_table_leaves_its_successor_alone)
{
    for (word_t deleting = 0; deleting < 2; deleting++) {
        const word_t address = FREE_ADDRESS + deleting * BIT(30);
        const struct tables old = vspace_map_tables(SPACE, address);
        const word_t frame = frame_new();

        /* The directory goes, so the old table hangs on nothing; then all is made anew. */
        EXPECT_OK(cap_delete(old.pd));
        (void)vspace_map_tables(SPACE, address);
        ASSERT_OK(frame_map(frame, SPACE, address));
        *(volatile word_t *)address = 5;
        if (deleting) {
            EXPECT_OK(cap_delete(old.pt));
        } else {
            EXPECT_DONE(invoke(old.pt, X86PageTableUnmap, CAPS(), ARGS()));
            EXPECT_DONE(map_level(2, old.pt, SPACE, address + BIT(21)));
        }
        EXPECT_EQ(*(volatile word_t *)address, 5);
    }
}

/* rules: x86_64 3.7, x86_64 3.6 (unmap) */
TEST(table, vanished_table_leaves_a_large_page_alone)
{
    const word_t large = object_new(seL4_X86_LargePageObject, 0);
    const struct tables old = vspace_map_tables(SPACE, FREE_ADDRESS);

    EXPECT_OK(cap_delete(old.pd));
    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(large, SPACE, FREE_ADDRESS));
    *(volatile word_t *)FREE_ADDRESS = 6;
    EXPECT_DONE(invoke(old.pt, X86PageTableUnmap, CAPS(), ARGS()));
    EXPECT_EQ(*(volatile word_t *)FREE_ADDRESS, 6);
}

/* rules: x86_64 3.7 */
TEST(table, frame_of_a_vanished_table_is_stale_but_usable)
{
    const struct tables t = vspace_map_tables(SPACE, FREE_ADDRESS);
    const word_t frame = frame_new();

    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    EXPECT_OK(cap_delete(t.pt));
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS + PAGE_BYTES, 3, 0)),
                 seL4_InvalidArgument, 0);
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_FailedLookup, 0, seL4_MissingCapability, 21);
    EXPECT_OK(seL4_X86_Page_Unmap(frame));
    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_OK(frame_map(frame, SPACE, FREE_ADDRESS + PAGE_BYTES));
}

/* rules: x86_64 3.6 */
TEST(table, pml4_has_no_invocations)
{
    const word_t pml4 = object_new(seL4_X64_PML4Object, 0);

    for (word_t label = 0; label < nArchInvocationLabels + 2; label++) {
        EXPECT_ERROR(invoke(pml4, label, CAPS(), ARGS()), seL4_IllegalOperation);
    }
}

/* rules: x86_64 3.8 (make pool 1-2) */
TEST(table, make_pool_checks_label_and_length)
{
    const word_t ut = untyped_new(12);

    EXPECT_ERROR(invoke(seL4_CapASIDControl, X86ASIDPoolAssign, CAPS(), ARGS()),
                 seL4_IllegalOperation);
    EXPECT_ERROR(
        invoke(seL4_CapASIDControl, X86ASIDControlMakePool, CAPS(ut, ROOT), ARGS(slot_new())),
        seL4_TruncatedMessage);
    EXPECT_ERROR(
        invoke(seL4_CapASIDControl, X86ASIDControlMakePool, CAPS(ut), ARGS(slot_new(), 64)),
        seL4_TruncatedMessage);
}

static struct reply make_pool(word_t untyped, word_t root, word_t index, word_t depth)
{
    return invoke(seL4_CapASIDControl, X86ASIDControlMakePool, CAPS(untyped, root),
                  ARGS(index, depth));
}

/* rules: x86_64 3.8 (make pool 4) */
TEST(table, pool_needs_a_page_of_ordinary_untyped)
{
    const word_t device = slot_new();
    const word_t slot = slot_new();

    ASSERT_OK(
        seL4_Untyped_Retype(device_untyped(20), seL4_UntypedObject, 12, ROOT, 0, 0, device, 1));
    const word_t bad[] = { slot_new(), frame_new(), untyped_new(11), untyped_new(13), device };
    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(make_pool(bad[i], ROOT, slot, 64), seL4_InvalidCapability, 1);
        EXPECT(slot_is_empty(slot));
    }
}

/* rules: x86_64 3.8 (make pool 5-6) */
TEST(table, pool_needs_a_childless_untyped_and_an_empty_slot)
{
    const word_t used = untyped_new(12);
    const word_t ut = untyped_new(12);

    ASSERT_OK(seL4_Untyped_Retype(used, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1));
    EXPECT_ERROR(make_pool(used, ROOT, SELF, 64), seL4_RevokeFirst);
    EXPECT_ERROR(make_pool(ut, ROOT, SELF, 64), seL4_DeleteFirst);
    EXPECT_ERROR(make_pool(ut, SELF, slot_new(), 64), seL4_FailedLookup, 0, seL4_InvalidRoot);
    EXPECT_ERROR(make_pool(ut, ROOT, slot_new(), 65), seL4_RangeError, 1, 64);
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: x86_64 3.8, untyped 8 */
TEST(table, pool_is_a_child_and_fills_its_untyped)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    EXPECT_EQ(untyped_free_bytes(ut), 0);
    EXPECT_OK(cap_revoke(ut));
    EXPECT(slot_is_empty(pool));
    EXPECT_EQ(untyped_free_bytes(ut), 4096);
}

/* rules: x86_64 3.8 (make pool 3), x86_64 subtlety 12 */
TEST(table, eighth_pool_is_the_last)
{
    for (word_t i = 0; i < 7; i++) {
        EXPECT_DONE(make_pool(untyped_new(12), ROOT, slot_new(), 64));
    }
    EXPECT_ERROR(make_pool(slot_new(), ROOT, SELF, 64), seL4_DeleteFirst);
}

static struct reply assign(word_t pool, word_t pml4)
{
    return invoke(pool, X86ASIDPoolAssign, CAPS(pml4), ARGS());
}

/* rules: x86_64 3.8 (assign 1-3), x86_64 subtlety 13 */
TEST(table, assign_checks_its_capability)
{
    const word_t pool = seL4_CapInitThreadASIDPool;
    const word_t bad[] = { slot_new(), frame_new(), SPACE, object_new(seL4_X86_PDPTObject, 0) };

    EXPECT_ERROR(invoke(pool, X86PageMap, CAPS(SPACE), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(pool, X86ASIDPoolAssign, CAPS(), ARGS()), seL4_TruncatedMessage);
    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(assign(pool, bad[i]), seL4_InvalidCapability, 1);
    }
    EXPECT_DONE(assign(pool, object_new(seL4_X64_PML4Object, 0)));
}

/* rules: x86_64 3.8, x86_64 3.7 */
TEST(table, deleted_pool_kills_its_spaces)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();
    const word_t pml4 = object_new(seL4_X64_PML4Object, 0);

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    EXPECT_DONE(assign(pool, pml4));
    (void)vspace_map_tables(pml4, FREE_ADDRESS);
    EXPECT_OK(cap_delete(pool));
    EXPECT_ERROR(invoke(frame_new(), X86PageMap, CAPS(pml4), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_FailedLookup, 0, seL4_InvalidRoot);
    EXPECT_ERROR(map_level(0, object_new(seL4_X86_PDPTObject, 0), pml4, FREE_ADDRESS),
                 seL4_FailedLookup, 0, seL4_InvalidRoot);
    EXPECT_ERROR(assign(seL4_CapInitThreadASIDPool, pml4), seL4_InvalidCapability, 1);
}

/* rules: x86_64 3.8 (stale), x86_64 3.5 (map 5), x86_64 3.6 (6) */
TEST(table, reused_number_belongs_to_the_new_space)
{
    const word_t ut = untyped_new(12);
    const word_t ut2 = untyped_new(12);
    const word_t pool = slot_new();
    const word_t pool2 = slot_new();
    const word_t old = object_new(seL4_X64_PML4Object, 0);
    const word_t new = object_new(seL4_X64_PML4Object, 0);

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    EXPECT_DONE(assign(pool, old));
    EXPECT_OK(cap_delete(pool));
    EXPECT_DONE(make_pool(ut2, ROOT, pool2, 64)); /* the same pool number, so the same ASID */
    EXPECT_DONE(assign(pool2, new));
    EXPECT_ERROR(invoke(frame_new(), X86PageMap, CAPS(old), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_InvalidCapability, 1);
    EXPECT_ERROR(map_level(0, object_new(seL4_X86_PDPTObject, 0), old, FREE_ADDRESS),
                 seL4_InvalidCapability, 1);
    EXPECT_OK(cap_delete(old)); /* must not free the new one's number */
    EXPECT_DONE(map_level(0, object_new(seL4_X86_PDPTObject, 0), new, FREE_ADDRESS));
}

/* rules: x86_64 3.5 (map 3-6), x86_64 subtlety 3, x86_64 subtlety 4 */
TEST(table, order_of_the_checks_of_a_page_in_a_dead_space)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();
    const word_t dead = object_new(seL4_X64_PML4Object, 0);
    const word_t frame = frame_new();
    const word_t mapped = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(mapped, SPACE, FREE_ADDRESS));
    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    EXPECT_DONE(assign(pool, dead));
    EXPECT_OK(cap_delete(pool));
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(dead), ARGS(BIT(47) + 1, 3, 0)),
                 seL4_InvalidArgument, 0);
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(dead), ARGS(FREE_ADDRESS + 1, 3, 0)),
                 seL4_FailedLookup, 0, seL4_InvalidRoot);
    EXPECT_ERROR(invoke(mapped, X86PageMap, CAPS(dead), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_InvalidCapability, 1);
    EXPECT_ERROR(
        invoke(object_new(seL4_X86_PDPTObject, 0), X86PDPTMap, CAPS(dead), ARGS(BIT(47), 0)),
        seL4_InvalidArgument, 0);
}

/* rules: x86_64 3.8 (assign 6), x86_64 subtlety 12 */
TEST(table, full_pool_refuses)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();
    const word_t cnode = cnode_new(10);

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    for (word_t i = 0; i < 512; i += 128) {
        ASSERT_OK(seL4_Untyped_Retype(slice(), seL4_X64_PML4Object, 0, ROOT, cnode, 64, i, 128));
    }
    const word_t moved = slot_new();
    for (word_t i = 0; i < 512; i++) {
        ASSERT_OK(seL4_CNode_Move(ROOT, moved, DEPTH, cnode, i, 10));
        ASSERT_OK(seL4_X86_ASIDPool_Assign(pool, moved));
        ASSERT_OK(seL4_CNode_Move(cnode, i, 10, ROOT, moved, DEPTH));
    }
    EXPECT_ERROR(assign(pool, object_new(seL4_X64_PML4Object, 0)), seL4_DeleteFirst);
    EXPECT_OK(seL4_CNode_Delete(cnode, 100, 10));
    EXPECT_DONE(assign(pool, object_new(seL4_X64_PML4Object, 0)));
}

/* rules: x86_64 3.7, x86_64 3.8, x86_64 subtlety 25 */
TEST(table, thread_of_a_deleted_space_faults_at_its_own_instruction)
{
    const word_t vspace = vspace_with_image();
    const word_t handler = endpoint_new();
    struct thread *t = thread_in(ROOT, vspace, 0, handler);
    struct message m;

    thread_recv(t, endpoint_new()); /* runs there and blocks */
    const word_t waiting = thread_registers(t).rip;
    EXPECT_EQ(waiting, (word_t)order_instruction);
    EXPECT_OK(cap_revoke(vspace));
    EXPECT_OK(cap_delete(vspace));
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_IP], waiting);
    EXPECT_EQ(m.mr[seL4_VMFault_Addr], waiting);
}

/* rules: x86_64 3.8 (stale) */
TEST(table, thread_of_a_stale_space_faults_at_its_own_instruction)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();
    const word_t pml4 = object_new(seL4_X64_PML4Object, 0);
    const word_t handler = endpoint_new();
    struct message m;

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    EXPECT_DONE(assign(pool, pml4));
    EXPECT_OK(cap_delete(pool));
    struct thread *t = thread_in(ROOT, pml4, 0, handler);
    thread_recv(t, endpoint_new());
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_IP], m.mr[seL4_VMFault_Addr]);
}

/* rules: x86_64 3.8 */
TEST(table, space_of_another_pool_runs_threads)
{
    const word_t ut = untyped_new(12);
    const word_t pool = slot_new();

    EXPECT_DONE(make_pool(ut, ROOT, pool, 64));
    for (word_t i = 0; i < 2; i++) {
        const struct probe p = probe_new(vspace_with_image_from(pool));

        EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
        EXPECT(!probe_read(&p, (word_t)order_instruction).faulted);
    }
}

/* rules: x86_64 3.7, x86_64 3.2 */
TEST(table, deleted_copy_of_a_space_has_no_effect)
{
    const word_t vspace = vspace_with_image();
    const struct probe p = probe_new(vspace);

    EXPECT(!probe_read(&p, (word_t)order_instruction).faulted);
    EXPECT_OK(cap_delete(cap_copy(vspace)));
    EXPECT(!probe_read(&p, (word_t)order_instruction).faulted);
    (void)vspace_map_tables(vspace, FREE_ADDRESS);
    EXPECT_OK(frame_map(frame_new(), vspace, FREE_ADDRESS));
}

/* rules: x86_64 3.9 */
TEST(table, changes_in_another_space_are_seen_there)
{
    const word_t vspace = vspace_with_image();
    const struct tables t = vspace_map_tables(vspace, FREE_ADDRESS);
    const word_t frames[] = { frame_new(), frame_new() };
    const struct probe p = probe_new(vspace);

    ASSERT_OK(frame_map(frames[0], vspace, FREE_ADDRESS));
    EXPECT(!probe_write(&p, FREE_ADDRESS, 7).faulted);
    ASSERT_OK(seL4_X86_Page_Unmap(frames[0]));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
    ASSERT_OK(frame_map(frames[1], vspace, FREE_ADDRESS));
    EXPECT_EQ(probe_read(&p, FREE_ADDRESS).value, 0);
    ASSERT_OK(frame_map_rights(frames[1], vspace, FREE_ADDRESS, seL4_CanRead));
    EXPECT(probe_write(&p, FREE_ADDRESS, 8).faulted);
    EXPECT_OK(cap_delete(t.pd));
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
}

/* rules: x86_64 3.1, x86_64 3.9 */
TEST(table, spaces_are_separate)
{
    const word_t vspace = vspace_with_image();
    const word_t frames[] = { frame_new(), frame_new() };
    struct probe own = probe_new(SPACE);
    struct probe other = probe_new(vspace);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    (void)vspace_map_tables(vspace, FREE_ADDRESS);
    ASSERT_OK(frame_map(frames[0], SPACE, FREE_ADDRESS));
    EXPECT(probe_read(&other, FREE_ADDRESS).faulted);
    ASSERT_OK(frame_map(frames[1], vspace, FREE_ADDRESS));
    for (word_t i = 0; i < 3; i++) {
        EXPECT(!probe_write(&own, FREE_ADDRESS, 100 + i).faulted);
        EXPECT(!probe_write(&other, FREE_ADDRESS, 200 + i).faulted);
        EXPECT_EQ(probe_read(&own, FREE_ADDRESS).value, 100 + i);
        EXPECT_EQ(probe_read(&other, FREE_ADDRESS).value, 200 + i);
    }
}

/* rules: x86_64 3.9 */
TEST(table, translations_of_a_reused_number_are_gone)
{
    for (word_t i = 0; i < 3; i++) {
        const word_t vspace = vspace_with_image(); /* the same lowest free number each time */
        const word_t frame = frame_new();
        struct probe p = probe_new(vspace);

        EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
        (void)vspace_map_tables(vspace, FREE_ADDRESS);
        ASSERT_OK(frame_map(frame, vspace, FREE_ADDRESS));
        EXPECT_EQ(probe_read(&p, FREE_ADDRESS).value, 0);
        EXPECT(!probe_write(&p, FREE_ADDRESS, i + 1).faulted);
        EXPECT_OK(seL4_TCB_Suspend(p.thread->tcb));
        EXPECT_OK(cap_revoke(vspace));
        EXPECT_OK(cap_delete(vspace));
    }
}
