/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces and the probing thread. */
#include "vspace.h"
#include "memory.h"
#include "suite.h"

static word_t vspace_from(word_t pool)
{
    const word_t pml4 = object_new(seL4_X64_PML4Object, 0);

    if (seL4_X86_ASIDPool_Assign(pool, pml4)) {
        suite_abort("an address space gets no ASID");
    }
    return pml4;
}

word_t vspace_empty(void)
{
    return vspace_from(seL4_CapInitThreadASIDPool);
}

/* A table that turns out to be there already stays unmapped. */
static word_t level_map(word_t type, word_t vspace, word_t address)
{
    const word_t slot = object_new(type, 0);
    seL4_Error error;

    if (type == seL4_X86_PDPTObject) {
        error = seL4_X86_PDPT_Map(slot, vspace, address, seL4_X86_Default_VMAttributes);
    } else if (type == seL4_X86_PageDirectoryObject) {
        error = seL4_X86_PageDirectory_Map(slot, vspace, address, seL4_X86_Default_VMAttributes);
    } else {
        error = seL4_X86_PageTable_Map(slot, vspace, address, seL4_X86_Default_VMAttributes);
    }
    if (error && error != seL4_DeleteFirst) {
        suite_abort("a paging structure cannot be mapped");
    }
    return error ? 0 : slot;
}

struct tables vspace_map_pdpt(word_t vspace, word_t address)
{
    return (struct tables){ .pdpt = level_map(seL4_X86_PDPTObject, vspace, address) };
}

struct tables vspace_map_directory(word_t vspace, word_t address)
{
    struct tables tables = vspace_map_pdpt(vspace, address);

    tables.pd = level_map(seL4_X86_PageDirectoryObject, vspace, address);
    return tables;
}

struct tables vspace_map_tables(word_t vspace, word_t address)
{
    struct tables tables = vspace_map_directory(vspace, address);

    tables.pt = level_map(seL4_X86_PageTableObject, vspace, address);
    return tables;
}

seL4_Error frame_map_rights(word_t frame, word_t vspace, word_t address, seL4_CapRights_t rights)
{
    return seL4_X86_Page_Map(frame, vspace, address, rights, seL4_X86_Default_VMAttributes);
}

seL4_Error frame_map(word_t frame, word_t vspace, word_t address)
{
    return frame_map_rights(frame, vspace, address, seL4_ReadWrite);
}

word_t vspace_with_image(void)
{
    return vspace_with_image_from(seL4_CapInitThreadASIDPool);
}

word_t vspace_with_image_from(word_t pool)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const word_t frames = info->userImageFrames.end - info->userImageFrames.start;
    const word_t start = (word_t)info->ipcBuffer - frames * PAGE_BYTES;
    const word_t vspace = vspace_from(pool);
    const word_t copies = slot_range(frames);

    for (word_t address = start; address < (word_t)info->ipcBuffer; address += BIT(21)) {
        (void)vspace_map_tables(vspace, address);
    }
    (void)vspace_map_tables(vspace, (word_t)info->ipcBuffer - 1);
    for (word_t i = 0; i < frames; i++) {
        if (cap_copy_into(ROOT, copies + i, DEPTH, info->userImageFrames.start + i) ||
            frame_map(copies + i, vspace, start + i * PAGE_BYTES)) {
            suite_abort("the image cannot be mapped into another space");
        }
    }
    return vspace;
}

/* What the probing thread is to do; shared between the spaces through the image. */
static struct {
    word_t address, value;
} volatile job;

static void do_read(word_t unused)
{
    (void)unused;
    job.value = *(volatile word_t *)job.address;
}

static void do_write(word_t unused)
{
    (void)unused;
    *(volatile word_t *)job.address = job.value;
}

static void do_execute(word_t unused)
{
    (void)unused;
    ((void (*)(void))job.address)();
}

struct probe probe_new(word_t vspace)
{
    struct probe p = { .endpoint = endpoint_new() };

    p.thread = thread_in(ROOT, vspace, 0, p.endpoint);
    p.thread->order.park = p.thread->tcb;
    return p;
}

static struct access probe_run(const struct probe *p, void (*what)(word_t))
{
    struct access access = { 0 };
    struct message m;

    thread_run(p->thread, what, 0);
    access.faulted = message_poll(p->endpoint, &m);
    access.value = job.value;
    if (access.faulted) {
        access.label = info_label(m.info);
        access.length = info_length(m.info);
        for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
            access.mr[i] = m.mr[i];
        }
    } else {
        (void)EXPECT(thread_finished(p->thread));
    }
    return access;
}

struct access probe_read(const struct probe *p, word_t address)
{
    job.address = address;
    job.value = ~(word_t)0;
    return probe_run(p, do_read);
}

struct access probe_write(const struct probe *p, word_t address, word_t value)
{
    job.address = address;
    job.value = value;
    return probe_run(p, do_write);
}

struct access probe_execute(const struct probe *p, word_t address)
{
    job.address = address;
    job.value = 0;
    return probe_run(p, do_execute);
}
