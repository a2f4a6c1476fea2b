/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical memory ranges: sorted, merged, with a bound on their number. */
#include <arch/x86_64/boot.h>

static void remove_at(struct boot_ranges *ranges, word_t i)
{
    ranges->count--;
    for (; i < ranges->count; i++)
        ranges->at[i] = ranges->at[i + 1];
}

static bool insert_at(struct boot_ranges *ranges, word_t i, struct boot_range range)
{
    if (ranges->count == BOOT_RANGES)
        return false;
    for (word_t j = ranges->count; j > i; j--)
        ranges->at[j] = ranges->at[j - 1];
    ranges->at[i] = range;
    ranges->count++;
    return true;
}

void boot_ranges_add(struct boot_ranges *ranges, word_t start, word_t end)
{
    if (start >= end)
        return;
    word_t i = 0;
    while (i < ranges->count && ranges->at[i].end < start)
        i++;
    /* From i on, everything that overlaps or touches the new range becomes part of it. */
    while (i < ranges->count && ranges->at[i].start <= end) {
        if (ranges->at[i].start < start)
            start = ranges->at[i].start;
        if (ranges->at[i].end > end)
            end = ranges->at[i].end;
        remove_at(ranges, i);
    }
    if (insert_at(ranges, i, (struct boot_range){ start, end }))
        return;
    if (i > 0)
        ranges->at[i - 1].end = end;
    else
        ranges->at[0].start = start;
}

void boot_ranges_remove(struct boot_ranges *ranges, word_t start, word_t end)
{
    if (start >= end)
        return;
    for (word_t i = 0; i < ranges->count;) {
        struct boot_range *r = &ranges->at[i];
        if (r->end <= start || r->start >= end) {
            i++;
        } else if (r->start < start && r->end > end) {
            /* Without room for the upper part that part is given up. */
            word_t upper_end = r->end;
            r->end = start;
            insert_at(ranges, i + 1, (struct boot_range){ end, upper_end });
            return;
        } else if (r->start < start) {
            r->end = start;
            i++;
        } else if (r->end > end) {
            r->start = end;
            return;
        } else {
            remove_at(ranges, i);
        }
    }
}

static word_t bytes_at(const struct boot_ranges *ranges, word_t i) { return ranges->at[i].end - ranges->at[i].start; }

word_t boot_ranges_drop_smallest(struct boot_ranges *ranges)
{
    word_t smallest = 1;
    for (word_t i = 2; i < ranges->count; i++)
        if (bytes_at(ranges, i) < bytes_at(ranges, smallest))
            smallest = i;
    word_t bytes = bytes_at(ranges, smallest);
    remove_at(ranges, smallest);
    return bytes;
}

bool boot_ranges_find_top(const struct boot_ranges *ranges, word_t bytes, word_t align_bits,
                          struct boot_range *found)
{
    for (word_t i = ranges->count; i > 0; i--) {
        struct boot_range r = ranges->at[i - 1];
        if (r.end < bytes)
            continue;
        word_t start = (r.end - bytes) & ~MASK(align_bits);
        if (start < r.start)
            continue;
        *found = (struct boot_range){ start, start + bytes };
        return true;
    }
    return false;
}
