/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_multiboot.c arch/x86_64/boot_ranges.c arch/x86_64/boot_untyped.c */
/* Memory maps of odd kinds, through all that boot makes of them: RAM, then the list of untyped memory.  A naive
 * reader says what each page is. */
#include "host.h"
#include <arch/x86_64/boot_root.h>
#include <arch/x86_64/paging.h>

#define MAGIC1 0x2badb002u
#define MAGIC2 0x36d76289u
#define INFO 0x1000u
#define MODULE 0x1800u
#define MAP 0x2000u
#define MEMORY_BYTES 0x10000u
#define ENTRIES 400u
#define MIB 0x100000ul
#define GIB 0x40000000ul
#define PAGE 4096ul
#define KERNEL_END 0x180000ul
#define IMAGE_END 0x190000ul
#define ROOM 230u
#define ALL 8192u

struct entry {
    word_t start, length, type;
};
struct map {
    const char *name;
    struct entry at[24];
    void (*make)(void); /* or the entries by hand */
};

static char memory[MEMORY_BYTES];
static struct entry entry[ENTRIES];
static word_t entries;
static struct boot_machine machine;
static struct boot_ranges open;
static seL4_UntypedDesc list[ROOM + 1], all[ALL + 1];

const char *boot_memory_at(word_t at, word_t bytes)
{
    return at < MEMORY_BYTES && bytes <= MEMORY_BYTES - at ? memory + at : NULL;
}

static void put(word_t at, word_t value, size_t bytes) { memcpy(memory + at, &value, bytes); }

static void add(word_t start, word_t length, word_t type) { entry[entries++] = (struct entry){ start, length, type }; }

/* ---- maps ---- */

static void odd_ranges(word_t count, word_t gap)
{
    add(0, 0x9fc00, 1);
    add(MIB, 16 * MIB - 0x3000, 1);
    for (word_t i = 0; i < count; i++)
        add(32 * MIB + i * 4 * MIB + 0x3001, 4 * MIB - gap - i * 0x1234, 1);
    add(4 * GIB, 12 * GIB, 1);
}
static void odd12(void) { odd_ranges(12, 0x9777); }
static void odd70(void) { odd_ranges(70, 0x9777); }
static void odd120(void) { odd_ranges(120, 0x7000); }
static void all_64(void) { odd_ranges(62, 0x5000); }
static void one_more_than_64(void) { odd_ranges(63, 0x5000); }

static void many_pages(void)
{
    for (word_t i = 0; i < 300; i++)
        add(MIB + i * 64 * PAGE, 64 * PAGE, 1);
}
static void many_pages_backwards(void)
{
    for (word_t i = 120; i > 0; i--)
        add(MIB + (i - 1) * MIB, MIB, 1);
}
static void reserved_comb(void)
{
    add(MIB, 4 * GIB, 1);
    for (word_t i = 0; i < 200; i++)
        add(16 * MIB + i * MIB + 0x800, 0x400, 2 + i % 4);
}
static void reserved_comb_first(void)
{
    for (word_t i = 0; i < 60; i++)
        add(16 * MIB + i * MIB + 0x800, 0x1000, 2 + i % 19);
    add(MIB, 4 * GIB, 1);
}
static void types(void)
{
    for (word_t i = 0; i <= 20; i++)
        add(MIB + i * 2 * MIB, 2 * MIB, i);
    add(MIB, MIB / 2, 1);
    entry[0].type = 1;
}
static void efi_laptop(void)
{
    static const word_t ends[] = { 0x58000, 0x59000, 0x9f000, 0x100000, 0x76a21000, 0x76a22000, 0x76a23000, 0x79bd3000,
        0x7a0a6000, 0x7a150000, 0x7a6d4000, 0x7aafe000, 0x7aaff000, 0x7b000000, 0x80000000 };
    static const word_t kinds[] = { 1, 2, 1, 2, 1, 4, 2, 1, 2, 3, 4, 2, 1, 2, 2 };
    word_t start = 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; start = ends[i++])
        add(start, ends[i] - start, kinds[i]);
    add(0xe0000000, 0x10000000, 2);
    add(0xfe000000, 0x11000, 2);
    add(0xfee00000, 0x1000, 2);
    add(0xff000000, 0x1000000, 2);
    add(4 * GIB, 0x37e800000, 1);
}

static const struct map maps[] = {
    { "QEMU, 128 MiB", { { 0, 0x9fc00, 1 }, { 0x9fc00, 0x400, 2 }, { 0xf0000, 0x10000, 2 }, { MIB, 0x7ee0000, 1 },
                         { 0x7fe0000, 0x20000, 2 }, { 0xfffc0000, 0x40000, 2 } }, NULL },
    { "QEMU, 6 GiB", { { 0, 0x9fc00, 1 }, { MIB, 0xbfee0000, 1 }, { 0xbffe0000, 0x20000, 2 },
                       { 0xfeffc000, 0x4000, 2 }, { 4 * GIB, 3 * GIB, 1 }, { 0xfd00000000, 0x300000000, 2 } }, NULL },
    { "old desktop, odd ends", { { 0, 0x9f800, 1 }, { 0x9f800, 0x800, 2 }, { 0xe4000, 0x1c000, 2 },
                                 { MIB, 0xbf690000, 1 }, { 0xbf790000, 0xe000, 3 }, { 0xbf79e000, 0x32000, 4 },
                                 { 0xbf7d0000, 0x10000, 2 }, { 0xbf7ed000, 0x813000, 2 }, { 4 * GIB, GIB, 1 } }, NULL },
    { "ends within pages", { { MIB, 0x3fefd7ff, 1 }, { 0x3fffd7ff, 0x2801, 3 }, { 0x40000123, 0x1000000, 1 } }, NULL },
    { "laptop", { { 0 } }, efi_laptop },
    { "15 MiB hole", { { 0, 0xa0000, 1 }, { MIB, 14 * MIB, 1 }, { 16 * MIB, 112 * MIB, 1 } }, NULL },
    { "unsorted", { { 4 * GIB, GIB, 1 }, { 0xf0000, 0x10000, 2 }, { MIB, GIB, 1 }, { 0, 0x9fc00, 1 },
                    { 2 * GIB, GIB, 1 } }, NULL },
    { "overlapping RAM", { { MIB, 64 * MIB, 1 }, { 32 * MIB, 64 * MIB, 1 }, { 8 * MIB, MIB, 1 } }, NULL },
    { "the same twice", { { MIB, 64 * MIB, 1 }, { MIB, 64 * MIB, 1 } }, NULL },
    { "RAM and reserved, the same", { { MIB, 64 * MIB, 1 }, { 32 * MIB, 16 * MIB, 1 }, { 32 * MIB, 16 * MIB, 2 } }, NULL },
    { "NVS inside, behind", { { MIB, 127 * MIB, 1 }, { 64 * MIB + 0x800, 0x2000, 4 } }, NULL },
    { "NVS inside, before", { { 64 * MIB + 0x800, 0x2000, 4 }, { MIB, 127 * MIB, 1 } }, NULL },
    { "reserved over an end", { { MIB, 127 * MIB, 1 }, { 120 * MIB - 1, 16 * MIB, 2 } }, NULL },
    { "reserved over a start", { { MIB, 15 * MIB, 1 }, { 32 * MIB, 64 * MIB, 1 }, { 30 * MIB, 4 * MIB + 1, 2 } }, NULL },
    { "bad RAM", { { MIB, 511 * MIB, 1 }, { 300 * MIB + 17, 1, 5 }, { 400 * MIB, PAGE, 5 } }, NULL },
    { "zero length", { { MIB, 0, 1 }, { MIB, 63 * MIB, 1 }, { 32 * MIB + 5, 0, 2 }, { 40 * MIB, 0, 2 }, { 0, 0, 0 } }, NULL },
    { "adjacent kinds of RAM", { { MIB, 15 * MIB, 1 }, { 16 * MIB, MIB, 3 }, { 17 * MIB, 47 * MIB, 1 } }, NULL },
    { "from 0", { { 0, 64 * MIB, 1 }, { 0xa0000, 0x60000, 2 } }, NULL },
    { "wrapping RAM", { { MIB, 63 * MIB, 1 }, { 4 * GIB, UINT64_MAX, 1 } }, NULL },
    { "wrapping reserved", { { MIB, 255 * MIB, 1 }, { 200 * MIB, UINT64_MAX - 3, 2 } }, NULL },
    { "above 2^47", { { MIB, 63 * MIB, 1 }, { 1ul << 47, GIB, 1 }, { 1ul << 52, GIB, 1 }, { UINT64_MAX - 5, 5, 1 },
                      { UINT64_MAX - 5, 6, 2 } }, NULL },
    { "over the end of the window", { { MIB, 63 * MIB, 1 }, { 509 * GIB, 4 * GIB, 1 }, { 511 * GIB, GIB, 2 },
                                      { 510 * GIB - 0x800, PAGE, 2 } }, NULL },
    { "types 0 to 20", { { 0 } }, types },
    { "12 odd ranges", { { 0 } }, odd12 },
    { "70 odd ranges", { { 0 } }, odd70 },
    { "120 odd ranges", { { 0 } }, odd120 },
    { "64 ranges", { { 0 } }, all_64 },
    { "65 ranges", { { 0 } }, one_more_than_64 },
    { "300 adjacent entries", { { 0 } }, many_pages },
    { "120 entries from the top", { { 0 } }, many_pages_backwards },
    { "200 reserved pieces", { { 0 } }, reserved_comb },
    { "60 reserved pieces, first", { { 0 } }, reserved_comb_first },
};

/* ---- what boot makes of them ---- */

static const char *read1(word_t entry_bytes)
{
    put(INFO, 1 | 1 << 3 | 1 << 6, 4);
    put(INFO + 20, 1, 4);
    put(INFO + 24, MODULE, 4);
    put(MODULE, 0x200000, 4);
    put(MODULE + 4, 0x210000, 4);
    put(INFO + 44, entries * (entry_bytes + 4), 4);
    put(INFO + 48, MAP, 4);
    for (word_t i = 0, at = MAP; i < entries; i++, at += entry_bytes + 4) {
        put(at, entry_bytes, 4);
        memset(memory + at + 4, 0xff, entry_bytes);
        memcpy(memory + at + 4, &entry[i], 20);
    }
    return boot_multiboot_read(MAGIC1, INFO, &machine);
}

static const char *read2(word_t entry_bytes)
{
    word_t at = INFO + 8, size = 16 + entries * entry_bytes;
    put(at, 3, 4);
    put(at + 4, 16, 4);
    put(at + 8, 0x200000, 4);
    put(at + 12, 0x210000, 4);
    put(at + 16, 6, 4);
    put(at + 20, size, 4);
    put(at + 24, entry_bytes, 4);
    for (word_t i = 0, to = at + 32; i < entries; i++, to += entry_bytes) {
        memset(memory + to, 0xff, entry_bytes);
        memcpy(memory + to, &entry[i], 20);
    }
    put(INFO, 8 + 16 + size, 4);
    return boot_multiboot_read(MAGIC2, INFO, &machine);
}

static const char *read(word_t how)
{
    memset(&machine, 0, sizeof machine);
    memset(memory, 0, sizeof memory);
    return how < 3 ? read1((word_t[]){ 20, 24, 36 }[how]) : read2((word_t[]){ 24, 40, 21 }[how - 3]);
}

static void take(const struct map *map)
{
    entries = 0;
    if (map->make)
        map->make();
    for (word_t i = 0; i < 24 && !map->make; i++)
        if (map->at[i].start || map->at[i].length || map->at[i].type)
            add(map->at[i].start, map->at[i].length, map->at[i].type);
    assert_true(entries > 0 && entries <= ENTRIES);
}

/* ---- the naive reader ---- */

static word_t end_of(const struct entry *e)
{
    return e->length <= UINT64_MAX - e->start ? e->start + e->length : UINT64_MAX;
}

/* Is this whole page memory by some entry, and does no entry say that a byte of it is something else? */
static bool page_is_ram(word_t at)
{
    bool is = false;
    for (word_t i = 0; i < entries; i++) {
        const struct entry *e = &entry[i];
        if (e->type == 1)
            is |= e->start <= at && at + PAGE <= end_of(e);
        else if (e->length && e->start < at + PAGE && at < end_of(e))
            return false;
    }
    return is && at >= MIB && at < MEMORY_WINDOW_BYTES;
}

static word_t boundary[4 * ENTRIES + 4], boundaries;

static int compare(const void *a, const void *b)
{
    word_t x = *(const word_t *)a, y = *(const word_t *)b;
    return (x > y) - (x < y);
}

/* Where it can change: every page that an entry begins or ends in, and the next. */
static void find_boundaries(void)
{
    boundaries = 0;
    boundary[boundaries++] = MIB;
    boundary[boundaries++] = MEMORY_WINDOW_BYTES;
    for (word_t i = 0; i < entries; i++) {
        word_t ends[] = { entry[i].start, end_of(&entry[i]) };
        for (size_t j = 0; j < 2; j++)
            if (ends[j] < MEMORY_WINDOW_BYTES) {
                boundary[boundaries++] = ends[j] & ~(PAGE - 1);
                boundary[boundaries++] = (ends[j] & ~(PAGE - 1)) + PAGE;
            }
    }
    qsort(boundary, boundaries, sizeof boundary[0], compare);
}

static struct boot_range naive[2 * ENTRIES];
static word_t naive_count;

static void find_naive(void)
{
    find_boundaries();
    naive_count = 0;
    for (word_t i = 0; i + 1 < boundaries; i++) {
        if (boundary[i] == boundary[i + 1] || !page_is_ram(boundary[i]))
            continue;
        if (naive_count && naive[naive_count - 1].end == boundary[i])
            naive[naive_count - 1].end = boundary[i + 1];
        else
            naive[naive_count++] = (struct boot_range){ boundary[i], boundary[i + 1] };
    }
}

/* ---- tests ---- */

/* RAM is the naive reader's, but the smallest ranges if there are too many. */
static void check_ram(const char *name)
{
    word_t next = 0, bytes = 0, largest = 0;
    for (word_t i = 0; i < naive_count; i++) {
        word_t size = naive[i].end - naive[i].start;
        if (next < machine.ram.count && memcmp(&machine.ram.at[next], &naive[i], sizeof naive[i]) == 0) {
            next++;
        } else {
            bytes += size;
            largest = size > largest ? size : largest;
        }
    }
    if (next != machine.ram.count)
        fail_msg("%s: range %lu at %lx is not what the map says", name, next, machine.ram.at[next].start);
    assert_int_equal(next, naive_count < BOOT_RAM_RANGES ? naive_count : BOOT_RAM_RANGES);
    assert_int_equal(machine.ram_lost.count, naive_count - next);
    assert_int_equal(machine.ram_lost.bytes, bytes);
    for (word_t i = 1; i < next; i++)
        assert_true(machine.ram.at[i].end - machine.ram.at[i].start >= largest);
}

static void ram_is_what_the_map_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        take(&maps[i]);
        find_naive();
        for (word_t how = 0; how < 6; how++) {
            const char *failure = read(how);
            if (failure)
                fail_msg("%s: %s", maps[i].name, failure);
            check_ram(maps[i].name);
            assert_false(machine.mmap_damaged || machine.tags_damaged);
        }
    }
}

static void make_list(struct boot_untypeds *untypeds)
{
    machine.kernel = (struct boot_range){ MIB, KERNEL_END };
    machine.boot_part = (struct boot_range){ MIB, MIB + 0x10000 };
    machine.image = (struct boot_range){ KERNEL_END, IMAGE_END };
    boot_ranges_add(&machine.registers, 0xfec00000, 0xfec01000);
    boot_ranges_add(&machine.registers, 0xfee00000, 0xfee01000);
    boot_free_memory(&machine, &open);
    struct boot_range block;
    assert_true(boot_ranges_find_top(&open, 0x29800, 17, &block));
    boot_ranges_remove(&open, block.start, block.end);
    boot_untyped_list(&machine, &open, untypeds);
}

static bool touches(const seL4_UntypedDesc *d, word_t start, word_t end)
{
    return d->paddr < end && start < d->paddr + (1ul << d->sizeBits);
}

/* All blocks without a limit: which is right by itself. */
static void check_all(const char *name, word_t count)
{
    word_t ram = 0, free_bytes = machine.boot_part.end - machine.boot_part.start;
    for (word_t i = 0; i < open.count; i++)
        free_bytes += open.at[i].end - open.at[i].start;
    for (word_t i = 0; i < count; i++) {
        word_t bytes = 1ul << all[i].sizeBits;
        assert_int_equal(all[i].paddr % bytes, 0);
        ram += all[i].isDevice ? 0 : bytes;
        for (word_t j = i + 1; j < count; j++)
            assert_false(touches(&all[i], all[j].paddr, all[j].paddr + (1ul << all[j].sizeBits)));
        assert_false(touches(&all[i], machine.boot_part.end, IMAGE_END));
        for (word_t at = 0; !all[i].isDevice && at < boundaries; at++)
            if (touches(&all[i], boundary[at], boundary[at] + PAGE) && !page_is_ram(boundary[at]))
                fail_msg("%s: %lx is given as memory, but is none", name, boundary[at]);
    }
    assert_int_equal(ram, free_bytes);
}

static word_t rank(const seL4_UntypedDesc *d) { return 2ul * d->sizeBits + !d->isDevice; }

static void check_rest(const struct boot_untypeds *some, word_t count)
{
    word_t next = 0, lost = 0, kept = ~0ul, bytes[2] = { 0 }, left_out[2] = { 0 };
    for (word_t i = 0; i < count; i++) {
        if (next < some->count && memcmp(&list[next], &all[i], sizeof all[i]) == 0) {
            kept = rank(&all[i]) < kept ? rank(&all[i]) : kept;
            next++;
        } else {
            lost = rank(&all[i]) > lost ? rank(&all[i]) : lost;
            bytes[all[i].isDevice] += 1ul << all[i].sizeBits;
            left_out[all[i].isDevice]++;
        }
    }
    assert_int_equal(next, some->count);
    assert_int_equal(next, count < ROOM ? count : ROOM);
    assert_true(lost <= kept);
    for (word_t i = 0; i < 2; i++) {
        assert_int_equal(some->lost[i].count, left_out[i]);
        assert_int_equal(some->lost[i].bytes, bytes[i]);
    }
}

static void untypeds_are_memory_once_and_the_largest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        take(&maps[i]);
        find_naive();
        assert_null(read(0));
        struct boot_untypeds every = { .at = all, .capacity = ALL };
        struct boot_untypeds some = { .at = list, .capacity = ROOM };
        make_list(&every);
        check_all(maps[i].name, every.count);
        make_list(&some);
        check_rest(&some, every.count);
    }
}

/* Nothing of 12 GiB above 4 GiB is lost for the sake of small pieces. */
static void much_memory_is_not_lost_for_little(void **state)
{
    static void (*const makers[])(void) = { odd12, odd70, odd120 };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        entries = 0;
        makers[i]();
        assert_null(read(3));
        struct boot_untypeds some = { .at = list, .capacity = ROOM };
        make_list(&some);
        word_t high = 0;
        for (word_t j = 0; j < some.count; j++)
            high += list[j].isDevice || list[j].paddr < 4 * GIB ? 0 : 1ul << list[j].sizeBits;
        assert_true(high >= 12 * GIB - MIB);
        assert_true(some.lost[0].bytes < 128 * MIB);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_is_what_the_map_says),
        cmocka_unit_test(untypeds_are_memory_once_and_the_largest),
        cmocka_unit_test(much_memory_is_not_lost_for_little),
    };
    return RUN(tests);
}
