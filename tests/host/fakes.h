/* SPDX-License-Identifier: BSD-2-Clause */
/* What host tests and fuzzers share: memory for objects, calls of methods, and stand-ins for the
 * processor.  The stand-ins are weak: a program that names the real source gets the real one. */
#pragma once
#include <kernel/core.h>
#include <kernel/endpoint.h>
#include <kernel/invocation.h>
#include <kernel/notification.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

/* State of the kernel as after boot, with a running thread; memory of earlier tests is given back.
 * Has the shape of a set-up function of cmocka. */
int host_setup(void **state);

/* Zeroed memory of 2^bits bytes, aligned to its size, until the next host_setup(). */
void *host_memory(word_t bits);

/* An inactive thread with the given priority; a CNode of 2^radix empty slots. */
struct tcb *host_thread(word_t priority);
struct slot *host_slots(word_t radix);

/* Gives t a new IPC buffer: its words. */
word_t *host_buffer(struct tcb *t, word_t rights);

static inline struct cap host_reply(struct tcb *caller, bool can_grant)
{
    return cap_reply_of_master(cap_reply_master(caller), can_grant ? CAP_RIGHT(RIGHT_GRANT) : 0);
}

/* A Call of the current thread through the capability in slot.  The words are in its registers and
 * in a buffer. */
struct invocation host_call(struct slot *slot, word_t label, word_t length, const word_t *words,
                            word_t caps, struct slot *const *extra);
#define WORDS(...) sizeof((word_t[]){ __VA_ARGS__ }) / sizeof(word_t), (word_t[]){ __VA_ARGS__ }
#define EXTRA(...)                                                    \
    sizeof((struct slot *[]){ __VA_ARGS__ }) / sizeof(struct slot *), \
        (struct slot *[]){ __VA_ARGS__ }
#define NO_WORDS 0, NULL
#define NO_EXTRA 0, NULL

/* A running thread as user level has them, with the common capability space, a master reply
 * capability and a buffer. */
struct tcb *host_user(word_t priority);
#define HOST_RADIX 6u
struct slot *host_slot(word_t index);    /* of the common capability space, at this address */
word_t *host_words(const struct tcb *t); /* the buffer, or NULL */

/* Puts a new object's original capability into a slot of the common capability space. */
struct endpoint *host_endpoint(word_t index);
struct notification *host_notification(word_t index);

/* t makes a system call; what is to be scheduled is left to the test. */
void host_syscall(struct tcb *t, int64_t number, word_t cptr, word_t tag);

/* Pseudo-random numbers; every test begins at the same one. */
word_t host_random(void);
word_t host_below(word_t limit);

/* A stream of bytes that decides what a model does next; ends in zeros. */
struct input {
    const uint8_t *at, *end;
};
word_t input_byte(struct input *in);
word_t input_below(struct input *in, word_t limit);
word_t input_word(struct input *in);
static inline bool input_is_empty(const struct input *in) { return in->at == in->end; }

/* Ends the program if what was promised does not hold: for models, which fuzzers use too. */
#define REQUIRE(condition)                                                             \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

/* What the stand-ins answer, and what has been asked of them. */
struct host {
    bool irq_pending;
    word_t irq_masked, irq_unmasked, irq_ended; /* calls */
    word_t fpu_forgotten, fpu_released;
    word_t frames_unmapped, tables_unlinked, spaces_lost, spaces_finalised, pools_finalised;
    jmp_buf *leave;           /* where the kernel's way out leads */
    struct tcb *switched_to;  /* arch_switch_to() */
    word_t output_length;
    char output[4096];        /* of the console */
};
extern struct host host;

/* What host_leave() says about how the kernel was left. */
enum left { LEFT_NOT, LEFT_FOR_THREAD, LEFT_RESUMED, LEFT_IDLE, LEFT_STOPPED };

/* For tests (after host.h): each begins with host_setup(). */
#define UNIT(test) cmocka_unit_test_setup(test, host_setup)

#define assert_cap_equal(a, b)                         \
    do {                                               \
        struct cap cap_a = (a), cap_b = (b);           \
        assert_int_equal(cap_a.word[0], cap_b.word[0]); \
        assert_int_equal(cap_a.word[1], cap_b.word[1]); \
    } while (0)

/* The method refuses with these error words, and has not committed itself. */
#define assert_refused(invoke, inv, error, ...) assert_refused_(invoke, inv, error, ##__VA_ARGS__)
#define assert_refused_(invoke, inv, error, ...)                                   \
    do {                                                                          \
        const word_t refusal[] = { 0, ##__VA_ARGS__ };                            \
        const word_t refusal_length = sizeof(refusal) / sizeof(word_t) - 1;       \
        assert_int_equal(invoke, error);                                          \
        assert_int_equal((inv)->error_length, refusal_length);                    \
        for (word_t word_ = 0; word_ < refusal_length; word_++)                   \
            assert_int_equal((inv)->error_word[word_], refusal[word_ + 1]);       \
        assert_int_equal((inv)->caller->state, THREAD_RUNNING);                   \
    } while (0)

/* The method succeeds; the caller is ready to be restarted or has its result. */
#define assert_done(invoke, inv)                                   \
    do {                                                           \
        assert_int_equal(invoke, seL4_NoError);                    \
        assert_int_equal((inv)->caller->state, THREAD_RESTART);    \
    } while (0)

/* Calls something that does not return but through arch_switch_to() and its like. */
#define HOST_LEAVE(how, call)             \
    do {                                  \
        jmp_buf here;                     \
        host.leave = &here;               \
        *(how) = (enum left)setjmp(here); \
        if (*(how) == LEFT_NOT)           \
            call;                         \
        host.leave = NULL;                \
    } while (0)
