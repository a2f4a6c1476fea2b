/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: kernel/print.c */
#include "host.h"
#include <arch/console.h>
#include <kernel/print.h>

static char output[256];
static size_t length;

void console_put(char c)
{
    if (length + 1 < sizeof output)
        output[length++] = c;
}

#define EXPECT(text, ...)                   \
    do {                                    \
        memset(output, 0, sizeof output);   \
        length = 0;                         \
        print(__VA_ARGS__);                 \
        assert_string_equal(output, text);  \
    } while (0)

static void text(void **state)
{
    (void)state;
    EXPECT("ac-xyz\n", "a%s-%s\n", "c", "xyz");
}

static void decimal_numbers(void **state)
{
    (void)state;
    EXPECT("4294967295 18446744073709551615", "%u %lu", UINT32_MAX, UINT64_MAX);
}

static void hexadecimal_numbers(void **state)
{
    (void)state;
    EXPECT("0 deadbeef ffffffffffffffff", "%x %x %lx", 0, 0xdeadbeef, UINT64_MAX);
    EXPECT("0000000000001234", "%p", (void *)0x1234);
}

static void width_fills_with_spaces_or_zeros(void **state)
{
    (void)state;
    EXPECT("|   7|0007|12345|", "|%4u|%04x|%3lu|", 7u, 7u, 12345ul);
    EXPECT("|            1|", "|%13u|", 1u);
    EXPECT("|ab   |", "|%-5s|", "ab");
    EXPECT("abc", "%-2s", "abc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text),
        cmocka_unit_test(decimal_numbers),
        cmocka_unit_test(hexadecimal_numbers),
        cmocka_unit_test(width_fills_with_spaces_or_zeros),
    };
    return RUN(tests);
}
