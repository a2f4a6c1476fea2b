/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/abi.h>
#include <kernel/scheduler.h>

enum { E = 1, N = 2 };

static struct tcb *t, *other;

static int setup(void **state)
{
    host_setup(state);
    host_endpoint(E);
    host_notification(N);
    t = host_user(50);
    other = host_user(50);
    core.current = host_user(100);
    return 0;
}

static struct endpoint *endpoint(void)
{
    return cap_endpoint_object(host_slot(E)->cap);
}

static void on_behalf(struct tcb *who, int64_t number, word_t cptr)
{
    struct tcb *current = core.current;
    host_syscall(who, number, cptr, 0);
    core.current = current;
    core.action = SCHEDULE_RESUME;
}

/* Rules: untyped 7. */
static void a_new_thread(void **state)
{
    (void)state;
    struct tcb *new = host_memory(TCB_BITS);
    tcb_create(new);
    assert_int_equal(new->state, THREAD_INACTIVE);
    assert_int_equal(new->priority, 0);
    assert_int_equal(new->mcp, 0);
    assert_int_equal(new->time_slice, TIME_SLICE);
    assert_int_equal(new->domain, domain.current);
    assert_int_equal(new->context.flags, 0x202);
    assert_null(new->notification);
    for (word_t i = 0; i < TCB_SLOTS; i++)
        assert_true(slot_is_empty(&new->slot[i]));
}

static void the_master_reply_is_made_once(void **state)
{
    (void)state;
    struct tcb *new = host_thread(1);
    tcb_make_reply_master(new);
    assert_cap_equal(new->slot[TCB_REPLY].cap, cap_reply_master(new));
    assert_int_equal(slot_marks(&new->slot[TCB_REPLY]), SLOT_MARKS);
    struct slot saved = { 0 };
    slot_insert_derived(&saved, host_reply(new, true), &new->slot[TCB_REPLY]);
    tcb_make_reply_master(new);
    assert_ptr_equal(slot_next(&new->slot[TCB_REPLY]), &saved);
}

/* Rules: threads 3.7. */
static void suspending_a_running_thread_settles_it(void **state)
{
    (void)state;
    t->context.ip = 0x1002;
    t->context.entry = CONTEXT_STEP_BACK;
    scheduler_enqueue_back(t);
    tcb_suspend(t);
    assert_int_equal(t->state, THREAD_INACTIVE);
    assert_false(t->queued);
    assert_int_equal(context_fault_ip(&t->context), 0x1002);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    tcb_suspend(t);
    assert_int_equal(t->state, THREAD_INACTIVE);
}

static void suspending_a_restarting_thread_keeps_its_fault_ip(void **state)
{
    (void)state;
    t->state = THREAD_RESTART;
    t->context.ip = 0x1002;
    t->context.entry = CONTEXT_STEP_BACK;
    tcb_suspend(t);
    assert_int_equal(context_fault_ip(&t->context), 0x1000);
}

static void suspending_the_current_thread_makes_a_choice_necessary(void **state)
{
    (void)state;
    tcb_suspend(core.current);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

static void suspending_takes_a_thread_out_of_queues(void **state)
{
    (void)state;
    on_behalf(t, seL4_SysRecv, E);
    tcb_suspend(t);
    assert_null(endpoint()->queue.head);
    t->state = THREAD_RUNNING;
    on_behalf(t, seL4_SysSend, E);
    tcb_suspend(t);
    assert_null(endpoint()->queue.head);
    t->state = THREAD_RUNNING;
    on_behalf(t, seL4_SysRecv, N);
    tcb_suspend(t);
    assert_null(cap_notification_object(host_slot(N)->cap)->queue.head);
    assert_int_equal(t->state, THREAD_INACTIVE);
}

static void suspending_a_caller_takes_its_reply_away(void **state)
{
    (void)state;
    on_behalf(other, seL4_SysRecv, E);
    on_behalf(t, seL4_SysCall, E);
    t->fault.type = seL4_Fault_VMFault;
    tcb_suspend(t);
    assert_true(slot_is_empty(&other->slot[TCB_CALLER]));
    assert_int_equal(t->fault.type, seL4_Fault_NullFault);
    assert_int_equal(t->state, THREAD_INACTIVE);
}

/* Rules: threads 3.9, 5.8. */
static void resuming_puts_a_thread_to_the_front(void **state)
{
    (void)state;
    scheduler_enqueue_back(other);
    t->state = THREAD_INACTIVE;
    t->slot[TCB_REPLY] = (struct slot){ 0 };
    tcb_resume(t);
    assert_int_equal(t->state, THREAD_RESTART);
    assert_cap_equal(t->slot[TCB_REPLY].cap, cap_reply_master(t));
    schedule();
    assert_ptr_equal(core.ready[0].queue[50].head, t);
    assert_ptr_equal(core.ready[0].queue[50].tail, other);
}

static void resuming_what_runs_does_nothing(void **state)
{
    (void)state;
    tcb_resume(core.current);
    assert_int_equal(core.current->state, THREAD_RUNNING);
    t->state = THREAD_RESTART;
    tcb_resume(t);
    assert_false(t->queued);
    tcb_resume(&core.idle);
    assert_int_equal(core.idle.state, THREAD_IDLE);
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void resuming_a_blocked_thread_aborts_its_call(void **state)
{
    (void)state;
    on_behalf(t, seL4_SysCall, E);
    tcb_resume(t);
    assert_null(endpoint()->queue.head);
    assert_int_equal(t->state, THREAD_RESTART);
}

static void restarting_at_the_front(void **state)
{
    (void)state;
    scheduler_enqueue_back(other);
    t->state = THREAD_BLOCKED_ON_RECEIVE;
    tcb_restart_front(t);
    assert_int_equal(t->state, THREAD_RESTART);
    assert_ptr_equal(core.ready[0].queue[50].head, t);
}

/* Rules: ipc 9.  The fault of a thread blocked on sending stays. */
static void cancelling_a_send_keeps_the_recorded_fault(void **state)
{
    (void)state;
    on_behalf(t, seL4_SysSend, E);
    t->fault.type = seL4_Fault_VMFault;
    tcb_cancel_ipc(t);
    assert_int_equal(t->fault.type, seL4_Fault_VMFault);
    assert_null(endpoint()->queue.head);
}

static void the_end_of_a_thread(void **state)
{
    (void)state;
    struct notification *n = cap_notification_object(host_slot(N)->cap);
    notification_bind(n, t);
    scheduler_enqueue_back(t);
    tcb_finalise(t);
    assert_null(notification_bound(n));
    assert_false(t->queued);
    assert_int_equal(t->state, THREAD_INACTIVE);
    assert_int_equal(host.fpu_forgotten, 1);
}

static void the_quick_buffer_is_the_buffer(void **state)
{
    (void)state;
    assert_ptr_equal(tcb_buffer_quick(t), host_words(t));
    assert_ptr_equal(tcb_buffer_quick(t), tcb_buffer_writable(t));
    t->slot[TCB_BUFFER].cap = cap_null(); /* as deletion leaves it */
    assert_null(tcb_buffer_quick(t));
    tcb_buffer_changed(t);
    assert_null(tcb_buffer_quick(t));
    host_buffer(t, RIGHT_READ);
    assert_null(tcb_buffer_quick(t));
    assert_non_null(tcb_buffer_readable(t));
    assert_null(tcb_buffer_writable(t));
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_new_thread),
        UNIT(the_master_reply_is_made_once),
        UNIT(suspending_a_running_thread_settles_it),
        UNIT(suspending_a_restarting_thread_keeps_its_fault_ip),
        UNIT(suspending_the_current_thread_makes_a_choice_necessary),
        UNIT(suspending_takes_a_thread_out_of_queues),
        UNIT(suspending_a_caller_takes_its_reply_away),
        UNIT(resuming_puts_a_thread_to_the_front),
        UNIT(resuming_what_runs_does_nothing),
        UNIT(resuming_a_blocked_thread_aborts_its_call),
        UNIT(restarting_at_the_front),
        UNIT(cancelling_a_send_keeps_the_recorded_fault),
        UNIT(the_end_of_a_thread),
        UNIT(the_quick_buffer_is_the_buffer),
    };
    return RUN(tests);
}
