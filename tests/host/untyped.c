/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_untyped.c */
#include "host.h"
#include "fakes.h"
#include "model_untyped.h"
#include <arch/object.h>
#include <arch/x86_64/vspace.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/untyped.h>

#define RADIX 6u
#define BITS  16u
#define BYTES BIT(BITS)
#define DIRT  0xa5

static struct slot untyped, root;
static struct slot *dest; /* the slots of the CNode in root */
static uint8_t *memory;

static int setup(void **state)
{
    host_setup(state);
    memory = host_memory(BITS);
    dest = host_slots(RADIX);
    untyped = root = (struct slot){ 0 };
    slot_insert_root(&untyped, cap_untyped(memory_physical(memory), BITS, false));
    slot_insert_root(&root, cap_cnode(dest, RADIX, 0, 0));
    return 0;
}

static struct invocation inv;

static struct invocation *call(word_t type, word_t size_bits, word_t index, word_t depth,
                               word_t offset, word_t count)
{
    inv = host_call(&untyped, UntypedRetype, WORDS(type, size_bits, index, depth, offset, count),
                    EXTRA(&root));
    return &inv;
}

static void expect_created(word_t type, word_t size_bits, word_t offset, word_t count)
{
    assert_int_equal(untyped_invoke(call(type, size_bits, 0, 0, offset, count)), seL4_NoError);
    assert_int_equal(inv.progress, DONE);
    assert_int_equal(inv.caller->state, THREAD_RESTART);
}

#define REFUSED(type, size_bits, index, depth, offset, count, ...)                                 \
    assert_refused(untyped_invoke(call(type, size_bits, index, depth, offset, count)), &inv,       \
                   __VA_ARGS__)

static void an_unknown_label_beats_everything(void **state)
{
    (void)state;
    inv = host_call(&untyped, UntypedRetype + 1, NO_WORDS, NO_EXTRA);
    assert_refused(untyped_invoke(&inv), &inv, seL4_IllegalOperation);
}

static void six_words_and_a_root_are_needed(void **state)
{
    (void)state;
    inv = host_call(&untyped, UntypedRetype, WORDS(99, 99, 0, 0, 0), EXTRA(&root));
    assert_refused(untyped_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&untyped, UntypedRetype, WORDS(99, 99, 0, 0, 0, 0), NO_EXTRA);
    assert_refused(untyped_invoke(&inv), &inv, seL4_TruncatedMessage);
}

static void an_unknown_type_comes_before_a_bad_size(void **state)
{
    (void)state;
    REFUSED(OBJECT_COUNT, 99, 0, 0, 0, 0, seL4_InvalidArgument, 0);
    REFUSED(~0ul, 99, 0, 0, 0, 0, seL4_InvalidArgument, 0);
}

static void sizes_from_64_on_are_refused_for_every_type(void **state)
{
    (void)state;
    for (word_t type = 0; type < OBJECT_COUNT; type++) {
        REFUSED(type, 64, 0, 0, 999, 0, seL4_RangeError, 0, 47);
        REFUSED(type, BIT(63) + 5, 0, 0, 999, 0, seL4_RangeError, 0, 47);
    }
    /* Up to 63 those that need no size ignore it. */
    expect_created(OBJECT_ENDPOINT, 63, 0, 1);
}

static void objects_beyond_47_bits_are_refused(void **state)
{
    (void)state;
    REFUSED(OBJECT_UNTYPED, 48, 0, 0, 999, 0, seL4_RangeError, 0, 47);
    REFUSED(OBJECT_UNTYPED, 47, 0, 0, 0, 1, seL4_NotEnoughMemory, BYTES);
    REFUSED(OBJECT_CNODE, 43, 0, 0, 999, 0, seL4_RangeError, 0, 47);
    REFUSED(OBJECT_CNODE, 42, 0, 0, 0, 1, seL4_NotEnoughMemory, BYTES);
}

static void objects_that_are_too_small_are_refused(void **state)
{
    (void)state;
    REFUSED(OBJECT_CNODE, 0, 0, 0, 999, 0, seL4_InvalidArgument, 1);
    for (word_t bits = 0; bits < 4; bits++)
        REFUSED(OBJECT_UNTYPED, bits, 0, 0, 999, 0, seL4_InvalidArgument, 1);
}

static void depth_zero_means_the_root_itself(void **state)
{
    (void)state;
    assert_int_equal(untyped_invoke(call(OBJECT_ENDPOINT, 0, 12345, 0, 5, 1)), seL4_NoError);
    assert_false(slot_is_empty(&dest[5]));
    root.cap = cap_domain();
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 999, 0, seL4_FailedLookup, 0, seL4_MissingCapability, 0);
}

static void the_destination_may_be_named_by_a_slot(void **state)
{
    (void)state;
    struct slot *inner = host_slots(3);
    dest[9].cap = cap_cnode(inner, 3, 1, 4); /* its guard plays no role */
    assert_int_equal(untyped_invoke(call(OBJECT_ENDPOINT, 0, 9, RADIX, 7, 1)), seL4_NoError);
    assert_false(slot_is_empty(&inner[7]));
    REFUSED(OBJECT_ENDPOINT, 0, 8, RADIX, 999, 0, seL4_FailedLookup, 0, seL4_MissingCapability,
            RADIX);
    REFUSED(OBJECT_ENDPOINT, 0, 9, 65, 999, 0, seL4_RangeError, 1, 64);
    REFUSED(OBJECT_ENDPOINT, 0, 9, 3, 999, 0, seL4_FailedLookup, 0, seL4_DepthMismatch, 3, RADIX);
    root.cap = cap_null();
    REFUSED(OBJECT_ENDPOINT, 0, 9, 65, 999, 0, seL4_FailedLookup, 0, seL4_InvalidRoot);
}

static void slots_are_checked_offset_then_window(void **state)
{
    (void)state;
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 64, 0, seL4_RangeError, 0, 63);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, ~0ul, 0, seL4_RangeError, 0, 63);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 63, 0, seL4_RangeError, 1, 256);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 63, 257, seL4_RangeError, 1, 256);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 63, ~0ul, seL4_RangeError, 1, 256);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 60, 5, seL4_RangeError, 1, 4);
    expect_created(OBJECT_ENDPOINT, 0, 60, 4);
}

static void occupied_slots_come_before_memory(void **state)
{
    (void)state;
    dest[3].cap = cap_domain();
    REFUSED(OBJECT_UNTYPED, 47, 0, 0, 0, 4, seL4_DeleteFirst);
    REFUSED(OBJECT_UNTYPED, 47, 0, 0, 0, 3, seL4_NotEnoughMemory, BYTES);
}

static void memory_is_counted_without_alignment(void **state)
{
    (void)state;
    expect_created(OBJECT_UNTYPED, BITS - 1, 0, 1);
    REFUSED(OBJECT_UNTYPED, BITS, 0, 0, 1, 1, seL4_NotEnoughMemory, BYTES / 2);
    REFUSED(OBJECT_UNTYPED, BITS - 2, 0, 0, 1, 3, seL4_NotEnoughMemory, BYTES / 2);
    expect_created(OBJECT_ENDPOINT, 0, 1, 1);
    REFUSED(OBJECT_UNTYPED, BITS - 1, 0, 0, 2, 1, seL4_NotEnoughMemory, BYTES / 2 - 16);
    REFUSED(OBJECT_UNTYPED, BITS - 2, 0, 0, 2, 2, seL4_NotEnoughMemory, BYTES / 2 - 16);
    expect_created(OBJECT_UNTYPED, BITS - 2, 2, 1);
    assert_int_equal(cap_untyped_watermark(untyped.cap), BYTES);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 3, 1, seL4_NotEnoughMemory, 0);
}

static void without_children_all_memory_is_free(void **state)
{
    (void)state;
    expect_created(OBJECT_UNTYPED, BITS, 0, 1);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 1, 1, seL4_NotEnoughMemory, 0);
    slot_remove(&dest[0]);
    expect_created(OBJECT_UNTYPED, BITS - 1, 0, 2);
    assert_int_equal(cap_untyped_base(dest[1].cap).at, memory_physical(memory).at + BYTES / 2);
}

static void devices_become_frames_and_untypeds_only(void **state)
{
    (void)state;
    untyped.cap = cap_untyped(memory_physical(memory), BITS, true);
    for (word_t type = 1; type < OBJECT_COUNT; type++)
        if (!arch_object_is_frame(type))
            REFUSED(type, 4, 0, 0, 0, 1, seL4_InvalidArgument, 1);
    REFUSED(seL4_X86_PageTableObject, 0, 0, 0, 0, 64, seL4_NotEnoughMemory, BYTES);
    expect_created(OBJECT_UNTYPED, 12, 0, 1);
    expect_created(seL4_X86_4K, 0, 1, 1);
    assert_true(cap_untyped_is_device(dest[0].cap));
    assert_true(cap_frame_is_device(dest[1].cap));
}

/* Rules: untyped 5. */
static void objects_lie_one_behind_the_other(void **state)
{
    (void)state;
    expect_created(OBJECT_ENDPOINT, 0, 10, 3);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 48);
    expect_created(OBJECT_TCB, 0, 20, 2);
    for (word_t i = 0; i < 3; i++)
        assert_ptr_equal(cap_endpoint_object(dest[10 + i].cap), memory + 16 * i);
    assert_ptr_equal(cap_tcb_object(dest[20].cap), memory + TCB_BYTES);
    assert_ptr_equal(cap_tcb_object(dest[21].cap), memory + 2 * TCB_BYTES);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 3 * TCB_BYTES);
    /* Last first, behind the untyped. */
    const struct slot *order[] = { &dest[21], &dest[20], &dest[12], &dest[11], &dest[10] };
    const struct slot *s = &untyped;
    for (word_t i = 0; i < 5; i++, s = order[i - 1])
        assert_ptr_equal(slot_next(s), order[i]);
    assert_int_equal(slot_marks(&dest[11]), SLOT_MARKS);
}

static void the_window_may_be_256(void **state)
{
    (void)state;
    struct slot *many = host_slots(9);
    root.cap = cap_cnode(many, 9, 0, 0);
    expect_created(OBJECT_ENDPOINT, 0, 256, 256);
    assert_true(slot_is_empty(&many[255]));
    assert_false(slot_is_empty(&many[256]));
    assert_false(slot_is_empty(&many[511]));
    assert_int_equal(cap_untyped_watermark(untyped.cap), 4096);
}

/* Rules: untyped 7. */
static void objects_begin_as_the_rules_say(void **state)
{
    (void)state;
    expect_created(OBJECT_ENDPOINT, 0, 0, 1);
    assert_cap_equal(dest[0].cap, cap_endpoint(cap_endpoint_object(dest[0].cap), 0, RIGHTS_ALL));
    expect_created(OBJECT_NOTIFICATION, 0, 1, 1);
    assert_true(cap_has_right(dest[1].cap, RIGHT_READ) && cap_has_right(dest[1].cap, RIGHT_WRITE));
    assert_int_equal(cap_badge(dest[1].cap), 0);
    expect_created(OBJECT_CNODE, 5, 2, 1);
    assert_int_equal(cap_cnode_radix(dest[2].cap), 5);
    assert_int_equal(cap_cnode_guard_size(dest[2].cap), 0);
    expect_created(seL4_X86_4K, 0, 3, 1);
    assert_cap_equal(dest[3].cap, cap_frame(cap_frame_base(dest[3].cap), 12, false));
    const struct {
        word_t type, cap;
    } tables[] = { { seL4_X86_PDPTObject, CAP_PDPT },
                   { seL4_X86_PageDirectoryObject, CAP_PAGE_DIRECTORY },
                   { seL4_X86_PageTableObject, CAP_PAGE_TABLE },
                   { seL4_X64_PML4Object, CAP_PML4 } };
    for (word_t i = 0; i < 4; i++) {
        expect_created(tables[i].type, 0, 10 + i, 1);
        assert_int_equal(cap_type(dest[10 + i].cap), tables[i].cap);
        assert_false(cap_is_mapped(dest[10 + i].cap));
    }
    const struct pml4 *space = cap_object(dest[13].cap);
    assert_int_equal(space->entry[KERNEL_PML4_INDEX].raw, kernel_pml4_entry);
    assert_int_equal(space->entry[0].raw, 0);
    expect_created(OBJECT_UNTYPED, 9, 4, 1);
    assert_cap_equal(dest[4].cap, cap_untyped(cap_untyped_base(dest[4].cap), 9, false));
}

static void a_refused_call_changes_nothing(void **state)
{
    (void)state;
    expect_created(OBJECT_UNTYPED, 12, 0, 1);
    slot_remove(&dest[0]);
    memset(memory, DIRT, 4096);
    REFUSED(OBJECT_UNTYPED, 17, 0, 0, 0, 1, seL4_NotEnoughMemory, BYTES);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 4096);
    assert_int_equal(memory[0], DIRT);
    assert_int_equal(memory[4095], DIRT);
}

/* Rules: untyped 6. */
static void reset_clears_up_to_the_chunk_of_the_watermark(void **state)
{
    (void)state;
    expect_created(OBJECT_ENDPOINT, 0, 0, 17);
    for (word_t i = 0; i < 17; i++)
        slot_remove(&dest[i]);
    memset(memory, DIRT,
           1024); /* the kernel relies on zeros from the watermark on: only marks here */
    expect_created(OBJECT_ENDPOINT, 0, 0, 1);
    assert_int_equal(memory[0], 0);
    assert_int_equal(memory[511], 0);
    assert_int_equal(memory[512], DIRT);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 16);
}

static void reset_of_device_memory_touches_nothing(void **state)
{
    (void)state;
    untyped.cap = cap_untyped(memory_physical(memory), BITS, true);
    memset(memory, DIRT, BYTES);
    expect_created(seL4_X86_4K, 0, 0, 4);
    for (word_t i = 0; i < 4; i++)
        slot_remove(&dest[i]);
    expect_created(seL4_X86_4K, 0, 0, 1);
    for (word_t i = 0; i < BYTES; i++)
        assert_int_equal(memory[i], DIRT);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 4096);
}

static void reset_of_a_small_untyped_is_one_step(void **state)
{
    (void)state;
    untyped.cap = cap_untyped(memory_physical(memory), 7, false);
    untyped.cap.word[1] = 16;
    memset(memory, DIRT, 256);
    work_units_left = 1;
    host.irq_pending = true;
    expect_created(OBJECT_ENDPOINT, 0, 0, 1);
    assert_int_equal(memory[127], 0);
    assert_int_equal(memory[128], DIRT);
    assert_int_equal(work_units_left, 1);
}

static void reset_stops_for_interrupts_and_goes_on(void **state)
{
    (void)state;
    untyped_fill(&untyped);
    memset(memory, DIRT, BYTES);
    host.irq_pending = true;
    assert_int_equal(untyped_invoke(call(OBJECT_ENDPOINT, 0, 0, 0, 0, 8)), seL4_NoError);
    assert_int_equal(inv.progress, PREEMPTED);
    word_t left = BYTES - WORK_UNITS_PER_PREEMPTION * 256;
    assert_int_equal(cap_untyped_watermark(untyped.cap), left);
    assert_int_equal(memory[left - 1], DIRT);
    assert_int_equal(memory[left], 0);
    assert_true(slot_is_empty(&dest[0]));
    assert_null(slot_next(&untyped));
    host.irq_pending = false;
    expect_created(OBJECT_ENDPOINT, 0, 0, 8);
    for (word_t i = 0; i < BYTES; i++)
        assert_int_equal(memory[i], 0);
    assert_int_equal(cap_untyped_watermark(untyped.cap), 8 * 16);
}

/* Rules: untyped 8. */
static void a_copied_untyped_is_full_until_the_copy_is_gone(void **state)
{
    (void)state;
    struct slot copy = { 0 };
    slot_insert_derived(&copy, untyped.cap, &untyped);
    REFUSED(OBJECT_ENDPOINT, 0, 0, 0, 0, 1, seL4_NotEnoughMemory, 0);
    inv = host_call(&copy, UntypedRetype, WORDS(OBJECT_ENDPOINT, 0, 0, 0, 0, 1), EXTRA(&root));
    assert_int_equal(untyped_invoke(&inv), seL4_NoError);
    slot_remove(&dest[0]);
    slot_remove(&copy);
    expect_created(OBJECT_ENDPOINT, 0, 0, 1);
}

/* The arithmetic does not wrap for the largest region of all. */
static void the_largest_untyped(void **state)
{
    (void)state;
    struct retype plan;
    untyped.cap = cap_untyped((paddr_t){ BIT(47) }, 47, true);
    assert_int_equal(untyped_decode_retype(call(OBJECT_UNTYPED, 47, 0, 0, 0, 1), &plan),
                     seL4_NoError);
    assert_int_equal(plan.bits, 47);
    assert_refused(untyped_decode_retype(call(OBJECT_UNTYPED, 47, 0, 0, 0, 2), &plan), &inv,
                   seL4_NotEnoughMemory, BIT(47));
    assert_int_equal(untyped_decode_retype(call(OBJECT_UNTYPED, 41, 0, 0, 0, 64), &plan),
                     seL4_NoError);
    assert_int_equal(untyped_retype(&plan), DONE);
    assert_int_equal(cap_untyped_base(dest[63].cap).at, BIT(47) + 63 * BIT(41));
    assert_int_equal(cap_untyped_watermark(untyped.cap), BIT(47));
    assert_int_equal(cap_untyped_watermark(dest[63].cap), 0);
}

static void random_sequences_against_the_model(void **state)
{
    for (word_t round = 0; round < 25; round++) {
        uint8_t bytes[1500];
        host_setup(state);
        for (word_t i = 0; i < round; i++)
            host_random();
        for (word_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(host_random() >> 40);
        struct input in = { bytes, bytes + sizeof(bytes) };
        model_untyped(&in);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_unknown_label_beats_everything),
        UNIT(six_words_and_a_root_are_needed),
        UNIT(an_unknown_type_comes_before_a_bad_size),
        UNIT(sizes_from_64_on_are_refused_for_every_type),
        UNIT(objects_beyond_47_bits_are_refused),
        UNIT(objects_that_are_too_small_are_refused),
        UNIT(depth_zero_means_the_root_itself),
        UNIT(the_destination_may_be_named_by_a_slot),
        UNIT(slots_are_checked_offset_then_window),
        UNIT(occupied_slots_come_before_memory),
        UNIT(memory_is_counted_without_alignment),
        UNIT(without_children_all_memory_is_free),
        UNIT(devices_become_frames_and_untypeds_only),
        UNIT(objects_lie_one_behind_the_other),
        UNIT(the_window_may_be_256),
        UNIT(objects_begin_as_the_rules_say),
        UNIT(a_refused_call_changes_nothing),
        UNIT(reset_clears_up_to_the_chunk_of_the_watermark),
        UNIT(reset_of_device_memory_touches_nothing),
        UNIT(reset_of_a_small_untyped_is_one_step),
        UNIT(reset_stops_for_interrupts_and_goes_on),
        UNIT(a_copied_untyped_is_full_until_the_copy_is_gone),
        UNIT(the_largest_untyped),
        UNIT(random_sequences_against_the_model),
    };
    return RUN(tests);
}
