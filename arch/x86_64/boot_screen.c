/* SPDX-License-Identifier: BSD-2-Clause */
/* Which screen the loader left: text, or a linear framebuffer.  Its geometry is checked here, once: whoever draws
 * relies on it that all lines and columns lie within the memory that gets mapped. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/cpu.h>
#include <kernel/print.h>

#define TEXT_MEMORY 0xb8000u
#define TEXT_BYTES 0x8000u
#define TEXT_COLUMNS 80u
#define TEXT_ROWS 25u
#define SCREEN_BYTES_MAX BIT(26)
#define PIXELS_START BIT(24)       /* below lie the kernel, and what loader and firmware left */
#define CONTROLLERS_START 0xfec00000u /* up to 4 GiB: interrupt controllers and firmware */

enum { FRAMEBUFFER_COLOUR = 1, FRAMEBUFFER_TEXT = 2 };

static void use_text(struct boot_machine *machine, word_t columns, word_t rows)
{
    if (rows == 0 || columns == 0 || columns > TEXT_BYTES / 2 / rows)
        return;
    machine->screen = (struct boot_range){ TEXT_MEMORY, page_up(TEXT_MEMORY + 2 * columns * rows) };
    screen.kind = SCREEN_TEXT;
    screen.columns = columns;
    screen.rows = rows;
    screen.row_bytes = 2 * columns;
}

/* Device memory that pixels may be in. */
static bool is_free(const struct boot_machine *machine, word_t start, word_t end)
{
    for (word_t i = 0; i < machine->ram.count; i++)
        if (start < machine->ram.at[i].end && machine->ram.at[i].start < end)
            return false;
    return start >= PIXELS_START && (start >= BOOT_MAPPED || end <= CONTROLLERS_START);
}

static void use_pixels(struct boot_machine *machine, const struct boot_framebuffer *f)
{
    word_t bytes = (word_t)f->pitch * f->height, pixel_bytes = (f->bits_per_pixel + 7u) / 8;
    bool drawable = f->bits_per_pixel >= 15 && f->bits_per_pixel <= 32 && f->width >= 8 &&
                    f->height >= 16 && f->pitch >= f->width * pixel_bytes;
    if (!drawable || bytes > SCREEN_BYTES_MAX || f->address >= BIT(52) ||
        !is_free(machine, f->address, f->address + bytes))
        return;
    machine->screen.start = f->address & ~MASK(PAGE_BITS);
    machine->screen.end = page_up(f->address + bytes);
    screen.kind = SCREEN_PIXELS;
    screen.columns = f->width / 8;
    screen.rows = f->height / 16;
    screen.row_bytes = f->pitch;
    screen.pixel_bytes = pixel_bytes;
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

void boot_screen_limit(struct boot_machine *machine)
{
    const struct boot_framebuffer *f = &machine->framebuffer;
    if (machine->screen.end > BIT(cpu.physical_bits)) {
        machine->screen = (struct boot_range){ 0, 0 };
        screen.kind = SCREEN_NONE;
    }
    if (machine->has_framebuffer && machine->screen.end == 0)
        print("screen: %ux%u with %u bytes a line at %lx cannot be used\n", f->width, f->height, f->pitch, f->address);
}

void boot_screen_mapped(const struct boot_machine *machine)
{
    if (machine->screen.end > BOOT_MAPPED)
        screen.kind = SCREEN_PIXELS;
    begin(DEVICE_SCREEN + (machine->screen.start & MASK(LARGE_PAGE_BITS)), machine);
}
