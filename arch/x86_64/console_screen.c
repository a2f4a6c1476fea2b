/* SPDX-License-Identifier: BSD-2-Clause */
/* The screen: VGA text, or a linear framebuffer on which characters of 8 x 16 pixels are drawn.
 * Behind the last line output goes on in the first one: reading such memory to scroll is slow. */
#include <arch/x86_64/console.h>

#define CELL_WIDTH 8u
#define CELL_HEIGHT 16u
#define GLYPH_COLUMNS 5u
#define TEXT_GREY 0x07u

struct screen screen;

/* The characters from space to tilde, 5 x 8 dots: a byte is a column, its bit 0 the highest dot. */
static const uint64_t font[] = {
    0x0000000000, 0x00005f0000, 0x0007000700, 0x147f147f14, 0x122a7f2a24, 0x6264081323,
    0x5022554936, 0x0000030400, 0x0041221c00, 0x001c224100, 0x14083e0814, 0x08083e0808,
    0x000060a000, 0x0808080808, 0x0000606000, 0x0204081020, 0x3e4549513e, 0x00407f4200,
    0x4649495162, 0x3649494941, 0x107f121418, 0x3945454527, 0x3149494a3c, 0x030d710101,
    0x3649494936, 0x1e29494946, 0x0000363600, 0x0000365600, 0x0041221408, 0x1414141414,
    0x0814224100, 0x0609510102, 0x1e555d413e, 0x7c1211127c, 0x364949497f, 0x224141413e,
    0x1c2241417f, 0x414949497f, 0x010909097f, 0x7a4949413e, 0x7f0808087f, 0x00417f4100,
    0x013f414020, 0x412214087f, 0x404040407f, 0x7f020c027f, 0x7f3008067f, 0x3e4141413e,
    0x060909097f, 0x5e2151413e, 0x462919097f, 0x3149494946, 0x01017f0101, 0x3f4040403f,
    0x0f3040300f, 0x7f2018207f, 0x6314081463, 0x0304780403, 0x4345495161, 0x0041417f00,
    0x2010080402, 0x007f414100, 0x0402010204, 0x8080808080, 0x0004020100, 0x7854545420,
    0x384444447f, 0x4444444438, 0x7f44444438, 0x5854545438, 0x0005057e04, 0x7ca4a4a418,
    0x780404047f, 0x00407d4400, 0x007d848040, 0x004428107f, 0x00407f0100, 0x780478047c,
    0x780404047c, 0x3844444438, 0x18242424fc, 0xfc24242418, 0x080404087c, 0x2454545448,
    0x0044443f04, 0x7c4040403c, 0x1c2040201c, 0x3c4030403c, 0x4428102844, 0x7ca0a0a01c,
    0x444c546444, 0x0041413608, 0x0000ff0000, 0x0836414100, 0x0810080408,
};

static bool glyph_dot(char c, word_t x, word_t y)
{
    word_t index = (uint8_t)c - (word_t)' ';
    if (index >= sizeof font / sizeof font[0] || x >= GLYPH_COLUMNS)
        return false;
    return font[index] >> (8 * x + y) & 1;
}

/* Every dot is two pixels high. */
static void draw_pixels(word_t column, word_t row, char c)
{
    char *line = screen.memory + row * CELL_HEIGHT * screen.row_bytes +
                 column * CELL_WIDTH * screen.pixel_bytes;
    for (word_t y = 0; y < CELL_HEIGHT; y++, line += screen.row_bytes)
        for (word_t x = 0; x < CELL_WIDTH * screen.pixel_bytes; x++)
            line[x] = glyph_dot(c, x / screen.pixel_bytes, y / 2) ? (char)0xd0 : 0;
}

static void draw_text(word_t column, word_t row, char c)
{
    char *cell = screen.memory + row * screen.row_bytes + 2 * column;
    cell[0] = c;
    cell[1] = TEXT_GREY;
}

static void draw(word_t column, word_t row, char c)
{
    if (screen.kind == SCREEN_TEXT)
        draw_text(column, row, c);
    else
        draw_pixels(column, row, c);
}

static void clear_row(word_t row)
{
    for (word_t column = 0; column < screen.columns; column++)
        draw(column, row, ' ');
}

static void next_row(void)
{
    screen.column = 0;
    screen.row = screen.row + 1 < screen.rows ? screen.row + 1 : 0;
    clear_row(screen.row);
}

void screen_put(char c)
{
    if (screen.kind == SCREEN_NONE || c == '\r')
        return;
    if (c == '\n' || screen.column == screen.columns)
        next_row();
    if (c != '\n')
        draw(screen.column++, screen.row, c);
}
