/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/scheduler.h>

enum { E = 1, BADGED = 2, NO_GRANT = 3 };

static struct endpoint *e;
static struct tcb *client, *server;

static int setup(void **state)
{
    host_setup(state);
    e = host_endpoint(E);
    slot_insert_derived(host_slot(BADGED), cap_endpoint(e, 7, RIGHTS_ALL), host_slot(E));
    slot_insert_derived(host_slot(NO_GRANT), cap_endpoint(e, 0, RIGHT_READ | RIGHT_WRITE),
                        host_slot(E));
    client = host_user(10);
    server = host_user(10);
    return 0;
}

/* Rules: ipc 4. */
static void senders_wait_in_order(void **state)
{
    (void)state;
    struct tcb *second = host_user(200);
    host_syscall(client, seL4_SysSend, BADGED, tag_new(3, 0, 0, 1));
    host_syscall(second, seL4_SysCall, E, 0);
    assert_int_equal(client->state, THREAD_BLOCKED_ON_SEND);
    assert_int_equal(second->state, THREAD_BLOCKED_ON_SEND);
    assert_ptr_equal(e->queue.head, client);
    assert_ptr_equal(e->queue.tail, second);
    assert_ptr_equal(client->blocked_on, e);
    client->context.message[0] = 42; /* read at delivery */
    host_syscall(server, seL4_SysRecv, E, 0);
    assert_int_equal(server->context.badge, 7);
    assert_int_equal(server->context.info, tag_new(3, 0, 0, 1));
    assert_int_equal(server->context.message[0], 42);
    assert_int_equal(client->state, THREAD_RUNNING);
    assert_ptr_equal(e->queue.head, second);
    host_syscall(server, seL4_SysRecv, E, 0);
    assert_int_equal(second->state, THREAD_BLOCKED_ON_REPLY);
    assert_null(e->queue.head);
    assert_null(e->queue.tail);
}

static void receivers_wait_in_order(void **state)
{
    (void)state;
    struct tcb *second = host_user(200);
    host_syscall(server, seL4_SysRecv, E, 0);
    host_syscall(second, seL4_SysRecv, E, 0);
    host_syscall(client, seL4_SysSend, BADGED, tag_new(9, 0, 0, 0));
    assert_int_equal(client->state, THREAD_RUNNING);
    assert_int_equal(server->state, THREAD_RUNNING);
    assert_int_equal(server->context.badge, 7);
    assert_int_equal(second->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_ptr_equal(e->queue.head, second);
}

static void what_does_not_block_leaves_no_trace(void **state)
{
    (void)state;
    host_syscall(client, seL4_SysNBSend, E, tag_new(9, 0, 0, 4));
    assert_int_equal(client->state, THREAD_RUNNING);
    assert_null(e->queue.head);
    assert_int_equal(client->context.info, tag_new(9, 0, 0, 4));
    host_syscall(client, seL4_SysNBRecv, E, 1234);
    assert_int_equal(client->state, THREAD_RUNNING);
    assert_int_equal(client->context.badge, 0);
    assert_int_equal(client->context.info, 1234);
    assert_null(e->queue.head);
}

static void a_send_does_not_meet_a_sender(void **state)
{
    (void)state;
    struct tcb *second = host_user(10);
    host_syscall(client, seL4_SysSend, E, 0);
    host_syscall(second, seL4_SysNBSend, E, 0);
    assert_int_equal(second->state, THREAD_RUNNING);
    host_syscall(second, seL4_SysSend, E, 0);
    assert_int_equal(second->state, THREAD_BLOCKED_ON_SEND);
    assert_ptr_equal(e->queue.tail, second);
}

static void a_call_waits_for_the_reply(void **state)
{
    (void)state;
    for (word_t round = 0; round < 2; round++) { /* receiver first, sender first */
        setup(state);
        if (round)
            host_syscall(client, seL4_SysCall, BADGED, 0);
        host_syscall(server, seL4_SysRecv, E, 0);
        if (!round)
            host_syscall(client, seL4_SysCall, BADGED, 0);
        assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
        assert_cap_equal(server->slot[TCB_CALLER].cap, host_reply(client, true));
        assert_ptr_equal(slot_next(&client->slot[TCB_REPLY]), &server->slot[TCB_CALLER]);
    }
}

static void the_reply_grants_what_the_receiver_may(void **state)
{
    (void)state;
    host_syscall(server, seL4_SysRecv, NO_GRANT, 0);
    host_syscall(client, seL4_SysCall, E, 0);
    assert_cap_equal(server->slot[TCB_CALLER].cap, host_reply(client, false));
}

static void a_call_without_grant_rights_ends_the_caller(void **state)
{
    (void)state;
    for (word_t round = 0; round < 2; round++) {
        setup(state);
        if (round)
            host_syscall(client, seL4_SysCall, NO_GRANT, tag_new(5, 0, 0, 0));
        host_syscall(server, seL4_SysRecv, E, 0);
        if (!round)
            host_syscall(client, seL4_SysCall, NO_GRANT, tag_new(5, 0, 0, 0));
        assert_int_equal(client->state, THREAD_INACTIVE);
        assert_int_equal(server->context.info, tag_new(5, 0, 0, 0));
        assert_true(slot_is_empty(&server->slot[TCB_CALLER]));
    }
}

static void grant_reply_is_enough_for_a_call(void **state)
{
    (void)state;
    slot_insert_derived(host_slot(20), cap_endpoint(e, 0, RIGHT_WRITE | RIGHT_GRANT_REPLY),
                        host_slot(E));
    host_syscall(client, seL4_SysCall, 20, 0);
    host_syscall(server, seL4_SysRecv, E, 0);
    assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
}

static void a_receive_drops_the_reply_still_owed(void **state)
{
    (void)state;
    host_syscall(server, seL4_SysRecv, E, 0);
    host_syscall(client, seL4_SysCall, E, 0);
    host_syscall(server, seL4_SysNBRecv, E, 0);
    assert_true(slot_is_empty(&server->slot[TCB_CALLER]));
    assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
    assert_null(slot_next(&client->slot[TCB_REPLY]));
}

static void a_pending_bound_notification_comes_first(void **state)
{
    (void)state;
    struct notification *n = host_notification(30);
    notification_bind(n, server);
    notification_signal(n, 0x55);
    host_syscall(client, seL4_SysSend, E, 0);
    host_syscall(server, seL4_SysRecv, E, 4321);
    assert_int_equal(server->context.badge, 0x55);
    assert_int_equal(server->context.info, 4321);
    assert_int_equal(server->state, THREAD_RUNNING);
    assert_int_equal(client->state, THREAD_BLOCKED_ON_SEND);
    assert_false(notification_is_active(n));
}

static void cancelling_takes_one_out_of_the_queue(void **state)
{
    (void)state;
    struct tcb *second = host_user(1), *third = host_user(1);
    host_syscall(client, seL4_SysSend, E, 0);
    host_syscall(second, seL4_SysSend, E, 0);
    host_syscall(third, seL4_SysSend, E, 0);
    thread_leave_queue(second);
    assert_int_equal(second->state, THREAD_INACTIVE);
    assert_ptr_equal(e->queue.head, client);
    assert_ptr_equal(client->next, third);
    assert_ptr_equal(third->prev, client);
}

/* Rules: ipc 9. */
static void cancelling_a_badge_restarts_its_senders(void **state)
{
    (void)state;
    struct tcb *t[6];
    for (word_t i = 0; i < 6; i++) {
        t[i] = host_user(50);
        host_syscall(t[i], seL4_SysSend, i % 2 ? BADGED : E, 0);
    }
    core.current = host_user(60);
    core.action = SCHEDULE_RESUME;
    assert_int_equal(endpoint_cancel_badged(e, 7), DONE);
    for (word_t i = 0; i < 6; i++)
        assert_int_equal(t[i]->state, i % 2 ? THREAD_RESTART : THREAD_BLOCKED_ON_SEND);
    assert_ptr_equal(e->queue.head, t[0]);
    assert_ptr_equal(t[0]->next, t[2]);
    assert_ptr_equal(e->queue.tail, t[4]);
    assert_ptr_equal(core.ready[0].queue[50].head, t[5]);
    assert_ptr_equal(core.ready[0].queue[50].tail, t[1]);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

static void cancelling_a_badge_leaves_receivers_alone(void **state)
{
    (void)state;
    host_syscall(server, seL4_SysRecv, E, 0);
    core.action = SCHEDULE_RESUME;
    assert_int_equal(endpoint_cancel_badged(e, 7), DONE);
    assert_int_equal(server->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void cancelling_a_badge_can_be_preempted(void **state)
{
    (void)state;
    struct tcb *t[4];
    for (word_t i = 0; i < 4; i++) {
        t[i] = host_user(50);
        host_syscall(t[i], seL4_SysSend, BADGED, 0);
    }
    host.irq_pending = true;
    word_t calls = 0;
    do {
        work_units_left = 1;
        assert_true(calls++ < 5);
    } while (endpoint_cancel_badged(e, 7) == PREEMPTED);
    for (word_t i = 0; i < 4; i++)
        assert_int_equal(t[i]->state, THREAD_RESTART);
    assert_null(e->queue.head);
}

/* Any queue, any badge, stopped anywhere: who has the badge ends in the ready queue, the last
 * first; the others stay as they stood. */
static void cancelling_a_badge_against_an_array(void **state)
{
    for (word_t round = 0; round < 1500; round++) {
        host_setup(state);
        host_endpoint(E);
        struct endpoint *queued = cap_endpoint_object(host_slot(E)->cap);
        struct tcb *t[12], *kept[12], *gone[12];
        word_t count = round % 13, keeps = 0, goes = 0;
        for (word_t i = 0; i < count; i++) {
            t[i] = host_user(50);
            struct send how = { .badge = 1 + host_below(1 + round % 4), .blocking = true };
            endpoint_send(queued, t[i], &how);
            *(how.badge == 1 ? &gone[goes++] : &kept[keeps++]) = t[i];
        }
        core.current = host_user(60);
        enum progress progress;
        word_t calls = 0;
        do {
            host.irq_pending = host_below(2);
            work_units_left = 1 + host_below(4);
            progress = endpoint_cancel_badged(queued, 1);
            assert_true(calls++ < 50);
        } while (progress == PREEMPTED);
        struct tcb *q = queued->queue.head, *r = core.ready[0].queue[50].head;
        for (word_t i = 0; i < keeps; i++, q = q->next) {
            assert_ptr_equal(q, kept[i]);
            assert_ptr_equal(q->prev, i ? kept[i - 1] : NULL);
            assert_int_equal(q->state, THREAD_BLOCKED_ON_SEND);
        }
        assert_null(q);
        assert_ptr_equal(queued->queue.tail, keeps ? kept[keeps - 1] : NULL);
        for (word_t i = goes; i-- > 0; r = r->next) {
            assert_ptr_equal(r, gone[i]);
            assert_int_equal(r->state, THREAD_RESTART);
        }
        assert_null(r);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(senders_wait_in_order),
        UNIT(receivers_wait_in_order),
        UNIT(what_does_not_block_leaves_no_trace),
        UNIT(a_send_does_not_meet_a_sender),
        UNIT(a_call_waits_for_the_reply),
        UNIT(the_reply_grants_what_the_receiver_may),
        UNIT(a_call_without_grant_rights_ends_the_caller),
        UNIT(grant_reply_is_enough_for_a_call),
        UNIT(a_receive_drops_the_reply_still_owed),
        UNIT(a_pending_bound_notification_comes_first),
        UNIT(cancelling_takes_one_out_of_the_queue),
        UNIT(cancelling_a_badge_restarts_its_senders),
        UNIT(cancelling_a_badge_leaves_receivers_alone),
        UNIT(cancelling_a_badge_can_be_preempted),
        UNIT(cancelling_a_badge_against_an_array),
    };
    return RUN(tests);
}
