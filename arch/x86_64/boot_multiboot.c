/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader says, in either version of the Multiboot protocol, copied out at once: the
 * loader's structures may lie anywhere.  Rules: boot 1.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>
#include <kernel/print.h>

#define MULTIBOOT1_MAGIC 0x2badb002u
#define MULTIBOOT2_MAGIC 0x36d76289u
#define MEMORY_RAM 1u
#define MIB BIT(20)

static const char no_information[] = "the boot loader's information cannot be read.";
static const char no_module[] = "the boot loader passed no module: the first one is the root task.";
static const char no_module_list[] = "the boot loader's list of modules cannot be read.";
static const char empty_module[] = "the boot loader passed an empty module, or one that ends before it begins.";
static const char no_memory_map[] = "the boot loader gave no usable memory map.";

/* Without a 0 the text ends with its room here, after `bytes`, or where memory cannot be read. */
static void copy_text(char to[BOOT_COMMAND_LINE], word_t at, word_t bytes)
{
    word_t i = 0;
    for (; i < bytes && i + 1 < BOOT_COMMAND_LINE; i++) {
        const char *from = boot_memory_at(at + i, 1);
        if (!from || !*from)
            break;
        to[i] = *from;
    }
    to[i] = 0;
}

static void keep_ranges(struct boot_machine *machine, word_t most)
{
    for (; machine->ram.count > most; machine->ram_lost.count++)
        machine->ram_lost.bytes += boot_ranges_drop_smallest(&machine->ram);
}

static const char *add_module(struct boot_machine *machine, word_t start, word_t end)
{
    if (end <= start)
        return empty_module;
    if (machine->module_count < BOOT_MODULES)
        machine->module[machine->module_count] = (struct boot_range){ start, end };
    machine->module_count++;
    return NULL;
}

/* ---- memory map ---------------------------------------------------------------------- */

/* An entry is base, length and type: 8, 8 and 4 bytes, and what else its size has room for.  In version 1 the size
 * stands in front of each entry and does not count itself, in version 2 all have the same. */
enum { ENTRY_BYTES = 20, MMAP_ENTRY = 24 };

struct memory_map {
    const char *at;
    word_t bytes, entry_bytes; /* 0: version 1 */
};

/* The entry at *offset, which becomes that of the next; NULL at the end, which is *offset if no entry is damaged. */
static const char *next_entry(const struct memory_map *map, word_t *offset)
{
    const char *entry = map->at + *offset;
    word_t left = map->bytes - *offset, before = map->entry_bytes ? 0 : 4;
    if (left < before + ENTRY_BYTES)
        return NULL;
    word_t bytes = before ? before + field(entry, 4) : map->entry_bytes;
    if (bytes < before + ENTRY_BYTES || bytes > left)
        return NULL;
    *offset += bytes;
    return entry + before;
}

/* RAM is whole pages from 1 MiB to the end of the kernel's window.  What is not RAM takes every page it touches. */
static void apply_entry(struct boot_machine *machine, bool is_ram, word_t start, word_t length)
{
    if (start >= MEMORY_WINDOW_BYTES || length == 0)
        return;
    word_t end = length < MEMORY_WINDOW_BYTES - start ? start + length : MEMORY_WINDOW_BYTES;
    keep_ranges(machine, BOOT_RANGES - 1);
    if (is_ram)
        boot_ranges_add(&machine->ram, start < MIB ? MIB : page_up(start), page_down(end));
    else
        boot_ranges_remove(&machine->ram, page_down(start), page_up(end));
}

/* For the root task, with its size. */
static void copy_entry(struct boot_machine *machine, const char *entry)
{
    if (machine->mmap_entries++ >= MULTIBOOT_MMAP_MAX)
        return;
    __builtin_memcpy((char *)machine->mmap + machine->mmap_bytes, entry - 4, MMAP_ENTRY);
    machine->mmap_bytes += MMAP_ENTRY;
}

/* All RAM first: where entries overlap it is no RAM, in whatever order they come. */
static void read_map(struct boot_machine *machine, const struct memory_map *map)
{
    machine->ram.count = 0;
    for (word_t pass = 0; pass < 2; pass++) {
        word_t offset = 0;
        for (const char *entry; (entry = next_entry(map, &offset));) {
            bool is_ram = field(entry + 16, 4) == MEMORY_RAM;
            if (pass == 0 && map->entry_bytes == 0)
                copy_entry(machine, entry);
            if (is_ram == (pass == 0))
                apply_entry(machine, is_ram, field(entry, 8), field(entry + 8, 8));
        }
        machine->mmap_damaged = offset < map->bytes;
    }
    keep_ranges(machine, BOOT_RAM_RANGES);
}

/* ---- version 1 ----------------------------------------------------------------------- */

/* Offsets into the information, of which each part exists if its flag is set. */
enum {
    MB1_FLAGS = 0, MB1_MEM_UPPER = 8, MB1_COMMAND_LINE = 16, MB1_MODULE_COUNT = 20,
    MB1_MODULES = 24, MB1_MMAP_BYTES = 44, MB1_MMAP = 48, MB1_BYTES = 52, MB1_VBE_CONTROL = 72,
    MB1_VBE_MODE_INFO = 76, MB1_VBE_MODE = 80, MB1_VBE_END = 88, MB1_MODULE_ENTRY = 16,
};
enum {
    MB1_HAS_MEMORY = 1 << 0, MB1_HAS_COMMAND_LINE = 1 << 2, MB1_HAS_MODULES = 1 << 3,
    MB1_HAS_MMAP = 1 << 6, MB1_HAS_VBE = 1 << 11,
};

static void read_vbe1(struct boot_machine *machine, word_t at)
{
    const char *info = boot_memory_at(at, MB1_VBE_END);
    const char *control = info ? boot_memory_at(field(info + MB1_VBE_CONTROL, 4), 512) : NULL;
    const char *mode = info ? boot_memory_at(field(info + MB1_VBE_MODE_INFO, 4), 256) : NULL;
    if (!control || !mode)
        return;
    machine->has_vbe = true;
    __builtin_memcpy(machine->vbe, control, 512);
    __builtin_memcpy(machine->vbe + 512, mode, 256);
    /* mode, interface segment, offset and length: 16 bits each here, 32 in the boot information */
    for (word_t i = 0; i < 4; i++)
        __builtin_memcpy(machine->vbe + 768 + 4 * i, info + MB1_VBE_MODE + 2 * i, 2);
}

static const char *read_memory1(struct boot_machine *machine, const char *info, word_t flags)
{
    struct memory_map map = { .bytes = field(info + MB1_MMAP_BYTES, 4) };
    bool has_map = flags & MB1_HAS_MMAP;
    map.at = boot_memory_at(field(info + MB1_MMAP, 4), map.bytes);
    if (!(flags & MB1_HAS_MEMORY) || (has_map && !map.at))
        return no_memory_map;
    if (has_map)
        read_map(machine, &map);
    else
        apply_entry(machine, true, MIB, field(info + MB1_MEM_UPPER, 4) * 1024);
    return NULL;
}

static const char *read_modules1(struct boot_machine *machine, const char *info)
{
    word_t count = field(info + MB1_MODULE_COUNT, 4);
    const char *entry = boot_memory_at(field(info + MB1_MODULES, 4), count * MB1_MODULE_ENTRY);
    const char *failure = entry || count == 0 ? NULL : no_module_list;
    for (; count > 0 && !failure; count--, entry += MB1_MODULE_ENTRY)
        failure = add_module(machine, field(entry, 4), field(entry + 4, 4));
    return failure;
}

static const char *read_version1(word_t at, struct boot_machine *machine)
{
    const char *info = boot_memory_at(at, MB1_BYTES);
    if (!info)
        return no_information;
    word_t flags = field(info + MB1_FLAGS, 4);
    if (flags & MB1_HAS_COMMAND_LINE)
        copy_text(machine->command_line, field(info + MB1_COMMAND_LINE, 4), BOOT_COMMAND_LINE);
    if (flags & MB1_HAS_VBE)
        read_vbe1(machine, at);
    const char *failure = read_memory1(machine, info, flags);
    return failure || !(flags & MB1_HAS_MODULES) ? failure : read_modules1(machine, info);
}

/* ---- version 2 ----------------------------------------------------------------------- */

/* A list of tags.  Each begins with type and size, 4 bytes each. */
enum {
    MB2_END = 0, MB2_COMMAND_LINE = 1, MB2_MODULE = 3, MB2_MMAP = 6, MB2_FRAMEBUFFER = 8,
    MB2_ACPI_OLD = 14, MB2_ACPI_NEW = 15,
    MB2_TAG_HEADER = 8, MB2_MMAP_HEADER = 16, RSDP_BYTES_OLD = 20,
};

static void read_mmap2(struct boot_machine *machine, const char *tag, word_t size)
{
    struct memory_map map = { tag + MB2_MMAP_HEADER, size - MB2_MMAP_HEADER, field(tag + 8, 4) };
    if (map.entry_bytes < ENTRY_BYTES)
        machine->mmap_damaged = true;
    else
        read_map(machine, &map);
}

static void read_framebuffer2(struct boot_machine *machine, const char *tag)
{
    __builtin_memcpy(&machine->framebuffer, tag + MB2_TAG_HEADER, sizeof machine->framebuffer);
    machine->has_framebuffer = machine->framebuffer.address != 0;
}

static void read_rsdp2(struct boot_machine *machine, const char *tag, word_t bytes)
{
    if (bytes != RSDP_BYTES_OLD && bytes != RSDP_BYTES)
        return;
    __builtin_memset(machine->rsdp, 0, RSDP_BYTES);
    __builtin_memcpy(machine->rsdp, tag + MB2_TAG_HEADER, bytes);
    machine->has_rsdp = true;
}

/* A tag that is too short for its type says nothing. */
static const char *read_tag2(struct boot_machine *machine, word_t at, const char *tag, word_t size)
{
    static const uint8_t least[] = {
        [MB2_MODULE] = 16, [MB2_MMAP] = MB2_MMAP_HEADER, [MB2_FRAMEBUFFER] = 8 + sizeof machine->framebuffer,
    };
    word_t type = field(tag, 4);
    if (type < sizeof least && size < least[type])
        return NULL;
    switch (type) {
    case MB2_COMMAND_LINE:
        copy_text(machine->command_line, at + MB2_TAG_HEADER, size - MB2_TAG_HEADER);
        break;
    case MB2_MODULE:
        return add_module(machine, field(tag + 8, 4), field(tag + 12, 4));
    case MB2_MMAP:
        read_mmap2(machine, tag, size);
        break;
    case MB2_FRAMEBUFFER:
        read_framebuffer2(machine, tag);
        break;
    case MB2_ACPI_OLD:
    case MB2_ACPI_NEW:
        read_rsdp2(machine, tag, size - MB2_TAG_HEADER);
        break;
    default:
        break;
    }
    return NULL;
}

static const char *read_version2(word_t at, struct boot_machine *machine)
{
    const char *info = boot_memory_at(at, 8);
    word_t total = info ? field(info, 4) : 0;
    if (!info || !boot_memory_at(at, total))
        return no_information;
    word_t size;
    for (word_t i = 8; i + MB2_TAG_HEADER <= total && field(info + i, 4) != MB2_END; i += (size + 7) & ~MASK(3)) {
        size = field(info + i + 4, 4);
        machine->tags_damaged = size < MB2_TAG_HEADER || size > total - i;
        const char *failure = machine->tags_damaged ? NULL : read_tag2(machine, at + i, info + i, size);
        if (failure || machine->tags_damaged)
            return failure;
    }
    return NULL;
}

const char *boot_multiboot_read(uint32_t magic, word_t info, struct boot_machine *machine)
{
    const char *failure;
    if (magic == MULTIBOOT1_MAGIC)
        failure = read_version1(info, machine);
    else if (magic == MULTIBOOT2_MAGIC)
        failure = read_version2(info, machine);
    else
        return "it was started by something that is not a Multiboot loader.";

    if (failure)
        return failure;
    if (machine->ram.count == 0)
        return no_memory_map;
    return machine->module_count > 0 ? NULL : no_module;
}

void boot_multiboot_report(const struct boot_machine *machine)
{
    if (machine->tags_damaged)
        print("boot loader: a tag of impossible size ends its information\n");
    if (machine->mmap_damaged)
        print("boot loader: an entry of impossible size ends the memory map\n");
    if (machine->ram_lost.count)
        print("memory: %lu ranges (%lu KiB) are too many: not used\n", machine->ram_lost.count,
              machine->ram_lost.bytes >> 10);
    if (machine->mmap_entries > MULTIBOOT_MMAP_MAX)
        print("memory map: the root task sees %u of %lu entries\n", MULTIBOOT_MMAP_MAX, machine->mmap_entries);
    if (machine->module_count > BOOT_MODULES)
        print("modules: %lu are too many: no more than %u are looked at\n", machine->module_count, BOOT_MODULES);
}
