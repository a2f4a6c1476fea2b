/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/interrupt.h>

enum { N = 1, CONTROL = 2, LINE = 40 };

static struct slot handler;
static struct invocation inv;
static struct notification *n;

/* The line is issued and its notification set. */
static int setup(void **state)
{
    host_setup(state);
    n = host_notification(N);
    handler = (struct slot){ 0 };
    slot_insert_root(host_slot(CONTROL), cap_irq_control());
    interrupt_issue(LINE, &handler, host_slot(CONTROL));
    inv = host_call(&handler, IRQSetIRQHandler, NO_WORDS, EXTRA(host_slot(N)));
    assert_int_equal(irq_handler_invoke(&inv), seL4_NoError);
    host.irq_unmasked = host.irq_masked = 0;
    return 0;
}

static void an_issued_line_is_live(void **state)
{
    (void)state;
    assert_int_equal(irq_lines[LINE].state, IRQ_SIGNAL);
    assert_cap_equal(handler.cap, cap_irq_handler(LINE));
    assert_ptr_equal(slot_next(host_slot(CONTROL)), &handler);
    assert_int_equal(slot_marks(&handler), SLOT_MARKS);
}

static void an_interrupt_signals_and_masks(void **state)
{
    (void)state;
    irq_lines[LINE].notification.cap = cap_notification(n, 6, 3);
    interrupt_handle(LINE);
    assert_true(notification_is_active(n));
    assert_int_equal(n->badges, 6);
    assert_int_equal(host.irq_masked, 1);
    assert_int_equal(host.irq_ended, 1);
    inv = host_call(&handler, IRQAckIRQ, NO_WORDS, NO_EXTRA);
    assert_done(irq_handler_invoke(&inv), &inv);
    assert_int_equal(host.irq_unmasked, 1);
}

static void lines_without_a_notification_are_masked(void **state)
{
    (void)state;
    const enum irq_state states[] = { IRQ_INACTIVE, IRQ_RESERVED, IRQ_SIGNAL };
    for (word_t i = 0; i < 3; i++) {
        irq_lines[50].state = states[i];
        interrupt_handle(50);
        assert_int_equal(host.irq_masked, i + 1);
        assert_int_equal(host.irq_ended, i + 1);
    }
}

static void the_timer_counts_and_stays_unmasked(void **state)
{
    (void)state;
    core.current->state = THREAD_RUNNING;
    word_t before = core.current->time_slice;
    irq_lines[50].state = IRQ_TIMER;
    interrupt_handle(50);
    assert_int_equal(core.current->time_slice, before - 1);
    assert_int_equal(host.irq_masked, 0);
    assert_int_equal(host.irq_ended, 1);
}

static void the_line_keeps_a_capability_of_its_own(void **state)
{
    (void)state;
    struct slot *own = &irq_lines[LINE].notification;
    assert_ptr_equal(own->prev, host_slot(N));
    assert_true(slot_is_parent(host_slot(N), own));
    inv = host_call(&handler, IRQClearIRQHandler, NO_WORDS, NO_EXTRA);
    assert_done(irq_handler_invoke(&inv), &inv);
    assert_true(slot_is_empty(own));
    assert_null(slot_next(host_slot(N)));
}

static void setting_again_replaces(void **state)
{
    (void)state;
    host_notification(5);
    inv = host_call(&handler, IRQSetIRQHandler, NO_WORDS, EXTRA(host_slot(5)));
    assert_done(irq_handler_invoke(&inv), &inv);
    assert_cap_equal(irq_lines[LINE].notification.cap, host_slot(5)->cap);
    assert_null(slot_next(host_slot(N)));
}

static void methods_check_in_order(void **state)
{
    (void)state;
    inv = host_call(&handler, IRQIssueIRQHandler, NO_WORDS, NO_EXTRA);
    assert_refused(irq_handler_invoke(&inv), &inv, seL4_IllegalOperation);
    inv = host_call(&handler, IRQSetIRQHandler, NO_WORDS, NO_EXTRA);
    assert_refused(irq_handler_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&handler, IRQSetIRQHandler, NO_WORDS, EXTRA(host_slot(CONTROL)));
    assert_refused(irq_handler_invoke(&inv), &inv, seL4_InvalidCapability, 0);
    struct slot read_only = { .cap = cap_notification(n, 0, RIGHT_READ) };
    inv = host_call(&handler, IRQSetIRQHandler, NO_WORDS, EXTRA(&read_only));
    assert_refused(irq_handler_invoke(&inv), &inv, seL4_InvalidCapability, 0);
    inv = host_call(host_slot(CONTROL), IRQIssueIRQHandler, WORDS(1, 2), NO_EXTRA);
    assert_refused(irq_control_invoke(&inv), &inv, seL4_TruncatedMessage);
}

static void release_makes_the_line_free(void **state)
{
    (void)state;
    interrupt_finalise(LINE);
    assert_true(slot_is_empty(&irq_lines[LINE].notification));
    assert_int_equal(irq_lines[LINE].state, IRQ_SIGNAL);
    interrupt_release(LINE);
    assert_int_equal(irq_lines[LINE].state, IRQ_INACTIVE);
    assert_int_equal(host.irq_masked, 1);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_issued_line_is_live),
        UNIT(an_interrupt_signals_and_masks),
        UNIT(lines_without_a_notification_are_masked),
        UNIT(the_timer_counts_and_stays_unmasked),
        UNIT(the_line_keeps_a_capability_of_its_own),
        UNIT(setting_again_replaces),
        UNIT(methods_check_in_order),
        UNIT(release_makes_the_line_free),
    };
    return RUN(tests);
}
