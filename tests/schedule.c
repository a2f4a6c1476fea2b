/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs when: priorities, queues, direct switches, time slices. */
#include "test.h"

static struct thread *helper_at(word_t priority)
{
    return thread_with_priority(priority);
}

static void trace_once(word_t letter)
{
    trace((char)letter);
}

static void trace_and_yield_thrice(word_t letter)
{
    for (int i = 0; i < 3; i++) {
        trace((char)letter);
        seL4_Yield();
    }
}

static struct reply set_priority(word_t tcb, word_t authority, word_t priority)
{
    return invoke(tcb, TCBSetPriority, CAPS(authority), ARGS(priority));
}

/* rules: threads 3.5, threads subtlety 12 */
TEST(schedule, priority_needs_a_thread_as_authority)
{
    static const word_t labels[] = { TCBSetPriority, TCBSetMCPriority, TCBSetSchedParams };
    const word_t tcb = tcb_new();
    const word_t bad[] = { slot_new(), endpoint_new(), ROOT };

    for (word_t i = 0; i < ARRAY_COUNT(labels); i++) {
        for (word_t j = 0; j < ARRAY_COUNT(bad); j++) {
            EXPECT_ERROR(invoke(tcb, labels[i], CAPS(bad[j]), ARGS(0, 0)), seL4_InvalidCapability,
                         1);
        }
    }
}

/* rules: threads 3.5, threads subtlety 13 */
TEST(schedule, authority_is_bounded_by_its_ceiling)
{
    const word_t authority = tcb_new();
    const word_t tcb = tcb_new();

    EXPECT_OK(seL4_TCB_SetSchedParams(authority, SELF, 40, 200));
    EXPECT_ERROR(set_priority(tcb, authority, 41), seL4_RangeError, 0, 40);
    EXPECT_DONE(set_priority(tcb, authority, 40));
    EXPECT_ERROR(invoke(tcb, TCBSetMCPriority, CAPS(authority), ARGS(41)), seL4_RangeError, 0, 40);
    EXPECT_DONE(invoke(tcb, TCBSetMCPriority, CAPS(authority), ARGS(40)));
}

/* rules: threads 3.5 */
TEST(schedule, priorities_are_whole_words)
{
    static const word_t values[] = { 256, BIT(8) + 3, BIT(32) + 3, ~(word_t)0 };
    const word_t tcb = tcb_new();

    for (word_t i = 0; i < ARRAY_COUNT(values); i++) {
        EXPECT_ERROR(set_priority(tcb, SELF, values[i]), seL4_RangeError, 0, 255);
        EXPECT_ERROR(invoke(tcb, TCBSetMCPriority, CAPS(SELF), ARGS(values[i])), seL4_RangeError, 0,
                     255);
    }
}

/* rules: threads 3.5, threads subtlety 25 */
TEST(schedule, sched_params_are_all_or_nothing)
{
    const word_t authority = tcb_new();
    const word_t tcb = tcb_new();

    EXPECT_OK(seL4_TCB_SetMCPriority(authority, SELF, 40));
    EXPECT_ERROR(invoke(tcb, TCBSetSchedParams, CAPS(authority), ARGS(30, 41)), seL4_RangeError, 0,
                 40);
    EXPECT_ERROR(set_priority(SELF, tcb, 1), seL4_RangeError, 0, 0); /* its ceiling is still 0 */
    EXPECT_ERROR(invoke(tcb, TCBSetSchedParams, CAPS(authority), ARGS(41, 99)), seL4_RangeError, 0,
                 40);
    EXPECT_DONE(invoke(tcb, TCBSetSchedParams, CAPS(authority), ARGS(30, 40)));
    EXPECT_ERROR(set_priority(SELF, tcb, 31), seL4_RangeError, 0, 30);
}

/* rules: threads 3.5 */
TEST(schedule, priority_may_exceed_the_own_ceiling)
{
    struct thread *t = thread_new();

    EXPECT_OK(seL4_TCB_SetMCPriority(t->tcb, SELF, 3));
    EXPECT_DONE(set_priority(t->tcb, SELF, 200));
    thread_run(t, trace_once, 'a');
    EXPECT_TRACE("a");
}

/* rules: threads 3.5 */
TEST(schedule, thread_may_be_its_own_authority)
{
    struct thread *t = thread_new();

    EXPECT_OK(seL4_TCB_SetMCPriority(t->tcb, SELF, 120));
    EXPECT_ERROR(set_priority(t->tcb, t->tcb, 121), seL4_RangeError, 0, 120);
    EXPECT_DONE(set_priority(t->tcb, t->tcb, 120));
    EXPECT_DONE(invoke(t->tcb, TCBSetMCPriority, CAPS(t->tcb), ARGS(5)));
    EXPECT_ERROR(set_priority(t->tcb, t->tcb, 6), seL4_RangeError, 0, 5);
}

/* rules: threads 5.3 */
TEST(schedule, higher_priority_runs_at_once)
{
    thread_run(helper_at(TESTER_PRIORITY + 1), trace_once, 'a');
    trace('t');
    EXPECT_TRACE("at");
}

/* rules: threads 5.3 */
TEST(schedule, lower_priority_waits)
{
    thread_run(helper_at(TESTER_PRIORITY - 1), trace_once, 'a');
    trace('t');
    threads_let_run();
    EXPECT_TRACE("ta");
}

/* rules: threads 5.4 */
TEST(schedule, ready_threads_run_by_priority)
{
    static const word_t priorities[] = { 30, 50, 20, 40, 10 };

    for (word_t i = 0; i < ARRAY_COUNT(priorities); i++) {
        thread_run(helper_at(priorities[i]), trace_once, 'a' + i);
    }
    threads_let_run();
    EXPECT_TRACE("bdace");
}

/* rules: threads 5.1 */
TEST(schedule, every_priority_has_a_queue)
{
    struct thread *t = thread_new();

    for (word_t priority = 2; priority < TESTER_PRIORITY; priority++) {
        thread_set_priority(t, priority);
        trace_clear();
        thread_run(t, trace_once, 'a');
        EXPECT_TRACE("");
        threads_let_run();
        EXPECT_TRACE("a");
    }
    for (word_t priority = TESTER_PRIORITY + 1; priority <= seL4_MaxPrio; priority++) {
        thread_set_priority(t, priority);
        trace_clear();
        thread_run(t, trace_once, 'a');
        EXPECT_TRACE("a");
    }
}

/* rules: threads 5.8 (resume) */
TEST(schedule, resumed_threads_go_to_the_front)
{
    for (word_t i = 0; i < 3; i++) {
        thread_run(helper_at(LOW_PRIORITY), trace_once, 'a' + i);
    }
    threads_let_run();
    EXPECT_TRACE("cba");
}

/* rules: threads 5.7, threads 5.8 */
TEST(schedule, yield_goes_to_the_back)
{
    for (word_t i = 0; i < 3; i++) {
        thread_run(helper_at(LOW_PRIORITY), trace_and_yield_thrice, 'a' + i);
    }
    threads_let_run();
    EXPECT_TRACE("cbacbacba");
}

/* rules: threads 5.7 */
TEST(schedule, yield_without_competitors_returns)
{
    struct thread *t = helper_at(LOW_PRIORITY);

    thread_run(t, trace_once, 'a');
    seL4_Yield();
    EXPECT_TRACE("");
}

static void wait_and_trace(word_t ntfn)
{
    (void)message_recv(ntfn);
    trace('w');
}

static void signal_and_trace(word_t ntfn)
{
    notification_signal(ntfn);
    trace('x');
}

/* rules: threads 5.3, threads 5.8, threads subtlety 20 */
TEST(schedule, equal_priority_wake_ups_go_to_the_back)
{
    const word_t ntfn = notification_new();
    struct thread *waiter = thread_new();

    thread_run(waiter, wait_and_trace, ntfn);
    thread_set_priority(waiter, LOW_PRIORITY);
    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    thread_run(helper_at(LOW_PRIORITY), signal_and_trace, ntfn);
    threads_let_run();
    EXPECT_TRACE("xaw");
}

/* rules: threads 5.3, threads 5.8 */
TEST(schedule, woken_less_urgent_thread_goes_to_the_front)
{
    const word_t ntfn = notification_new();
    struct thread *waiter = thread_new();

    thread_run(waiter, wait_and_trace, ntfn);
    thread_set_priority(waiter, LOW_PRIORITY);
    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    notification_signal(ntfn);
    EXPECT_TRACE("");
    threads_let_run();
    EXPECT_TRACE("wa");
}

static word_t shared[2];

static void wake_both(word_t unused)
{
    (void)unused;
    notification_signal(shared[0]);
    notification_signal(shared[1]);
    trace('x');
}

/* rules: threads 5.8 */
TEST(schedule, preempted_thread_stays_in_front)
{
    struct thread *waker = helper_at(LOW_PRIORITY);

    shared[0] = notification_new();
    shared[1] = notification_new();
    for (word_t i = 0; i < 2; i++) {
        struct thread *t = thread_new();

        thread_run(t, wait_and_trace, shared[i]);
        thread_set_priority(t, LOW_PRIORITY + 1);
    }
    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    thread_run(waker, wake_both, 0); /* ahead of a */
    threads_let_run();
    EXPECT_TRACE("wwxa");
}

static void call_and_trace(word_t ep)
{
    (void)message_call(ep, EMPTY_MESSAGE);
    trace('c');
}

static void serve_once(word_t ep)
{
    (void)message_recv(ep);
    trace('s');
    message_reply(EMPTY_MESSAGE);
    trace('t');
}

/* rules: threads 5.3, threads 5.9, threads subtlety 20, fastpath 3 */
TEST(schedule, blocking_caller_hands_over_past_equal_threads)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();

    thread_run(server, serve_once, ep);
    thread_set_priority(server, LOW_PRIORITY);
    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    thread_run(helper_at(LOW_PRIORITY), call_and_trace, ep); /* ahead of a */
    threads_let_run();
    EXPECT_TRACE("stac"); /* the reply wakes an equal: to the back */
}

/* rules: threads 5.3, fastpath subtlety 5 */
TEST(schedule, call_to_a_less_urgent_server_runs_it_if_nothing_is_between)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();

    thread_run(server, serve_once, ep);
    thread_set_priority(server, LOW_PRIORITY);
    thread_run(helper_at(LOW_PRIORITY - 1), trace_once, 'a');
    thread_run(helper_at(LOW_PRIORITY + 5), call_and_trace, ep);
    threads_let_run();
    EXPECT_TRACE("scta");
}

/* rules: threads 5.3 */
TEST(schedule, call_to_a_less_urgent_server_waits_for_those_between)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();

    thread_run(server, serve_once, ep);
    thread_set_priority(server, LOW_PRIORITY);
    thread_run(helper_at(LOW_PRIORITY + 2), trace_once, 'a');
    thread_run(helper_at(LOW_PRIORITY + 5), call_and_trace, ep);
    threads_let_run();
    EXPECT_TRACE("asct");
}

static void send_and_trace(word_t ep)
{
    message_send(ep, EMPTY_MESSAGE);
    trace('x');
}

static void receive_and_trace(word_t ep)
{
    (void)message_recv(ep);
    trace('r');
}

/* rules: threads 5.9 */
TEST(schedule, sender_keeps_running_unless_the_receiver_is_more_urgent)
{
    for (word_t above = 0; above < 2; above++) {
        const word_t ep = endpoint_new();
        struct thread *receiver = thread_new();

        thread_run(receiver, receive_and_trace, ep);
        thread_set_priority(receiver, LOW_PRIORITY + above);
        thread_run(helper_at(LOW_PRIORITY), send_and_trace, ep);
        threads_let_run();
    }
    EXPECT_TRACE("xrrx");
}

/* rules: threads 5.5 */
TEST(schedule, raising_a_ready_thread_above_the_caller_preempts)
{
    struct thread *t = helper_at(LOW_PRIORITY);

    thread_run(t, trace_once, 'a');
    EXPECT_TRACE("");
    EXPECT_DONE(set_priority(t->tcb, SELF, TESTER_PRIORITY + 1));
    EXPECT_TRACE("a");
}

/* rules: threads 5.5 */
TEST(schedule, thread_lowered_from_above_goes_to_the_front)
{
    struct thread *b = helper_at(LOW_PRIORITY + 1);

    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    thread_run(b, trace_once, 'b');
    thread_set_priority(b, LOW_PRIORITY);
    threads_let_run();
    EXPECT_TRACE("ba");
}

static void raise_to_own(word_t tcb)
{
    (void)seL4_TCB_SetPriority(tcb, SELF, LOW_PRIORITY);
    trace('x');
}

/* rules: threads 5.5 */
TEST(schedule, thread_changed_to_the_own_priority_goes_to_the_back)
{
    struct thread *b = helper_at(LOW_PRIORITY - 1);

    thread_run(b, trace_once, 'b');
    thread_run(helper_at(LOW_PRIORITY), trace_once, 'a');
    thread_run(helper_at(LOW_PRIORITY), raise_to_own, b->tcb);
    threads_let_run();
    EXPECT_TRACE("xab");
}

static void lower_self(word_t tcb)
{
    const struct reply r = set_priority(tcb, SELF, LOW_PRIORITY);

    trace(r.label == 0 && r.badge == 0 ? 'l' : 'e');
}

/* rules: threads 5.5, threads subtlety 27 */
TEST(schedule, lowering_oneself_below_a_ready_thread_switches)
{
    struct thread *t = thread_new();

    thread_run(helper_at(LOW_PRIORITY + 1), trace_once, 'a');
    thread_run(t, lower_self, t->tcb);
    trace('t');
    threads_let_run();
    EXPECT_TRACE("tal");
}

/* rules: threads 5.5, threads subtlety 21, ipc 4 */
TEST(schedule, priority_does_not_reorder_an_endpoint_queue)
{
    const word_t ep = endpoint_new();
    struct thread *t[3];
    struct message m;

    for (word_t i = 0; i < 3; i++) {
        t[i] = thread_new();
        thread_send(t[i], ep, message_word(i, 0));
    }
    thread_set_priority(t[2], 250);
    thread_set_priority(t[0], 10);
    for (word_t i = 0; i < 3; i++) {
        EXPECT(message_poll(ep, &m));
        EXPECT_EQ(info_label(m.info), i);
    }
}

/* rules: threads 5.5, threads subtlety 21, ipc 7 */
TEST(schedule, priority_does_not_reorder_a_notification_queue)
{
    const word_t ntfn = notification_new();
    struct thread *t[3];

    for (word_t i = 0; i < 3; i++) {
        t[i] = thread_new();
        thread_recv(t[i], ntfn);
    }
    thread_set_priority(t[2], 250);
    thread_set_priority(t[0], TESTER_PRIORITY + 1);
    for (word_t i = 0; i < 3; i++) {
        notification_signal(cap_mint(ntfn, i + 1));
        EXPECT(thread_finished(t[i]));
        EXPECT_EQ(thread_result(t[i]).badge, i + 1);
    }
}

static volatile word_t counters[3];

static void count_for_ever(word_t i)
{
    for (;;) {
        counters[i]++;
    }
}

/* rules: threads 5.6 */
TEST(schedule, equal_spinning_threads_share_the_time)
{
    for (word_t i = 0; i < 2; i++) {
        counters[i] = 0;
        thread_run(helper_at(TESTER_PRIORITY), count_for_ever, i);
    }
    for (int round = 0; round < 8; round++) {
        seL4_Yield(); /* back when both slices are over */
    }
    EXPECT_LT(0, counters[0]);
    EXPECT_LT(0, counters[1]);
    EXPECT_LT(counters[0], 5 * counters[1]);
    EXPECT_LT(counters[1], 5 * counters[0]);
}

/* rules: threads 5.6 */
TEST(schedule, spinning_thread_does_not_delay_a_more_urgent_one)
{
    struct thread *spinner = helper_at(LOW_PRIORITY);

    counters[0] = 0;
    thread_run(spinner, count_for_ever, 0);
    EXPECT_EQ(counters[0], 0); /* the tester is more urgent */
    clock_spin_ms(25);
    EXPECT_EQ(counters[0], 0);
}

static volatile bool spinning;
static volatile word_t seen_spinning;

static void spin_and_yield(word_t unused)
{
    (void)unused;
    for (int i = 0; i < 6; i++) {
        spinning = true;
        clock_spin_ms(4);
        spinning = false;
        seL4_Yield();
    }
}

static void look_and_yield(word_t unused)
{
    (void)unused;
    for (;;) {
        seen_spinning += spinning;
        seL4_Yield();
    }
}

/* rules: threads 5.6, threads 5.7, threads subtlety 22 */
TEST(schedule, yield_does_not_refresh_the_slice)
{
    struct thread *looker = helper_at(LOW_PRIORITY);
    struct thread *spinner = helper_at(LOW_PRIORITY);

    /* No round of the spinner is as long as a slice: only old slices end in the middle of one. */
    seen_spinning = 0;
    thread_run(looker, look_and_yield, 0);
    thread_run(spinner, spin_and_yield, 0);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    while (!thread_finished(spinner)) {
        seL4_Yield();
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_LT(0, seen_spinning);
}

static void spin_and_call(word_t ep)
{
    for (int i = 0; i < 6; i++) {
        spinning = true;
        clock_spin_ms(4);
        spinning = false;
        (void)message_call(ep, EMPTY_MESSAGE);
    }
}

static void serve_for_ever(word_t ep)
{
    (void)message_recv(ep);
    for (;;) {
        (void)message_reply_recv(ep, EMPTY_MESSAGE);
    }
}

/* rules: threads 5.6, threads subtlety 22 */
TEST(schedule, blocking_does_not_refresh_the_slice)
{
    const word_t ep = endpoint_new();
    struct thread *spinner = helper_at(LOW_PRIORITY);

    seen_spinning = 0;
    thread_run(thread_new(), serve_for_ever, ep);
    thread_run(helper_at(LOW_PRIORITY), look_and_yield, 0);
    thread_run(spinner, spin_and_call, ep);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    while (!thread_finished(spinner)) {
        seL4_Yield();
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_LT(0, seen_spinning);
}

/* rules: threads 5.4, threads 4 */
TEST(schedule, idle_system_wakes_up_again)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_priority(2);

    thread_run(t, send_and_trace, ep);
    (void)message_recv(ep); /* the tester blocks, t runs and sends */
    threads_let_run();
    EXPECT_TRACE("x");
}

struct answering {
    word_t endpoint, go;
};
static struct answering answering;

static void answer_when_told(word_t unused)
{
    (void)unused;
    (void)message_recv(answering.endpoint);
    (void)message_recv(answering.go); /* keeps the caller */
    (void)message_reply_recv(answering.endpoint, EMPTY_MESSAGE);
    trace('s');
}

static void call_once(word_t ep)
{
    (void)message_call(ep, EMPTY_MESSAGE);
    trace('c');
}

/* rules: threads 5.2, threads 5.3, threads 5.8 (several woken at once) */
TEST(schedule, reply_and_receive_may_wake_two_at_once)
{
    static const struct {
        word_t client, sender;
        const char *order;
    } rows[] = {
        { 0, 0, "sxc" }, { 0, 1, "xsc" }, { 1, 0, "csx" }, { 1, 1, "xcs" },
        { 1, 2, "xcs" }, { 2, 1, "cxs" },
    };

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        answering = (struct answering){ endpoint_new(), notification_new() };
        thread_run(helper_at(LOW_PRIORITY), answer_when_told, 0);
        threads_let_run();
        thread_run(helper_at(LOW_PRIORITY + rows[i].client), call_once, answering.endpoint);
        threads_let_run(); /* the server has the call, and waits to be told */
        thread_run(helper_at(LOW_PRIORITY + rows[i].sender), send_and_trace, answering.endpoint);
        threads_let_run();
        EXPECT_TRACE("");
        notification_signal(answering.go);
        threads_let_run();
        EXPECT_TRACE(rows[i].order);
        trace_clear();
        threads_stop();
    }
}
