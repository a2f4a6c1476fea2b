/* SPDX-License-Identifier: BSD-2-Clause */
/* States that must not exist. */
#pragma once
#include <kernel/config.h>
#include <kernel/types.h>

/* Says what was violated on every console and stops the machine. */
noreturn void fatal(const char *what);

/* The same, where the kernel was at ip with its stack at sp. */
noreturn void fatal_at(const char *what, word_t ip, word_t sp);

/* What the kernel itself guarantees; never tests user input; debug kernels only. */
#define assert(condition)                          \
    do {                                           \
        if (VARIANT_DEBUG && unlikely(!(condition))) \
            fatal("assertion failed: " #condition);  \
    } while (0)
