/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_paths.c */
#include "host.h"
#include "fakes.h"
#include "model_paths.h"

/* Rules: fastpath: nothing may differ. */
static void short_ways_give_what_the_general_way_gives(void **state)
{
    (void)state;
    for (word_t round = 0; round < 600; round++) {
        uint8_t bytes[1500];
        for (word_t i = 0; i < sizeof(bytes); i += 8) {
            word_t value = (round << 32 | i) * 0x9e3779b97f4a7c15u;
            value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9u;
            value ^= value >> 32;
            memcpy(bytes + i, &value, sizeof(bytes) - i < 8 ? sizeof(bytes) - i : 8);
        }
        struct input in = { bytes, bytes + sizeof(bytes) };
        model_paths(&in);
    }
    assert_true(paths_calls > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(short_ways_give_what_the_general_way_gives),
    };
    return RUN(tests);
}
