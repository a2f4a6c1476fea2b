/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers are plain memory here: what the kernel wrote last stands in the two words, and the version is
 * what it finds there.  Real ones have tests/boot. */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>

static char pages[64][4096] __attribute__((aligned(4096)));
#undef DEVICE_IOAPIC
#define DEVICE_IOAPIC(i) ((word_t)pages[place[i]])
static word_t place[64]; /* the page of a controller */
#include "../../arch/x86_64/ioapic.c"

#define VERSION 0x00170020u /* 24 pins */
#define MASKED 0x10000u

uint32_t lapic_id(void) { return 3; }

static uint32_t *word(word_t page, word_t at) { return (uint32_t *)&pages[page][at]; }

static int setup(void **state)
{
    (void)state;
    memset(pages, 0, sizeof pages);
    memset(&ioapics, 0, sizeof ioapics);
    for (word_t i = 0; i < 64; i++)
        place[i] = i;
    host.output_length = 0;
    return 0;
}

static void assert_says(const char *words)
{
    host.output[host.output_length] = '\0';
    if (!strstr(host.output, words))
        fail_msg("it says: %s", host.output);
}

static void registers_are_used_at_their_offset(void **state)
{
    (void)state;
    const word_t listed[] = { 0xfec00000, 0xfec80400 };
    *word(0, 0x10) = *word(1, 0x410) = VERSION;
    ioapic_init(listed, 2);
    assert_int_equal(ioapic_count(), 2);
    assert_int_equal(ioapic_pins(1), 24);
    assert_int_equal(*word(1, 0x400), 0x10 + 2 * 23);
    assert_int_equal(*word(1, 0x410), MASKED);
    assert_int_equal(*word(1, 0), 0);
    assert_int_equal(*word(1, 0x10), 0);
    ioapic_route(1, 5, 7, true, true);
    assert_int_equal(*word(1, 0x400), 0x10 + 2 * 5);
    assert_int_equal(*word(1, 0x410), MASKED | 1 << 15 | 1 << 13 | (VECTOR_IRQ0 + 7));
    ioapic_mask(7, false);
    assert_int_equal(*word(1, 0x410), 1 << 15 | 1 << 13 | (VECTOR_IRQ0 + 7));
}

/* The second of three has this version register. */
static void counts(uint32_t version, bool used)
{
    const word_t listed[] = { 0xfec00000, 0xfec10000, 0xfec20000 };
    setup(NULL);
    *word(0, 0x10) = *word(2, 0x10) = VERSION;
    *word(1, 0x10) = version;
    ioapic_init(listed, 3);
    assert_int_equal(ioapic_count(), used ? 3 : 2);
    if (used) {
        assert_int_equal(ioapic_pins(1), (version >> 16 & 255) + 1);
        return;
    }
    assert_says("ioapic at fec10000 is not used: none answers\n");
    assert_int_equal(*word(1, 0x10), version);
    ioapic_route(1, 0, 0, false, false); /* the third is number 1 */
    assert_int_equal(*word(2, 0x10), MASKED | VECTOR_IRQ0);
}

static void only_plausible_versions_count(void **state)
{
    (void)state;
    static const uint32_t good[] = { 0x00170011, 0x00170003, 0x00ef0020, 0x00178020, 0x0001002f };
    static const uint32_t bad[] = { 0, 0xffffffff, 0x00170000, 0x00170030, 0x00000020, 0x00f00020, 0x00ff0020 };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        counts(good[i], true);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        counts(bad[i], false);
}

static void one_that_is_listed_twice_counts_once(void **state)
{
    (void)state;
    const word_t listed[] = { 0xfec00000, 0xfec10000 };
    *word(0, 0x10) = *word(1, 0x10) = VERSION;
    place[2] = 0;
    /* Masking overwrites the version, which a real one keeps. */
    ioapic_init(listed, 2);
    *word(0, 0x10) = VERSION;
    assert_true(is_in_use((window_t)DEVICE_IOAPIC(2)));
    assert_string_equal(add((window_t)DEVICE_IOAPIC(2)), "it is an earlier one");
    assert_false(is_in_use((window_t)DEVICE_IOAPIC(3)));
    assert_int_equal(ioapic_count(), 2);
    assert_int_equal(*word(0, 0x10), VERSION);
}

static void those_beyond_the_maximum_are_named_and_masked(void **state)
{
    (void)state;
    word_t listed[IOAPIC_MAX + 2];
    for (word_t i = 0; i < IOAPIC_MAX + 2; i++) {
        listed[i] = 0xfec00000 + (i << 12);
        *word(i, 0x10) = i == 3 ? 0 : VERSION; /* one that is not there takes no place */
    }
    ioapic_init(listed, IOAPIC_MAX + 2);
    assert_int_equal(ioapic_count(), IOAPIC_MAX);
    assert_says("ioapic at fec11000 is not used: there are too many\n");
    assert_int_equal(*word(IOAPIC_MAX, 0x10), MASKED);
    assert_int_equal(*word(IOAPIC_MAX + 1, 0x10), MASKED);
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_are_used_at_their_offset),
        TEST(only_plausible_versions_count),
        TEST(one_that_is_listed_twice_counts_once),
        TEST(those_beyond_the_maximum_are_named_and_masked),
    };
    return RUN(tests);
}
