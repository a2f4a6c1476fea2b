/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/domain.h>
#include <kernel/scheduler.h>

#define FOREVER MASK(56)

static struct slot control, thread;
static struct invocation inv;

static int setup(void **state)
{
    host_setup(state);
    control = thread = (struct slot){ 0 };
    control.cap = cap_domain();
    thread.cap = cap_tcb(host_thread(50));
    return 0;
}

static seL4_Error set(word_t number, struct slot *tcb)
{
    inv = host_call(&control, DomainSetSet, WORDS(number), EXTRA(tcb));
    return domain_invoke(&inv);
}

static seL4_Error configure(word_t index, word_t number, word_t duration)
{
    inv = host_call(&control, DomainScheduleConfigure, WORDS(index, number, duration), NO_EXTRA);
    return domain_invoke(&inv);
}

static seL4_Error set_start(word_t index)
{
    inv = host_call(&control, DomainScheduleSetStart, WORDS(index), NO_EXTRA);
    return domain_invoke(&inv);
}

static void an_unknown_label_is_illegal(void **state)
{
    (void)state;
    inv = host_call(&control, DomainScheduleSetStart + 1, WORDS(0), NO_EXTRA);
    assert_refused(domain_invoke(&inv), &inv, seL4_IllegalOperation);
}

/* Rules: threads 6.1. */
static void set_checks_in_order(void **state)
{
    (void)state;
    struct slot other = { .cap = cap_domain() };
    inv = host_call(&control, DomainSetSet, NO_WORDS, EXTRA(&thread));
    assert_refused(domain_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&control, DomainSetSet, WORDS(DOMAINS), NO_EXTRA);
    assert_refused(domain_invoke(&inv), &inv, seL4_InvalidArgument, 0);
    inv = host_call(&control, DomainSetSet, WORDS(0), NO_EXTRA);
    assert_refused(domain_invoke(&inv), &inv, seL4_TruncatedMessage);
    assert_refused(set(0, &other), &inv, seL4_InvalidArgument, 1);
    assert_refused(set(~0ul, &thread), &inv, seL4_InvalidArgument, 0);
}

static void set_moves_a_ready_thread_to_the_front(void **state)
{
    (void)state;
    word_t last = DOMAINS - 1;
    struct tcb *t = cap_tcb_object(thread.cap), *old = host_thread(50);
    t->state = old->state = THREAD_RUNNING;
    old->domain = (uint8_t)last;
    scheduler_enqueue_back(old);
    scheduler_enqueue_back(t);
    assert_done(set(last, &thread), &inv);
    assert_int_equal(t->domain, last);
    assert_ptr_equal(core.ready[last].queue[50].head, t);
    assert_ptr_equal(core.ready[last].queue[50].tail, old);
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void set_of_a_blocked_thread_queues_nothing(void **state)
{
    (void)state;
    assert_done(set(DOMAINS - 1, &thread), &inv);
    assert_int_equal(core.ready[DOMAINS - 1].summary, 0);
    assert_false(cap_tcb_object(thread.cap)->queued);
}

static void set_of_the_caller_reschedules(void **state)
{
    (void)state;
    thread.cap = cap_tcb(core.current);
    assert_done(set(DOMAINS - 1, &thread), &inv);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

static void configure_checks_in_order(void **state)
{
    (void)state;
    inv = host_call(&control, DomainScheduleConfigure, WORDS(999, 999), NO_EXTRA);
    assert_refused(domain_invoke(&inv), &inv, seL4_TruncatedMessage);
    assert_refused(configure(DOMAIN_SCHEDULES - 1, DOMAINS, FOREVER + 1), &inv, seL4_RangeError, 0,
                   DOMAIN_SCHEDULES - 2);
    assert_refused(configure(DOMAIN_SCHEDULES - 1, 0, 5), &inv, seL4_RangeError, 0,
                   DOMAIN_SCHEDULES - 2);
    assert_refused(configure(0, DOMAINS, FOREVER + 1), &inv, seL4_RangeError, 0, DOMAINS - 1);
    assert_refused(configure(0, 0, FOREVER + 1), &inv, seL4_InvalidArgument, 2);
    if (DOMAINS > 1)
        assert_refused(configure(0, 1, 0), &inv, seL4_InvalidArgument, 1);
    assert_refused(configure(0, 0, 0), &inv, seL4_InvalidArgument, 2);
    assert_int_equal(domain.schedule[0].duration, FOREVER);
}

static void configure_leaves_the_present_turn_alone(void **state)
{
    (void)state;
    assert_done(configure(0, 0, 7), &inv);
    assert_int_equal(domain.schedule[0].duration, 7);
    assert_int_equal(domain.time_left, FOREVER);
    assert_done(configure(0, DOMAINS - 1, FOREVER), &inv);
    assert_int_equal(domain.schedule[0].domain, DOMAINS - 1);
}

static void set_start_checks_in_order(void **state)
{
    (void)state;
    inv = host_call(&control, DomainScheduleSetStart, NO_WORDS, NO_EXTRA);
    assert_refused(domain_invoke(&inv), &inv, seL4_TruncatedMessage);
    assert_refused(set_start(DOMAIN_SCHEDULES), &inv, seL4_RangeError, 0, DOMAIN_SCHEDULES - 1);
    assert_refused(set_start(DOMAIN_SCHEDULES - 1), &inv, seL4_InvalidArgument, 0);
}

static void set_start_begins_there_at_once(void **state)
{
    (void)state;
    assert_done(configure(0, DOMAINS - 1, 9), &inv);
    assert_done(set_start(0), &inv);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    assert_int_equal(domain.time_left, 0);
    work_units_left = 55;
    schedule();
    assert_int_equal(domain.index, 0);
    assert_int_equal(domain.current, DOMAINS - 1);
    assert_int_equal(domain.time_left, 9);
    assert_int_equal(work_units_left, WORK_UNITS_PER_PREEMPTION);
}

static void advance_follows_the_schedule_and_wraps(void **state)
{
    (void)state;
    if (DOMAIN_SCHEDULES < 5)
        skip();
    assert_done(configure(0, 0, 3), &inv);
    assert_done(configure(1, DOMAINS - 1, 4), &inv);
    assert_done(configure(2, 0, 5), &inv);
    assert_done(set_start(1), &inv);
    const word_t index[] = { 1, 2, 1, 2 }, number[] = { DOMAINS - 1, 0, DOMAINS - 1, 0 },
                 ticks[] = { 4, 5, 4, 5 };
    for (word_t i = 0; i < 4; i++) {
        domain_advance();
        assert_int_equal(domain.index, index[i]);
        assert_int_equal(domain.current, number[i]);
        assert_int_equal(domain.time_left, ticks[i]);
    }
}

static void only_threads_of_the_current_domain_run(void **state)
{
    (void)state;
    if (DOMAINS < 2)
        skip();
    struct tcb *t = cap_tcb_object(thread.cap);
    t->state = THREAD_RUNNING;
    t->priority = 255;
    t->domain = 1;
    scheduler_wake(t);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    assert_true(t->queued);
    assert_done(configure(0, 1, 2), &inv);
    assert_done(set_start(0), &inv);
    schedule();
    assert_ptr_equal(core.current, t);
    scheduler_tick();
    assert_int_equal(core.action, SCHEDULE_RESUME);
    scheduler_tick();
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    assert_int_equal(domain.time_left, 0);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_unknown_label_is_illegal),
        UNIT(set_checks_in_order),
        UNIT(set_moves_a_ready_thread_to_the_front),
        UNIT(set_of_a_blocked_thread_queues_nothing),
        UNIT(set_of_the_caller_reschedules),
        UNIT(configure_checks_in_order),
        UNIT(configure_leaves_the_present_turn_alone),
        UNIT(set_start_checks_in_order),
        UNIT(set_start_begins_there_at_once),
        UNIT(advance_follows_the_schedule_and_wraps),
        UNIT(only_threads_of_the_current_domain_run),
    };
    return RUN(tests);
}
