/* SPDX-License-Identifier: BSD-2-Clause */
#include "program.h"
#include "print.h"
#include "thread.h"

enum { PT_LOAD = 1, MACHINE_X86_64 = 62, WRITABLE = 2, USER_FLAGS = 0x202 };

/* Where the root task looks into a page before the program gets it. */
#define WINDOW 0x10000000ul

/* A program must stay below, so that one page directory is enough. */
#define PROGRAM_TOP 0x40000000ul

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

void *memcpy(void *to, const void *from, size_t bytes);

static const char no_memory[] = "its memory budget is too small for it";

/* Make a page of the program, filled by `bytes` of data at `offset`.  Returns its frame, or 0. */
static seL4_CPtr make_page(struct program *p, seL4_Word address, seL4_CapRights_t rights,
                           seL4_Word offset, const void *data, size_t bytes)
{
    const seL4_X86_VMAttributes plain = seL4_X86_Default_VMAttributes;
    seL4_CPtr frame = pool_object(p->pool, seL4_X86_4K, 0);

    if (!frame || space_map(&root_space, frame, WINDOW, seL4_ReadWrite, plain))
        return 0;
    memcpy((char *)WINDOW + offset, data, bytes);
    (void)seL4_X86_Page_Unmap(frame);
    return space_map(&p->space, frame, address, rights, plain) ? 0 : frame;
}

static const char *load_segment(struct program *p, const struct file *file,
                                const struct program_header *segment)
{
    seL4_CapRights_t rights = segment->flags & WRITABLE ? seL4_ReadWrite : seL4_CanRead;
    seL4_Word end = segment->vaddr + segment->memory_bytes;

    if (segment->offset > file->bytes || segment->file_bytes > file->bytes - segment->offset ||
        segment->file_bytes > segment->memory_bytes || end < segment->vaddr || end > PROGRAM_TOP)
        return "a segment of it lies outside of the file or of its memory";
    for (seL4_Word page = segment->vaddr & ~(PAGE_BYTES - 1ul); page < end; page += PAGE_BYTES) {
        seL4_Word from = page > segment->vaddr ? page : segment->vaddr;
        seL4_Word file_end = segment->vaddr + segment->file_bytes;
        seL4_Word to = file_end < page + PAGE_BYTES ? file_end : page + PAGE_BYTES;
        const char *data = file->data + segment->offset + (from - segment->vaddr);

        if (!make_page(p, page, rights, from - page, data, to > from ? to - from : 0))
            return no_memory;
    }
    if (end > p->end)
        p->end = end;
    return NULL;
}

static const char *load_segments(struct program *p, const struct file *file)
{
    const struct elf_header *elf = (const struct elf_header *)file->data;

    if (file->bytes < sizeof(*elf) || elf->machine != MACHINE_X86_64 || elf->ident[0] != 0x7f ||
        elf->program_headers > file->bytes ||
        elf->program_header_count * sizeof(struct program_header) >
            file->bytes - elf->program_headers)
        return "it is not an ELF file for x86-64";
    const struct program_header *segments =
        (const struct program_header *)(file->data + elf->program_headers);
    for (int i = 0; i < elf->program_header_count; i++) {
        if (segments[i].type != PT_LOAD)
            continue;
        const char *error = load_segment(p, file, &segments[i]);
        if (error)
            return error;
    }
    p->entry = elf->entry;
    p->end = (p->end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1ul);
    return NULL;
}

/* BootInfo and IPC buffer, behind the program.  The former is made small enough for the stack. */
static seL4_CPtr make_boot_pages(struct program *p)
{
    struct {
        seL4_Word extra_len, node, nodes, io_levels, buffer;
        seL4_SlotRegion empty;
    } info = { 0, 0, 1, 0, p->end + PAGE_BYTES,
               { PROGRAM_FIRST_SLOT, 1ul << PROGRAM_SLOT_BITS } };

    _Static_assert(offsetof(seL4_BootInfo, ipcBuffer) == 4 * sizeof(seL4_Word), "as above");
    _Static_assert(offsetof(seL4_BootInfo, empty) == 5 * sizeof(seL4_Word), "as above");
    if (!make_page(p, p->end, seL4_ReadWrite, 0, &info, sizeof(info)))
        return 0;
    return make_page(p, p->end + PAGE_BYTES, seL4_ReadWrite, 0, &info, 0);
}

static seL4_Error configure(struct program *p, seL4_CPtr buffer_frame)
{
    seL4_Word guard = seL4_CNode_CapData_new(0, seL4_WordBits - PROGRAM_SLOT_BITS).words[0];

    return seL4_TCB_Configure(p->tcb, PROGRAM_PARENT, p->cnode, guard, p->space.vspace, 0,
                              p->end + PAGE_BYTES, buffer_frame);
}

const char *program_load(struct program *p, struct pool *pool, const struct file *file,
                         seL4_CPtr parent, seL4_Word badge, seL4_Word priority)
{
    *p = (struct program){ .name = file->name, .pool = pool };
    p->tcb = pool_object(pool, seL4_TCBObject, 0);
    p->cnode = p->tcb ? pool_object(pool, seL4_CapTableObject, PROGRAM_SLOT_BITS) : 0;
    if (!p->cnode || !space_make(&p->space, pool))
        return no_memory;
    const char *error = load_segments(p, file);
    if (error)
        return error;
    seL4_CPtr buffer_frame = make_boot_pages(p);
    if (!buffer_frame)
        return no_memory;
    if (configure(p, buffer_frame) ||
        seL4_TCB_SetPriority(p->tcb, seL4_CapInitThreadTCB, priority) ||
        program_give(p, PROGRAM_PARENT, parent, seL4_CapRights_new(1, 0, 0, 1), badge))
        return "its thread cannot be configured";
    thread_name(p->tcb, file->name);
    return NULL;
}

/* Depth counts the CNode's own slots alone, because the guard is in the thread's copy of it. */
seL4_Error program_give(const struct program *p, seL4_Word slot, seL4_CPtr cap,
                        seL4_CapRights_t rights, seL4_Word badge)
{
    return seL4_CNode_Mint(p->cnode, slot, PROGRAM_SLOT_BITS, seL4_CapInitThreadCNode, cap,
                           seL4_WordBits, rights, badge);
}

seL4_Error program_map(struct program *p, seL4_CPtr frame, seL4_Word address)
{
    return space_map(&p->space, frame, address, seL4_ReadWrite, seL4_X86_Default_VMAttributes);
}

void program_start(const struct program *p)
{
    seL4_UserContext registers = { .rip = p->entry, .rflags = USER_FLAGS, .rdi = p->end };

    (void)seL4_TCB_WriteRegisters(p->tcb, true, 0, sizeof(registers) / sizeof(seL4_Word),
                                  &registers);
}

void program_print(seL4_Word length_bytes)
{
    const seL4_Word most = (seL4_MsgMaxLength - 1) * sizeof(seL4_Word);

    print_out((const char *)&seL4_GetIPCBuffer()->msg[1],
              length_bytes < most ? length_bytes : most);
}
