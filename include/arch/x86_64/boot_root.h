/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of making the root task: its memory, its objects, what it is told. */
#pragma once
#include <arch/x86_64/boot.h>
#include <sel4/bootinfo_types.h>

/* The list of untyped memory in the boot information, and what it had no room for: RAM, device memory. */
struct boot_untypeds {
    seL4_UntypedDesc *at;
    word_t count, capacity;
    struct boot_loss lost[2];
};

/* RAM that neither the kernel nor the root task's image occupies. */
void boot_free_memory(const struct boot_machine *machine, struct boot_ranges *open);

/* Device memory, the kernel's boot part, and what is open.  What does not fit is counted in list->lost. */
void boot_untyped_list(const struct boot_machine *machine, const struct boot_ranges *open,
                       struct boot_untypeds *list);

/* Writes the chunks of the extra boot information; returns their bytes, at most a page. */
word_t boot_info_chunks(const struct boot_machine *machine, word_t tsc_mhz, char *page);
