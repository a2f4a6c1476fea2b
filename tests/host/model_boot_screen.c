/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 1.1. */
#include "model_boot_screen.h"
#include <arch/x86_64/console.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/paging.h>
#include <string.h>

#define DRAWN_MAX BIT(16)
#define TEXT_START 0xb8000u
#define TEXT_END 0xc0000u
#define CELL_WIDTH 8u
#define CELL_HEIGHT 16u

struct cpu cpu __attribute__((weak));

static uint32_t some_size(struct input *in)
{
    static const uint32_t sizes[] = { 0, 1, 7, 8, 15, 16, 25, 80, 132, 640, 1024, 4096, 0x10000,
                                      0x7fffffff, 0xffffffff };
    word_t choice = input_below(in, 2 * sizeof sizes / sizeof sizes[0]);
    return choice < sizeof sizes / sizeof sizes[0] ? sizes[choice] : (uint32_t)input_below(in, 0x8000);
}

static void choose(struct input *in, struct boot_framebuffer *f)
{
    static const uint8_t depths[] = { 0, 1, 8, 14, 15, 16, 24, 32, 33, 64, 255 };
    f->bits_per_pixel = depths[input_below(in, sizeof depths)];
    f->width = some_size(in);
    f->height = some_size(in);
    f->pitch = (input_byte(in) & 1) ? f->width * ((f->bits_per_pixel + 7u) / 8) : some_size(in);
    f->type = input_byte(in) % 4;
    f->address = f->type == 2 ? TEXT_START : boot_some_address(in);
    if ((input_byte(in) & 15) == 0)
        f->address = input_word(in);
}

/* Behind the first byte of the screen. */
static word_t last_byte(void)
{
    return screen.kind == SCREEN_TEXT
               ? (screen.rows - 1) * screen.row_bytes + 2 * screen.columns
               : (screen.rows * CELL_HEIGHT - 1) * screen.row_bytes + screen.columns * CELL_WIDTH * screen.pixel_bytes;
}

/* As the kernel does, into memory that ends with the mapping. */
static void draw(const struct boot_machine *machine, word_t offset)
{
    char *memory = malloc(machine->screen.end - machine->screen.start);
    screen.memory = memory + offset;
    for (word_t i = 0; i < 2; i++) {
        screen.row = i ? screen.rows - 1 : 0;
        screen.column = screen.columns - 1;
        screen_put('x');
        screen_put('y');
        screen_put('\n');
    }
    free(memory);
}

void model_boot_screen(struct input *in)
{
    struct boot_machine *machine = boot_model_begin();

    memset(&screen, 0, sizeof screen);
    cpu.physical_bits = 52;
    machine->has_framebuffer = input_byte(in) & 7;
    if (machine->has_framebuffer)
        choose(in, &machine->framebuffer);
    boot_ranges_add(&machine->ram, 0x100000, 0x7fe0000);
    boot_screen_find(machine, !machine->has_framebuffer);
    if (machine->screen.end > machine->screen.start)
        boot_screen_mapped(machine);

    struct boot_range s = machine->screen;
    REQUIRE(s.start <= s.end && ((s.start | s.end) & MASK(PAGE_BITS)) == 0);
    REQUIRE(s.start == s.end || !boot_touches(&machine->ram, s.start, s.end));
    if (screen.kind == SCREEN_NONE)
        return;
    REQUIRE(screen.columns > 0 && screen.rows > 0 && s.start < s.end);
    REQUIRE(screen.kind == SCREEN_PIXELS || (s.start >= TEXT_START && s.end <= TEXT_END));
    REQUIRE(screen.kind == SCREEN_TEXT || screen.columns * CELL_WIDTH * screen.pixel_bytes <= screen.row_bytes);
    word_t offset = screen.kind == SCREEN_PIXELS ? machine->framebuffer.address & MASK(PAGE_BITS) : 0;
    REQUIRE(last_byte() <= s.end - s.start - offset);
    if (s.end - s.start <= DRAWN_MAX)
        draw(machine, offset);
}
