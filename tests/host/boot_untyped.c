/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_untyped.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include <arch/x86_64/boot_root.h>

static struct boot_machine machine;
static struct boot_ranges open;
static seL4_UntypedDesc list[256];
static struct boot_untypeds untypeds;

/* A machine of 3 GiB with one IOAPIC. */
static int setup(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof machine);
    memset(list, 0, sizeof list);
    boot_ranges_add(&machine.ram, 0x100000, 0xbffe0000);
    boot_ranges_add(&machine.registers, 0xfee00000, 0xfef00000);
    boot_ranges_add(&machine.registers, 0xfec00000, 0xfec01000);
    machine.kernel = (struct boot_range){ 0x100000, 0x900000 };
    machine.boot_part = (struct boot_range){ 0x100000, 0x800000 };
    machine.image = (struct boot_range){ 0x900000, 0xdef000 };
    untypeds = (struct boot_untypeds){ .at = list, .capacity = 230 };
    return 0;
}

static word_t index_of(word_t paddr)
{
    for (word_t i = 0; i < untypeds.count; i++)
        if (list[i].paddr == paddr)
            return i;
    fail_msg("no untyped at %lx", paddr);
    return 0;
}

static void expect(word_t paddr, word_t bits, bool device)
{
    word_t i = index_of(paddr);
    assert_int_equal(list[i].sizeBits, bits);
    assert_int_equal(list[i].isDevice, device);
}

static void make_list(void)
{
    boot_free_memory(&machine, &open);
    struct boot_range block;
    assert_true(boot_ranges_find_top(&open, 0x49800, 18, &block));
    boot_ranges_remove(&open, block.start, block.end);
    boot_untyped_list(&machine, &open, &untypeds);
}

static void the_block_is_at_the_top_of_the_highest_range(void **state)
{
    (void)state;
    boot_free_memory(&machine, &open);
    struct boot_range block;
    assert_true(boot_ranges_find_top(&open, 0x49800, 18, &block));
    assert_int_equal(block.start, 0xbff80000);
    assert_int_equal(block.end, 0xbffc9800);
}

static void the_block_skips_ranges_that_cannot_hold_it(void **state)
{
    (void)state;
    struct boot_range block;
    open.count = 0;
    boot_ranges_add(&open, 0x0, 0x8000);
    boot_ranges_add(&open, 0x1c0000, 0x240000);
    boot_ranges_add(&open, 0x340000, 0x38a000);  /* large enough, but not at an aligned place */
    assert_true(boot_ranges_find_top(&open, 0x40000, 18, &block));
    assert_int_equal(block.start, 0x340000);
    assert_true(boot_ranges_find_top(&open, 0x49800, 18, &block));
    assert_int_equal(block.start, 0x340000);
    assert_true(boot_ranges_find_top(&open, 0x60000, 18, &block));
    assert_int_equal(block.start, 0x1c0000);
    assert_false(boot_ranges_find_top(&open, 0x90000, 18, &block));
}

static void device_memory_is_everything_else_up_to_2_47(void **state)
{
    (void)state;
    static const struct { word_t paddr, bits; } expected[] = {
        { 0, 20 }, { 0xbffe0000, 17 }, { 0xc0000000, 29 }, { 0xe0000000, 28 }, { 0xf0000000, 27 },
        { 0xf8000000, 26 }, { 0xfc000000, 25 }, { 0xfe000000, 23 }, { 0xfe800000, 22 },
        { 0xfec01000, 12 }, { 0xfec80000, 19 }, { 0xfed00000, 20 }, { 0xfef00000, 20 },
        { 0xff000000, 23 }, { 0xffffffe0, 4 },
        { 0x100000000, 32 }, { 0x4000000000, 38 },
    };
    make_list();
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        expect(expected[i].paddr, expected[i].bits, true);
    assert_int_equal(list[0].paddr, 0);
    for (word_t i = 0; i < untypeds.count; i++) {
        assert_true(list[i].paddr < 0xfffffff0 || list[i].paddr > 0xffffffff);
        assert_true(list[i].paddr < 0xfee00000 || list[i].paddr >= 0xfef00000);
    }
}

/* More of them than a set has places for. */
static void no_register_is_handed_out(void **state)
{
    (void)state;
    for (word_t i = 0; i < BOOT_RANGES; i++)
        boot_ranges_add(&machine.registers, 0xc0000000 + (i << 13), 0xc0001000 + (i << 13));
    make_list();
    for (word_t i = 0; i < untypeds.count; i++)
        for (word_t j = 0; j < BOOT_RANGES; j++)
            assert_true(list[i].paddr + (1ul << list[i].sizeBits) <= 0xc0000000 + (j << 13) ||
                        list[i].paddr >= 0xc0001000 + (j << 13));
}

/* Of a unit whose address no processor has. */
static void registers_beyond_all_memory_take_nothing_away(void **state)
{
    (void)state;
    static const word_t addresses[] = { BIT(47), BIT(48), BIT(63), ~(word_t)0xfff };
    make_list();
    word_t count = untypeds.count, top = list[count - 1].paddr;
    for (word_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        setup(state);
        boot_ranges_add(&machine.registers, addresses[i], addresses[i] + 0xfff);
        make_list();
        assert_int_equal(untypeds.count, count);
        assert_int_equal(list[count - 1].paddr, top);
    }
}

static void memory_is_the_boot_part_then_what_is_free(void **state)
{
    (void)state;
    static const struct { word_t paddr, bits; } expected[] = {
        { 0x100000, 20 }, { 0x200000, 21 }, { 0x400000, 22 }, { 0xdef000, 12 }, { 0xdf0000, 16 },
        { 0xe00000, 21 }, { 0x1000000, 24 },
    };
    make_list();
    word_t first = index_of(0x100000);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(list[first + i].paddr, expected[i].paddr);
        expect(expected[i].paddr, expected[i].bits, false);
    }
    static const struct { word_t paddr, bits; } last[] = {
        { 0xbff00000, 19 }, { 0xbffc9800, 11 }, { 0xbffca000, 13 }, { 0xbffcc000, 14 },
        { 0xbffd0000, 16 },
    };
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(list[untypeds.count - 5 + i].paddr, last[i].paddr);
        expect(last[i].paddr, last[i].bits, false);
    }
}

static void every_byte_is_given_out_once(void **state)
{
    (void)state;
    make_list();
    word_t normal = 0;
    for (word_t i = 0; i < untypeds.count; i++) {
        word_t bytes = 1ul << list[i].sizeBits;
        assert_int_equal(list[i].paddr % bytes, 0);
        normal += list[i].isDevice ? 0 : bytes;
        for (word_t j = i + 1; j < untypeds.count; j++)
            assert_true(list[i].paddr + bytes <= list[j].paddr ||
                        list[j].paddr + (1ul << list[j].sizeBits) <= list[i].paddr);
    }
    assert_int_equal(normal, 0xbffe0000 - 0x100000 - (0xdef000 - 0x800000) - 0x49800);
}

static void an_image_away_from_the_kernel_is_reserved(void **state)
{
    (void)state;
    machine.image = (struct boot_range){ 0x2000000, 0x2001000 };
    make_list();
    expect(0x2001000, 12, false);
    expect(0x900000, 20, false);
    for (word_t i = 0; i < untypeds.count; i++)
        assert_true(list[i].paddr > 0x2000fff ||
                    list[i].paddr + (1ul << list[i].sizeBits) <= 0x2000000);
}

/* Whatever the room, it holds what is largest, memory before device memory, in the order of a list without end. */
static void a_full_list_leaves_out_the_smallest(void **state)
{
    make_list();
    static seL4_UntypedDesc all[256];
    word_t count = untypeds.count;
    memcpy(all, list, sizeof all);
    assert_int_equal(untypeds.lost[0].count + untypeds.lost[1].count, 0);
    for (word_t room = 0; room <= count; room++) {
        setup(state);
        untypeds.capacity = room;
        make_list();
        assert_int_equal(untypeds.count, room);
        assert_int_equal(list[room].sizeBits, 0);
        word_t next = 0, bytes[2] = { 0 }, largest_lost = 0, smallest_kept = ~0ul;
        for (word_t i = 0; i < count; i++) {
            word_t rank = 2 * all[i].sizeBits + !all[i].isDevice;
            if (next < room && memcmp(&all[i], &list[next], sizeof all[i]) == 0) {
                smallest_kept = rank < smallest_kept ? rank : smallest_kept;
                next++;
            } else {
                largest_lost = rank > largest_lost ? rank : largest_lost;
                bytes[all[i].isDevice] += 1ul << all[i].sizeBits;
            }
        }
        assert_int_equal(next, room);
        assert_true(largest_lost <= smallest_kept);
        assert_int_equal(untypeds.lost[0].count + untypeds.lost[1].count, count - room);
        assert_int_equal(untypeds.lost[0].bytes, bytes[0]);
        assert_int_equal(untypeds.lost[1].bytes, bytes[1]);
    }
}

static void fragments_below_the_smallest_size_are_skipped(void **state)
{
    (void)state;
    machine.ram.count = 0;
    machine.boot_part = (struct boot_range){ 0, 0 };
    open.count = 0;
    boot_ranges_add(&open, 0x100004, 0x100024);
    boot_untyped_list(&machine, &open, &untypeds);
    expect(0x100010, 4, false);
    assert_int_equal(list[untypeds.count - 1].paddr, 0x100010);
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_block_is_at_the_top_of_the_highest_range),
        TEST(the_block_skips_ranges_that_cannot_hold_it),
        TEST(device_memory_is_everything_else_up_to_2_47),
        TEST(no_register_is_handed_out),
        TEST(registers_beyond_all_memory_take_nothing_away),
        TEST(memory_is_the_boot_part_then_what_is_free),
        TEST(every_byte_is_given_out_once),
        TEST(an_image_away_from_the_kernel_is_reserved),
        TEST(a_full_list_leaves_out_the_smallest),
        TEST(fragments_below_the_smallest_size_are_skipped),
    };
    return RUN(tests);
}
