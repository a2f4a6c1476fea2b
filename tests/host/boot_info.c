/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_info.c */
#include "host.h"
#include <arch/x86_64/boot_root.h>

static struct boot_machine machine;
static char page[4096];

static seL4_BootInfoHeader header_at(word_t at)
{
    seL4_BootInfoHeader header;
    memcpy(&header, page + at, sizeof header);
    return header;
}

static void expect(word_t at, word_t id, word_t len)
{
    assert_int_equal(header_at(at).id, id);
    assert_int_equal(header_at(at).len, len);
}

static int setup(void **state)
{
    (void)state;
    memset(&machine, 0, sizeof machine);
    memset(page, 0, sizeof page);
    memcpy(machine.rsdp, "RSD PTR ", 8);
    return 0;
}

static void the_least_is_rsdp_memory_map_and_tsc(void **state)
{
    (void)state;
    assert_int_equal(boot_info_chunks(&machine, 2600, page), 52 + 1220 + 20);
    expect(0, 3, 52);
    assert_memory_equal(page + 16, "RSD PTR ", 8);
    expect(52, 2, 1220);
    expect(52 + 1220, 5, 20);
    uint32_t mhz;
    memcpy(&mhz, page + 52 + 1220 + 16, 4);
    assert_int_equal(mhz, 2600);
}

static void all_chunks_stand_in_their_order_without_gaps(void **state)
{
    (void)state;
    machine.has_vbe = machine.has_framebuffer = true;
    assert_int_equal(boot_info_chunks(&machine, 1, page), 800 + 52 + 38 + 1220 + 20);
    expect(0, 1, 800);
    expect(800, 3, 52);
    expect(852, 4, 38);
    expect(890, 2, 1220);
    expect(890 + 1220, 5, 20);
}

static void framebuffer_is_packed(void **state)
{
    (void)state;
    machine.has_framebuffer = true;
    machine.framebuffer = (struct boot_framebuffer){ 0xfd000000, 4096, 1024, 768, 32, 1 };
    boot_info_chunks(&machine, 1, page);
    uint32_t height;
    memcpy(&height, page + 52 + 16 + 16, 4);
    assert_int_equal(height, 768);
    assert_int_equal(page[52 + 16 + 20], 32);
    assert_int_equal(page[52 + 16 + 21], 1);
}

static void memory_map_keeps_its_length_and_bytes(void **state)
{
    (void)state;
    machine.mmap_bytes = 48;
    memset(machine.mmap, 0x77, 48);
    boot_info_chunks(&machine, 1, page);
    uint32_t bytes;
    memcpy(&bytes, page + 52 + 16, 4);
    assert_int_equal(bytes, 48);
    assert_int_equal(page[52 + 20], 0x77);
    assert_int_equal(page[52 + 20 + 47], 0x77);
    assert_int_equal(page[52 + 20 + 48], 0);
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_least_is_rsdp_memory_map_and_tsc),
        TEST(all_chunks_stand_in_their_order_without_gaps),
        TEST(framebuffer_is_packed),
        TEST(memory_map_keeps_its_length_and_bytes),
    };
    return RUN(tests);
}
