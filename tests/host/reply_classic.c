/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/reply.h>
#include <kernel/scheduler.h>

enum { E = 1, GIFT = 2, SAVED = 9, EMPTY = 40 };

static struct tcb *client, *server;

/* A client that waits for the server's reply. */
static int setup(void **state)
{
    host_setup(state);
    host_endpoint(E);
    slot_insert_root(host_slot(GIFT), cap_domain());
    client = host_user(10);
    server = host_user(10);
    host_syscall(server, seL4_SysRecv, E, 0);
    host_syscall(client, seL4_SysCall, E, 0);
    return 0;
}

static void expect_answered(void)
{
    assert_int_equal(client->state, THREAD_RUNNING);
    assert_true(slot_is_empty(&server->slot[TCB_CALLER]));
    assert_null(slot_next(&client->slot[TCB_REPLY]));
}

/* Rules: ipc 6. */
static void a_reply_is_answered_once(void **state)
{
    (void)state;
    server->context.message[0] = 31;
    host_syscall(server, seL4_SysReply, 0, tag_new(4, 0, 0, 1));
    expect_answered();
    assert_int_equal(client->context.badge, 0);
    assert_int_equal(client->context.info, tag_new(4, 0, 0, 1));
    assert_int_equal(client->context.message[0], 31);
    client->context.message[0] = 0;
    host_syscall(server, seL4_SysReply, 0, tag_new(4, 0, 0, 1));
    assert_int_equal(client->context.message[0], 0);
}

static void reply_and_receive(void **state)
{
    (void)state;
    host_syscall(server, seL4_SysReplyRecv, E, tag_new(4, 0, 0, 0));
    expect_answered();
    assert_int_equal(server->state, THREAD_BLOCKED_ON_RECEIVE);
}

static void the_reply_goes_even_if_the_receive_faults(void **state)
{
    (void)state;
    host_syscall(server, seL4_SysReplyRecv, EMPTY, tag_new(4, 0, 0, 0));
    expect_answered();
    assert_int_equal(server->state, THREAD_INACTIVE);
}

static void a_saved_reply_is_used_up_by_invoking_it(void **state)
{
    (void)state;
    struct slot *caller = &server->slot[TCB_CALLER];
    slot_move(host_slot(SAVED), caller, caller->cap);
    host_syscall(server, seL4_SysCall, SAVED, tag_new(8, 0, 0, 0));
    expect_answered();
    assert_true(slot_is_empty(host_slot(SAVED)));
    assert_int_equal(client->context.info, tag_new(8, 0, 0, 0));
    assert_int_equal(server->state, THREAD_RUNNING);
    assert_int_equal(server->context.info, 0);
    host_syscall(server, seL4_SysCall, SAVED, 0);
    assert_int_equal(server->context.info, tag_new(seL4_InvalidCapability, 0, 0, 1));
}

static void the_master_is_no_reply_capability(void **state)
{
    (void)state;
    host_slot(SAVED)->cap = cap_reply_master(client);
    host_syscall(server, seL4_SysCall, SAVED, 0);
    assert_int_equal(server->context.info, tag_new(seL4_InvalidCapability, 0, 0, 1));
    assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
}

static void capabilities_go_with_a_reply_that_may_grant(void **state)
{
    for (word_t grant = 0; grant < 2; grant++) {
        setup(state);
        if (!grant)
            server->slot[TCB_CALLER].cap = host_reply(client, false);
        slot_insert_root(host_slot(50), cap_cnode(host_slot(0), HOST_RADIX, 0, 0));
        host_words(client)[BUFFER_RECEIVE_CNODE] = 50;
        host_words(client)[BUFFER_RECEIVE_INDEX] = EMPTY;
        host_words(client)[BUFFER_RECEIVE_DEPTH] = HOST_RADIX;
        host_words(server)[BUFFER_CAPS] = E; /* is not unwrapped: there is no endpoint */
        host_syscall(server, seL4_SysReply, 0, tag_new(0, 0, 1, 0));
        assert_int_equal(client->context.info, tag_new(0, 0, grant, 0));
        assert_int_equal(slot_is_empty(host_slot(EMPTY)), !grant);
    }
}

static void dropping_leaves_the_caller_blocked(void **state)
{
    (void)state;
    reply_drop_caller(server);
    assert_true(slot_is_empty(&server->slot[TCB_CALLER]));
    assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
    reply_drop_caller(server);
}

static void revoking_finds_the_reply_wherever_it_is(void **state)
{
    (void)state;
    struct slot *caller = &server->slot[TCB_CALLER];
    slot_move(host_slot(SAVED), caller, caller->cap);
    reply_revoke(client);
    assert_true(slot_is_empty(host_slot(SAVED)));
    assert_false(slot_is_empty(&client->slot[TCB_REPLY]));
    reply_revoke(client);
    assert_false(slot_is_empty(&client->slot[TCB_REPLY]));
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_reply_is_answered_once),
        UNIT(reply_and_receive),
        UNIT(the_reply_goes_even_if_the_receive_faults),
        UNIT(a_saved_reply_is_used_up_by_invoking_it),
        UNIT(the_master_is_no_reply_capability),
        UNIT(capabilities_go_with_a_reply_that_may_grant),
        UNIT(dropping_leaves_the_caller_blocked),
        UNIT(revoking_finds_the_reply_wherever_it_is),
    };
    return RUN(tests);
}
