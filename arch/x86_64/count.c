/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of privileged writes.  Nothing refers to them unless the kernel is built with COUNT=1. */
#include <arch/count.h>
#include <arch/x86_64/count.h>

word_t count_writes[COUNT_KINDS];

static const char names[COUNT_KINDS][sizeof(word_t)] = {
    [COUNT_CR0] = "CR0",     [COUNT_CR3] = "CR3",   [COUNT_CR4] = "CR4",   [COUNT_MSR] = "MSR",
    [COUNT_DEBUG] = "DEBUG", [COUNT_XCR0] = "XCR0", [COUNT_PORT] = "PORT", [COUNT_FLUSH] = "FLUSH",
};

word_t count_of(word_t kind, word_t *name)
{
    *name = 0;
    if (kind >= COUNT_KINDS)
        return 0;
    for (word_t i = 0; i < sizeof(word_t); i++)
        *name |= (word_t)(uint8_t)names[kind][i] << 8 * i;
    return count_writes[kind];
}
