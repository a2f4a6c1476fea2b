/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory as the kernel sees it: all of it, in one window. */
#pragma once
#include <kernel/types.h>

#define MEMORY_WINDOW 0xFFFFFF8000000000ul     /* kernel address of physical address 0 */
#define MEMORY_WINDOW_BYTES 0x7F80000000ul     /* 510 GiB */

static inline void *memory_pointer(paddr_t p) { return (void *)(p.at + MEMORY_WINDOW); }
static inline paddr_t memory_physical(const void *pointer)
{
    return (paddr_t){ (word_t)pointer - MEMORY_WINDOW };
}

/* Clears words; bytes is a multiple of 8. */
void memory_clear(void *at, word_t bytes);
/* Copies words; they do not overlap. */
void memory_copy(void *to, const void *from, word_t words);
