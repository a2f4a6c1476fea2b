/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints and single-stepping of a thread (HW_DEBUG variant). */
#pragma once
#include <kernel/config.h>
#include <kernel/types.h>

/* Words of state in each TCB; none in kernels without the API. */
struct hwdebug {
    word_t word[VARIANT_HW_DEBUG ? 8 : 0];
};
