/* SPDX-License-Identifier: BSD-2-Clause */
/* Message tags: every field comes back as it was put in, and no length exceeds the IPC buffer. */
#include <kernel/message.h>

/*@ assigns \nothing; ensures \result == ((tag & 127) > 120 ? 120 : (tag & 127)); */
static inline word_t tag_length(word_t tag);

/*@ assigns \nothing; ensures \result == ((tag >> 7) & 3); */
static inline word_t tag_caps(word_t tag);

/*@ assigns \nothing; ensures \result == (tag >> 12); */
static inline word_t tag_label(word_t tag);

/*@ assigns \nothing;
    ensures \result == (((word_t)(label << 12)) | ((word_t)(unwrapped << 9)) | ((word_t)(caps << 7)) | length); */
static inline word_t tag_new(word_t label, word_t unwrapped, word_t caps, word_t length);

/* theorem length_fits_the_buffer: tag_length(tag) <= 120 */
/* theorem caps_fit: tag_caps(tag) <= 3 */
/* theorem length_round_trip: unwrapped < 8 && caps < 4 && length <= 120 ==>
   tag_length(tag_new(label, unwrapped, caps, length)) == length */
/* theorem caps_round_trip: unwrapped < 8 && caps < 4 && length <= 120 ==>
   tag_caps(tag_new(label, unwrapped, caps, length)) == caps */
/* theorem label_round_trip: label < 0x10000000000000 && unwrapped < 8 && caps < 4 && length <= 120 ==>
   tag_label(tag_new(label, unwrapped, caps, length)) == label */
