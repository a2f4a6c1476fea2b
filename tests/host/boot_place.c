/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_place.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include <arch/x86_64/boot.h>

#define LIMIT 0x100000000ul

static struct boot_machine machine;
static struct boot_range module;

/* 32 MiB, of which the kernel takes the first 256 KiB; an image of 64 KiB. */
static int setup(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof machine);
    boot_ranges_add(&machine.ram, 0x100000, 0x1fe0000);
    machine.kernel = (struct boot_range){ 0x100000, 0x140000 };
    machine.root = (struct boot_image){ 0x400000, 0x410000, 0x400000 };
    machine.module[0] = (struct boot_range){ 0x800000, 0x80ffff };
    return 0;
}

static const char *place(void) { return boot_place(&machine, LIMIT, &module); }

static void the_image_follows_the_kernel(void **state)
{
    (void)state;
    assert_null(place());
    assert_int_equal(machine.image.start, 0x140000);
    assert_int_equal(machine.image.end, 0x150000);
}

static void a_module_out_of_the_way_stays(void **state)
{
    (void)state;
    assert_null(place());
    assert_int_equal(module.start, 0x800000);
    machine.module[0] = (struct boot_range){ 0x150000, 0x160000 };
    assert_null(place());
    assert_int_equal(module.start, 0x150000);
}

static void a_module_in_the_way_goes_to_the_top(void **state)
{
    (void)state;
    machine.module[0] = (struct boot_range){ 0x13f000, 0x145001 };
    assert_null(place());
    assert_int_equal(module.start, 0x1fe0000 - 0x7000);
    assert_int_equal(module.end, module.start + 0x6001);
}

static void a_module_outside_ram_moves_too(void **state)
{
    (void)state;
    machine.module[0] = (struct boot_range){ 0x10000, 0x20000 };
    assert_null(place());
    assert_int_equal(module.start, 0x1fd0000);
}

static void a_module_moves_only_to_where_boot_can_reach(void **state)
{
    (void)state;
    boot_ranges_add(&machine.ram, 0xfff00000, 0x180000000);
    machine.module[0] = (struct boot_range){ 0x140000, 0x150000 };
    assert_null(place());
    assert_int_equal(module.end, LIMIT);
}

static void the_image_skips_a_range_that_is_too_small(void **state)
{
    (void)state;
    machine.ram.count = 0;
    boot_ranges_add(&machine.ram, 0x100000, 0x148000);
    boot_ranges_add(&machine.ram, 0x200000, 0x208000);
    boot_ranges_add(&machine.ram, 0x300000, 0x400000);
    assert_null(place());
    assert_int_equal(machine.image.start, 0x300000);
}

static void a_hole_under_the_kernel_is_refused(void **state)
{
    boot_ranges_remove(&machine.ram, 0x130000, 0x131000);
    assert_non_null(strstr(place(), "a hole where the kernel"));
    boot_ranges_remove(&machine.ram, 0x100000, 0x200000);
    assert_non_null(strstr(place(), "a hole where the kernel"));
    setup(state);
    boot_ranges_remove(&machine.ram, 0x138000, 0x1fd0000);  /* behind the image, where its tables belong */
    assert_non_null(strstr(place(), "a hole where the kernel"));
}

static void memory_that_ends_in_the_kernel_is_too_little(void **state)
{
    (void)state;
    boot_ranges_remove(&machine.ram, 0x13f000, UINT64_MAX);
    assert_string_equal(place(), "there is too little memory.");
    boot_ranges_remove(&machine.ram, 0x110000, 0x111000);
    assert_string_equal(place(), "there is too little memory.");
}

static void an_image_larger_than_memory_is_refused(void **state)
{
    (void)state;
    machine.root.v_end = machine.root.v_start + 0x2000000;
    assert_non_null(strstr(place(), "does not fit"));
}

static void no_room_for_the_module_is_refused(void **state)
{
    (void)state;
    machine.ram.count = 0;
    boot_ranges_add(&machine.ram, 0x100000, 0x158000);
    machine.module[0] = (struct boot_range){ 0x140000, 0x150000 };
    assert_non_null(strstr(place(), "too little memory in one piece, below 4 GiB"));
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_image_follows_the_kernel),
        TEST(a_module_out_of_the_way_stays),
        TEST(a_module_in_the_way_goes_to_the_top),
        TEST(a_module_outside_ram_moves_too),
        TEST(a_module_moves_only_to_where_boot_can_reach),
        TEST(the_image_skips_a_range_that_is_too_small),
        TEST(a_hole_under_the_kernel_is_refused),
        TEST(memory_that_ends_in_the_kernel_is_too_little),
        TEST(an_image_larger_than_memory_is_refused),
        TEST(no_room_for_the_module_is_refused),
    };
    return RUN(tests);
}
