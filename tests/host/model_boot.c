/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_boot.h"
#include <string.h>

#define BLOCKS_MAX 16u
#define PIECE_BITS 16u
#define ZEROS_BYTES BIT(PIECE_BITS)

static struct block {
    word_t at, bytes;
    char *memory;
} blocks[BLOCKS_MAX];
static word_t block_count;
static char *zeros;
static struct boot_machine machine;

/* Which pieces of the address space have a block in them: parsers search for long where there is none. */
static bool has_block[(BOOT_READABLE >> PIECE_BITS) + 1];

static void mark(const struct block *block, bool has)
{
    for (word_t i = block->at >> PIECE_BITS; i <= (block->at + block->bytes) >> PIECE_BITS; i++)
        if (i <= BOOT_READABLE >> PIECE_BITS)
            has_block[i] = has;
}

struct boot_machine *boot_model_begin(void)
{
    while (block_count) {
        mark(&blocks[--block_count], false);
        free(blocks[block_count].memory);
    }
    if (!zeros)
        zeros = calloc(1, ZEROS_BYTES);
    memset(&machine, 0, sizeof machine);
    return &machine;
}

char *boot_block(word_t at, word_t bytes)
{
    REQUIRE(block_count < BLOCKS_MAX);
    struct block *block = &blocks[block_count++];
    *block = (struct block){ at, bytes, calloc(1, bytes ? bytes : 1) };
    mark(block, true);
    return block->memory;
}

/* Zeros end where the sanitizer looks. */
const char *boot_memory_at(word_t at, word_t bytes)
{
    if (at >= BOOT_READABLE || bytes > BOOT_READABLE - at)
        return NULL;
    bool none = bytes <= ZEROS_BYTES && !has_block[at >> PIECE_BITS] && !has_block[(at + bytes) >> PIECE_BITS];
    for (word_t i = 0; !none && i < block_count; i++) {
        const struct block *block = &blocks[i];
        if (at >= block->at && at - block->at < block->bytes)
            return bytes <= block->bytes - (at - block->at) ? block->memory + (at - block->at) : NULL;
        if (at < block->at && bytes > block->at - at)
            return NULL;
    }
    return bytes <= ZEROS_BYTES ? zeros + ZEROS_BYTES - bytes : NULL;
}

void boot_put(char *at, word_t value, word_t bytes) { memcpy(at, &value, bytes); }

static word_t interesting_word(struct input *in)
{
    static const word_t words[] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 24, 36, 44, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0xffff, 0x100000, 0x7fffffff,
        0x80000000, 0xfffff000, 0xfffffff0, 0xffffffff, BIT(32), BIT(47), BIT(63), ~(word_t)0xfff, ~(word_t)0,
    };
    word_t choice = input_below(in, 2 * sizeof words / sizeof words[0]);
    return choice < sizeof words / sizeof words[0] ? words[choice] : input_word(in);
}

/* A shorter block ends where its memory ends. */
static void cut(struct block *block, word_t bytes)
{
    mark(block, false);
    char *shorter = malloc(bytes ? bytes : 1);
    memcpy(shorter, block->memory, bytes);
    free(block->memory);
    block->memory = shorter;
    block->bytes = bytes;
    for (word_t i = 0; i < block_count; i++)
        mark(&blocks[i], true);
}

bool boot_mutate(struct input *in)
{
    word_t count = input_byte(in) % 8;
    for (word_t i = 0; i < count && block_count; i++) {
        struct block *block = &blocks[input_below(in, block_count)];
        if (block->bytes == 0)
            continue;
        word_t offset = input_below(in, block->bytes), kind = input_byte(in) % 8;
        word_t bytes = kind < 3 ? 1 : kind < 5 ? 4 : kind < 7 ? 8 : 0;
        if (bytes == 0)
            cut(block, offset);
        else
            boot_put(block->memory + offset, interesting_word(in), bytes < block->bytes - offset ? bytes : 1);
    }
    return count > 0;
}

word_t boot_some_address(struct input *in)
{
    word_t kind = input_byte(in), address = input_below(in, 0x10000) << 12;
    if (kind & 1)
        address += input_below(in, 0x1000);
    if ((kind & 0x0e) == 0)
        address += 0xf0000000;
    if ((kind & 0x70) == 0)
        address += BIT(32) + (word_t)(kind >> 7) * 0x7f00000000;
    return address;
}

void boot_check_ranges(const struct boot_ranges *ranges, word_t most, word_t align_bits)
{
    REQUIRE(ranges->count <= most);
    for (word_t i = 0; i < ranges->count; i++) {
        struct boot_range r = ranges->at[i];
        REQUIRE(r.start < r.end);
        REQUIRE(((r.start | r.end) & MASK(align_bits)) == 0);
        REQUIRE(i == 0 || ranges->at[i - 1].end < r.start);
    }
}

void boot_check_sentence(const char *sentence) { REQUIRE(!sentence || sentence[strlen(sentence) - 1] == '.'); }

bool boot_covers(const struct boot_ranges *ranges, word_t start, word_t end)
{
    for (word_t i = 0; i < ranges->count; i++)
        if (ranges->at[i].start <= start && end <= ranges->at[i].end)
            return true;
    return false;
}

bool boot_touches(const struct boot_ranges *ranges, word_t start, word_t end)
{
    for (word_t i = 0; i < ranges->count; i++)
        if (start < ranges->at[i].end && ranges->at[i].start < end)
            return true;
    return false;
}
