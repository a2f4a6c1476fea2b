/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 4, 6. */
#include "model_boot_memory.h"
#include <arch/x86_64/boot_root.h>
#include <arch/x86_64/paging.h>
#include <string.h>

#define PAGES 256u
#define STEPS_MAX 100u
#define LIST_MAX 230u
#define LIMIT BIT(32)

static bool map[PAGES];

static void check_against_map(const struct boot_ranges *ranges)
{
    bool covered[PAGES] = { false };
    boot_check_ranges(ranges, BOOT_RANGES, PAGE_BITS);
    for (word_t i = 0; i < ranges->count; i++)
        for (word_t page = ranges->at[i].start >> PAGE_BITS; page < ranges->at[i].end >> PAGE_BITS; page++)
            covered[page] = true;
    REQUIRE(memcmp(covered, map, sizeof map) == 0);
}

/* Of so few pages there are never more ranges than a set has room for. */
static void change_ranges(struct input *in)
{
    struct boot_ranges ranges = { 0 };
    memset(map, 0, sizeof map);
    for (word_t step = input_byte(in) % STEPS_MAX; step > 0; step--) {
        word_t start = input_below(in, PAGES), end = input_below(in, PAGES);
        bool add = input_byte(in) & 1;
        (add ? boot_ranges_add : boot_ranges_remove)(&ranges, start << PAGE_BITS, end << PAGE_BITS);
        for (word_t page = start; page < end; page++)
            map[page] = add;
        check_against_map(&ranges);
    }
    struct boot_range found;
    word_t bytes = (1 + input_byte(in)) << PAGE_BITS, align_bits = PAGE_BITS + input_byte(in) % 8;
    if (boot_ranges_find_top(&ranges, bytes, align_bits, &found)) {
        REQUIRE(found.end - found.start == bytes && (found.start & MASK(align_bits)) == 0);
        REQUIRE(boot_covers(&ranges, found.start, found.end));
    }
}

static bool overlap(struct boot_range a, struct boot_range b) { return a.start < b.end && b.start < a.end; }

/* RAM, registers, kernel and root task as the parsers leave them. */
static void choose(struct input *in, struct boot_machine *machine)
{
    for (word_t i = input_below(in, BOOT_RAM_RANGES + 1); i > 0; i--) {
        word_t start = 0x100000 + (boot_some_address(in) & ~MASK(PAGE_BITS));
        boot_ranges_add(&machine->ram, start, start + ((1 + input_below(in, 0x4000)) << PAGE_BITS));
    }
    for (word_t i = input_byte(in) % 40; i > 0; i--) {
        word_t start = boot_some_address(in) & ~MASK(PAGE_BITS);
        boot_ranges_add(&machine->registers, start, start + PAGE_BYTES);
    }
    word_t kernel = machine->ram.count ? machine->ram.at[0].start : 0x100000;
    machine->kernel = (struct boot_range){ kernel, kernel + (input_below(in, 0x200) << PAGE_BITS) + PAGE_BYTES };
    machine->boot_part = (struct boot_range){ kernel, kernel + PAGE_BYTES };
    machine->root = (struct boot_image){ 0x400000, 0x401000 + (input_below(in, 0x1000) << PAGE_BITS), 0x400000 };
    word_t module = boot_some_address(in) & MASK(32);
    machine->module[0] = (struct boot_range){ module, module + 1 + input_below(in, 0x10000) };
    machine->module_count = 1;
}

static void check_place(const struct boot_machine *machine, const struct boot_range *module)
{
    const struct boot_range *old = &machine->module[0];
    REQUIRE(boot_covers(&machine->ram, machine->image.start, machine->image.end));
    REQUIRE(machine->image.end - machine->image.start == machine->root.v_end - machine->root.v_start);
    REQUIRE(!overlap(machine->image, machine->kernel));
    REQUIRE(module->end - module->start == old->end - old->start);
    REQUIRE(!overlap(*module, machine->kernel) && !overlap(*module, machine->image));
    REQUIRE(module->start == old->start || module->end <= LIMIT);
}

static void check_list(const struct boot_machine *machine, const struct boot_ranges *open,
                       const struct boot_untypeds *list)
{
    REQUIRE(list->count <= list->capacity);
    for (word_t i = 0; i < list->count; i++) {
        struct boot_range block = { list->at[i].paddr, list->at[i].paddr + BIT(list->at[i].sizeBits) };
        REQUIRE(list->at[i].sizeBits >= 4 && list->at[i].sizeBits <= 47);
        REQUIRE((block.start & (BIT(list->at[i].sizeBits) - 1)) == 0);
        bool lies_in_boot_part = machine->boot_part.start <= block.start && block.end <= machine->boot_part.end;
        if (!list->at[i].isDevice) {
            REQUIRE(lies_in_boot_part || boot_covers(open, block.start, block.end));
        } else {
            REQUIRE(!boot_touches(&machine->ram, block.start, block.end));
            REQUIRE(!boot_touches(&machine->registers, block.start, block.end));
            REQUIRE(!overlap(block, machine->kernel) && !overlap(block, machine->image));
        }
        for (word_t j = i + 1; j < list->count; j++)
            REQUIRE(!overlap(block, (struct boot_range){ list->at[j].paddr,
                                                         list->at[j].paddr + BIT(list->at[j].sizeBits) }));
    }
}

static void list_memory(struct input *in)
{
    struct boot_machine *machine = boot_model_begin();
    struct boot_range module;
    struct boot_ranges open;

    choose(in, machine);
    if (machine->ram.count == 0)
        return;
    const char *failure = boot_place(machine, LIMIT, &module);
    boot_check_sentence(failure);
    if (failure)
        return;
    check_place(machine, &module);
    boot_free_memory(machine, &open);
    boot_check_ranges(&open, BOOT_RANGES, PAGE_BITS);
    struct boot_untypeds list = { .capacity = 1 + input_below(in, LIST_MAX) };
    list.at = malloc(list.capacity * sizeof *list.at);
    boot_untyped_list(machine, &open, &list);
    check_list(machine, &open, &list);
    free(list.at);
}

void model_boot_memory(struct input *in)
{
    change_ranges(in);
    list_memory(in);
}
