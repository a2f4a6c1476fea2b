/* SPDX-License-Identifier: BSD-2-Clause */
/* The test table, the expectations and the order of events.  A test is
 *
 *     TEST(topic, name) { ... EXPECT_EQ(call(), seL4_NoError); ... }
 *
 * and becomes one line of TAP.  EXPECT_* records a failure and goes on, ASSERT_* ends the test. */
#pragma once
#include "message.h"
#include "types.h"

struct test {
    const char *topic, *name, *file;
    int line;
    void (*run)(void);
};

/* The table is a linker section of pointers; its name makes the linker supply start and end. */
#define TEST(topic_, name_)                                                                        \
    static void topic_##_##name_(void);                                                            \
    static const struct test topic_##_##name_##_entry = { #topic_, #name_, __FILE__, __LINE__,     \
                                                          topic_##_##name_ };                      \
    static const struct test *const topic_##_##name_##_pointer                                     \
        __attribute__((section("suite_tests"), used)) = &topic_##_##name_##_entry;                 \
    static void topic_##_##name_(void)

/* Run everything that is selected.  Returns when all is printed. */
void suite_run(void);

/* The number of tests begun; it changes when the suite makes progress. */
word_t suite_progress(void);

/* End the current test as failed, from wherever it is. */
void suite_abort(const char *reason) __attribute__((noreturn));

/* The same for another thread: the tester goes on at suite_abort_pending() once its registers
 * have been written.  The reason must be set before. */
void suite_abort_later(const char *reason);
void suite_abort_pending(void) __attribute__((noreturn));

/* ---- expectations; each tells whether it held ---- */

bool suite_expect(bool holds, const char *file, int line, const char *what);
bool suite_expect_pair(bool holds, const char *file, int line, const char *what, word_t a,
                       word_t b);
bool suite_expect_reply(const char *file, int line, const char *what, struct reply reply,
                        word_t label, struct words results);
bool suite_expect_text(const char *file, int line, const char *what, const char *a, const char *b);

#define EXPECT(condition) suite_expect(condition, __FILE__, __LINE__, "EXPECT(" #condition ")")

#define EXPECT_PAIR_(name, a, op, b)                                                               \
    __extension__({                                                                                \
        const word_t a_ = (word_t)(a), b_ = (word_t)(b);                                           \
        suite_expect_pair(a_ op b_, __FILE__, __LINE__, name "(" #a ", " #b ")", a_, b_);          \
    })
#define EXPECT_EQ(a, b)  EXPECT_PAIR_("EXPECT_EQ", a, ==, b)
#define EXPECT_NE(a, b)  EXPECT_PAIR_("EXPECT_NE", a, !=, b)
#define EXPECT_LT(a, b)  EXPECT_PAIR_("EXPECT_LT", a, <, b)
#define EXPECT_LE(a, b)  EXPECT_PAIR_("EXPECT_LE", a, <=, b)
#define EXPECT_OK(error) EXPECT_EQ(error, seL4_NoError)

/* The whole answer to an invocation: label, length, exactly these words, badge 0, and the registers
 * behind the length as they were. */
#define EXPECT_ERROR(reply, error, ...)                                                            \
    suite_expect_reply(__FILE__, __LINE__, "EXPECT_ERROR(" #reply ", " #error ")", reply, error,   \
                       WORDS(__VA_ARGS__))
#define EXPECT_DONE(reply, ...)                                                                    \
    suite_expect_reply(__FILE__, __LINE__, "EXPECT_DONE(" #reply ")", reply, seL4_NoError,         \
                       WORDS(__VA_ARGS__))

/* What the helpers traced, as one letter each. */
#define EXPECT_TRACE(text) suite_expect_text(__FILE__, __LINE__, "EXPECT_TRACE", trace_text(), text)

#define ASSERT_(expectation)                                                                       \
    do {                                                                                           \
        if (!(expectation)) {                                                                      \
            suite_abort("the test cannot go on");                                                  \
        }                                                                                          \
    } while (0)
#define ASSERT(condition) ASSERT_(EXPECT(condition))
#define ASSERT_EQ(a, b)   ASSERT_(EXPECT_EQ(a, b))
#define ASSERT_OK(error)  ASSERT_(EXPECT_OK(error))

/* ---- the trace: who ran in which order ---- */
void trace(char c);
const char *trace_text(void);
void trace_clear(void);
