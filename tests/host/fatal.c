/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: kernel/fatal.c */
#include "host.h"
#include "fakes.h"
#include <kernel/fatal.h>

static void it_says_why_and_stops(void **state)
{
    (void)state;
    enum left how;
    HOST_LEAVE(&how, fatal("two and two is five"));
    assert_int_equal(how, LEFT_STOPPED);
    assert_string_equal(host.output, "\nPANIC: two and two is five\n");
}

static void an_assertion_that_holds_is_silent(void **state)
{
    (void)state;
    enum left how;
    HOST_LEAVE(&how, assert(2 + 2 == 4));
    assert_int_equal(how, LEFT_NOT);
    assert_int_equal(host.output_length, 0);
}

static void an_assertion_that_does_not_hold_stops_debug_kernels(void **state)
{
    (void)state;
    enum left how;
    HOST_LEAVE(&how, assert(2 + 2 == 5));
    assert_int_equal(how, VARIANT_DEBUG ? LEFT_STOPPED : LEFT_NOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(it_says_why_and_stops),
        UNIT(an_assertion_that_holds_is_silent),
        UNIT(an_assertion_that_does_not_hold_stops_debug_kernels),
    };
    return RUN(tests);
}
