/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_multiboot.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/boot.h>

#define MAGIC1 0x2badb002u
#define MAGIC2 0x36d76289u
#define INFO 0x1003u /* odd on purpose */
#define MAP 0x2000u
#define MODULES 0x4000u
#define TEXT 0x5000u
#define VBE 0x6000u

#define MEMORY_BYTES 0x8000u

static char memory[MEMORY_BYTES];
static struct boot_machine machine;

/* A piece of the heap: the sanitizer sees who reads beyond it. */
static char *piece;
static word_t piece_at, piece_bytes;

const char *boot_memory_at(word_t at, word_t bytes)
{
    if (piece)
        return at >= piece_at && at - piece_at <= piece_bytes && bytes <= piece_bytes - (at - piece_at)
                   ? piece + (at - piece_at)
                   : NULL;
    return at < MEMORY_BYTES && bytes <= MEMORY_BYTES - at ? memory + at : NULL;
}

static void put(word_t at, word_t value, size_t bytes) { memcpy(memory + at, &value, bytes); }

static const char *read(uint32_t magic)
{
    memset(&machine, 0, sizeof machine);
    return boot_multiboot_read(magic, INFO, &machine);
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

static void entries_have_their_own_size(void **state)
{
    (void)state;
    memset(memory + MAP, 0xff, 0x100);
    for (word_t i = 0; i < 3; i++) {
        word_t at = MAP + 28 * i;
        put(at, 24, 4);
        put(at + 4, 0x100000 + i * 0x1000000, 8);
        put(at + 12, 0x800000, 8);
        put(at + 20, 1, 4);
    }
    put(INFO + 44, 3 * 28, 4);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 3);
    assert_int_equal(machine.ram.at[2].start, 0x2100000);
    assert_int_equal(machine.ram.at[2].end, 0x2900000);
    assert_int_equal(machine.mmap_bytes, 3 * 24);
    assert_memory_equal(machine.mmap[2], memory + MAP + 56, 24);
    assert_false(machine.mmap_damaged);
}

static void an_entry_of_impossible_size_ends_the_map(void **state)
{
    static const word_t sizes[] = { 0, 4, 19, 45, 0x7fffffff, 0xfffffffc, 0xffffffff };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        setup1(state);
        put_map1(2, 0x10000000, 0x1000000, 1);
        put_map1(3, 0x20000000, 0x1000000, 1);
        put(MAP + 48, sizes[i], 4);
        assert_null(read(MAGIC1));
        assert_int_equal(machine.ram.count, 1);
        assert_true(machine.mmap_damaged);
    }
    setup1(state);
    put(INFO + 44, 2 * 24 + 23, 4);  /* the last one is not all there */
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 1);
    assert_true(machine.mmap_damaged);
}

static void what_is_not_ram_wins_in_any_order(void **state)
{
    for (word_t first = 1; first <= 2; first++) {
        setup1(state);
        put_map1(first, 0x7001fff, 2, 4);            /* NVS: two pages of it */
        put_map1(3 - first, 0x100000, 0x7f00000, 1);
        put_map1(3, 0x8000000, 0, 2);                /* nothing */
        put_map1(4, 0x6000800, 0, 2);                /* nothing within a page */
        assert_null(read(MAGIC1));
        assert_int_equal(machine.ram.count, 2);
        assert_int_equal(machine.ram.at[0].end, 0x7001000);
        assert_int_equal(machine.ram.at[1].start, 0x7003000);
        assert_int_equal(machine.ram.at[1].end, 0x8000000);
    }
}

static void every_type_but_one_is_no_ram(void **state)
{
    for (word_t type = 0; type <= 20; type++) {
        setup1(state);
        put_map1(2, 0x2000000, 0x1000, type);
        assert_null(read(MAGIC1));
        assert_int_equal(machine.ram.count, type == 1 ? 1 : 2);
    }
    setup1(state);
    put_map1(2, 0x7000000, UINT64_MAX, 2);  /* to the end of all memory */
    put_map1(3, 0x7f00000, 0x1000, 1);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 1);
    assert_int_equal(machine.ram.at[0].end, 0x7000000);
}

static void of_too_many_ranges_the_smallest_give_way(void **state)
{
    (void)state;
    for (word_t i = 0; i < 63; i++)
        put_map1(i, 0x100000 + i * 0x100000, i == 40 ? 0x2000 : i == 0 ? 0x1000 : 0x8000, 1);
    put_map1(63, 0x10000000, 0x3000, 1);
    put_map1(64, 0x100000000, 0x100000000, 1);
    put_map1(65, 0x300000000, 0x100000000, 1);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, BOOT_RAM_RANGES);
    assert_int_equal(machine.ram_lost.count, 2);
    assert_int_equal(machine.ram_lost.bytes, 0x5000);
    assert_int_equal(machine.ram.at[0].end, 0x101000);  /* the kernel's is never lost */
    assert_int_equal(machine.ram.at[63].start, 0x300000000);
    assert_int_equal(machine.ram.at[62].start, 0x100000000);
}

static void the_raw_map_has_the_first_entries(void **state)
{
    (void)state;
    for (word_t i = 0; i < 70; i++)
        put_map1(i, 0x100000 + i * 0x1000, 0x1000, 1);
    assert_null(read(MAGIC1));
    assert_int_equal(machine.ram.count, 1);
    assert_int_equal(machine.mmap_entries, 70);
    assert_int_equal(machine.mmap_bytes, MULTIBOOT_MMAP_MAX * 24);
}

static void a_module_that_ends_before_it_begins_is_refused(void **state)
{
    (void)state;
    put(MODULES, 0xfffff000, 4);
    put(MODULES + 4, 0x1000, 4);
    assert_non_null(strstr(read(MAGIC1), "ends before it begins"));
}

static void what_cannot_be_read_is_refused(void **state)
{
    static const word_t bad[] = { MEMORY_BYTES - 8, MEMORY_BYTES, 0x7ffffff0, 0xfffffff8, 0xffffffff };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        setup1(state);
        memset(&machine, 0, sizeof machine);
        assert_non_null(strstr(boot_multiboot_read(MAGIC1, bad[i], &machine), "information cannot be read"));
        assert_non_null(strstr(boot_multiboot_read(MAGIC2, bad[i] + 1, &machine), "information cannot be read"));
        put(INFO + 24, bad[i], 4);
        assert_non_null(strstr(read(MAGIC1), "list of modules cannot be read"));
        put(INFO + 48, bad[i], 4);
        assert_non_null(strstr(read(MAGIC1), "memory map"));
    }
    setup1(state);
    put(INFO + 20, 0xffffffff, 4);  /* modules */
    assert_non_null(strstr(read(MAGIC1), "list of modules cannot be read"));
    put(INFO + 44, 0xffffffff, 4);  /* bytes of the map */
    assert_non_null(strstr(read(MAGIC1), "memory map"));
}

static void a_command_line_ends_with_memory(void **state)
{
    (void)state;
    put(INFO, 1 | 1 << 2 | 1 << 3 | 1 << 6, 4);
    put(INFO + 16, MEMORY_BYTES - 5, 4);
    memcpy(memory + MEMORY_BYTES - 5, "quiet", 5);
    assert_null(read(MAGIC1));
    assert_string_equal(machine.command_line, "quiet");
    put(INFO + 16, 0xfffffffe, 4);
    assert_null(read(MAGIC1));
    assert_string_equal(machine.command_line, "");
}

static void vbe_information_that_cannot_be_read_is_none(void **state)
{
    (void)state;
    put(INFO, 1 | 1 << 3 | 1 << 6 | 1 << 11, 4);
    for (word_t at = 72; at <= 76; at += 4) {
        put(INFO + 72, VBE, 4);
        put(INFO + 76, VBE, 4);
        put(INFO + at, 0xfffffffc, 4);
        assert_null(read(MAGIC1));
        assert_false(machine.has_vbe);
    }
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

static void entries_of_version2_have_the_size_that_the_tag_says(void **state)
{
    (void)state;
    tag_end = 8;
    word_t map = put_tag(6, 16 + 3 * 40);
    memset(memory + map + 8, 0xff, 8 + 3 * 40);
    put(map + 8, 40, 4);
    for (word_t i = 0; i < 3; i++) {
        put(map + 16 + 40 * i, 0x100000 + i * 0x1000000, 8);
        put(map + 24 + 40 * i, 0x800000, 8);
        put(map + 32 + 40 * i, i == 1 ? 3 : 1, 4);
    }
    word_t module = put_tag(3, 16);
    put(module + 8, 0x400000, 4);
    put(module + 12, 0x500000, 4);
    assert_null(read(MAGIC2));
    assert_int_equal(machine.ram.count, 2);
    assert_int_equal(machine.ram.at[1].start, 0x2100000);
    assert_false(machine.mmap_damaged);
    for (word_t size = 0; size < 20; size++) {
        put(map + 8, size, 4);
        assert_non_null(strstr(read(MAGIC2), "memory map"));
        assert_true(machine.mmap_damaged);
    }
}

static void a_tag_past_the_end_ends_the_list(void **state)
{
    static const word_t sizes[] = { 32 + 1, 0x1000, 0x7ffffff8, 0xfffffff8, 0xffffffff };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        setup2(state);
        word_t map = put_tag(6, 32), total = tag_end;
        put(map + 4, sizes[i], 4);
        put(map + 8, 24, 4);
        word_t module = put_tag(3, 16);  /* empty, and behind the end */
        put(module + 8, 0x400000, 4);
        put(module + 12, 0x400000, 4);
        put(INFO, total, 4);
        assert_null(read(MAGIC2));
        assert_int_equal(machine.ram.count, 1);
        assert_true(machine.tags_damaged);
    }
}

static void a_tag_too_short_for_its_type_says_nothing(void **state)
{
    (void)state;
    word_t fb = put_tag(8, 8 + 21);
    memset(memory + fb + 8, 0x11, 24);
    put_tag(3, 15);
    word_t map = put_tag(6, 15);
    put(map + 8, 1, 4);
    put_tag(14, 8);
    put_tag(1, 8);
    assert_null(read(MAGIC2));
    assert_false(machine.has_framebuffer || machine.has_rsdp || machine.mmap_damaged || machine.tags_damaged);
    assert_int_equal(machine.module_count, 1);
    assert_int_equal(machine.ram.count, 1);
    assert_string_equal(machine.command_line, "");
}

static void a_command_line_ends_with_its_tag(void **state)
{
    (void)state;
    word_t tag = put_tag(1, 8 + 5);
    memcpy(memory + tag + 8, "quietXXX", 8);
    assert_null(read(MAGIC2));
    assert_string_equal(machine.command_line, "quiet");
}

static void a_total_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    put(INFO, MEMORY_BYTES - INFO + 1, 4);
    assert_non_null(strstr(read(MAGIC2), "information cannot be read"));
    put(INFO, 0xffffffff, 4);
    assert_non_null(strstr(read(MAGIC2), "information cannot be read"));
    put(INFO, 0, 4);
    assert_non_null(strstr(read(MAGIC2), "memory map"));
}

static void an_rsdp_counts_in_either_tag(void **state)
{
    (void)state;
    word_t tag = put_tag(15, 8 + 20);
    memset(memory + tag + 8, 'o', 20);
    assert_null(read(MAGIC2));
    assert_true(machine.has_rsdp);
    tag = put_tag(14, 8 + 36);
    memset(memory + tag + 8, 'n', 36);
    assert_null(read(MAGIC2));
    assert_int_equal(machine.rsdp[35], 'n');
}

/* ---- both ---- */

static void what_is_lost_is_said(void **state)
{
    static const char *const lines[] = { "a tag of impossible size", "an entry of impossible size", "3 ranges (12 KiB)",
                                         "50 of 70", "modules: 10 are too many" };
    (void)state;
    memset(&host, 0, sizeof host);
    memset(&machine, 0, sizeof machine);
    boot_multiboot_report(&machine);
    assert_string_equal(host.output, "");
    machine.tags_damaged = machine.mmap_damaged = true;
    machine.ram_lost = (struct boot_loss){ 3, 3 * 4096 };
    machine.mmap_entries = 70;
    machine.module_count = BOOT_MODULES + 2;
    boot_multiboot_report(&machine);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_non_null(strstr(host.output, lines[i]));
}

static uint64_t seed;

static word_t any(word_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* Of either version, damaged, in memory that ends where the information says it does, or anywhere. */
static void any_information_ends_in_a_defined_way(void **state)
{
    static const word_t odd[] = { 0, 1, 7, 8, 20, 24, 0x7fffffff, 0x80000000, 0xfffff000, 0xfffffff8, 0xffffffff };
    for (word_t round = 0; round < 40000; round++) {
        seed = round;
        uint32_t magic = any(2) ? MAGIC1 : MAGIC2;
        (magic == MAGIC1 ? setup1 : setup2)(state);
        word_t from = INFO, to = MODULES + 16;
        if (magic == MAGIC1) {
            put(INFO, 0x84d, 4);
            put(INFO + 16, MAP, 4);
            put(INFO + 72, INFO, 4);
            put(INFO + 76, MAP, 4);
        } else {
            for (word_t n = any(8); n > 0; n--)
                put_tag(any(17), any(64));
            to = INFO + tag_end;
        }
        for (word_t n = any(6); n > 0; n--) {
            word_t span = magic == MAGIC1 ? 128 : to - from;
            word_t at = any(4) ? from + any(span) : from + any(to - from);
            put(at, any(2) ? odd[any(sizeof odd / sizeof odd[0])] : any(0x8000), any(2) ? 4 : 1);
        }
        piece_at = from;
        piece_bytes = any(2) ? to - from : any(to - from);
        piece = malloc(piece_bytes + 1);
        memcpy(piece, memory + from, piece_bytes);
        piece = realloc(piece, piece_bytes ? piece_bytes : 1);
        read(magic);
        assert_true(machine.ram.count <= BOOT_RAM_RANGES && machine.mmap_bytes <= sizeof machine.mmap);
        assert_non_null(memchr(machine.command_line, 0, BOOT_COMMAND_LINE));
        free(piece);
        piece = NULL;
    }
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
        TEST1(entries_have_their_own_size),
        TEST1(an_entry_of_impossible_size_ends_the_map),
        TEST1(what_is_not_ram_wins_in_any_order),
        TEST1(every_type_but_one_is_no_ram),
        TEST1(of_too_many_ranges_the_smallest_give_way),
        TEST1(the_raw_map_has_the_first_entries),
        TEST1(a_module_that_ends_before_it_begins_is_refused),
        TEST1(what_cannot_be_read_is_refused),
        TEST1(a_command_line_ends_with_memory),
        TEST1(vbe_information_that_cannot_be_read_is_none),
        TEST2(version2_gives_memory_and_module),
        TEST2(tags_end_with_the_information_too),
        TEST2(a_tag_without_size_ends_the_list),
        TEST2(the_later_rsdp_of_the_right_size_counts),
        TEST2(framebuffer_counts_if_it_has_an_address),
        TEST2(command_line_of_version2),
        TEST2(entries_of_version2_have_the_size_that_the_tag_says),
        TEST2(a_tag_past_the_end_ends_the_list),
        TEST2(a_tag_too_short_for_its_type_says_nothing),
        TEST2(a_command_line_ends_with_its_tag),
        TEST2(a_total_that_cannot_be_read_is_refused),
        TEST2(an_rsdp_counts_in_either_tag),
        TEST1(another_loader_is_refused),
        TEST1(what_is_lost_is_said),
        TEST1(any_information_ends_in_a_defined_way),
    };
    return RUN(tests);
}
