/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output to the console. */
#pragma once
#include <kernel/types.h>

/* Conversions: %-s %u %x %p, with l for words, a minimum width, and 0 to fill it with zeros;
 * text stands on the left of its width. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
