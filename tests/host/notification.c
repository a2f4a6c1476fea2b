/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/scheduler.h>

enum { N = 1, BADGED = 2, E = 3 };

static struct notification *n;
static struct tcb *signaller, *waiter;

static int setup(void **state)
{
    host_setup(state);
    n = host_notification(N);
    slot_insert_derived(host_slot(BADGED), cap_notification(n, 6, RIGHT_READ | RIGHT_WRITE),
                        host_slot(N));
    host_endpoint(E);
    signaller = host_user(10);
    waiter = host_user(10);
    core.current = signaller;
    return 0;
}

/* Rules: ipc 7. */
static void signals_accumulate(void **state)
{
    (void)state;
    notification_signal(n, 1);
    notification_signal(n, 4);
    assert_true(notification_is_active(n));
    host_syscall(waiter, seL4_SysRecv, N, 999);
    assert_int_equal(waiter->context.badge, 5);
    assert_int_equal(waiter->context.info, 999);
    assert_false(notification_is_active(n));
    assert_int_equal(waiter->state, THREAD_RUNNING);
}

static void a_signal_of_nothing_is_a_signal(void **state)
{
    (void)state;
    host_syscall(signaller, seL4_SysSend, N, 0);
    assert_true(notification_is_active(n));
    waiter->context.badge = 1;
    host_syscall(waiter, seL4_SysRecv, N, 0);
    assert_int_equal(waiter->context.badge, 0);
    assert_int_equal(waiter->state, THREAD_RUNNING);
}

static void old_badges_do_not_come_back(void **state)
{
    (void)state;
    notification_signal(n, ~0ul);
    notification_take(n, waiter);
    notification_signal(n, 2);
    notification_take(n, waiter);
    assert_int_equal(waiter->context.badge, 2);
}

static void waiters_are_served_in_order(void **state)
{
    (void)state;
    struct tcb *second = host_user(255);
    host_syscall(waiter, seL4_SysRecv, N, 5);
    host_syscall(second, seL4_SysRecv, N, 5);
    assert_int_equal(waiter->state, THREAD_BLOCKED_ON_NOTIFICATION);
    host_syscall(signaller, seL4_SysSend, BADGED, 0);
    assert_int_equal(waiter->state, THREAD_RUNNING);
    assert_int_equal(waiter->context.badge, 6);
    assert_int_equal(waiter->context.info, 5);
    assert_int_equal(second->state, THREAD_BLOCKED_ON_NOTIFICATION);
    assert_ptr_equal(n->queue.head, second);
    assert_false(notification_is_active(n));
}

static void not_waiting_gives_zero(void **state)
{
    (void)state;
    host_syscall(waiter, seL4_SysNBRecv, N, 77);
    assert_int_equal(waiter->context.badge, 0);
    assert_int_equal(waiter->context.info, 77);
    assert_null(n->queue.head);
}

static void a_bound_thread_is_woken_from_an_endpoint(void **state)
{
    (void)state;
    notification_bind(n, waiter);
    host_syscall(waiter, seL4_SysRecv, E, 88);
    notification_signal(n, 9);
    assert_int_equal(waiter->state, THREAD_RUNNING);
    assert_int_equal(waiter->context.badge, 9);
    assert_int_equal(waiter->context.info, 88);
    assert_null(cap_endpoint_object(host_slot(E)->cap)->queue.head);
    assert_false(notification_is_active(n));
}

static void a_bound_thread_is_not_disturbed_elsewhere(void **state)
{
    (void)state;
    notification_bind(n, waiter);
    for (enum thread_state s = THREAD_INACTIVE; s < THREAD_IDLE; s++) {
        if (s == THREAD_BLOCKED_ON_RECEIVE)
            continue;
        waiter->state = (uint8_t)s;
        waiter->context.badge = 123;
        notification_signal(n, 9);
        assert_int_equal(waiter->state, s);
        assert_int_equal(waiter->context.badge, 123);
        assert_true(notification_is_active(n));
        assert_ptr_equal(notification_bound(n), waiter);
        notification_take(n, waiter);
    }
}

static void a_bound_thread_may_wait_itself_and_others_fault(void **state)
{
    (void)state;
    notification_bind(n, waiter);
    host_syscall(signaller, seL4_SysRecv, N, 0);
    assert_int_equal(signaller->state, THREAD_INACTIVE); /* it has no handler */
    host_syscall(waiter, seL4_SysRecv, N, 0);
    assert_int_equal(waiter->state, THREAD_BLOCKED_ON_NOTIFICATION);
}

static void binding_keeps_what_is_pending(void **state)
{
    (void)state;
    notification_signal(n, 3);
    notification_bind(n, waiter);
    assert_ptr_equal(waiter->notification, n);
    assert_ptr_equal(notification_bound(n), waiter);
    assert_true(notification_is_active(n));
    notification_unbind(waiter);
    assert_null(waiter->notification);
    assert_null(notification_bound(n));
    assert_true(notification_is_active(n));
    assert_int_equal(n->badges, 3);
}

static void cancelling_leaves_the_queue(void **state)
{
    (void)state;
    struct tcb *second = host_user(1);
    host_syscall(waiter, seL4_SysRecv, N, 0);
    host_syscall(second, seL4_SysRecv, N, 0);
    thread_leave_queue(waiter);
    assert_int_equal(waiter->state, THREAD_INACTIVE);
    assert_ptr_equal(n->queue.head, second);
    assert_null(second->prev);
}

static void the_end_restarts_all_who_wait(void **state)
{
    (void)state;
    struct tcb *second = host_user(10);
    host_syscall(waiter, seL4_SysRecv, N, 0);
    host_syscall(second, seL4_SysRecv, N, 0);
    core.current = signaller;
    core.action = SCHEDULE_RESUME;
    notification_finalise(n);
    assert_int_equal(waiter->state, THREAD_RESTART);
    assert_ptr_equal(core.ready[0].queue[10].head, second);
    assert_ptr_equal(core.ready[0].queue[10].tail, waiter);
    assert_null(n->queue.head);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(signals_accumulate),
        UNIT(a_signal_of_nothing_is_a_signal),
        UNIT(old_badges_do_not_come_back),
        UNIT(waiters_are_served_in_order),
        UNIT(not_waiting_gives_zero),
        UNIT(a_bound_thread_is_woken_from_an_endpoint),
        UNIT(a_bound_thread_is_not_disturbed_elsewhere),
        UNIT(a_bound_thread_may_wait_itself_and_others_fault),
        UNIT(binding_keeps_what_is_pending),
        UNIT(cancelling_leaves_the_queue),
        UNIT(the_end_restarts_all_who_wait),
    };
    return RUN(tests);
}
