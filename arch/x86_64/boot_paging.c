/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's part of every address space, in its final form: nothing in it is both writable and
 * executable, and kernel text and constants are read-only in the window as well.  All of it is
 * global (with page-table isolation CR4.PGE is off).  Every page covers memory of one kind only: a
 * large page over both RAM and devices could be cached wrongly (Intel SDM vol. 3A, 11.11.9). */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/boot_end.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/vspace.h>

extern char boot_part_start[], boot_text_end[], boot_part_end[], kernel_text_start[],
    kernel_text_end[], kernel_rodata_end[], kernel_stack_guard[], kernel_stack[], kernel_end[], pti_text[];

#define TABLE_FLAGS (PTE_PRESENT | PTE_WRITE)
#define DEVICE_FLAGS (PTE_WRITE | PTE_PCD | PTE_PWT)
#define SCREEN_FLAGS (PTE_WRITE | PTE_PAT_SMALL) /* write combining */

/* Where the next table goes, and the table for entry 511 that is being filled. */
static word_t next_table;
static pte_t *kernel_pdpt;

static pte_t *new_table(void)
{
    pte_t *table = memory_pointer((paddr_t){ next_table });
    for (word_t i = 0; i < TABLE_ENTRIES; i++)
        table[i].raw = 0;
    next_table += PAGE_BYTES;
    return table;
}

static pte_t *table_below(pte_t *entry)
{
    if (!pte_present(*entry))
        entry->raw = memory_physical(new_table()).at | TABLE_FLAGS;
    return memory_pointer((paddr_t){ entry->raw & PTE_FRAME });
}

/* The entry for a page of 2^bits bytes. */
static pte_t *find_entry(word_t address, word_t bits)
{
    pte_t *entry = &kernel_pdpt[pdpt_index(address)];
    if (bits == HUGE_PAGE_BITS)
        return entry;
    entry = &table_below(entry)[pd_index(address)];
    if (bits == LARGE_PAGE_BITS)
        return entry;
    return &table_below(entry)[pt_index(address)];
}

static void map_page(word_t address, word_t frame, word_t bits, word_t flags)
{
    if (!cpu.has.nx)
        flags &= ~PTE_NX;
    if (bits != PAGE_BITS)
        flags = (flags & ~PTE_PAT_SMALL) | ((flags & PTE_PAT_SMALL) ? PTE_PAT_LARGE : 0) | PTE_LEAF;
    flags |= PTE_PRESENT | PTE_GLOBAL | PTE_ACCESSED | PTE_DIRTY;
    find_entry(address, bits)->raw = frame | flags;
}

/* The largest page that address and frame allow and that ends by `end`. */
static word_t page_bits(word_t address, word_t frame, word_t end)
{
    static const word_t sizes[] = { HUGE_PAGE_BITS, LARGE_PAGE_BITS };
    for (word_t i = cpu.has.page_1g ? 0 : 1; i < 2; i++)
        if (((address | frame) & MASK(sizes[i])) == 0 && end - frame >= BIT(sizes[i]))
            return sizes[i];
    return PAGE_BITS;
}

static void map_range(word_t address, word_t start, word_t end, word_t flags)
{
    while (start < end) {
        word_t bits = page_bits(address, start, end);
        map_page(address, start, bits, flags);
        address += BIT(bits);
        start += BIT(bits);
    }
}

static void map_window(const struct boot_range *ram, word_t flags)
{
    map_range(MEMORY_WINDOW + ram->start, ram->start, ram->end, flags);
}

/* RAM, with what the kernel executes or only reads set apart. */
static void map_memory(const struct boot_machine *machine)
{
    word_t fixed_start = image_paddr(kernel_text_start).at;
    word_t fixed_end = image_paddr(kernel_rodata_end).at;
    struct boot_ranges rest = machine->ram;
    boot_ranges_remove(&rest, fixed_start, fixed_end);
    for (word_t i = 0; i < rest.count; i++)
        map_window(&rest.at[i], PTE_WRITE | PTE_NX);
    map_window(&(struct boot_range){ fixed_start, fixed_end }, PTE_NX);
}

/* Small pages throughout, so that the boot part can be taken out again. */
static void map_image_part(const char *start, const char *end, word_t flags)
{
    for (word_t at = (word_t)start; at < (word_t)end; at += PAGE_BYTES)
        map_page(at, at - IMAGE_BASE, PAGE_BITS, flags);
}

static void map_image(void)
{
    map_image_part(boot_part_start, boot_text_end, 0);
    map_image_part(boot_text_end, boot_part_end, PTE_WRITE | PTE_NX);
    map_image_part(kernel_text_start, kernel_text_end, 0);
    map_image_part(kernel_text_end, kernel_rodata_end, PTE_NX);
    map_image_part(kernel_rodata_end, kernel_stack_guard, PTE_WRITE | PTE_NX);
    map_image_part(kernel_stack, kernel_end, PTE_WRITE | PTE_NX);

    boot_mapping = (struct boot_mapping){
        .entry = find_entry((word_t)boot_part_start, PAGE_BITS),
        .address = (word_t)boot_part_start,
        .pages = (word_t)(boot_part_end - boot_part_start) / PAGE_BYTES,
    };
}

static void map_devices(const struct boot_machine *machine)
{
    map_page(DEVICE_LAPIC, machine->lapic & PTE_FRAME, PAGE_BITS, DEVICE_FLAGS | PTE_NX);
    for (word_t i = 0; i < machine->ioapic_count; i++)
        map_page(DEVICE_IOAPIC(i), machine->ioapic[i] & PTE_FRAME, PAGE_BITS, DEVICE_FLAGS | PTE_NX);

    struct boot_range s = machine->screen;
    word_t address = DEVICE_SCREEN + (s.start & MASK(LARGE_PAGE_BITS));
    map_range(address, s.start, s.end, SCREEN_FLAGS | PTE_NX);
}

static word_t entry_511(void) { return memory_physical(kernel_pdpt).at | TABLE_FLAGS | PTE_ACCESSED; }

/* What is left of all this in user mode with page-table isolation. */
static void map_user_view(void)
{
    kernel_pdpt = new_table();
    kernel_pml4_entry = entry_511();
    map_image_part(pti_text, pti_text + PAGE_BYTES, 0);
    map_image_part((const char *)&user_view, (const char *)(&user_view + 1), PTE_WRITE | PTE_NX);
    user_view.kernel_root = vspace_kernel_root();
}

/* At most: PML4, PDPT, PD and PT of the image, of the devices and of the user's view; for the screen and
 * for each range of RAM, which text and constants split once more, PD and PT at either end; a PD for each
 * GiB. */
word_t boot_paging_bytes(const struct boot_machine *machine)
{
    word_t tables = 2 + 4 + 4 + 4 + (machine->ram.count + 2) * 4;
    word_t image_pts = ((word_t)(kernel_end - boot_part_start) >> LARGE_PAGE_BITS) + 1;
    word_t fixed_pts = 2 * image_pts;
    for (word_t i = 0; i < machine->ram.count; i++) {
        const struct boot_range *r = &machine->ram.at[i];
        tables += (r->end - r->start) >> HUGE_PAGE_BITS;
    }
    return (tables + image_pts + fixed_pts) * PAGE_BYTES;
}

word_t boot_paging_init(const struct boot_machine *machine, word_t tables)
{
    next_table = tables;
    pte_t *pml4 = new_table();
    kernel_pdpt = new_table();
    kernel_pml4_entry = entry_511();
    kernel_space = memory_physical(pml4);
    pml4[KERNEL_PML4_INDEX].raw = kernel_pml4_entry;

    map_memory(machine);
    map_image();
    map_devices(machine);
    if (cpu.pti)
        map_user_view();
    write_cr3(kernel_space.at);
    return next_table;
}
