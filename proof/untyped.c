/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype: where objects are put. */
#include <kernel/types.h>

/*@ requires to > 0 && value + to - 1 <= 0xffffffffffffffff;
    assigns \nothing;
    ensures \result >= value && \result - value < to;
    ensures \result % to == 0; */
static word_t round_up(word_t value, word_t to);

#include "../kernel/untyped.c"
