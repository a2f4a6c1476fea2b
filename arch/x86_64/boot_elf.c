/* SPDX-License-Identifier: BSD-2-Clause */
/* The root task's ELF file: is it one that can run here, and its copy in memory.  Rules: boot 4.
 * Pure: tested on the host. */
#include <arch/x86_64/boot.h>

/* System V ABI, chapters 4 and 5, and its x86-64 supplement. */
struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_bytes, program_header_bytes, program_header_count;
    uint16_t section_header_bytes, section_header_count, section_names;
};
struct program_header {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
enum { CLASS_64 = 2, LITTLE_ENDIAN = 1, FILE_EXEC = 2, MACHINE_X86_64 = 62, TYPE_LOAD = 1 };

/* The last page is never mapped: what follows a SYSCALL at its end has no canonical address, and
 * processors of Intel find that out in the kernel. */
#define USER_TOP            0x7ffffffff000u
#define BEHIND_IMAGE        (3 * PAGE_BYTES) /* IPC buffer, boot information, extra boot information */
#define PROGRAM_HEADERS_MAX 256u

static bool read_header(const char *file, word_t bytes, struct elf_header *header)
{
    if (bytes < sizeof *header)
        return false;
    __builtin_memcpy(header, file, sizeof *header);
    const uint8_t *id = header->ident;
    bool is_elf = id[0] == 0x7f && id[1] == 'E' && id[2] == 'L' && id[3] == 'F';
    return is_elf && id[4] == CLASS_64 && id[5] == LITTLE_ENDIAN &&
           header->machine == MACHINE_X86_64;
}

static struct program_header program_header(const char *file, const struct elf_header *header,
                                            word_t i)
{
    struct program_header segment;
    __builtin_memcpy(&segment, file + header->program_headers + i * header->program_header_bytes,
                     sizeof segment);
    return segment;
}

static bool headers_lie_in_file(const struct elf_header *header, word_t bytes)
{
    word_t table_bytes = (word_t)header->program_header_count * header->program_header_bytes;
    return header->program_header_bytes >= sizeof(struct program_header) &&
           header->program_header_count <= PROGRAM_HEADERS_MAX &&
           header->program_headers <= bytes && table_bytes <= bytes - header->program_headers;
}

static const char *check_segment(const struct program_header *s, word_t bytes)
{
    if (s->vaddr + s->memsz < s->vaddr)
        return "a segment of the root task runs past the end of the address space.";
    if (s->type != TYPE_LOAD)
        return NULL;
    if (s->filesz > s->memsz)
        return "a segment of the root task has more bytes in the file than in memory.";
    if (s->offset > bytes || s->filesz > bytes - s->offset)
        return "a segment of the root task runs past the end of its file.";
    return NULL;
}

static bool overlap(const struct program_header *a, const struct program_header *b)
{
    return a->vaddr < b->vaddr + b->memsz && b->vaddr < a->vaddr + a->memsz;
}

/* No byte may be given twice. */
static bool overlaps_later(const char *file, const struct elf_header *header, word_t i)
{
    struct program_header a = program_header(file, header, i);
    if (a.type != TYPE_LOAD || a.memsz == 0)
        return false;
    for (word_t j = i + 1; j < header->program_header_count; j++) {
        struct program_header b = program_header(file, header, j);
        if (b.type == TYPE_LOAD && b.memsz > 0 && overlap(&a, &b))
            return true;
    }
    return false;
}

static const char *check_image(const struct boot_image *image, word_t highest)
{
    if (image->v_start == UINT64_MAX)
        return "the root task has no segment to load.";
    if (image->v_start & MASK(PAGE_BITS))
        return "the root task does not begin at a page boundary.";
    if (highest > USER_TOP - BEHIND_IMAGE)
        return "the root task does not fit into the user address space.";
    if (image->entry < image->v_start || image->entry >= image->v_end)
        return "the entry point of the root task lies outside its image.";
    return NULL;
}

const char *boot_elf_check(const char *file, word_t bytes, struct boot_image *image)
{
    struct elf_header header;
    if (!read_header(file, bytes, &header))
        return "the root task (first module) is not an ELF64 file for x86-64.";
    if (header.type != FILE_EXEC)
        return "the root task is not linked to a fixed address: position independent (PIE)?  Link it with -no-pie.";
    if (!headers_lie_in_file(&header, bytes))
        return "the program headers of the root task are damaged.";

    word_t highest = 0;
    image->v_start = UINT64_MAX;
    for (word_t i = 0; i < header.program_header_count; i++) {
        struct program_header s = program_header(file, &header, i);
        const char *failure = check_segment(&s, bytes);
        if (failure)
            return failure;
        if (overlaps_later(file, &header, i))
            return "two segments of the root task overlap.";
        if (s.memsz == 0)
            continue;
        if (s.vaddr < image->v_start)
            image->v_start = s.vaddr;
        if (s.vaddr + s.memsz > highest)
            highest = s.vaddr + s.memsz;
    }
    image->v_end = (highest + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS);
    image->entry = header.entry;
    return check_image(image, highest);
}

void boot_elf_load(const char *file, const struct boot_image *image, char *memory)
{
    struct elf_header header;
    __builtin_memcpy(&header, file, sizeof header);
    __builtin_memset(memory, 0, image->v_end - image->v_start);
    for (word_t i = 0; i < header.program_header_count; i++) {
        struct program_header s = program_header(file, &header, i);
        if (s.type == TYPE_LOAD && s.memsz > 0)
            __builtin_memcpy(memory + (s.vaddr - image->v_start), file + s.offset, s.filesz);
    }
}
