/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_screen.c arch/x86_64/console_screen.c */
/* Whatever geometry a loader claims: what is used of it is drawn within the memory that it claims, which here is
 * exactly as large, and within the pages that get mapped. */
#include "host.h"
#include <arch/x86_64/boot.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/paging.h>

#define TEXT 0xb8000u
#define GIB BIT(30)

struct cpu cpu;
static struct boot_machine machine;
static char said[200];
static size_t said_length;

/* Of print(); what the screen itself gets, the tests put. */
void console_put(char c)
{
    if (said_length < sizeof said - 1)
        said[said_length++] = c;
}

static int setup(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof machine);
    memset(&screen, 0, sizeof screen);
    memset(said, 0, sizeof said);
    said_length = 0;
    cpu.physical_bits = 40;
    machine.ram.count = 2;
    machine.ram.at[0] = (struct boot_range){ BIT(20), 2 * GIB };
    machine.ram.at[1] = (struct boot_range){ 4 * GIB, 6 * GIB };
    return 0;
}

/* As boot_main does.  Whether there is a screen. */
static bool find(struct boot_framebuffer framebuffer)
{
    setup(NULL);
    machine.framebuffer = framebuffer;
    machine.has_framebuffer = framebuffer.address != 0;
    boot_screen_find(&machine, !machine.has_framebuffer);
    boot_screen_limit(&machine);
    boot_screen_mapped(&machine);
    bool has_screen = screen.kind != SCREEN_NONE;
    assert_int_equal(has_screen, machine.screen.end != 0);
    assert_int_equal(has_screen, said[0] == 0);
    return has_screen;
}

static struct boot_framebuffer pixels(word_t address, word_t pitch, word_t width, word_t height, word_t bits)
{
    return (struct boot_framebuffer){ address, (uint32_t)pitch, (uint32_t)width, (uint32_t)height, (uint8_t)bits, 1 };
}

static struct boot_framebuffer text(word_t columns, word_t rows)
{
    return (struct boot_framebuffer){ TEXT, (uint32_t)(2 * columns), (uint32_t)columns, (uint32_t)rows, 16, 2 };
}

/* Draws into `bytes` bytes of memory, from its first to behind its last place. */
static void fill_screen(word_t bytes)
{
    word_t offset = (word_t)screen.memory & MASK(PAGE_BITS);
    assert_in_range(offset + bytes, 1, machine.screen.end - machine.screen.start);
    char *memory = malloc(bytes);
    assert_non_null(memory);
    screen.memory = memory;
    for (word_t i = 0; i < (screen.rows + 1) * screen.columns; i++)
        screen_put((char)('!' + i % 90));
    for (word_t i = 0; i <= screen.rows; i++)
        screen_put('\n');
    free(memory);
}

static void usual_screens_are_used(void **state)
{
    static const struct { word_t pitch, width, height, bits; } usual[] = {
        { 1024 * 4, 1024, 768, 32 }, { 800 * 3, 800, 600, 24 }, { 640 * 2, 640, 480, 16 }, { 1366 * 4 + 40, 1366, 768, 32 },
        { 640 * 2, 640, 480, 15 }, { 3840 * 4, 3840, 2160, 32 }, { 8 * 4, 8, 16, 32 },
    };
    (void)state;
    for (word_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        for (word_t at = 0; at < 3; at++) {
            word_t address = (word_t[]){ 0xc0000000, 0xc0000010, BIT(39) }[at];
            assert_true(find(pixels(address, usual[i].pitch, usual[i].width, usual[i].height, usual[i].bits)));
            assert_int_equal(screen.kind, SCREEN_PIXELS);
            assert_int_equal(screen.columns, usual[i].width / 8);
            assert_int_equal(screen.rows, usual[i].height / 16);
            assert_int_equal((word_t)screen.memory, DEVICE_SCREEN + (address & MASK(LARGE_PAGE_BITS)));
            if (usual[i].width < 1024)
                fill_screen(usual[i].pitch * usual[i].height);
        }
}

static void text_of_any_size_that_is_there_is_used(void **state)
{
    static const struct { word_t columns, rows, pages; } sizes[] = {
        { 80, 25, 1 }, { 40, 25, 1 }, { 80, 50, 2 }, { 132, 60, 4 }, { 1, 1, 1 }, { 128, 128, 8 }, { 16384, 1, 8 },
        { 1, 16384, 8 }, { 132, 43, 3 },
    };
    (void)state;
    for (word_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_true(find(text(sizes[i].columns, sizes[i].rows)));
        assert_int_equal(screen.kind, SCREEN_TEXT);
        assert_int_equal(machine.screen.start, TEXT);
        assert_int_equal(machine.screen.end, TEXT + sizes[i].pages * PAGE_BYTES);
        fill_screen(2 * sizes[i].columns * sizes[i].rows);
    }
    assert_true(find((struct boot_framebuffer){ 0 })); /* none: version 1 */
    assert_int_equal(screen.columns * screen.rows, 80 * 25);
    fill_screen(80 * 25 * 2);
}

static void what_does_not_fit_is_said_and_not_used(void **state)
{
    const struct boot_framebuffer wrong[] = {
        pixels(0xc0000000, 0, 1024, 768, 32), pixels(0xc0000000, 4095, 1024, 768, 32), pixels(0xc0000000, 1, 8, 16, 15),
        pixels(0xc0000000, UINT32_MAX, UINT32_MAX, UINT32_MAX, 32), pixels(0xc0000000, 4, UINT32_MAX, 16, 32),
        pixels(0xc0000000, 1u << 31, 1024, 1u << 31, 32), pixels(0xc0000000, 8192, 1024, 8193, 32), /* 64 MiB and a line */
        pixels(0xc0000000, 4096, 1024, 768, 8), pixels(0xc0000000, 8192, 1024, 768, 40), pixels(0xc0000000, 28, 7, 16, 32),
        pixels(0xc0000000, 4096, 1024, 15, 32), pixels(0xc0000000, 0, 0, 0, 0),
        pixels(UINT64_MAX, 4096, 1024, 768, 32), pixels(UINT64_MAX - 0x300000 + 1, 4096, 1024, 768, 32),
        pixels(BIT(63), 4096, 1024, 768, 32), pixels(BIT(52), 4096, 1024, 768, 32), pixels(BIT(40), 4096, 1024, 768, 32),
        pixels(BIT(40) - 0x2ff000, 4096, 1024, 768, 32),
        pixels(2 * GIB - 1, 4096, 1024, 768, 32), pixels(4 * GIB - 0x100000, 4096, 1024, 768, 32),
        pixels(6 * GIB - 4096, 4096, 1024, 768, 32), pixels(0x1000, 640 * 2, 640, 16, 16),
        pixels(0xa0000, 640 * 2, 640, 16, 16), pixels(0xfee00000, 4096, 1024, 768, 32), pixels(0xfeb00000, 4096, 1024, 768, 32),
        text(0, 25), text(80, 0), text(128, 129), text(16385, 1), text(1, 16385), text(UINT32_MAX, UINT32_MAX),
        text(BIT(31), 2), { 0xb0000, 160, 80, 25, 16, 2 }, { 0xc0000000, 1024, 1024, 768, 8, 0 }, { 0xc0000000, 4096, 1024, 768, 32, 9 },
    };
    (void)state;
    for (word_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (find(wrong[i]))
            fail_msg("%lu is used", i);
        assert_non_null(strstr(said, "cannot be used\n"));
        screen_put('x');
    }
    (void)find(wrong[0]);
    assert_string_equal(said, "screen: 1024x768 with 0 bytes a line at c0000000 cannot be used\n");
}

/* Above 4 GiB nothing is mapped before the final tables are. */
static void high_memory_is_drawn_on_only_when_it_is_mapped(void **state)
{
    (void)state;
    machine.framebuffer = pixels(BIT(38), 4096, 1024, 768, 32);
    machine.has_framebuffer = true;
    boot_screen_find(&machine, false);
    screen_put('x');
    boot_screen_limit(&machine);
    screen_put('x');
    boot_screen_mapped(&machine);
    assert_int_equal(screen.kind, SCREEN_PIXELS);
}

static void random_geometries_stay_within_their_memory(void **state)
{
    word_t seed = 1, used = 0;
    (void)state;
    for (word_t i = 0; i < 10000; i++) {
        word_t number[6];
        for (word_t j = 0; j < 6; j++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            number[j] = seed >> 8 >> (seed >> 58) % 48;
        }
        struct boot_framebuffer f = pixels(number[0], number[1] & 0xffff, number[2] & 0x3ff, number[3] & 0xff, number[4] & 63);
        if (number[5] & 1)
            f.address = 0xc0000000 + (number[0] & 0xffffff);
        if (number[5] & 2)
            f.pitch = f.width * (f.bits_per_pixel / 8) + (number[1] & 15) - 2;
        if ((number[5] & 12) == 0)
            f = text(number[2] & 0x1ff, number[3] & 0xff);
        if (find(f)) {
            used++;
            fill_screen(f.type == 2 ? 2 * (word_t)f.width * f.height : (word_t)f.pitch * f.height);
        }
    }
    assert_true(used > 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(usual_screens_are_used, setup),
        cmocka_unit_test_setup(text_of_any_size_that_is_there_is_used, setup),
        cmocka_unit_test_setup(what_does_not_fit_is_said_and_not_used, setup),
        cmocka_unit_test_setup(high_memory_is_drawn_on_only_when_it_is_mapped, setup),
        cmocka_unit_test_setup(random_geometries_stay_within_their_memory, setup),
    };
    return RUN(tests);
}
