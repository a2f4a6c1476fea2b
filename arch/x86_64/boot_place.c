/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things go in physical memory.  From the start: the kernel image, its page tables, the root
 * task's image.  The loader's module may lie in the way of all that, or in memory that the kernel
 * does not map, such as the first MiB: then it moves first.  Rules: boot 4, 6.  Pure: tested on the
 * host. */
#include <arch/x86_64/boot.h>

static bool lies_in(const struct boot_ranges *ram, struct boot_range r)
{
    for (word_t i = 0; i < ram->count; i++)
        if (ram->at[i].start <= r.start && r.end <= ram->at[i].end)
            return true;
    return false;
}

/* The lowest place in RAM behind `start` for so many bytes of pages. */
static bool find_lowest(const struct boot_ranges *ram, word_t start, word_t bytes,
                        struct boot_range *place)
{
    struct boot_ranges open = *ram;
    boot_ranges_remove(&open, 0, start);
    for (word_t i = 0; i < open.count; i++) {
        *place = (struct boot_range){ open.at[i].start, open.at[i].start + bytes };
        if (place->end <= open.at[i].end)
            return true;
    }
    return false;
}

const char *boot_place(struct boot_machine *machine, word_t limit, struct boot_range *module)
{
    struct boot_ranges open = machine->ram;
    if (!lies_in(&open, machine->kernel))
        return open.count == 0 || open.at[open.count - 1].end < machine->kernel.end
                   ? "there is too little memory."
                   : "the memory map has a hole where the kernel and its page tables belong.";

    word_t bytes = machine->root.v_end - machine->root.v_start;
    if (!find_lowest(&open, machine->kernel.end, bytes, &machine->image))
        return "the root task does not fit into memory.";

    *module = machine->module[0];
    boot_ranges_remove(&open, machine->kernel.start, machine->kernel.end);
    boot_ranges_remove(&open, machine->image.start, machine->image.end);
    if (lies_in(&open, *module))
        return NULL;
    boot_ranges_remove(&open, limit, UINT64_MAX);
    bytes = module->end - module->start;
    return boot_ranges_find_top(&open, bytes, PAGE_BITS, module)
               ? NULL
               : "there is too little memory in one piece, below 4 GiB, to move the root task's module to.";
}
