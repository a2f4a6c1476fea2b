/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output: the few conversions that the kernel uses. */
#include <arch/console.h>
#include <kernel/print.h>
#include <stdarg.h>

#define DIGITS_MAX 20u /* of a word in decimal */

static void put_text(const char *text)
{
    while (*text)
        console_put(*text++);
}

static void put_number(word_t value, word_t base, word_t width, char fill)
{
    char digits[DIGITS_MAX];
    word_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > count; width--)
        console_put(fill);
    while (count)
        console_put(digits[--count]);
}

static void put_signed(int64_t value, word_t width, char fill)
{
    if (value < 0)
        console_put('-');
    put_number(value < 0 ? 0 - (word_t)value : (word_t)value, 10, width, fill);
}

static void put_argument(char conversion, bool is_long, word_t width, char fill, va_list *arguments)
{
    switch (conversion) {
    case 's':
        put_text(va_arg(*arguments, const char *));
        break;
    case 'c':
        console_put((char)va_arg(*arguments, int));
        break;
    case 'p':
        put_number((word_t)va_arg(*arguments, void *), 16, 16, '0');
        break;
    case 'd':
        put_signed(is_long ? va_arg(*arguments, int64_t) : va_arg(*arguments, int), width, fill);
        break;
    case 'u':
    case 'x':
        put_number(is_long ? va_arg(*arguments, word_t) : va_arg(*arguments, unsigned),
                   conversion == 'u' ? 10 : 16, width, fill);
        break;
    default: /* %% */
        console_put(conversion);
        break;
    }
}

void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            console_put(*format);
            continue;
        }
        char fill = *++format == '0' ? '0' : ' ';
        word_t width = 0;
        for (; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + (word_t)(*format - '0');
        bool is_long = *format == 'l';
        put_argument(is_long ? *++format : *format, is_long, width, fill, &arguments);
    }
    va_end(arguments);
}
