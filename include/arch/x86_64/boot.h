/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot files share: the machine as loader and firmware describe it, the plan of where
 * things go in memory, and the steps.  Nothing here exists once the root task runs. */
#pragma once
#include <kernel/types.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/paging.h>

#define BOOT_RANGES 128u
#define BOOT_RAM_RANGES 64u /* the rest of a set is for what is reserved within */
#define BOOT_COMMAND_LINE 512u
#define BOOT_MODULES 8u
#define MULTIBOOT_MMAP_MAX 50u
#define VBE_BYTES 784u
#define RSDP_BYTES 36u

/* Physical memory [start, end). */
struct boot_range {
    word_t start, end;
};

/* Ascending, disjoint, not adjacent, none empty. */
struct boot_ranges {
    word_t count;
    struct boot_range at[BOOT_RANGES];
};

/* What a table had no room for. */
struct boot_loss {
    word_t count, bytes;
};

struct boot_framebuffer {
    uint64_t address;
    uint32_t pitch, width, height;
    uint8_t bits_per_pixel;
    uint8_t type; /* 1 colour, 2 text */
} __attribute__((packed));

enum boot_pti { BOOT_PTI_AUTO, BOOT_PTI_ON, BOOT_PTI_OFF };

struct boot_image {
    word_t v_start, v_end, entry; /* v_end is page aligned */
};

struct boot_machine {
    /* of the loader */
    struct boot_ranges ram; /* page aligned, from 1 MiB, below the end of the window */
    struct boot_loss ram_lost;
    word_t module_count; /* of all, even if they are more than there is room for */
    struct boot_range module[BOOT_MODULES]; /* the first is the root task */
    char command_line[BOOT_COMMAND_LINE];
    bool has_vbe, has_framebuffer, has_rsdp;
    bool mmap_damaged, tags_damaged;
    word_t mmap_entries; /* of the loader's raw map; only MULTIBOOT_MMAP_MAX are kept */
    uint32_t mmap_bytes; /* of what is kept */
    uint8_t mmap[MULTIBOOT_MMAP_MAX][24];
    uint8_t vbe[VBE_BYTES];
    struct boot_framebuffer framebuffer;
    uint8_t rsdp[RSDP_BYTES];

    /* of the command line */
    uint16_t console_port; /* 0: none */
    bool quiet;        /* no reports of refused invocations */
    bool fastpath_off;
    enum boot_pti pti;

    /* of the firmware */
    word_t lapic, cpu_count;
    uint16_t pm_timer; /* port of the ACPI timer, or 0 */
    word_t ioapic_count;
    word_t ioapic[IOAPIC_LISTED_MAX]; /* where there can be one */
    struct boot_ranges registers;  /* pages that command the processor: nobody else may have them */

    /* the plan: physical ranges, but `root` */
    struct boot_range kernel;      /* the kernel image and its page tables */
    struct boot_range boot_part;   /* of the kernel image: free memory in the end */
    struct boot_image root;        /* the root task's image as its ELF file describes it */
    struct boot_range image;       /* where that is */
    struct boot_range screen;      /* memory of the screen; empty if there is none */
};

#define BOOT_MAPPED BIT(32) /* of physical memory, by the tables of boot.S */

static inline word_t page_down(word_t at) { return at & ~MASK(PAGE_BITS); }
static inline word_t page_up(word_t at) { return page_down(at + MASK(PAGE_BITS)); }

/* Structures of loader and firmware are not aligned in general: a number of so many bytes. */
static inline word_t field(const char *at, word_t bytes)
{
    word_t value = 0;
    for (word_t i = bytes; i > 0; i--)
        value = value << 8 | (uint8_t)at[i - 1];
    return value;
}

/* The only way to what loader and firmware left: `bytes` bytes of physical memory at `at`, or NULL if boot cannot
 * read all of them (they wrap, or lie beyond what the first page tables map).  Host tests bring their own. */
const char *boot_memory_at(word_t at, word_t bytes);

/* Pure steps: each returns NULL, or the sentence that says why the boot ends here. */
const char *boot_multiboot_read(uint32_t magic, word_t info, struct boot_machine *machine);
/* What it could not use, or keep. */
void boot_multiboot_report(const struct boot_machine *machine);
const char *boot_acpi_read(struct boot_machine *machine);
const char *boot_elf_check(const char *file, word_t bytes, struct boot_image *image);

/* Decides machine->image, given machine->kernel and machine->root, and where the root task's module
 * has to be so that neither covers it: where it is, or in RAM below limit. */
const char *boot_place(struct boot_machine *machine, word_t limit, struct boot_range *module);

void boot_options_read(struct boot_machine *machine, uint16_t default_port);

/* Copies the checked file to memory that holds [image->v_start, image->v_end). */
void boot_elf_load(const char *file, const struct boot_image *image, char *memory);

/* Adds a range and restores order.  Without room for another range, the one before it (or the first) becomes so
 * large that it covers this one too: right for what is reserved.  Of RAM there are at most BOOT_RAM_RANGES. */
void boot_ranges_add(struct boot_ranges *ranges, word_t start, word_t end);
/* Takes a range out. */
void boot_ranges_remove(struct boot_ranges *ranges, word_t start, word_t end);
/* Of two ranges at least, and never the first: that one holds the kernel.  Returns its bytes. */
word_t boot_ranges_drop_smallest(struct boot_ranges *ranges);

/* The highest place for so many bytes that is aligned to 2^align_bits, as near to the end of the
 * highest range that can hold it as possible. */
bool boot_ranges_find_top(const struct boot_ranges *ranges, word_t bytes, word_t align_bits,
                          struct boot_range *found);

/* Processor: features into cpu; then its control registers and MSRs. */
const char *boot_cpu_find(void);
void boot_cpu_set(const struct boot_machine *machine);

/* Reads a model-specific register that nothing announces.  False: there is none. */
bool boot_msr_read(uint32_t msr, word_t *value);

/* Makes the code at one place a jump to another. */
void boot_divert(char *from, const char *to);

/* Between the two, while the kernel's code is writable: decides about page-table isolation (cpu.pti). */
void boot_pti_choose(enum boot_pti wanted);

/* The most that the kernel's page tables can take. */
word_t boot_paging_bytes(const struct boot_machine *machine);
/* Builds them from `tables` on, and runs on them from then on.  Returns their end. */
word_t boot_paging_init(const struct boot_machine *machine, word_t tables);

/* Whether memory is as fast as it can be: cached, and written back. */
bool boot_mtrr_write_back(const struct boot_range *range);

/* Silences the legacy interrupt controllers. */
void boot_pic_disable(void);

/* Measures TSC and local APIC timer, then starts the tick. */
const char *boot_timer_init(uint16_t pm_timer);

/* Finds the screen's memory; what of it is mapped already is used at once. */
void boot_screen_find(struct boot_machine *machine, bool loader_left_text_mode);
/* Gives it up if the processor cannot address it, and says so if there is none that could be used. */
void boot_screen_limit(struct boot_machine *machine);
/* Its final mapping exists. */
void boot_screen_mapped(const struct boot_machine *machine);

/* The only entry from boot.S: the magic number and address that the loader passed. */
void boot_main(uint32_t magic, uint32_t info);

/* Creates the root task and all that belongs to it. */
void boot_root_task(const struct boot_machine *machine);

/* Says on every console, release kernel or not, why the kernel cannot start, and stops. */
noreturn void boot_fail(const char *sentence);
