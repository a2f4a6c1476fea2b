/* SPDX-License-Identifier: BSD-2-Clause */
/* What the root task finds when it starts. */
#include "test.h"
#include <sel4/arch/bootinfo_types.h>

static const seL4_BootInfo *info(void)
{
    return seL4_GetBootInfo();
}

static word_t image_frames(void)
{
    return info()->userImageFrames.end - info()->userImageFrames.start;
}

static word_t image_start(void)
{
    return (word_t)info()->ipcBuffer - image_frames() * PAGE_BYTES;
}

/* A page of the image nobody needs. */
static unsigned char spare[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));

/* rules: boot 5 */
TEST(boot, initial_slots_are_where_they_belong)
{
    static const unsigned char occupied[] = { 0, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0 };

    for (word_t i = 0; i < ARRAY_COUNT(occupied); i++) {
        EXPECT_EQ(slot_is_empty(i), !occupied[i]);
    }
}

/* rules: boot 5 */
TEST(boot, slot_numbers_are_addresses_at_full_depth)
{
    EXPECT_ERROR(invoke(ROOT, CNodeDelete, CAPS(), ARGS(BIT(CONFIG_ROOT_CNODE_SIZE_BITS), 64)),
                 seL4_FailedLookup, 0, seL4_GuardMismatch, 64, 0, 64 - CONFIG_ROOT_CNODE_SIZE_BITS);
}

/* rules: boot 5, boot subtlety 3 */
TEST(boot, regions_follow_each_other)
{
    EXPECT_EQ(info()->userImagePaging.start, seL4_NumInitialCaps);
    EXPECT_EQ(info()->extraBIPages.start, info()->userImagePaging.end);
    EXPECT_EQ(info()->userImageFrames.start, info()->extraBIPages.end);
    EXPECT_EQ(info()->untyped.start, info()->userImageFrames.end);
    EXPECT_EQ(info()->empty.start, info()->untyped.end);
    EXPECT_EQ(info()->empty.end, BIT(CONFIG_ROOT_CNODE_SIZE_BITS));
}

/* rules: boot 5 */
TEST(boot, every_slot_of_a_region_holds_a_capability)
{
    for (word_t i = info()->userImagePaging.start; i < info()->untyped.end; i++) {
        EXPECT(!slot_is_empty(i));
    }
}

/* rules: boot 7, boot subtlety 1 */
TEST(boot, information_fields_of_a_uniprocessor)
{
    EXPECT_EQ(info()->nodeID, 0);
    EXPECT_EQ(info()->numNodes, 1);
    EXPECT_EQ(info()->numIOPTLevels, ~(word_t)0);
    EXPECT_EQ(info()->initThreadCNodeSizeBits, CONFIG_ROOT_CNODE_SIZE_BITS);
    EXPECT_EQ(info()->initThreadDomain, 0);
    EXPECT_EQ(info()->sharedFrames.start, 0);
    EXPECT_EQ(info()->sharedFrames.end, 0);
    EXPECT_EQ(info()->ioSpaceCaps.start, 0);
    EXPECT_EQ(info()->ioSpaceCaps.end, 0);
}

/* rules: boot 4.1, boot subtlety 10 */
TEST(boot, information_lies_behind_the_ipc_buffer)
{
    EXPECT_EQ((word_t)info(), (word_t)info()->ipcBuffer + PAGE_BYTES);
    EXPECT_EQ((word_t)info()->ipcBuffer % PAGE_BYTES, 0);
    EXPECT_EQ(seL4_GetIPCBuffer(), info()->ipcBuffer);
}

/* rules: boot 4.1 */
TEST(boot, extra_information_is_a_power_of_two_of_pages)
{
    const word_t pages = info()->extraBIPages.end - info()->extraBIPages.start;

    EXPECT_LE(info()->extraLen, pages * PAGE_BYTES);
    EXPECT_EQ(pages & (pages - 1), 0);
    EXPECT_LT(0, pages);
    EXPECT(pages == 1 || info()->extraLen > pages / 2 * PAGE_BYTES);
}

/* rules: boot 4.1, boot subtlety 4 */
TEST(boot, paging_structures_cover_what_is_mapped)
{
    const word_t extra = info()->extraBIPages.end - info()->extraBIPages.start;
    const word_t last = (word_t)info() + (1 + extra) * PAGE_BYTES - 1;
    word_t slot = info()->userImagePaging.start;
    static const word_t label[] = { X86PDPTMap, X86PageDirectoryMap, X86PageTableMap };
    static const word_t span_bits[] = { 39, 30, 21 };

    for (word_t level = 0; level < 3; level++) {
        const word_t count = (last >> span_bits[level]) - (image_start() >> span_bits[level]) + 1;

        for (word_t i = 0; i < count; i++, slot++) {
            EXPECT_ERROR(invoke(slot, label[level], CAPS(SPACE), ARGS(0, 0)),
                         seL4_InvalidCapability, 0);
        }
    }
    EXPECT_EQ(slot, info()->userImagePaging.end);
}

/* rules: boot 4, boot subtlety 8 */
TEST(boot, image_is_one_contiguous_physical_range)
{
    const seL4_X86_Page_GetAddress_t first =
        seL4_X86_Page_GetAddress(info()->userImageFrames.start);

    ASSERT_OK(first.error);
    for (word_t i = 1; i < image_frames(); i++) {
        const seL4_X86_Page_GetAddress_t next =
            seL4_X86_Page_GetAddress(info()->userImageFrames.start + i);

        EXPECT_EQ(next.paddr, first.paddr + i * PAGE_BYTES);
    }
}

/* rules: boot 5.4 */
TEST(boot, image_frames_carry_their_mapping)
{
    const word_t frame = image_frame(spare);
    struct probe p = probe_new(SPACE);

    EXPECT(!probe_read(&p, (word_t)spare).faulted);
    EXPECT_ERROR(invoke(frame, X86PageMap, CAPS(SPACE), ARGS(FREE_ADDRESS, 3, 0)),
                 seL4_InvalidArgument, 0);
    EXPECT_OK(seL4_X86_Page_Unmap(frame));
    EXPECT(probe_read(&p, (word_t)spare).faulted);
    EXPECT_OK(frame_map(frame, SPACE, (word_t)spare));
    EXPECT(!probe_read(&p, (word_t)spare).faulted);
}

/* rules: boot 5.4 */
TEST(boot, copy_of_an_image_frame_is_not_mapped)
{
    const word_t copy = cap_copy(image_frame(spare));
    struct probe p = probe_new(SPACE);

    EXPECT_OK(seL4_X86_Page_Unmap(copy));
    EXPECT_OK(cap_delete(copy));
    EXPECT(!probe_read(&p, (word_t)spare).faulted);
}

/* rules: boot 4 */
TEST(boot, image_is_writable_and_executable_throughout)
{
    struct probe p = probe_new(SPACE);
    const word_t text = (word_t)order_instruction & ~(word_t)7;
    const word_t old = *(const volatile word_t *)text;

    spare[0] = 0xc3; /* ret */
    EXPECT(!probe_execute(&p, (word_t)spare).faulted);
    EXPECT(!probe_write(&p, text, old).faulted);
}

/* rules: boot 4 */
TEST(boot, nothing_is_mapped_around_the_image)
{
    const word_t extra = info()->extraBIPages.end - info()->extraBIPages.start;
    struct probe p = probe_new(SPACE);

    EXPECT(probe_read(&p, 0).faulted);
    EXPECT(probe_read(&p, image_start() - 8).faulted);
    EXPECT(!probe_read(&p, image_start()).faulted);
    EXPECT(!probe_read(&p, (word_t)info() + (1 + extra) * PAGE_BYTES - 8).faulted);
    EXPECT(probe_read(&p, (word_t)info() + (1 + extra) * PAGE_BYTES).faulted);
}

/* rules: boot subtlety 14 */
TEST(boot, information_pages_are_writable)
{
    struct probe p = probe_new(SPACE);
    const word_t last = (word_t)info() + PAGE_BYTES - 8;
    const word_t extra_last = last + PAGE_BYTES;

    EXPECT(!probe_write(&p, last, *(const volatile word_t *)last).faulted);
    EXPECT(!probe_write(&p, extra_last, *(const volatile word_t *)extra_last).faulted);
}

/* rules: boot 5.1 */
TEST(boot, initial_capabilities_are_originals)
{
    static const word_t slots[] = { seL4_CapInitThreadASIDPool, seL4_CapASIDControl,
                                    seL4_CapDomain };

    for (word_t i = 0; i < ARRAY_COUNT(slots); i++) {
        const word_t copy = cap_copy(slots[i]);

        EXPECT_OK(cap_revoke(copy));
        EXPECT(!slot_is_empty(copy));
        EXPECT_OK(cap_revoke(slots[i]));
        EXPECT(slot_is_empty(copy));
        EXPECT(!slot_is_empty(slots[i]));
    }
}

static void revoke_ipc_buffer(word_t unused)
{
    (void)unused;
    EXPECT_OK(cap_revoke(seL4_CapInitThreadIPCBuffer));
}

static void restore_ipc_buffer(word_t unused)
{
    (void)unused;
    EXPECT_OK(seL4_TCB_SetIPCBuffer(SELF, (word_t)info()->ipcBuffer, seL4_CapInitThreadIPCBuffer));
}

/* rules: boot 5.2 */
TEST(boot, revoking_the_buffer_capability_takes_the_buffer_away)
{
    struct thread *t = thread_new();
    struct thread *rescuer = thread_new();
    const word_t slot = slot_new();
    const struct words caps = CAPS(ROOT);
    const struct words args = ARGS(slot, 64, ROOT, 64, seL4_AllRights.words[0]);

    thread_prepare(rescuer, restore_ipc_buffer, 0); /* needs the buffer itself */
    thread_run(t, revoke_ipc_buffer, 0);
    const struct reply r = invoke(ROOT, CNodeCopy, caps, args);
    EXPECT_OK(seL4_TCB_Resume(rescuer->tcb));
    EXPECT_EQ(r.label, seL4_TruncatedMessage);
    EXPECT(slot_is_empty(slot));
    EXPECT_DONE(invoke(ROOT, CNodeCopy, caps, args));
}

/* rules: boot 5.3 */
TEST(boot, root_task_runs_on_without_its_space_capabilities)
{
    const word_t cnode = cap_copy(ROOT);
    const word_t vspace = cap_copy(SPACE);

    EXPECT_OK(seL4_CNode_Delete(cnode, SPACE, DEPTH));
    EXPECT_OK(seL4_CNode_Delete(cnode, ROOT, DEPTH));
    EXPECT_ERROR(invoke(ROOT, CNodeDelete, CAPS(), ARGS(slot_new(), 64)), seL4_InvalidCapability,
                 0);
    EXPECT_DONE(invoke(cnode, CNodeDelete, CAPS(), ARGS(slot_new(), 64)));
    EXPECT_OK(seL4_CNode_Move(cnode, ROOT, DEPTH, cnode, cnode, DEPTH));
    EXPECT_OK(cap_move(SPACE, vspace));
}

/* rules: boot 6.7 */
TEST(boot, untypeds_are_aligned_and_in_range)
{
    const word_t count = info()->untyped.end - info()->untyped.start;

    EXPECT_LT(0, count);
    EXPECT_LE(count, CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS);
    for (word_t i = 0; i < count; i++) {
        const seL4_UntypedDesc *u = &info()->untypedList[i];

        EXPECT_LE(seL4_MinUntypedBits, u->sizeBits);
        EXPECT_LE(u->sizeBits, seL4_MaxUntypedBits);
        EXPECT_EQ(u->paddr % BIT(u->sizeBits), 0);
        EXPECT_LE(u->isDevice, 1);
        for (word_t j = 0; j < sizeof(u->padding); j++) {
            EXPECT_EQ(u->padding[j], 0);
        }
    }
    for (word_t i = count; i < CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS; i++) {
        EXPECT_EQ(info()->untypedList[i].paddr, 0);
        EXPECT_EQ(info()->untypedList[i].sizeBits, 0);
    }
}

/* rules: boot 6.2, boot 6.3, boot subtlety 5 */
TEST(boot, device_untypeds_come_first_in_ascending_order)
{
    const word_t count = info()->untyped.end - info()->untyped.start;
    const seL4_UntypedDesc *u = info()->untypedList;

    EXPECT_EQ(u[0].paddr, 0);
    EXPECT_EQ(u[0].sizeBits, 20);
    EXPECT_EQ(u[0].isDevice, 1);
    for (word_t i = 1; i < count; i++) {
        EXPECT_LE(u[i].isDevice, u[i - 1].isDevice);
        if (u[i].isDevice == u[i - 1].isDevice) {
            EXPECT_LE(u[i - 1].paddr + BIT(u[i - 1].sizeBits), u[i].paddr);
        }
    }
}

/* rules: boot 6.2 */
TEST(boot, device_untypeds_reach_to_the_top_of_device_memory)
{
    const word_t count = info()->untyped.end - info()->untyped.start;
    word_t end = 0;

    for (word_t i = 0; i < count; i++) {
        const seL4_UntypedDesc *u = &info()->untypedList[i];

        if (u->isDevice && u->paddr + BIT(u->sizeBits) > end) {
            end = u->paddr + BIT(u->sizeBits);
        }
    }
    EXPECT_EQ(end, BIT(47));
}

/* rules: boot 6.1, boot subtlety 7 */
TEST(boot, interrupt_controllers_are_in_no_untyped)
{
    word_t base, bits;

    EXPECT_EQ(device_untyped_at(0xfee00000, &base, &bits), 0);
    EXPECT_EQ(device_untyped_at(0xfec00000, &base, &bits), 0);
    EXPECT_NE(device_untyped_at(0xfef00000, &base, &bits), 0);
    EXPECT_NE(device_untyped_at(0xfec01000, &base, &bits), 0);
}

/* rules: boot 6.1, boot subtlety 6 */
TEST(boot, message_interrupt_window_is_left_out)
{
    word_t base, bits;

    EXPECT_EQ(device_untyped_at(0xfffffff8, &base, &bits), 0);
    EXPECT_EQ(device_untyped_at(0xfffffff0, &base, &bits), 0);
    EXPECT_NE(device_untyped_at(0xffffffe0, &base, &bits), 0);
    EXPECT_EQ(bits, 4);
    EXPECT_NE(device_untyped_at(0x100000000, &base, &bits), 0);
    EXPECT_EQ(bits, 32);
}

static void expect_in_no_untyped(word_t start, word_t end)
{
    for (word_t i = 0; i < info()->untyped.end - info()->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info()->untypedList[i];

        EXPECT(u->paddr >= end || u->paddr + BIT(u->sizeBits) <= start);
    }
}

/* A store to the first window can be an interrupt for a processor, of any kind.
 * rules: boot 6.1, boot subtlety 6 */
TEST(boot, nobody_can_write_interrupt_messages)
{
    expect_in_no_untyped(0xfee00000, 0xfef00000);
    expect_in_no_untyped(0xfffffff8, 0x100000000);
    expect_in_no_untyped(0xfec00000, 0xfec01000); /* where QEMU has the IOAPIC */
}

/* rules: boot 6.8, untyped 10 */
TEST(boot, untyped_entry_describes_the_capability_in_its_slot)
{
    const word_t count = info()->untyped.end - info()->untyped.start;

    for (word_t i = 0; i < count; i++) {
        const seL4_UntypedDesc *u = &info()->untypedList[i];
        const word_t slot = slot_new();

        if (u->sizeBits < seL4_PageBits || !u->isDevice) {
            continue;
        }
        EXPECT_EQ(untyped_free_bytes(info()->untyped.start + i),
                  u->sizeBits == seL4_MaxUntypedBits ? ~(word_t)0 : BIT(u->sizeBits));
        ASSERT_OK(
            seL4_Untyped_Retype(info()->untyped.start + i, seL4_X86_4K, 0, ROOT, 0, 0, slot, 1));
        EXPECT_EQ(seL4_X86_Page_GetAddress(slot).paddr, u->paddr);
        EXPECT_OK(cap_delete(slot));
    }
}

/* One chunk of the extra information; null if there is none of this kind. */
static const unsigned char *chunk_find(word_t id, word_t *position)
{
    const unsigned char *extra = (const unsigned char *)info() + PAGE_BYTES;
    word_t at = 0;

    for (*position = 0; at < info()->extraLen; ++*position) {
        seL4_BootInfoHeader header;

        for (word_t i = 0; i < sizeof(header); i++) {
            ((unsigned char *)&header)[i] = extra[at + i];
        }
        if (header.len < sizeof(header)) {
            return NULL;
        }
        if (header.id == id) {
            return extra + at;
        }
        at += header.len;
    }
    return NULL;
}

static word_t chunk_read(const unsigned char *chunk, word_t offset, word_t bytes)
{
    word_t value = 0;

    for (word_t i = 0; i < bytes; i++) {
        value |= (word_t)chunk[offset + i] << 8 * i;
    }
    return value;
}

/* rules: boot 7, boot subtlety 11 */
TEST(boot, chunks_fill_the_extra_length_exactly)
{
    const unsigned char *extra = (const unsigned char *)info() + PAGE_BYTES;
    word_t at = 0;

    while (at < info()->extraLen) {
        const word_t length = chunk_read(extra + at, 8, 8);

        ASSERT(length >= sizeof(seL4_BootInfoHeader));
        at += length;
    }
    EXPECT_EQ(at, info()->extraLen);
}

/* rules: boot 7 */
TEST(boot, chunks_have_their_lengths_and_order)
{
    word_t rsdp_at, map_at, tsc_at;
    const unsigned char *rsdp = chunk_find(SEL4_BOOTINFO_HEADER_X86_ACPI_RSDP, &rsdp_at);
    const unsigned char *map = chunk_find(SEL4_BOOTINFO_HEADER_X86_MBMMAP, &map_at);
    const unsigned char *tsc = chunk_find(SEL4_BOOTINFO_HEADER_X86_TSC_FREQ, &tsc_at);

    ASSERT(rsdp && map && tsc);
    EXPECT_EQ(chunk_read(rsdp, 8, 8), 52);
    EXPECT_EQ(chunk_read(map, 8, 8), 1220);
    EXPECT_EQ(chunk_read(tsc, 8, 8), 20);
    EXPECT_LT(rsdp_at, map_at);
    EXPECT_LT(map_at, tsc_at);
}

/* rules: boot 1.1, boot 7 */
TEST(boot, acpi_pointer_is_a_valid_copy)
{
    word_t position;
    const unsigned char *rsdp = chunk_find(SEL4_BOOTINFO_HEADER_X86_ACPI_RSDP, &position);
    unsigned char sum = 0;

    ASSERT(rsdp);
    EXPECT_EQ(chunk_read(rsdp, 16, 8), 0x2052545020445352); /* "RSD PTR " */
    for (word_t i = 0; i < 20; i++) {
        sum = (unsigned char)(sum + rsdp[16 + i]);
    }
    EXPECT_EQ(sum, 0);
}

/* rules: boot 7, boot subtlety 12 */
TEST(boot, memory_map_is_raw_or_empty)
{
    word_t position;
    const unsigned char *map = chunk_find(SEL4_BOOTINFO_HEADER_X86_MBMMAP, &position);

    ASSERT(map);
    const word_t length = chunk_read(map, 16, 4);
    EXPECT_LE(length, 24 * 50);
    EXPECT_EQ(length % 24, 0);
    if (length) {
        EXPECT_EQ(chunk_read(map, 20, 4), 20); /* size of the first entry */
        EXPECT_EQ(chunk_read(map, 24, 8), 0);  /* which starts at 0 */
        EXPECT_EQ(chunk_read(map, 40, 4), SEL4_MULTIBOOT_RAM_REGION_TYPE);
    }
}

/* rules: boot 7 */
TEST(boot, time_stamp_frequency_is_plausible)
{
    word_t position;
    const unsigned char *tsc = chunk_find(SEL4_BOOTINFO_HEADER_X86_TSC_FREQ, &position);

    ASSERT(tsc);
    EXPECT_LT(100, chunk_read(tsc, 16, 4));
    EXPECT_LT(chunk_read(tsc, 16, 4), 20000);
}

static word_t selectors[6];

static void read_selectors(word_t unused)
{
    (void)unused;
    __asm__ volatile("movq %%cs, %0" : "=r"(selectors[0]));
    __asm__ volatile("movq %%ss, %0" : "=r"(selectors[1]));
    __asm__ volatile("movq %%ds, %0" : "=r"(selectors[2]));
    __asm__ volatile("movq %%es, %0" : "=r"(selectors[3]));
    __asm__ volatile("movq %%fs, %0" : "=r"(selectors[4]));
    __asm__ volatile("movq %%gs, %0" : "=r"(selectors[5]));
}

/* rules: boot 8, untyped 7 */
TEST(boot, segment_selectors_of_a_new_thread)
{
    static const word_t expected[] = { 0x2b, 0x33, 0, 0, 0, 0 };

    thread_run(thread_new(), read_selectors, 0);
    for (word_t i = 0; i < ARRAY_COUNT(expected); i++) {
        EXPECT_EQ(selectors[i] & 0xffff, expected[i]);
    }
}

/* rules: boot 8 */
TEST(boot, root_task_has_the_highest_priority_ceiling)
{
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, seL4_MaxPrio));
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_ERROR(invoke(SELF, TCBSetPriority, CAPS(SELF), ARGS(seL4_MaxPrio + 1)), seL4_RangeError,
                 0, seL4_MaxPrio);
}

/* rules: boot 8 */
TEST(boot, root_task_has_no_bound_notification)
{
    EXPECT_ERROR(invoke(SELF, TCBUnbindNotification, CAPS(), ARGS()), seL4_IllegalOperation);
}
