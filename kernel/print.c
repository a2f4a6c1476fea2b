/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted output: the few conversions that the kernel uses. */
#include <arch/console.h>
#include <kernel/print.h>
#include <stdarg.h>

#define DIGITS_MAX 20u /* of a word in decimal */

/* %[-][0][width][l]conversion; '-' is for text, which is on the left of its width in any case. */
struct conversion {
    word_t width;
    char fill;
    bool is_long;
};

static void put_text(const char *text, word_t width)
{
    word_t count = 0;
    for (; text[count]; count++)
        console_put(text[count]);
    for (; count < width; count++)
        console_put(' ');
}

static void put_number(word_t value, word_t base, const struct conversion *c)
{
    char digits[DIGITS_MAX];
    word_t count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (word_t width = c->width; width > count; width--)
        console_put(c->fill);
    while (count)
        console_put(digits[--count]);
}

static void put_argument(char type, const struct conversion *c, va_list *arguments)
{
    static const struct conversion pointer = { .width = 16, .fill = '0' };
    switch (type) {
    case 's':
        put_text(va_arg(*arguments, const char *), c->width);
        break;
    case 'p':
        put_number((word_t)va_arg(*arguments, void *), 16, &pointer);
        break;
    case 'u':
    case 'x':
        put_number(c->is_long ? va_arg(*arguments, word_t) : va_arg(*arguments, unsigned),
                   type == 'u' ? 10 : 16, c);
        break;
    default: /* not one of them */
        console_put(type);
        break;
    }
}

/* Reads what stands between % and the conversion's letter, and returns the letter's place. */
static const char *read_conversion(const char *format, struct conversion *c)
{
    if (*format == '-')
        format++;
    c->fill = *format == '0' ? '0' : ' ';
    for (c->width = 0; *format >= '0' && *format <= '9'; format++)
        c->width = c->width * 10 + (word_t)(*format - '0');
    c->is_long = *format == 'l';
    return format + c->is_long;
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
        struct conversion conversion;
        format = read_conversion(format + 1, &conversion);
        put_argument(*format, &conversion, &arguments);
    }
    va_end(arguments);
}
