/* SPDX-License-Identifier: BSD-2-Clause */
/* How often a kernel built with COUNT=1 has written each kind of slow register. */
#pragma once
#include <kernel/types.h>

/* The number of writes of kind number `kind`, and its name: up to eight characters in a word, the first
 * in the lowest byte.  The name is 0 behind the last kind. */
word_t count_of(word_t kind, word_t *name);
