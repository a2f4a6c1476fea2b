/* SPDX-License-Identifier: BSD-2-Clause */
/* The extra boot information: chunks without gaps, so mostly unaligned.  Rules: boot 7.
 * Pure: tested on the host. */
#include <arch/x86_64/boot_root.h>

static char *put(char *to, const void *from, word_t bytes)
{
    __builtin_memcpy(to, from, bytes);
    return to + bytes;
}

static char *put_header(char *to, seL4_BootInfoID id, word_t payload_bytes)
{
    seL4_BootInfoHeader header = { .id = id, .len = sizeof header + payload_bytes };
    return put(to, &header, sizeof header);
}

static char *put_chunk(char *to, seL4_BootInfoID id, const void *payload, word_t bytes)
{
    return put(put_header(to, id, bytes), payload, bytes);
}

static char *put_memory_map(char *to, const struct boot_machine *machine)
{
    to = put_header(to, SEL4_BOOTINFO_HEADER_X86_MBMMAP,
                    sizeof machine->mmap_bytes + sizeof machine->mmap);
    to = put(to, &machine->mmap_bytes, sizeof machine->mmap_bytes);
    return put(to, machine->mmap, sizeof machine->mmap);
}

word_t boot_info_chunks(const struct boot_machine *machine, word_t tsc_mhz, char *page)
{
    char *to = page;
    uint32_t mhz = (uint32_t)tsc_mhz;
    if (machine->has_vbe)
        to = put_chunk(to, SEL4_BOOTINFO_HEADER_X86_VBE, machine->vbe, VBE_BYTES);
    to = put_chunk(to, SEL4_BOOTINFO_HEADER_X86_ACPI_RSDP, machine->rsdp, RSDP_BYTES);
    if (machine->has_framebuffer)
        to = put_chunk(to, SEL4_BOOTINFO_HEADER_X86_FRAMEBUFFER, &machine->framebuffer,
                       sizeof machine->framebuffer);
    to = put_memory_map(to, machine);
    to = put_chunk(to, SEL4_BOOTINFO_HEADER_X86_TSC_FREQ, &mhz, sizeof mhz);
    return (word_t)(to - page);
}
