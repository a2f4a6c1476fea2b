/* SPDX-License-Identifier: BSD-2-Clause */
/* Message tags: every field comes back as it was put in, and no length exceeds the buffer. */
#include <kernel/message.h>

/*@ assigns \nothing;
    ensures \result <= 120;
    ensures \result <= 120 && tag % 128 <= 120 ==> \result == tag % 128;
    ensures tag % 128 > 120 ==> \result == 120; */
static inline word_t tag_length(word_t tag);

/*@ assigns \nothing;
    ensures \result == (tag / 128) % 4; */
static inline word_t tag_caps(word_t tag);

/*@ assigns \nothing;
    ensures \result == tag / 4096; */
static inline word_t tag_label(word_t tag);

/*@ requires label < 0x10000000000000 && unwrapped < 8 && caps < 4 && length < 128;
    assigns \nothing;
    ensures \result == label * 4096 + unwrapped * 512 + caps * 128 + length; */
static inline word_t tag_new(word_t label, word_t unwrapped, word_t caps, word_t length);
