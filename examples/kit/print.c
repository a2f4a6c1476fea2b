/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"
#include "text.h"

enum { PRINT_BYTES = 512 };

void print(const char *format, ...)
{
    char text[PRINT_BYTES];
    va_list values;

    va_start(values, format);
    print_out(text, text_format(text, sizeof(text), format, values));
    va_end(values);
}
