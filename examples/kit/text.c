/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

struct output {
    char *to;
    size_t size, length;
};

/* How one value is to be written. */
struct field {
    int width;
    bool left, zeros, wide;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->to[out->length++] = c;
}

static void put_padded(struct output *out, const char *text, size_t length, struct field field)
{
    int space = field.width - (int)length;

    for (; !field.left && space > 0; space--)
        put(out, field.zeros ? '0' : ' ');
    for (size_t i = 0; i < length; i++)
        put(out, text[i]);
    for (; space > 0; space--)
        put(out, ' ');
}

static void put_number(struct output *out, unsigned long value, unsigned base, bool negative,
                       struct field field)
{
    char digits[24];
    size_t first = sizeof(digits);

    do
        digits[--first] = "0123456789abcdef"[value % base];
    while (value /= base);
    if (negative)
        digits[--first] = '-';
    put_padded(out, digits + first, sizeof(digits) - first, field);
}

static void put_text(struct output *out, const char *text, struct field field)
{
    size_t length = 0;

    while (text[length])
        length++;
    put_padded(out, text, length, field);
}

static const char *read_field(const char *format, struct field *field)
{
    *field = (struct field){ 0 };
    for (; *format == '-' || *format == '0'; format++) {
        field->left |= *format == '-';
        field->zeros |= *format == '0';
    }
    for (; *format >= '0' && *format <= '9'; format++)
        field->width = field->width * 10 + (*format - '0');
    for (; *format == 'l'; format++)
        field->wide = true;
    return format;
}

static void put_value(struct output *out, char kind, struct field field, va_list *values)
{
    unsigned long value;

    switch (kind) {
    case 's':
        put_text(out, va_arg(*values, const char *), field);
        break;
    case 'c':
        put(out, (char)va_arg(*values, int));
        break;
    case 'd':
        value = field.wide ? va_arg(*values, unsigned long)
                           : (unsigned long)(long)va_arg(*values, int);
        put_number(out, (long)value < 0 ? 0 - value : value, 10, (long)value < 0, field);
        break;
    case 'u':
    case 'x':
        value = field.wide ? va_arg(*values, unsigned long) : va_arg(*values, unsigned);
        put_number(out, value, kind == 'x' ? 16 : 10, false, field);
        break;
    default:
        put(out, kind);
    }
}

size_t text_format(char *to, size_t size, const char *format, va_list values)
{
    struct output out = { to, size, 0 };
    struct field field;
    va_list rest;

    va_copy(rest, values);
    for (; *format; format++) {
        if (*format != '%') {
            put(&out, *format);
            continue;
        }
        format = read_field(format + 1, &field);
        put_value(&out, *format, field, &rest);
    }
    va_end(rest);
    to[out.length] = '\0';
    return out.length;
}

bool text_equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

bool text_number(const char *text, unsigned long *number)
{
    bool hex = text[0] == '0' && (text[1] | 0x20) == 'x';
    int base = hex ? 16 : 10;

    text += hex ? 2 : 0;
    *number = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (digit_value(*text) >= base)
            return false;
        *number = *number * (unsigned long)base + (unsigned long)digit_value(*text);
    }
    return true;
}
