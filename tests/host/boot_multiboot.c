/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_multiboot.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include <arch/x86_64/boot.h>

#define MAGIC1 0x2badb002u
#define MAGIC2 0x36d76289u
#define INFO 0x1003u /* odd on purpose */
#define MAP 0x2000u
#define MODULES 0x4000u
#define TEXT 0x5000u
#define VBE 0x6000u

static char memory[0x8000];
static struct boot_machine machine;

static void put(word_t at, word_t value, size_t bytes) { memcpy(memory + at, &value, bytes); }

static const char *read(uint32_t magic)
{
    memset(&machine, 0, sizeof machine);
    return boot_multiboot_read(magic, INFO, memory, &machine);
}

/* ---- version 1 ---- */

static void put_map1(word_t index, word_t base, word_t length, word_t type)
{
    word_t at = MAP + 24 * index;
    put(at, 20, 4);
    put(at + 4, base, 8);
    put(at + 12, length, 8);
    put(at + 20, type, 4);
    put(INFO + 44, 24 * (index + 1), 4);
}

static int setup1(void **state)
{
    (void)state;
    memset(memory, 0, sizeof memory);
    put(INFO, 1 | 1 << 3 | 1 << 6, 4);
    put(INFO + 20, 1, 4);
    put(INFO + 24, MODULES, 4);
    put(MODULES, 0x200000, 4);
    put(MODULES + 4, 0x234567, 4);
    put(INFO + 48, MAP, 4);
    put_map1(0, 0, 0x9fc00, 1);
    put_map1(1, 0x100000, 0x7f00000, 1);
    return 0;
}

static void version1_gives_memory_and_module(void **state)
{
    (void)state;
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 1);
    assert_int_equal(machine.ram.at[0].start, 0x100000);
    assert_int_equal(machine.ram.at[0].end, 0x8000000);
    assert_int_equal(machine.module_count, 1);
    assert_int_equal(machine.module[0].start, 0x200000);
    assert_int_equal(machine.module[0].end, 0x234567);
    assert_int_equal(machine.mmap_bytes, 48);
    assert_memory_equal(machine.mmap, memory + MAP, 48);
}

static void ram_is_rounded_to_pages_and_merged(void **state)
{
    (void)state;
    put_map1(1, 0x300001, 0x1fff, 1);   /* one whole page within */
    put_map1(2, 0x302000, 0x1000, 1);   /* touches it not */
    put_map1(3, 0x303000, 0x1fff, 1);   /* touches the one before */
    put_map1(4, 0x500001, 0xfff, 1);    /* no whole page */
    put_map1(5, 0x100000, 0x1000, 1);   /* out of order */
    put_map1(6, 0x700000, 0x1000, 2);   /* not RAM */
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 2);
    assert_int_equal(machine.ram.at[0].start, 0x100000);
    assert_int_equal(machine.ram.at[0].end, 0x101000);
    assert_int_equal(machine.ram.at[1].start, 0x301000);
    assert_int_equal(machine.ram.at[1].end, 0x304000);
}

static void ram_is_clipped_at_the_end_of_the_window(void **state)
{
    (void)state;
    put_map1(2, 0x7f7ffff000, 0x2000, 1);
    put_map1(3, 0x7f80000000, 0x1000, 1);
    put_map1(4, 0x100000000, UINT64_MAX, 1);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 2);
    assert_int_equal(machine.ram.at[1].start, 0x100000000);
    assert_int_equal(machine.ram.at[1].end, 0x7f80000000);
}

static void too_many_ranges_leave_room_for_reserved_ones(void **state)
{
    (void)state;
    for (word_t i = 0; i < 100; i++)
        put_map1(i, 0x100000 + i * 0x10000, 0x1000, 1);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, BOOT_RAM_RANGES);
    assert_int_equal(machine.mmap_bytes, MULTIBOOT_MMAP_MAX * 24);
}

static void without_a_map_the_upper_memory_counts(void **state)
{
    (void)state;
    put(INFO, 1 | 1 << 3, 4);
    put(INFO + 8, 31745, 4); /* KiB from 1 MiB on, not a whole number of pages */
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 1);
    assert_int_equal(machine.ram.at[0].end, 0x100000 + 31744 * 1024);
    assert_int_equal(machine.mmap_bytes, 0);
}

static void no_memory_information_is_refused(void **state)
{
    (void)state;
    put(INFO, 1 << 3 | 1 << 6, 4);
    assert_non_null(strstr(read(MAGIC1), "memory map"));
    put(INFO, 1 | 1 << 3 | 1 << 6, 4);
    put(INFO + 44, 0, 4);
    assert_non_null(strstr(read(MAGIC1), "memory map"));
}

static void no_module_is_refused(void **state)
{
    (void)state;
    put(INFO + 20, 0, 4);
    assert_non_null(strstr(read(MAGIC1), "no module"));
    put(INFO + 20, 1, 4);
    put(INFO, 1 | 1 << 6, 4);
    assert_non_null(strstr(read(MAGIC1), "no module"));
}

static void an_empty_module_is_refused_whichever_it_is(void **state)
{
    (void)state;
    put(INFO + 20, 2, 4);
    put(MODULES + 16, 0x300000, 4);
    put(MODULES + 20, 0x300000, 4);
    assert_non_null(strstr(read(MAGIC1), "empty module"));
}

static void further_modules_are_counted(void **state)
{
    (void)state;
    put(INFO + 20, BOOT_MODULES + 2, 4);
    for (word_t i = 0; i < BOOT_MODULES + 2; i++) {
        put(MODULES + 16 * i, 0x200000 + 0x10000 * i, 4);
        put(MODULES + 16 * i + 4, 0x201000 + 0x10000 * i, 4);
    }
    assert_null(read(MAGIC1));
    assert_int_equal(machine.module_count, BOOT_MODULES + 2);
    assert_int_equal(machine.module[0].start, 0x200000);
}

static void command_line_is_cut_to_its_room(void **state)
{
    (void)state;
    put(INFO, 1 | 1 << 2 | 1 << 3 | 1 << 6, 4);
    put(INFO + 16, TEXT, 4);
    memset(memory + TEXT, 'x', 2 * BOOT_COMMAND_LINE);
    assert_null(read(MAGIC1));
    assert_int_equal(strlen(machine.command_line), BOOT_COMMAND_LINE - 1);
}

static void vbe_information_is_copied(void **state)
{
    (void)state;
    put(INFO, 1 | 1 << 3 | 1 << 6 | 1 << 11, 4);
    put(INFO + 72, VBE, 4);
    put(INFO + 76, VBE + 512, 4);
    put(INFO + 80, 0x4118, 2);
    put(INFO + 82, 0xc000, 2);
    put(INFO + 84, 0x1234, 2);
    put(INFO + 86, 0x80, 2);
    memcpy(memory + VBE, "VESA", 4);
    memset(memory + VBE + 512, 0x5a, 256);
    assert_null(read(MAGIC1));
    assert_true(machine.has_vbe);
    assert_memory_equal(machine.vbe, "VESA", 4);
    assert_int_equal(machine.vbe[767], 0x5a);
    uint32_t words[4];
    memcpy(words, machine.vbe + 768, sizeof words);
    assert_int_equal(words[0], 0x4118);
    assert_int_equal(words[1], 0xc000);
    assert_int_equal(words[2], 0x1234);
    assert_int_equal(words[3], 0x80);
}

/* ---- version 2 ---- */

static word_t tag_end;

static word_t put_tag(word_t type, word_t size)
{
    word_t at = INFO + tag_end;
    put(at, type, 4);
    put(at + 4, size, 4);
    tag_end += (size + 7) & ~7ul;
    put(INFO, tag_end, 4);
    return at;
}

static int setup2(void **state)
{
    (void)state;
    memset(memory, 0, sizeof memory);
    tag_end = 8;
    word_t map = put_tag(6, 16 + 2 * 24);
    put(map + 8, 24, 4);
    put(map + 16, 0x100000, 8);
    put(map + 24, 0x3000000, 8);
    put(map + 32, 1, 4);
    put(map + 40, 0xfffc0000, 8);
    put(map + 48, 0x40000, 8);
    put(map + 56, 2, 4);
    word_t module = put_tag(3, 17);
    put(module + 8, 0x400000, 4);
    put(module + 12, 0x500000, 4);
    return 0;
}

static void version2_gives_memory_and_module(void **state)
{
    (void)state;
    put_tag(0, 8);
    assert_null(read(MAGIC2));
    assert_int_equal(machine.ram.count, 1);
    assert_int_equal(machine.ram.at[0].end, 0x3100000);
    assert_int_equal(machine.module[0].end, 0x500000);
    assert_int_equal(machine.mmap_bytes, 0);
}

static void tags_end_with_the_information_too(void **state)
{
    (void)state;
    assert_null(read(MAGIC2));
    assert_int_equal(machine.module_count, 1);
}

static void a_tag_without_size_ends_the_list(void **state)
{
    (void)state;
    put_tag(77, 8);
    put(INFO + tag_end - 4, 0, 4);
    assert_null(read(MAGIC2));
}

static void the_later_rsdp_of_the_right_size_counts(void **state)
{
    (void)state;
    word_t old = put_tag(14, 8 + 20);
    memset(memory + old + 8, 'o', 20);
    assert_null(read(MAGIC2));
    assert_true(machine.has_rsdp);
    assert_int_equal(machine.rsdp[19], 'o');
    assert_int_equal(machine.rsdp[20], 0);
    word_t new = put_tag(15, 8 + 36);
    memset(memory + new + 8, 'n', 36);
    word_t odd = put_tag(15, 8 + 40);
    memset(memory + odd + 8, 'x', 40);
    assert_null(read(MAGIC2));
    assert_int_equal(machine.rsdp[0], 'n');
    assert_int_equal(machine.rsdp[35], 'n');
}

static void framebuffer_counts_if_it_has_an_address(void **state)
{
    (void)state;
    word_t tag = put_tag(8, 32);
    assert_null(read(MAGIC2));
    assert_false(machine.has_framebuffer);
    put(tag + 8, 0xfd000000, 8);
    put(tag + 16, 4096, 4);
    put(tag + 20, 1024, 4);
    put(tag + 24, 768, 4);
    put(tag + 28, 32, 1);
    put(tag + 29, 1, 1);
    assert_null(read(MAGIC2));
    assert_true(machine.has_framebuffer);
    assert_int_equal(machine.framebuffer.width, 1024);
    assert_int_equal(machine.framebuffer.bits_per_pixel, 32);
    assert_int_equal(machine.framebuffer.type, 1);
}

static void command_line_of_version2(void **state)
{
    (void)state;
    word_t tag = put_tag(1, 8 + 6);
    memcpy(memory + tag + 8, "quiet", 6);
    assert_null(read(MAGIC2));
    assert_string_equal(machine.command_line, "quiet");
}

static void another_loader_is_refused(void **state)
{
    (void)state;
    assert_non_null(strstr(read(0x12345678), "Multiboot"));
}

#define TEST1(test) cmocka_unit_test_setup(test, setup1)
#define TEST2(test) cmocka_unit_test_setup(test, setup2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST1(version1_gives_memory_and_module),
        TEST1(ram_is_rounded_to_pages_and_merged),
        TEST1(ram_is_clipped_at_the_end_of_the_window),
        TEST1(too_many_ranges_leave_room_for_reserved_ones),
        TEST1(without_a_map_the_upper_memory_counts),
        TEST1(no_memory_information_is_refused),
        TEST1(no_module_is_refused),
        TEST1(an_empty_module_is_refused_whichever_it_is),
        TEST1(further_modules_are_counted),
        TEST1(command_line_is_cut_to_its_room),
        TEST1(vbe_information_is_copied),
        TEST2(version2_gives_memory_and_module),
        TEST2(tags_end_with_the_information_too),
        TEST2(a_tag_without_size_ends_the_list),
        TEST2(the_later_rsdp_of_the_right_size_counts),
        TEST2(framebuffer_counts_if_it_has_an_address),
        TEST2(command_line_of_version2),
        TEST1(another_loader_is_refused),
    };
    return RUN(tests);
}
