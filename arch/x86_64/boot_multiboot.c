/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader says, in either version of the Multiboot protocol, copied out at once: the
 * loader's structures may lie anywhere.  Rules: boot 1.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/paging.h>

#define MULTIBOOT1_MAGIC 0x2badb002u
#define MULTIBOOT2_MAGIC 0x36d76289u
#define MEMORY_RAM 1u
#define MIB BIT(20)

static const char no_module[] = "the boot loader passed no module: the first one is the root task.";
static const char empty_module[] = "the boot loader passed an empty module.";
static const char no_memory_map[] = "the boot loader gave no usable memory map.";

static void copy_text(char to[BOOT_COMMAND_LINE], const char *from)
{
    word_t i = 0;
    for (; i + 1 < BOOT_COMMAND_LINE && from[i]; i++)
        to[i] = from[i];
    to[i] = 0;
}

/* Whole pages of RAM from 1 MiB to the end of the kernel's window. */
static void add_memory(struct boot_machine *machine, word_t type, word_t start, word_t length)
{
    bool full = machine->ram.count == BOOT_RAM_RANGES;
    if (type != MEMORY_RAM || start >= MEMORY_WINDOW_BYTES || full)
        return;
    word_t end = length < MEMORY_WINDOW_BYTES - start ? start + length : MEMORY_WINDOW_BYTES;
    word_t first = start < MIB ? MIB : (start + PAGE_BYTES - 1) & ~MASK(PAGE_BITS);
    boot_ranges_add(&machine->ram, first, end & ~MASK(PAGE_BITS));
}

static bool add_module(struct boot_machine *machine, word_t start, word_t end)
{
    if (end <= start)
        return false;
    if (machine->module_count < BOOT_MODULES)
        machine->module[machine->module_count] = (struct boot_range){ start, end };
    machine->module_count++;
    return true;
}

/* Version 1: offsets into the information, of which each part exists if its flag is set. */
enum {
    MB1_FLAGS = 0, MB1_MEM_UPPER = 8, MB1_COMMAND_LINE = 16, MB1_MODULE_COUNT = 20,
    MB1_MODULES = 24, MB1_MMAP_BYTES = 44, MB1_MMAP = 48, MB1_VBE_CONTROL = 72,
    MB1_VBE_MODE_INFO = 76, MB1_VBE_MODE = 80, MB1_MODULE_ENTRY = 16, MMAP_ENTRY = 24,
};
enum {
    MB1_HAS_MEMORY = 1 << 0, MB1_HAS_COMMAND_LINE = 1 << 2, MB1_HAS_MODULES = 1 << 3,
    MB1_HAS_MMAP = 1 << 6, MB1_HAS_VBE = 1 << 11,
};

/* The entries' own size field is not used (boot 1.1). */
static void read_mmap1(struct boot_machine *machine, const char *mmap, word_t bytes)
{
    for (word_t i = 0; i < bytes / MMAP_ENTRY; i++) {
        const char *entry = mmap + i * MMAP_ENTRY;
        add_memory(machine, field(entry + 20, 4), field(entry + 4, 8), field(entry + 12, 8));
        if (i < MULTIBOOT_MMAP_MAX) {
            __builtin_memcpy(machine->mmap[i], entry, MMAP_ENTRY);
            machine->mmap_bytes += MMAP_ENTRY;
        }
    }
}

static void read_vbe1(struct boot_machine *machine, const char *info, const char *memory)
{
    machine->has_vbe = true;
    __builtin_memcpy(machine->vbe, memory + field(info + MB1_VBE_CONTROL, 4), 512);
    __builtin_memcpy(machine->vbe + 512, memory + field(info + MB1_VBE_MODE_INFO, 4), 256);
    /* mode, interface segment, offset and length: 16 bits each here, 32 in the boot information */
    for (word_t i = 0; i < 4; i++)
        __builtin_memcpy(machine->vbe + 768 + 4 * i, info + MB1_VBE_MODE + 2 * i, 2);
}

static const char *read_version1(word_t at, const char *memory, struct boot_machine *machine)
{
    const char *info = memory + at;
    word_t flags = field(info + MB1_FLAGS, 4);

    if (flags & MB1_HAS_COMMAND_LINE)
        copy_text(machine->command_line, memory + field(info + MB1_COMMAND_LINE, 4));
    if (flags & MB1_HAS_VBE)
        read_vbe1(machine, info, memory);
    if (!(flags & MB1_HAS_MEMORY))
        return no_memory_map;
    if (flags & MB1_HAS_MMAP)
        read_mmap1(machine, memory + field(info + MB1_MMAP, 4), field(info + MB1_MMAP_BYTES, 4));
    else
        add_memory(machine, MEMORY_RAM, MIB, field(info + MB1_MEM_UPPER, 4) * 1024);

    word_t count = flags & MB1_HAS_MODULES ? field(info + MB1_MODULE_COUNT, 4) : 0;
    const char *modules = memory + field(info + MB1_MODULES, 4);
    for (word_t i = 0; i < count; i++) {
        const char *entry = modules + i * MB1_MODULE_ENTRY;
        if (!add_module(machine, field(entry, 4), field(entry + 4, 4)))
            return empty_module;
    }
    return NULL;
}

/* Version 2: a list of tags.  Each begins with type and size, 4 bytes each. */
enum {
    MB2_END = 0, MB2_COMMAND_LINE = 1, MB2_MODULE = 3, MB2_MMAP = 6, MB2_FRAMEBUFFER = 8,
    MB2_ACPI_OLD = 14, MB2_ACPI_NEW = 15,
    MB2_TAG_HEADER = 8, MB2_MMAP_HEADER = 16, RSDP_BYTES_OLD = 20,
};

static void read_mmap2(struct boot_machine *machine, const char *tag, word_t size)
{
    for (word_t at = MB2_MMAP_HEADER; at + MMAP_ENTRY <= size; at += MMAP_ENTRY)
        add_memory(machine, field(tag + at + 16, 4), field(tag + at, 8), field(tag + at + 8, 8));
}

static void read_framebuffer2(struct boot_machine *machine, const char *tag)
{
    __builtin_memcpy(&machine->framebuffer, tag + MB2_TAG_HEADER, sizeof machine->framebuffer);
    machine->has_framebuffer = machine->framebuffer.address != 0;
}

static void read_rsdp2(struct boot_machine *machine, const char *tag, word_t bytes, word_t expected)
{
    if (bytes != expected)
        return;
    __builtin_memset(machine->rsdp, 0, RSDP_BYTES);
    __builtin_memcpy(machine->rsdp, tag + MB2_TAG_HEADER, bytes);
    machine->has_rsdp = true;
}

static const char *read_tag2(struct boot_machine *machine, const char *tag, word_t size)
{
    word_t type = field(tag, 4);
    switch (type) {
    case MB2_COMMAND_LINE:
        copy_text(machine->command_line, tag + MB2_TAG_HEADER);
        break;
    case MB2_MODULE:
        if (!add_module(machine, field(tag + 8, 4), field(tag + 12, 4)))
            return empty_module;
        break;
    case MB2_MMAP:
        read_mmap2(machine, tag, size);
        break;
    case MB2_FRAMEBUFFER:
        read_framebuffer2(machine, tag);
        break;
    case MB2_ACPI_OLD:
        read_rsdp2(machine, tag, size - MB2_TAG_HEADER, RSDP_BYTES_OLD);
        break;
    case MB2_ACPI_NEW:
        read_rsdp2(machine, tag, size - MB2_TAG_HEADER, RSDP_BYTES);
        break;
    default:
        break;
    }
    return NULL;
}

static const char *read_version2(word_t at, const char *memory, struct boot_machine *machine)
{
    const char *info = memory + at;
    const char *end = info + field(info, 4);
    const char *tag = info + 8;
    while (tag + MB2_TAG_HEADER <= end) {
        word_t type = field(tag, 4), size = field(tag + 4, 4);
        if (type == MB2_END || size < MB2_TAG_HEADER)
            break;
        const char *failure = read_tag2(machine, tag, size);
        if (failure)
            return failure;
        tag += (size + 7) & ~MASK(3);
    }
    return NULL;
}

const char *boot_multiboot_read(uint32_t magic, word_t info, const char *memory,
                                struct boot_machine *machine)
{
    const char *failure;
    if (magic == MULTIBOOT1_MAGIC)
        failure = read_version1(info, memory, machine);
    else if (magic == MULTIBOOT2_MAGIC)
        failure = read_version2(info, memory, machine);
    else
        return "it was started by something that is not a Multiboot loader.";

    if (failure)
        return failure;
    if (machine->ram.count == 0)
        return no_memory_map;
    return machine->module_count > 0 ? NULL : no_module;
}
