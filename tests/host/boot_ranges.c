/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_ranges.c */
#include "host.h"
#include <arch/x86_64/boot.h>

static void expect(const struct boot_ranges *ranges, word_t count,
                   const struct boot_range *expected)
{
    assert_int_equal(ranges->count, count);
    for (word_t i = 0; i < count; i++) {
        assert_int_equal(ranges->at[i].start, expected[i].start);
        assert_int_equal(ranges->at[i].end, expected[i].end);
    }
}

static void ranges_are_sorted(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 50, 60);
    boot_ranges_add(&r, 10, 20);
    boot_ranges_add(&r, 30, 40);
    expect(&r, 3, (struct boot_range[]){ { 10, 20 }, { 30, 40 }, { 50, 60 } });
}

static void overlapping_and_adjacent_ranges_are_merged(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 10, 20);
    boot_ranges_add(&r, 40, 50);
    boot_ranges_add(&r, 20, 25);
    boot_ranges_add(&r, 24, 41);
    expect(&r, 1, (struct boot_range[]){ { 10, 50 } });
}

static void a_range_that_covers_all_others_replaces_them(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 10, 20);
    boot_ranges_add(&r, 30, 40);
    boot_ranges_add(&r, 0, 100);
    expect(&r, 1, (struct boot_range[]){ { 0, 100 } });
}

static void empty_and_reversed_ranges_are_ignored(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 10, 10);
    boot_ranges_add(&r, 20, 10);
    boot_ranges_remove(&r, 5, 5);
    expect(&r, 0, NULL);
}

static void removal_cuts_splits_and_drops(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 10, 20);
    boot_ranges_add(&r, 30, 40);
    boot_ranges_add(&r, 50, 60);
    boot_ranges_remove(&r, 15, 35);
    expect(&r, 3, (struct boot_range[]){ { 10, 15 }, { 35, 40 }, { 50, 60 } });
    boot_ranges_remove(&r, 52, 54);
    expect(&r, 4, (struct boot_range[]){ { 10, 15 }, { 35, 40 }, { 50, 52 }, { 54, 60 } });
    boot_ranges_remove(&r, 0, 55);
    expect(&r, 1, (struct boot_range[]){ { 55, 60 } });
}

static void a_full_set_covers_what_does_not_fit(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    for (word_t i = 0; i < BOOT_RANGES + 3; i++)
        boot_ranges_add(&r, 10 * i, 10 * i + 5);
    assert_int_equal(r.count, BOOT_RANGES);
    assert_int_equal(r.at[BOOT_RANGES - 1].start, 10 * (BOOT_RANGES - 1));
    assert_int_equal(r.at[BOOT_RANGES - 1].end, 10 * (BOOT_RANGES + 2) + 5);
    boot_ranges_add(&r, 7, 8);
    assert_int_equal(r.at[0].end, 8);
    assert_int_equal(r.at[1].start, 10);
}

static void a_full_set_is_extended_downwards_too(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    for (word_t i = 1; i <= BOOT_RANGES; i++)
        boot_ranges_add(&r, 10 * i, 10 * i + 5);
    boot_ranges_add(&r, 2, 4);
    assert_int_equal(r.count, BOOT_RANGES);
    assert_int_equal(r.at[0].start, 2);
    assert_int_equal(r.at[0].end, 15);
}

static void a_full_set_gives_up_what_is_above_a_removal(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    for (word_t i = 0; i < BOOT_RANGES; i++)
        boot_ranges_add(&r, 10 * i, 10 * i + 5);
    boot_ranges_remove(&r, 1, 2);
    assert_int_equal(r.count, BOOT_RANGES);
    assert_int_equal(r.at[0].end, 1);
    assert_int_equal(r.at[1].start, 10);
}

static void the_smallest_but_the_first_is_dropped(void **state)
{
    (void)state;
    struct boot_ranges r = { 0 };
    boot_ranges_add(&r, 10, 11);
    boot_ranges_add(&r, 20, 40);
    boot_ranges_add(&r, 50, 55);
    boot_ranges_add(&r, 60, 65);
    assert_int_equal(boot_ranges_drop_smallest(&r), 5);
    expect(&r, 3, (struct boot_range[]){ { 10, 11 }, { 20, 40 }, { 60, 65 } });
    assert_int_equal(boot_ranges_drop_smallest(&r), 5);
    assert_int_equal(boot_ranges_drop_smallest(&r), 20);
    expect(&r, 1, (struct boot_range[]){ { 10, 11 } });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_sorted),
        cmocka_unit_test(overlapping_and_adjacent_ranges_are_merged),
        cmocka_unit_test(a_range_that_covers_all_others_replaces_them),
        cmocka_unit_test(empty_and_reversed_ranges_are_ignored),
        cmocka_unit_test(removal_cuts_splits_and_drops),
        cmocka_unit_test(a_full_set_covers_what_does_not_fit),
        cmocka_unit_test(a_full_set_is_extended_downwards_too),
        cmocka_unit_test(a_full_set_gives_up_what_is_above_a_removal),
        cmocka_unit_test(the_smallest_but_the_first_is_dropped),
    };
    return RUN(tests);
}
