/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels built with COUNT=1 count their writes to privileged registers and to I/O ports, for the
 * benchmarks.  In all others this folds away. */
#pragma once
#include <kernel/config.h>
#include <kernel/types.h>

enum count_kind {
    COUNT_CR0,
    COUNT_CR3,
    COUNT_CR4,
    COUNT_MSR,
    COUNT_DEBUG,
    COUNT_XCR0,
    COUNT_PORT,
    COUNT_FLUSH, /* INVLPG, INVPCID */
    COUNT_KINDS,
};

extern word_t count_writes[COUNT_KINDS];

static inline void count_write(enum count_kind kind)
{
    if (VARIANT_COUNT)
        count_writes[kind]++;
}
