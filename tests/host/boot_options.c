/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_options.c */
#include "host.h"
#include <arch/x86_64/boot.h>

static struct boot_machine machine;

static void read(const char *line)
{
    memset(&machine, 0, sizeof machine);
    snprintf(machine.command_line, sizeof machine.command_line, "%s", line);
    boot_options_read(&machine, 0x3f8);
}

static void nothing_given_means_defaults(void **state)
{
    (void)state;
    read("");
    assert_int_equal(machine.console_port, 0x3f8);
    assert_false(machine.quiet);
    assert_false(machine.fastpath_off);
}

static void port_is_decimal_or_hexadecimal(void **state)
{
    (void)state;
    read("console_port=760");
    assert_int_equal(machine.console_port, 760);
    read("console_port=0x2F8");
    assert_int_equal(machine.console_port, 0x2f8);
}

static void unreadable_port_means_no_output(void **state)
{
    (void)state;
    const char *lines[] = { "console_port=", "console_port=serial", "console_port=12a",
                            "console_port=0x10000", "console_port=99999999999999999999999999" };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        read(lines[i]);
        assert_int_equal(machine.console_port, 0);
    }
}

static void the_last_port_wins(void **state)
{
    (void)state;
    read("console_port=1 console_port=0x2e8");
    assert_int_equal(machine.console_port, 0x2e8);
}

static void words_are_separated_by_anything_up_to_space(void **state)
{
    (void)state;
    read("\tquiet\nconsole_port=7\001nofastpath  ");
    assert_true(machine.quiet);
    assert_true(machine.fastpath_off);
    assert_int_equal(machine.console_port, 7);
}

static void words_match_as_a_whole_and_nonsense_is_ignored(void **state)
{
    (void)state;
    read("quieter xquiet unquiet disable_iommu debug_port=3 console_port nofastpaths \377\377");
    assert_false(machine.quiet);
    assert_false(machine.fastpath_off);
    assert_int_equal(machine.console_port, 0x3f8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_means_defaults),
        cmocka_unit_test(port_is_decimal_or_hexadecimal),
        cmocka_unit_test(unreadable_port_means_no_output),
        cmocka_unit_test(the_last_port_wins),
        cmocka_unit_test(words_are_separated_by_anything_up_to_space),
        cmocka_unit_test(words_match_as_a_whole_and_nonsense_is_ignored),
    };
    return RUN(tests);
}
