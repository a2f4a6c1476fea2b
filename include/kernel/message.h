/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages: the tag word, message registers, the IPC buffer, transfer between threads.
 * Rules: docs/rules.md, ipc 1, 4.1, 4.2. */
#pragma once
#include <kernel/tcb.h>

struct endpoint;

#define MESSAGE_REGISTERS 4u  /* in processor registers; the rest is in the IPC buffer */
#define MESSAGE_MAX_LENGTH 120u
#define MESSAGE_MAX_CAPS 3u

/* Word indices in the IPC buffer. */
enum buffer_word {
    BUFFER_MESSAGE = 1, /* of MR0 */
    BUFFER_CAPS = 122,
    BUFFER_RECEIVE_CNODE = 125,
    BUFFER_RECEIVE_INDEX = 126,
    BUFFER_RECEIVE_DEPTH = 127,
};

/* Tag: length bits 6..0, extra caps bits 8..7, unwrapped mask bits 11..9, label bits 63..12. */
#define TAG_LENGTH_MASK MASK(7)
#define TAG_CAPS_SHIFT 7
#define TAG_UNWRAPPED_SHIFT 9
#define TAG_LABEL_SHIFT 12

static inline word_t tag_length(word_t tag)
{
    word_t length = tag & TAG_LENGTH_MASK;
    return length > MESSAGE_MAX_LENGTH ? MESSAGE_MAX_LENGTH : length;
}
static inline word_t tag_caps(word_t tag) { return (tag >> TAG_CAPS_SHIFT) & MASK(2); }
static inline word_t tag_label(word_t tag) { return tag >> TAG_LABEL_SHIFT; }
static inline word_t tag_new(word_t label, word_t unwrapped, word_t caps, word_t length)
{
    return label << TAG_LABEL_SHIFT | unwrapped << TAG_UNWRAPPED_SHIFT | caps << TAG_CAPS_SHIFT | length;
}

/* Capabilities that come with a message. */
struct extra_caps {
    word_t count;
    struct slot *slot[MESSAGE_MAX_CAPS];
};

/* Looks up the extra capabilities that the sender's tag announces.  buffer is the sender's readable
 * buffer or NULL (then there are none).  False: *address could not be resolved, *failure says why. */
bool message_lookup_caps(const struct tcb *sender, const word_t *buffer, word_t count,
                         struct extra_caps *caps, cptr_t *address, struct lookup_failure *failure);

/* Delivers sender's message, or its recorded fault, to receiver: registers, buffer words, capabilities,
 * tag and badge (4.1).  endpoint: the one it goes through, NULL for replies. */
void message_transfer(struct tcb *sender, struct endpoint *endpoint, word_t badge, bool grant,
                      struct tcb *receiver);

/* Sets the first length message registers of t: no more than four unless its writable buffer is given. */
void message_put(struct tcb *t, word_t *buffer, const word_t *words, word_t length);

/* Length of a message of length words for a thread whose buffer is given. */
static inline word_t message_fit(const word_t *buffer, word_t length)
{
    return buffer || length < MESSAGE_REGISTERS ? length : MESSAGE_REGISTERS;
}
