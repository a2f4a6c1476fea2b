/* SPDX-License-Identifier: BSD-2-Clause */
/* Text into a buffer.  Knows %s, %c, %d (int64_t), %u and %x (word_t), %%. */
#pragma once
#include <stdarg.h>
#include "types.h"

/* Append to the text of *length characters in text[size]; what does not fit is cut off.  The text
 * always ends with a zero byte. */
void format_append(char *text, size_t size, size_t *length, const char *format, va_list values);

/* Compare two strings; 0 if equal, otherwise the sign tells the order. */
int text_compare(const char *a, const char *b);
