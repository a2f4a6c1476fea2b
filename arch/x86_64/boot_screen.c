/* SPDX-License-Identifier: BSD-2-Clause */
/* Which screen the loader left: text, or a linear framebuffer. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/paging.h>

#define TEXT_MEMORY 0xb8000u
#define TEXT_COLUMNS 80u
#define TEXT_ROWS 25u
#define SCREEN_BYTES_MAX BIT(26)
#define BOOT_MAPPED BIT(32) /* of physical memory, by the tables of boot.S */

enum { FRAMEBUFFER_COLOUR = 1, FRAMEBUFFER_TEXT = 2 };

static void use_text(struct boot_machine *machine, word_t columns, word_t rows)
{
    machine->screen = (struct boot_range){ TEXT_MEMORY, TEXT_MEMORY + PAGE_BYTES };
    screen.kind = SCREEN_TEXT;
    screen.columns = columns;
    screen.rows = rows;
    screen.row_bytes = 2 * columns;
}

static void use_pixels(struct boot_machine *machine, const struct boot_framebuffer *f)
{
    word_t bytes = (word_t)f->pitch * f->height, start = f->address & ~MASK(PAGE_BITS);
    bool drawable = f->bits_per_pixel >= 15 && f->bits_per_pixel <= 32 && f->width >= 8 &&
                    f->height >= 16;
    if (!drawable || bytes > SCREEN_BYTES_MAX)
        return;
    machine->screen.start = start;
    machine->screen.end = (f->address + bytes + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS);
    screen.kind = SCREEN_PIXELS;
    screen.columns = f->width / 8;
    screen.rows = f->height / 16;
    screen.row_bytes = f->pitch;
    screen.pixel_bytes = (f->bits_per_pixel + 7u) / 8;
}

static void begin(word_t memory, const struct boot_machine *machine)
{
    if (machine->screen.end == 0)
        return;
    screen.memory = (char *)memory;
    if (machine->has_framebuffer && screen.kind == SCREEN_PIXELS)
        screen.memory += machine->framebuffer.address & MASK(PAGE_BITS);
}

void boot_screen_find(struct boot_machine *machine, bool loader_left_text_mode)
{
    const struct boot_framebuffer *f = &machine->framebuffer;
    if (machine->has_framebuffer && f->type == FRAMEBUFFER_COLOUR)
        use_pixels(machine, f);
    else if (machine->has_framebuffer && f->type == FRAMEBUFFER_TEXT && f->address == TEXT_MEMORY)
        use_text(machine, f->width, f->height);
    else if (loader_left_text_mode)
        use_text(machine, TEXT_COLUMNS, TEXT_ROWS);

    if (machine->screen.end <= BOOT_MAPPED)
        begin(MEMORY_WINDOW + machine->screen.start, machine);
    else
        screen.kind = SCREEN_NONE;
}

void boot_screen_mapped(const struct boot_machine *machine)
{
    begin(DEVICE_SCREEN + (machine->screen.start & MASK(LARGE_PAGE_BITS)), machine);
    if (machine->screen.end > BOOT_MAPPED)
        screen.kind = SCREEN_PIXELS;
}
