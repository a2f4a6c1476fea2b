/* SPDX-License-Identifier: BSD-2-Clause */
#include "archive.h"
#include "text.h"

/* A header is a magic number of 6 digits and 13 hexadecimal numbers of 8; then comes the name with
 * its final 0, then the data, each padded to a multiple of 4. */
enum { MAGIC_BYTES = 6, NUMBER_BYTES = 8, NUMBERS = 13, NUMBER_SIZE = 6, NUMBER_NAME = 11 };

extern const char archive_start[];

static size_t number(const char *header, int index)
{
    const char *digits = header + MAGIC_BYTES + index * NUMBER_BYTES;
    size_t value = 0;

    for (int i = 0; i < NUMBER_BYTES; i++) {
        char c = digits[i];
        value = value * 16 + (size_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t padded(size_t bytes)
{
    return (bytes + 3) & ~(size_t)3;
}

const struct file *archive_next(const char **at, struct file *file)
{
    const char *header = *at ? *at : archive_start;
    size_t before = padded(MAGIC_BYTES + NUMBERS * NUMBER_BYTES + number(header, NUMBER_NAME));

    *file = (struct file){
        .name = header + MAGIC_BYTES + NUMBERS * NUMBER_BYTES,
        .data = header + before,
        .bytes = number(header, NUMBER_SIZE),
    };
    *at = file->data + padded(file->bytes);
    return text_equal(file->name, "TRAILER!!!") ? NULL : file;
}

const struct file *archive_find(const char *name, struct file *file)
{
    const char *at = NULL;

    while (archive_next(&at, file))
        if (text_equal(file->name, name))
            return file;
    return NULL;
}
