/* SPDX-License-Identifier: BSD-2-Clause */
/* Time, from the time stamp counter and the frequency in the extra boot information. */
#pragma once
#include "types.h"

static inline word_t clock_stamp(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (word_t)high << 32 | low;
}

/* Stamps in so many milliseconds. */
word_t clock_from_ms(word_t ms);

/* Spin for so many milliseconds, counted whether or not the thread has the processor. */
void clock_spin_ms(word_t ms);
