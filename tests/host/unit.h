/* SPDX-License-Identifier: BSD-2-Clause */
/* Host unit tests: cmocka, which wants these headers in this order and before the kernel's. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "fakes.h"

/* A test begins with the kernel's state as after boot. */
#define UNIT(test) cmocka_unit_test_setup(test, host_setup)

#define RUN(...)                                                    \
    int main(void)                                                  \
    {                                                               \
        const struct CMUnitTest tests[] = { __VA_ARGS__ };          \
        return cmocka_run_group_tests_name(NULL, tests, NULL, NULL); \
    }

/* Refused with the given error words, and nothing done. */
#define assert_refused(call, inv, error, ...)                          \
    do {                                                               \
        const word_t refusal[] = { 0, ##__VA_ARGS__ };                 \
        assert_int_equal(call, error);                                 \
        assert_int_equal((inv)->error_length, sizeof(refusal) / 8 - 1); \
        assert_memory_equal((inv)->error_word, refusal + 1, sizeof(refusal) - 8); \
        assert_int_equal((inv)->caller->state, THREAD_RUNNING);        \
    } while (0)

static inline void assert_cap_equal(struct cap a, struct cap b)
{
    assert_int_equal(a.word[0], b.word[0]);
    assert_int_equal(a.word[1], b.word[1]);
}
