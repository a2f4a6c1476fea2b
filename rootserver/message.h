/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls with every register of the interface under control, and invocations that keep the
 * whole reply.  Rules: docs/rules.md, ipc and syscalls. */
#pragma once
#include "types.h"

enum { MESSAGE_REGISTERS = 4 };

/* The registers of a message: capability or badge, tag, MR0..MR3. */
struct message {
    word_t badge, info, mr[MESSAGE_REGISTERS];
};

/* What a register holds before a call that may not touch it. */
#define UNTOUCHED_INFO ((word_t)0x5a5a5a5a5a5a5a5a)
#define UNTOUCHED(i)   ((word_t)0xa5a5a5a5a5a50000 + (word_t)(i))
#define UNTOUCHED_MESSAGE                                                                          \
    ((struct message){ .info = UNTOUCHED_INFO,                                                     \
                       .mr = { UNTOUCHED(0), UNTOUCHED(1), UNTOUCHED(2), UNTOUCHED(3) } })

static inline word_t info_word(word_t label, word_t caps, word_t length)
{
    return label << 12 | caps << 7 | length;
}

static inline word_t info_label(word_t info)
{
    return info >> 12;
}
static inline word_t info_unwrapped(word_t info)
{
    return info >> 9 & 7;
}
static inline word_t info_caps(word_t info)
{
    return info >> 7 & 3;
}
static inline word_t info_length(word_t info)
{
    return info & 127;
}

/* A message of up to four words; the registers not named are marked untouched. */
struct message message(word_t label, word_t length, word_t mr0, word_t mr1, word_t mr2, word_t mr3);
struct message message_word(word_t label, word_t mr0);
#define EMPTY_MESSAGE message(0, 0, UNTOUCHED(0), UNTOUCHED(1), UNTOUCHED(2), UNTOUCHED(3))

/* One system call.  m.badge is ignored on the way in. */
struct message system_call(seL4_Syscall_ID number, word_t cptr, struct message m);

/* The calls by name. */
struct message message_call(word_t cptr, struct message m);
void message_send(word_t cptr, struct message m);
void message_nbsend(word_t cptr, struct message m);
void message_reply(struct message m);
struct message message_recv(word_t cptr);
struct message message_nbrecv(word_t cptr);
struct message message_reply_recv(word_t cptr, struct message m);

/* Poll an endpoint: false if nothing was there (the tag register then kept its value). */
bool message_poll(word_t endpoint, struct message *m);

/* Signal, and take the pending badge without waiting (0 if there is none). */
void notification_signal(word_t cptr);
word_t notification_poll(word_t cptr);

/* Word i of the message just received or sent, MR4 and up in the IPC buffer. */
word_t buffer_word(word_t i);
void buffer_word_set(word_t i, word_t value);

/* A list of words, for arguments and expected results. */
enum { WORDS_MAX = 32 };
struct words {
    word_t count, at[WORDS_MAX];
};
#define WORDS(...)                                                                                 \
    ((struct words){ .count = sizeof((word_t[]){ 0, ##__VA_ARGS__ }) / sizeof(word_t) - 1,         \
                     .at = { __VA_ARGS__ } })
#define CAPS(...) WORDS(__VA_ARGS__)
#define ARGS(...) WORDS(__VA_ARGS__)

/* The answer to an invocation; mr[4] and up come from the IPC buffer. */
struct reply {
    word_t badge, label, unwrapped, caps, length;
    word_t mr[8];
    word_t sent[MESSAGE_REGISTERS]; /* what MR0..MR3 held before the call */
};

/* Invoke by Call with exactly these extra capabilities and message words. */
struct reply invoke(word_t cptr, word_t label, struct words caps, struct words args);

/* The same, with a length field and a number of capabilities that need not fit what is given. */
struct reply invoke_with_info(word_t cptr, word_t info, struct words caps, struct words args);

/* The same by Send or NBSend: nothing comes back. */
void invoke_silently(seL4_Syscall_ID number, word_t cptr, word_t label, struct words caps,
                     struct words args);
