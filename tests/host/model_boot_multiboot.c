/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 1. */
#include "model_boot_multiboot.h"
#include <arch/memory.h>
#include <arch/x86_64/paging.h>
#include <string.h>

#define MAGIC1 0x2badb002u
#define MAGIC2 0x36d76289u
#define MIB BIT(20)
#define ENTRIES_MAX 40u /* all of which there is room for */
#define MODULES_MAX 12u
#define INFORMATION_BYTES 88u
#define TAGS_BYTES 8192u

struct entry {
    word_t start, bytes, type, entry_bytes;
};
static struct entry entries[ENTRIES_MAX];
static word_t entry_count, module_count;

static void choose(struct input *in)
{
    entry_count = input_below(in, ENTRIES_MAX + 1);
    module_count = input_below(in, MODULES_MAX + 1);
    for (word_t i = 0; i < entry_count; i++)
        entries[i] = (struct entry){
            .start = boot_some_address(in), .bytes = boot_some_address(in) >> input_below(in, 16),
            .type = (input_byte(in) & 3) ? 1 : input_below(in, 7), .entry_bytes = 20 + input_below(in, 16),
        };
}

static void put_entry(char *at, const struct entry *entry)
{
    boot_put(at, entry->start, 8);
    boot_put(at + 8, entry->bytes, 8);
    boot_put(at + 16, entry->type, 4);
}

static word_t module_start(word_t i) { return 0x800000 + i * 0x10000; }

static word_t put_information1(struct input *in)
{
    static const word_t places[] = { 0x9003, 0x50000, 0xfffff000, BOOT_READABLE - INFORMATION_BYTES };
    word_t at = places[input_below(in, sizeof places / sizeof places[0])], map_bytes = 0;
    char *info = boot_block(at, INFORMATION_BYTES);

    for (word_t i = 0; i < entry_count; i++)
        map_bytes += 4 + entries[i].entry_bytes;
    char *map = boot_block(0x20001, map_bytes), *modules = boot_block(0x30000, 16 * module_count);
    char *line = boot_block(0x40000, 1 + input_below(in, 600));
    for (word_t i = 0; i < entry_count; map += 4 + entries[i++].entry_bytes) {
        boot_put(map, entries[i].entry_bytes, 4);
        put_entry(map + 4, &entries[i]);
    }
    for (word_t i = 0; i < module_count; i++) {
        boot_put(modules + 16 * i, module_start(i), 4);
        boot_put(modules + 16 * i + 4, module_start(i) + 1 + i, 4);
    }
    line[0] = 'q';
    boot_put(boot_block(0x60000, 512), 'V', 1);
    boot_put(boot_block(0x70000, 256), 'M', 1);
    boot_put(info, 1 | 4 | 8 | 64 | ((input_byte(in) & 1) ? 1 << 11 : 0), 4);
    boot_put(info + 8, 0x1000, 4);
    boot_put(info + 16, 0x40000, 4);
    boot_put(info + 20, module_count, 4);
    boot_put(info + 24, 0x30000, 4);
    boot_put(info + 44, map_bytes, 4);
    boot_put(info + 48, 0x20001, 4);
    boot_put(info + 72, 0x60000, 4);
    boot_put(info + 76, 0x70000, 4);
    return at;
}

static char *put_tag(char *at, word_t type, word_t bytes)
{
    boot_put(at, type, 4);
    boot_put(at + 4, bytes, 4);
    return at + ((bytes + 7) & ~MASK(3));
}

static char *put_map2(char *at, word_t entry_bytes)
{
    for (word_t i = 0; i < entry_count; i++)
        put_entry(at + 16 + i * entry_bytes, &entries[i]);
    boot_put(at + 8, entry_bytes, 4);
    return put_tag(at, 6, 16 + entry_count * entry_bytes);
}

static word_t put_information2(struct input *in)
{
    static const word_t places[] = { 0x9003, 0x50000, 0xffff0000 };
    char tags[TAGS_BYTES] = { 0 }, *to = tags + 8;
    word_t at = places[input_below(in, sizeof places / sizeof places[0])];

    memcpy(to + 8, "quiet", 5);
    to = put_tag(to, 1, 8 + 5 + (input_byte(in) & 1));
    for (word_t i = 0; i < module_count; i++) {
        boot_put(to + 8, module_start(i), 4);
        boot_put(to + 12, module_start(i) + 1 + i, 4);
        to = put_tag(to, 3, 17);
    }
    to = put_map2(to, 20 + input_below(in, 16));
    boot_put(to + 8, 0xfd000000, 8);
    to = put_tag(to, 8, 32 + 6);
    word_t new = input_byte(in) & 1;
    memcpy(to + 8, "RSD PTR ", 8);
    to = put_tag(to, 14 + new, 8 + (new ? 36 : 20));
    to = put_tag(to, 20 + input_byte(in), 8 + input_below(in, 64));
    if (input_byte(in) & 1)
        to = put_tag(to, 0, 8);
    boot_put(tags, (word_t)(to - tags), 4);
    memcpy(boot_block(at, (word_t)(to - tags)), tags, (word_t)(to - tags));
    return at;
}

static word_t end_of(const struct entry *entry)
{
    return entry->bytes < ~entry->start ? entry->start + entry->bytes : ~(word_t)0;
}

static bool lies_in_an_entry(word_t at, bool ram)
{
    for (word_t i = 0; i < entry_count; i++)
        if ((entries[i].type == 1) == ram && entries[i].start <= at && at < end_of(&entries[i]))
            return true;
    return false;
}

static bool page_is_free_of_others(word_t page)
{
    for (word_t i = 0; i < entry_count; i++)
        if (entries[i].type != 1 && entries[i].bytes && entries[i].start < page + PAGE_BYTES &&
            end_of(&entries[i]) > page)
            return false;
    return true;
}

static void check_page(const struct boot_ranges *ram, word_t page)
{
    if (page >= MIB && page < MEMORY_WINDOW_BYTES)
        REQUIRE(boot_covers(ram, page, page + PAGE_BYTES) == page_is_free_of_others(page));
}

/* RAM is memory and nothing else; the pages at both ends of each entry show whether any is lost. */
static void check_memory(const struct boot_ranges *ram)
{
    for (word_t i = 0; i < ram->count; i++) {
        REQUIRE(lies_in_an_entry(ram->at[i].start, true) && lies_in_an_entry(ram->at[i].end - 1, true));
        REQUIRE(!lies_in_an_entry(ram->at[i].start, false) && !lies_in_an_entry(ram->at[i].end - 1, false));
    }
    for (word_t i = 0; i < entry_count; i++) {
        const struct entry *e = &entries[i];
        word_t first = (e->start + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS), end = end_of(e) & ~MASK(PAGE_BITS);
        REQUIRE(e->type == 1 || e->bytes == 0 || !boot_touches(ram, e->start, end_of(e)));
        if (e->type == 1 && first < end) {
            check_page(ram, first);
            check_page(ram, end - PAGE_BYTES);
        }
    }
}

static void check(const struct boot_machine *machine, const char *failure)
{
    boot_check_sentence(failure);
    boot_check_ranges(&machine->ram, BOOT_RAM_RANGES, PAGE_BITS);
    REQUIRE(machine->ram.count == 0 || machine->ram.at[0].start >= MIB);
    REQUIRE(machine->ram.count == 0 || machine->ram.at[machine->ram.count - 1].end <= MEMORY_WINDOW_BYTES);
    REQUIRE(memchr(machine->command_line, 0, BOOT_COMMAND_LINE));
    REQUIRE(machine->mmap_bytes <= sizeof machine->mmap);
    for (word_t i = 0; i < machine->module_count && i < BOOT_MODULES; i++)
        REQUIRE(machine->module[i].start < machine->module[i].end);
    REQUIRE(failure || (machine->module_count > 0 && machine->ram.count > 0));
}

void model_boot_multiboot(struct input *in)
{
    struct boot_machine *machine = boot_model_begin();
    bool new = input_byte(in) & 1;

    choose(in);
    word_t at = new ? put_information2(in) : put_information1(in);
    bool damaged = boot_mutate(in);
    const char *failure = boot_multiboot_read(new ? MAGIC2 : MAGIC1, at, machine);
    check(machine, failure);
    if (damaged)
        return;
    check_memory(&machine->ram);
    REQUIRE(machine->module_count == module_count);
    REQUIRE(machine->command_line[0] == 'q');
    REQUIRE(!failure == (machine->ram.count > 0 && module_count > 0));
}
