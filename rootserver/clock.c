/* SPDX-License-Identifier: BSD-2-Clause */
/* The frequency stands in a chunk of the extra boot information; chunks are not aligned. */
#include "clock.h"

enum { DEFAULT_MHZ = 1000 };

static word_t bytes_at(const unsigned char *p, word_t count)
{
    word_t value = 0;

    for (word_t i = 0; i < count; i++) {
        value |= (word_t)p[i] << 8 * i;
    }
    return value;
}

static word_t find_mhz(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const unsigned char *chunk = (const unsigned char *)info + seL4_BootInfoFrameSize;
    const unsigned char *end = chunk + info->extraLen;

    while (chunk + sizeof(seL4_BootInfoHeader) < end) {
        const word_t id = bytes_at(chunk, 8);
        const word_t length = bytes_at(chunk + 8, 8);

        if (id == SEL4_BOOTINFO_HEADER_X86_TSC_FREQ) {
            return bytes_at(chunk + sizeof(seL4_BootInfoHeader), 4);
        }
        if (length < sizeof(seL4_BootInfoHeader)) {
            break;
        }
        chunk += length;
    }
    return DEFAULT_MHZ;
}

word_t clock_from_ms(word_t ms)
{
    static word_t mhz;

    if (!mhz) {
        mhz = find_mhz();
    }
    return ms * 1000 * mhz;
}

void clock_spin_ms(word_t ms)
{
    const word_t start = clock_stamp();
    const word_t length = clock_from_ms(ms);

    while (clock_stamp() - start < length) {
    }
}
