/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

static seL4_Word megahertz = 1;

/* The extra boot information is a row of chunks; one of them holds the frequency. */
void clock_start(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const char *chunk = (const char *)info + seL4_BootInfoFrameSize;
    const char *end = chunk + info->extraLen;

    while (chunk < end) {
        const seL4_BootInfoHeader *header = (const seL4_BootInfoHeader *)chunk;

        if (header->id == SEL4_BOOTINFO_HEADER_X86_TSC_FREQ)
            megahertz = *(const seL4_Uint32 *)(header + 1);
        chunk += header->len;
    }
}

seL4_Word clock_microseconds(void)
{
    seL4_Uint32 low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return ((seL4_Word)high << 32 | low) / megahertz;
}

seL4_Word clock_megahertz(void)
{
    return megahertz;
}
