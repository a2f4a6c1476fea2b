/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains: the checks of their methods, and the schedule where there are several. */
#include "test.h"

#define DURATION_MAX (BIT(56) - 1)

enum { LAST_ENTRY = CONFIG_NUM_DOMAIN_SCHEDULES - 1 };

static struct reply configure(word_t index, word_t domain, word_t duration)
{
    return invoke(seL4_CapDomain, DomainScheduleConfigure, CAPS(), ARGS(index, domain, duration));
}

static struct reply set_start(word_t index)
{
    return invoke(seL4_CapDomain, DomainScheduleSetStart, CAPS(), ARGS(index));
}

/* rules: threads 6.1 */
TEST(domain, unknown_label_is_refused)
{
    EXPECT_ERROR(invoke(seL4_CapDomain, TCBSetPriority, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainScheduleSetStart + 1, CAPS(), ARGS()),
                 seL4_IllegalOperation);
}

/* rules: threads 6.1 (set), threads subtlety 18 */
TEST(domain, set_checks_in_order)
{
    const word_t tcb = tcb_new();

    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(tcb), ARGS()), seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(), ARGS(CONFIG_NUM_DOMAINS)),
                 seL4_InvalidArgument, 0);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(tcb), ARGS(BIT(8))),
                 seL4_InvalidArgument, 0);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(), ARGS(0)), seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(slot_new()), ARGS(0)),
                 seL4_InvalidArgument, 1);
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainSetSet, CAPS(endpoint_new()), ARGS(0)),
                 seL4_InvalidArgument, 1);
    EXPECT_DONE(invoke(seL4_CapDomain, DomainSetSet, CAPS(tcb), ARGS(0)));
    EXPECT_DONE(invoke(seL4_CapDomain, DomainSetSet, CAPS(SELF), ARGS(0)));
}

/* rules: threads 6.1 (configure), threads subtlety 19 */
TEST(domain, configure_checks_in_order)
{
    const word_t bad_domain = CONFIG_NUM_DOMAINS;

    EXPECT_ERROR(invoke(seL4_CapDomain, DomainScheduleConfigure, CAPS(), ARGS(999, 999)),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(configure(LAST_ENTRY, bad_domain, BIT(56)), seL4_RangeError, 0, LAST_ENTRY - 1);
    EXPECT_ERROR(configure(~(word_t)0, 0, 1), seL4_RangeError, 0, LAST_ENTRY - 1);
    EXPECT_ERROR(configure(0, bad_domain, BIT(56)), seL4_RangeError, 0, CONFIG_NUM_DOMAINS - 1);
    EXPECT_ERROR(configure(0, BIT(8), 1), seL4_RangeError, 0, CONFIG_NUM_DOMAINS - 1);
    EXPECT_ERROR(configure(0, 0, BIT(56)), seL4_InvalidArgument, 2);
    EXPECT_ERROR(configure(0, 0, 0), seL4_InvalidArgument, 2); /* the start entry */
    EXPECT_DONE(configure(0, 0, DURATION_MAX));
}

/* rules: threads 6.1 (set start), threads subtlety 19 */
TEST(domain, set_start_checks_in_order)
{
    EXPECT_ERROR(invoke(seL4_CapDomain, DomainScheduleSetStart, CAPS(), ARGS()),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(set_start(LAST_ENTRY + 1), seL4_RangeError, 0, LAST_ENTRY);
    EXPECT_ERROR(set_start(~(word_t)0), seL4_RangeError, 0, LAST_ENTRY);
    EXPECT_ERROR(set_start(LAST_ENTRY), seL4_InvalidArgument, 0);
    EXPECT_DONE(set_start(0));
}

/* rules: threads 6.1 */
TEST(domain, capability_can_be_copied_and_used)
{
    const word_t copy = cap_copy(seL4_CapDomain);

    EXPECT_DONE(invoke(copy, DomainSetSet, CAPS(tcb_new()), ARGS(0)));
}

/* rules: threads 6 */
TEST(domain, reconfiguring_the_running_entry_changes_nothing_now)
{
    struct thread *t = thread_new();

    EXPECT_DONE(configure(0, 0, 5));
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
    EXPECT_DONE(configure(0, 0, DURATION_MAX));
}

static void trace_once(word_t letter)
{
    trace((char)letter);
}

static void set_ready_threads(void)
{
    struct thread *a = thread_with_priority(LOW_PRIORITY);
    struct thread *b = thread_with_priority(LOW_PRIORITY);
    struct thread *c = thread_with_priority(LOW_PRIORITY);
    struct thread *equal = thread_with_priority(TESTER_PRIORITY);

    thread_run(a, trace_once, 'a');
    thread_run(b, trace_once, 'b');
    thread_run(c, trace_once, 'c');
    thread_run(equal, trace_once, 'e');
    EXPECT_DONE(invoke(seL4_CapDomain, DomainSetSet, CAPS(a->tcb), ARGS(0)));
    EXPECT_DONE(invoke(seL4_CapDomain, DomainSetSet, CAPS(SELF), ARGS(0)));
    trace('t'); /* the caller is in front of its equals, too */
    threads_let_run();
}

/* rules: threads 5.8, threads 6.1 (set) */
TEST(domain, ready_thread_that_is_set_goes_to_the_front)
{
    set_ready_threads();
    if (trace_text()[0] == 'e') { /* the tester's slice may have ended just then, but not twice */
        trace_clear();
        set_ready_threads();
    }
    EXPECT_TRACE("teacb");
}

#if CONFIG_NUM_DOMAINS > 1

/* Let the schedule go on until the helper is done; a busy host may be late with its ticks. */
static void wait_for(const struct thread *t)
{
    for (int i = 0; i < 200 && !thread_finished(t); i++) {
        clock_spin_ms(5);
    }
}

/* The tester's domain for ever, as at boot. */
static void schedule_reset(void)
{
    EXPECT_DONE(configure(0, 0, DURATION_MAX));
    EXPECT_DONE(set_start(0));
    for (word_t i = 1; i < 4; i++) {
        EXPECT_DONE(configure(i, 0, 0));
    }
}

/* Turns of 5 ticks for the domains 0 and 1. */
static void schedule_two(void)
{
    EXPECT_DONE(configure(1, 1, 5));
    EXPECT_DONE(configure(2, 0, 5));
    EXPECT_DONE(configure(3, 0, 0));
    EXPECT_DONE(configure(0, 0, 5));
    EXPECT_DONE(set_start(0));
}

/* rules: threads 6.1 (configure) */
TEST(domain, other_domain_needs_a_duration)
{
    EXPECT_ERROR(configure(1, 1, 0), seL4_InvalidArgument, 1);
    EXPECT_DONE(configure(1, 1, 1));
    EXPECT_DONE(configure(1, 0, 0));
}

/* rules: threads 6, threads subtlety 26 */
TEST(domain, thread_of_another_domain_waits_whatever_its_priority)
{
    struct thread *t = thread_with_priority(seL4_MaxPrio);

    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 1, t->tcb));
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    clock_spin_ms(25);
    EXPECT(!thread_finished(t));
    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 0, t->tcb));
    threads_let_run();
    EXPECT(thread_finished(t));
}

/* rules: threads 6 */
TEST(domain, schedule_gives_each_domain_its_turn)
{
    struct thread *t = thread_new();

    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 1, t->tcb));
    schedule_two();
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    wait_for(t);
    schedule_reset();
    EXPECT(thread_finished(t));
}

static void wait_and_trace(word_t ntfn)
{
    (void)message_recv(ntfn);
    trace('w');
}

/* rules: threads 5.2, threads subtlety 26 */
TEST(domain, wake_up_across_domains_only_queues)
{
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_run(t, wait_and_trace, ntfn);
    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 1, t->tcb));
    notification_signal(ntfn);
    EXPECT_TRACE("");
    schedule_two();
    wait_for(t);
    schedule_reset();
    EXPECT_TRACE("w");
}

/* rules: threads 5.9, fastpath 1 (7) */
TEST(domain, call_into_another_domain_only_queues_the_server)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();
    struct thread *client = thread_new();

    thread_recv(server, ep);
    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 1, server->tcb));
    thread_call(client, ep, message_word(1, 10));
    EXPECT(!thread_finished(server));
    schedule_two();
    wait_for(server);
    schedule_reset();
    EXPECT(thread_finished(server));
    EXPECT_EQ(thread_result(server).mr[0], 10);
}

/* rules: threads 6.1 (set start) */
TEST(domain, set_start_switches_at_once)
{
    struct thread *t = thread_new();

    EXPECT_OK(seL4_DomainSet_Set(seL4_CapDomain, 1, t->tcb));
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT_DONE(configure(1, 1, 2));
    EXPECT_DONE(configure(2, 0, DURATION_MAX));
    EXPECT_DONE(configure(3, 0, 0));
    EXPECT_DONE(set_start(1));
    EXPECT(thread_finished(t));
    EXPECT_ERROR(configure(1, 0, 0), seL4_InvalidArgument, 2);
    EXPECT_DONE(set_start(2));
    schedule_reset();
}

/* rules: threads 5.5, threads 6.1 (set) */
TEST(domain, new_threads_belong_to_the_domain_of_their_maker)
{
    EXPECT_DONE(set_start(0));
    struct thread *t = thread_new();
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
}

#endif
