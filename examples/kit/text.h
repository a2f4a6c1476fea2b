/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: formatting, comparing, reading numbers.  Needs nothing. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Write text to a buffer, as printf does it: %s %c %d %u %x %%, l for long, a width, - and 0.
 * What does not fit is left out; the text always ends with a 0.  Returns its length. */
size_t text_format(char *to, size_t size, const char *format, va_list values);

bool text_equal(const char *a, const char *b);

/* A number, decimal or with 0x hexadecimal, that is the whole text.  False if it is none. */
bool text_number(const char *text, unsigned long *number);
