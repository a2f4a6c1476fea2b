/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the tests one after the other, each on fresh memory, and reports them as TAP.  A test that
 * fails leaves its diagnostics in a buffer, so helpers may add to it before the result is known. */
#include "suite.h"
#include "console.h"
#include "format.h"
#include "guard.h"
#include "memory.h"
#include "select.h"
#include "thread.h"

enum { TESTS_MAX = 1024, TRACE_MAX = 256 };

extern const struct test *const __start_suite_tests[], *const __stop_suite_tests[];

static const struct test *order[TESTS_MAX];
static word_t test_count;

static struct {
    char text[6144];
    size_t length;
    bool failed;
    const char *abort_reason;
} current;

static char traced[TRACE_MAX];
static volatile word_t trace_length;
static volatile word_t progress;
static void *abort_point[5];

/* ---- diagnostics ---- */

static void note(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    format_append(current.text, sizeof(current.text), &current.length, format, values);
    va_end(values);
}

static void fail(const char *file, int line, const char *what)
{
    current.failed = true;
    note("# %s:%u: %s", file, (word_t)line, what);
}

bool suite_expect(bool holds, const char *file, int line, const char *what)
{
    if (!holds) {
        fail(file, line, what);
        note("\n");
    }
    return holds;
}

bool suite_expect_pair(bool holds, const char *file, int line, const char *what, word_t a, word_t b)
{
    if (!holds) {
        fail(file, line, what);
        note(": 0x%x and 0x%x\n", a, b);
    }
    return holds;
}

bool suite_expect_text(const char *file, int line, const char *what, const char *a, const char *b)
{
    const bool holds = !text_compare(a, b);

    if (!holds) {
        fail(file, line, what);
        note(": \"%s\", expected \"%s\"\n", a, b);
    }
    return holds;
}

/* The word expected in place i of a reply. */
static word_t reply_word(const struct reply *reply, const struct words *results, word_t i)
{
    return i < results->count ? results->at[i] : reply->sent[i];
}

static bool reply_matches(const struct reply *reply, word_t label, const struct words *results)
{
    bool same = reply->label == label && reply->length == results->count && reply->badge == 0 &&
                reply->caps == 0 && reply->unwrapped == 0;

    for (word_t i = 0; i < ARRAY_COUNT(reply->mr); i++) {
        if (i < results->count || i < MESSAGE_REGISTERS) {
            same = same && reply->mr[i] == reply_word(reply, results, i);
        }
    }
    return same;
}

bool suite_expect_reply(const char *file, int line, const char *what, struct reply reply,
                        word_t label, struct words results)
{
    const bool holds = reply_matches(&reply, label, &results);

    if (!holds) {
        fail(file, line, what);
        note("\n#   got      label %u length %u badge 0x%x caps %u", reply.label, reply.length,
             reply.badge, reply.caps);
        for (word_t i = 0; i < 6; i++) {
            note(" 0x%x", reply.mr[i]);
        }
        note("\n#   expected label %u length %u", label, results.count);
        for (word_t i = 0; i < MESSAGE_REGISTERS || i < results.count; i++) {
            note(" 0x%x", reply_word(&reply, &results, i));
        }
        note("\n");
    }
    return holds;
}

/* ---- the trace ---- */

void trace(char c)
{
    if (trace_length + 1 < TRACE_MAX) {
        traced[trace_length] = c;
        traced[++trace_length] = '\0';
    }
}

const char *trace_text(void)
{
    return traced;
}

void trace_clear(void)
{
    trace_length = 0;
    traced[0] = '\0';
}

/* ---- ending a test early ---- */

void suite_abort(const char *reason)
{
    current.abort_reason = reason;
    __builtin_longjmp(abort_point, 1);
}

void suite_abort_later(const char *reason)
{
    current.abort_reason = reason;
}

void suite_abort_pending(void)
{
    __builtin_longjmp(abort_point, 1);
}

word_t suite_progress(void)
{
    return progress;
}

/* ---- running ---- */

/* The test itself.  Separate, because nothing of this frame may be used after the jump back. */
static void __attribute__((noinline)) run_guarded(const struct test *test)
{
    if (!__builtin_setjmp(abort_point)) {
        test->run();
    }
}

/* What any test may have changed about the tester is put back. */
static void tester_reset(void)
{
    (void)seL4_TCB_UnbindNotification(SELF);
    (void)seL4_TCB_SetSchedParams(SELF, SELF, seL4_MaxPrio, TESTER_PRIORITY);
    seL4_SetCapReceivePath(0, 0, 0);
}

static void run_one(const struct test *test)
{
    current.length = 0;
    current.text[0] = '\0';
    current.failed = false;
    current.abort_reason = NULL;
    trace_clear();
    memory_test_begin();
    threads_begin();
    progress++;

    run_guarded(test);

    if (current.abort_reason) {
        current.failed = true;
        note("# %s:%u: aborted: %s\n", test->file, (word_t)test->line, current.abort_reason);
    }
    threads_stop();
    tester_reset();
    const char *leak = memory_test_end();
    if (leak) {
        current.failed = true;
        note("# %s:%u: %s\n", test->file, (word_t)test->line, leak);
    }
}

static void report(const struct test *test, word_t number)
{
    console_print("%s %u - %s.%s\n%s", current.failed ? "not ok" : "ok", number, test->topic,
                  test->name, current.failed ? current.text : "");
}

/* By file, then line: the compiler does not keep the order of a source file. */
static bool comes_before(const struct test *a, const struct test *b)
{
    const int files = text_compare(a->file, b->file);

    return files < 0 || (files == 0 && a->line < b->line);
}

static void collect(void)
{
    for (const struct test *const *t = __start_suite_tests; t < __stop_suite_tests; t++) {
        word_t at = test_count;

        if (test_count == TESTS_MAX) {
            return;
        }
        for (; at > 0 && comes_before(*t, order[at - 1]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = *t;
        test_count++;
    }
}

void suite_run(void)
{
    word_t number = 0;
    word_t counts[2] = { 0, 0 }; /* passed, failed */

    collect();
    console_print("TAP version 13\n");
    for (word_t i = 0; i < test_count; i++) {
        if (!select_matches(order[i]->topic, order[i]->name)) {
            continue;
        }
        number++;
        if (select_skips(number)) {
            continue;
        }
        console_print("# run %u - %s.%s\n", number, order[i]->topic, order[i]->name);
        run_one(order[i]);
        report(order[i], number);
        counts[current.failed]++;
    }
    console_print("1..%u\n# summary: %u passed, %u failed\n", number, counts[0], counts[1]);
}
