/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in the CPIO archive (format "newc") that is linked into the root task. */
#pragma once

#include <stddef.h>

struct file {
    const char *name;
    const char *data;
    size_t bytes;
};

/* Find the file that follows `*at` in the archive, from the first on if *at is null.  Returns null
 * after the last; else *at is set for the next call. */
const struct file *archive_next(const char **at, struct file *file);

/* Find a file by its name, or null. */
const struct file *archive_find(const char *name, struct file *file);
