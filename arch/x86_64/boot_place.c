/* SPDX-License-Identifier: BSD-2-Clause */
/* Where things go in physical memory.  From the start: the kernel image, its page tables, the root
 * task's image.  The loader's module may lie in the way of all that, or in memory that the kernel does not map, such as
 * the first MiB: then it moves first.
 * Rules: boot 4, 6.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/paging.h>

static const char too_little[] = "there is too little memory.";

static bool overlap(struct boot_range a, struct boot_range b)
{
    return a.start < b.end && b.start < a.end;
}

static bool lies_in(const struct boot_ranges *ram, struct boot_range r)
{
    for (word_t i = 0; i < ram->count; i++)
        if (ram->at[i].start <= r.start && r.end <= ram->at[i].end)
            return true;
    return false;
}

/* The lowest place for so many bytes of pages that is RAM and lies outside `taken`. */
static bool find_lowest(const struct boot_ranges *ram, struct boot_range taken, word_t bytes,
                        struct boot_range *place)
{
    struct boot_ranges open = *ram;
    boot_ranges_remove(&open, 0, taken.end);
    for (word_t i = 0; i < open.count; i++) {
        struct boot_range r = open.at[i];
        if (r.end - r.start < bytes)
            continue;
        *place = (struct boot_range){ r.start, r.start + bytes };
        return true;
    }
    return false;
}

/* The highest place below `limit` that is RAM and touches neither of two ranges. */
static bool find_highest(const struct boot_ranges *ram, struct boot_range a, struct boot_range b,
                         word_t bytes, word_t limit, struct boot_range *place)
{
    struct boot_ranges open = *ram;
    boot_ranges_remove(&open, a.start, a.end);
    boot_ranges_remove(&open, b.start, b.end);
    boot_ranges_remove(&open, limit, UINT64_MAX);
    for (word_t i = open.count; i > 0; i--) {
        struct boot_range r = open.at[i - 1];
        if (r.end - r.start < bytes)
            continue;
        *place = (struct boot_range){ r.end - bytes, r.end };
        return true;
    }
    return false;
}

const char *boot_place(struct boot_machine *machine, word_t limit, struct boot_range *module)
{
    struct boot_range whole;
    if (!find_lowest(&machine->ram, (struct boot_range){ 0, machine->kernel.start },
                     machine->kernel.end - machine->kernel.start, &whole) ||
        whole.start != machine->kernel.start)
        return too_little;

    word_t image_bytes = machine->root.v_end - machine->root.v_start;
    if (!find_lowest(&machine->ram, machine->kernel, image_bytes, &machine->image))
        return "the root task does not fit into memory.";

    *module = machine->module[0];
    if (lies_in(&machine->ram, *module) && !overlap(*module, machine->kernel) &&
        !overlap(*module, machine->image))
        return NULL;
    word_t bytes = (module->end - module->start + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS);
    if (!find_highest(&machine->ram, machine->kernel, machine->image, bytes, limit, module))
        return too_little;
    return NULL;
}
