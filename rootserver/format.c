/* SPDX-License-Identifier: BSD-2-Clause */
/* Text formatting for reports.  Needs nothing; never writes outside the buffer it is given. */
#include "format.h"

struct output {
    char *text;
    size_t size;
    size_t *length;
};

static void put(const struct output *out, char c)
{
    if (*out->length + 1 < out->size) {
        out->text[(*out->length)++] = c;
        out->text[*out->length] = '\0';
    }
}

static void put_string(const struct output *out, const char *s)
{
    while (*s) {
        put(out, *s++);
    }
}

static void put_number(const struct output *out, word_t value, unsigned base)
{
    char digits[24];
    size_t n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n) {
        put(out, digits[--n]);
    }
}

static void put_signed(const struct output *out, int64_t value)
{
    if (value < 0) {
        put(out, '-');
    }
    put_number(out, value < 0 ? 0 - (word_t)value : (word_t)value, 10);
}

void format_append(char *text, size_t size, size_t *length, const char *format, va_list values)
{
    const struct output out = { text, size, length };

    for (; *format; format++) {
        if (*format != '%' || !format[1]) {
            put(&out, *format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_string(&out, va_arg(values, const char *));
            break;
        case 'c':
            put(&out, (char)va_arg(values, int));
            break;
        case 'd':
            put_signed(&out, va_arg(values, int64_t));
            break;
        case 'u':
            put_number(&out, va_arg(values, word_t), 10);
            break;
        case 'x':
            put_number(&out, va_arg(values, word_t), 16);
            break;
        default:
            put(&out, *format);
            break;
        }
    }
}

int text_compare(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}
