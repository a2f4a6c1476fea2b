/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory for models of boot's parsers.  What loader and firmware left are blocks of exactly their length,
 * so that the sanitizer sees each byte read beyond one.  Between the blocks a little at a time reads as zeros, above
 * 4 GiB and across the end of a block nothing can be read: boot_memory_at() is NULL. */
#pragma once
#include "fakes.h"
#include <arch/x86_64/boot.h>

#define BOOT_READABLE BIT(32)

/* Forgets all blocks and gives `machine` as boot begins with it. */
struct boot_machine *boot_model_begin(void);

/* A new block of zeros at a physical address. */
char *boot_block(word_t at, word_t bytes);

/* Little-endian, into a block. */
void boot_put(char *at, word_t value, word_t bytes);

/* Changes bytes, words and lengths of some blocks, or of none: whether any. */
bool boot_mutate(struct input *in);

/* A page-sized number with a tendency to be where it matters. */
word_t boot_some_address(struct input *in);

/* Ascending, disjoint, not adjacent, none empty, within bounds; aligned to 2^align_bits. */
void boot_check_ranges(const struct boot_ranges *ranges, word_t most, word_t align_bits);

/* NULL, or a whole sentence. */
void boot_check_sentence(const char *sentence);

bool boot_covers(const struct boot_ranges *ranges, word_t start, word_t end);
bool boot_touches(const struct boot_ranges *ranges, word_t start, word_t end);
