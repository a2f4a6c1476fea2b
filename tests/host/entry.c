/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/abi.h>
#include <kernel/entry.h>
#include <kernel/interrupt.h>
#include <kernel/scheduler.h>

enum { E = 1, N = 2 };

static struct tcb *self;

static int setup(void **state)
{
    host_setup(state);
    host_endpoint(E);
    host_notification(N);
    self = core.current = host_user(10);
    return 0;
}

static void expect_left_for(struct tcb *t, enum left how)
{
    assert_int_equal(how, LEFT_FOR_THREAD);
    assert_ptr_equal(host.switched_to, t);
    assert_ptr_equal(core.current, t);
}

static void the_current_thread_goes_on(void **state)
{
    (void)state;
    enum left how;
    HOST_LEAVE(&how, entry_exit());
    expect_left_for(self, how);
}

static void a_blocked_thread_gives_way(void **state)
{
    (void)state;
    enum left how;
    struct tcb *other = host_user(5);
    scheduler_enqueue_back(other);
    self->context.badge = E;
    HOST_LEAVE(&how, entry_syscall_general((word_t)seL4_SysRecv));
    expect_left_for(other, how);
    assert_int_equal(self->state, THREAD_BLOCKED_ON_RECEIVE);
}

static void without_threads_the_core_idles(void **state)
{
    (void)state;
    enum left how;
    self->context.badge = E;
    HOST_LEAVE(&how, entry_syscall_general((word_t)seL4_SysRecv));
    assert_int_equal(how, LEFT_IDLE);
    assert_ptr_equal(core.current, &core.idle);
}

static void an_interrupt_wakes_its_thread(void **state)
{
    (void)state;
    enum left how;
    struct tcb *driver = host_user(20);
    host_syscall(driver, seL4_SysRecv, N, 0);
    core.current = self;
    core.action = SCHEDULE_RESUME;
    irq_lines[40].state = IRQ_SIGNAL;
    slot_insert_derived(&irq_lines[40].notification, host_slot(N)->cap, host_slot(N));
    HOST_LEAVE(&how, entry_interrupt(40));
    expect_left_for(driver, how);
    assert_true(self->queued);
}

static void a_fault_stops_a_thread_without_handler(void **state)
{
    (void)state;
    enum left how;
    struct fault fault = fault_vm(1, false, 2);
    HOST_LEAVE(&how, entry_fault(&fault));
    assert_int_equal(how, LEFT_IDLE);
    assert_int_equal(self->state, THREAD_INACTIVE);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_current_thread_goes_on),
        UNIT(a_blocked_thread_gives_way),
        UNIT(without_threads_the_core_idles),
        UNIT(an_interrupt_wakes_its_thread),
        UNIT(a_fault_stops_a_thread_without_handler),
    };
    return RUN(tests);
}
