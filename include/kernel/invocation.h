/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocation of kernel objects: arguments, refusals, results.  Rules: docs/rules.md, capabilities 3, ipc 3.
 *
 * Each object's *_invoke() checks a call completely (all errors found, nothing changed), then calls
 * invocation_commit() and performs it (cannot fail). */
#pragma once
#include <kernel/message.h>

struct invocation {
    struct tcb *caller;
    struct slot *slot;         /* the invoked capability's */
    struct cap cap;            /* a copy of it */
    const word_t *buffer;      /* caller's readable IPC buffer, or NULL: then length <= 4 */
    word_t label;
    word_t length;             /* message words */
    struct extra_caps extra;
    bool is_call;              /* the caller takes a reply */
    enum progress progress;
    word_t error_length;       /* words of a refusal */
    word_t error_word[5];
};

/* Message word index, which is below inv->length. */
static inline word_t argument(const struct invocation *inv, word_t index)
{
    if (index < MESSAGE_REGISTERS)
        return inv->caller->context.message[index];
    return inv->buffer[BUFFER_MESSAGE + index];
}

/* Both: enough message words and enough extra capabilities. */
static inline bool has_arguments(const struct invocation *inv, word_t words, word_t caps)
{
    return likely(inv->length >= words && inv->extra.count >= caps);
}

/* From here on the call succeeds: a preempted one is repeated from its system call instruction. */
static inline void invocation_commit(struct invocation *inv)
{
    inv->caller->state = THREAD_RESTART;
}

/* A result of one word: replies (only a Call gets it).  A method with a result cannot be preempted and
 * does not commit: the call is complete. */
void invocation_return_word(struct invocation *inv, word_t value);

/* The invocation named by caller's registers through an object capability: decode, perform, reply. */
void invocation_perform(struct invocation *inv);

/* Refusals: each records the details that the caller will read and returns the error it stands for, which
 * the compiler can see is none.  why is printed by debug kernels, with thread, method and argument. */
void refuse(struct invocation *inv, seL4_Error error, word_t length, const char *why);

static inline seL4_Error fail_argument(struct invocation *inv, word_t number, const char *why)
{
    inv->error_word[0] = number;
    refuse(inv, seL4_InvalidArgument, 1, why);
    return seL4_InvalidArgument;
}

static inline seL4_Error fail_capability(struct invocation *inv, word_t number, const char *why)
{
    inv->error_word[0] = number;
    refuse(inv, seL4_InvalidCapability, 1, why);
    return seL4_InvalidCapability;
}

static inline seL4_Error fail_illegal(struct invocation *inv, const char *why)
{
    refuse(inv, seL4_IllegalOperation, 0, why);
    return seL4_IllegalOperation;
}

static inline seL4_Error fail_range(struct invocation *inv, word_t min, word_t max, const char *why)
{
    inv->error_word[0] = min;
    inv->error_word[1] = max;
    refuse(inv, seL4_RangeError, 2, why);
    return seL4_RangeError;
}

static inline seL4_Error fail_alignment(struct invocation *inv, const char *why)
{
    refuse(inv, seL4_AlignmentError, 0, why);
    return seL4_AlignmentError;
}

static inline seL4_Error fail_truncated(struct invocation *inv)
{
    refuse(inv, seL4_TruncatedMessage, 0, "too few message words or capabilities");
    return seL4_TruncatedMessage;
}

static inline seL4_Error fail_delete_first(struct invocation *inv, const char *why)
{
    refuse(inv, seL4_DeleteFirst, 0, why);
    return seL4_DeleteFirst;
}

static inline seL4_Error fail_revoke_first(struct invocation *inv, const char *why)
{
    refuse(inv, seL4_RevokeFirst, 0, why);
    return seL4_RevokeFirst;
}

static inline seL4_Error fail_memory(struct invocation *inv, word_t bytes_free)
{
    inv->error_word[0] = bytes_free;
    refuse(inv, seL4_NotEnoughMemory, 1, "bytes left in the untyped");
    return seL4_NotEnoughMemory;
}

seL4_Error fail_lookup(struct invocation *inv, enum lookup_role role, const struct lookup_failure *failure);

static inline seL4_Error fail_missing(struct invocation *inv, enum lookup_role role, word_t bits_left)
{
    struct lookup_failure failure = { seL4_MissingCapability, bits_left, 0, 0 };
    fail_lookup(inv, role, &failure);
    return seL4_FailedLookup;
}
