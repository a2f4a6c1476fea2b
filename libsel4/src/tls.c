/* SPDX-License-Identifier: BSD-2-Clause */
/* Thread-local variables, ELF variant II: a block with the initial values ends where the thread
 * pointer points.  There stands the thread pointer itself, by which the compiler finds variables
 * of other objects, and behind it what else compilers keep there (the stack protector's word).
 * The initial values are found by the program headers, which root.ld puts into the image. */
#include <sel4/functions.h>
#include <sel4/start.h>

enum { PT_TLS = 7, THREAD_WORDS = 8 };

/* ELF-64 object file format: what is used of the file header and of a program header. */
struct elf_header {
    seL4_Uint8 ident[16];
    seL4_Uint16 type, machine;
    seL4_Uint32 version;
    seL4_Uint64 entry, program_headers, section_headers;
    seL4_Uint32 flags;
    seL4_Uint16 header_bytes, program_header_bytes, program_header_count;
};

struct program_header {
    seL4_Uint32 type, flags;
    seL4_Uint64 offset, vaddr, paddr, file_bytes, memory_bytes, align;
};

extern const struct elf_header __ehdr_start;

void *memcpy(void *to, const void *from, __SIZE_TYPE__ bytes);

/* The PT_TLS segment; there is one, because this library has a thread-local variable. */
static const struct program_header *tls_segment(void)
{
    const char *headers = (const char *)&__ehdr_start + __ehdr_start.program_headers;
    const struct program_header *segment = (const struct program_header *)headers;

    for (seL4_Word i = 1; segment->type != PT_TLS && i < __ehdr_start.program_header_count; i++)
        segment = (const struct program_header *)(headers + i * __ehdr_start.program_header_bytes);
    return segment;
}

static seL4_Word align_up(seL4_Word value, seL4_Word align)
{
    return (value + align - 1) / align * align;
}

/* At least the alignment of a word, for the thread pointer's own sake. */
static seL4_Word tls_align(const struct program_header *segment)
{
    return segment->align > sizeof(seL4_Word) ? segment->align : sizeof(seL4_Word);
}

seL4_Word sel4_tls_bytes(void)
{
    const struct program_header *segment = tls_segment();
    seL4_Word align = tls_align(segment);

    return align - 1 + align_up(segment->memory_bytes, align) + THREAD_WORDS * sizeof(seL4_Word);
}

seL4_Word sel4_tls_make(void *memory, seL4_IPCBuffer *buffer)
{
    const struct program_header *segment = tls_segment();
    seL4_Word align = tls_align(segment);
    seL4_Word variables = align_up(segment->memory_bytes, align);
    seL4_Word pointer = align_up((seL4_Word)memory + variables, align);

    memcpy((void *)(pointer - variables), (const void *)segment->vaddr, segment->file_bytes);
    *(seL4_Word *)pointer = pointer;

    /* The variable is as far from the new thread pointer as from this thread's own. */
    seL4_Word below;
    __asm__("movq $__sel4_ipc_buffer@tpoff, %0" : "=r"(below));
    *(seL4_IPCBuffer **)(pointer + below) = buffer;
    return pointer;
}
