/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 4. */
#include "model_boot_elf.h"
#include <arch/x86_64/paging.h>
#include <string.h>

#define HEADER_BYTES 64u
#define SEGMENT_BYTES 56u
#define BASE 0x400000u
#define USER_END 0x800000000000u
#define LOADED_MAX BIT(20)

/* Segments one behind the other, in memory as in the file. */
static const char *make_file(struct input *in, word_t *bytes)
{
    word_t count = input_byte(in) % 5, data = 1 + input_below(in, 3000);
    word_t offset = HEADER_BYTES + count * SEGMENT_BYTES, address = BASE;
    char *file = boot_block(0, offset + data);

    memcpy(file, "\177ELF\2\1\1", 7);
    boot_put(file + 16, 2 | 62 << 16, 4);
    boot_put(file + 20, 1, 4);
    boot_put(file + 24, BASE + input_byte(in), 8);
    boot_put(file + 32, HEADER_BYTES, 8);
    boot_put(file + 54, SEGMENT_BYTES, 2);
    boot_put(file + 56, count, 2);
    memset(file + offset, 0xa5, data);
    for (word_t i = 0; i < count; i++) {
        char *segment = file + HEADER_BYTES + i * SEGMENT_BYTES;
        word_t in_file = input_below(in, data), in_memory = in_file + input_below(in, 0x3000);
        boot_put(segment, 1, 4);
        boot_put(segment + 8, offset, 8);
        boot_put(segment + 16, address, 8);
        boot_put(segment + 32, in_file, 8);
        boot_put(segment + 40, in_memory, 8);
        address = (address + in_memory + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS);
    }
    *bytes = offset + data;
    return file;
}

void model_boot_elf(struct input *in)
{
    struct boot_image image = { 0 };
    word_t bytes;

    (void)boot_model_begin();
    make_file(in, &bytes);
    (void)boot_mutate(in);
    while (bytes && !boot_memory_at(0, bytes)) /* as long as what is left of it */
        bytes--;
    const char *file = boot_memory_at(0, bytes), *failure = boot_elf_check(file, bytes, &image);
    boot_check_sentence(failure);
    if (failure)
        return;
    REQUIRE(((image.v_start | image.v_end) & MASK(PAGE_BITS)) == 0);
    REQUIRE(image.v_start < image.v_end && image.v_end < USER_END);
    REQUIRE(image.v_start <= image.entry && image.entry < image.v_end);
    if (image.v_end - image.v_start > LOADED_MAX)
        return;
    char *memory = malloc(image.v_end - image.v_start);
    boot_elf_load(file, &image, memory);
    free(memory);
}
