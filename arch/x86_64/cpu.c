/* SPDX-License-Identifier: BSD-2-Clause */
/* What boot found out about the processor and left in its control registers; the kernel's part of
 * every address space; and the step from boot to the first thread. */
#include <arch/core.h>
#include <arch/x86_64/boot_end.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/paging.h>
#include <kernel/core.h>

struct cpu cpu;
word_t kernel_pml4_entry;
paddr_t kernel_space;

struct boot_mapping boot_mapping;

/* The boot part of the image is free memory from now on: no mapping is left by which user level
 * could change what the kernel may execute. */
static void forget_boot(void)
{
    for (word_t i = 0; i < boot_mapping.pages; i++) {
        boot_mapping.entry[i].raw = 0;
        invlpg(boot_mapping.address + i * PAGE_BYTES);
    }
}

void kernel_start(void)
{
    forget_boot();
    arch_switch_to(core_this()->current);
}
