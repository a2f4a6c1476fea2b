/* SPDX-License-Identifier: BSD-2-Clause */
/* Short messages.  Whether a kernel takes a shortcut for them or not, each condition that could
 * send it down the other path must give what the general rules give. */
#include "test.h"

/* A server that waits on its endpoint, and a client. */
struct pair {
    word_t endpoint;
    struct thread *server, *client;
};

static struct pair pair_new(void)
{
    const struct pair p = { endpoint_new(), thread_new(), thread_new() };

    thread_recv(p.server, p.endpoint);
    return p;
}

/* rules: fastpath 1, fastpath 4 */
TEST(fastpath, call_and_reply_carry_every_short_length)
{
    const struct pair p = pair_new();
    const word_t badged = cap_mint(p.endpoint, 0x123456789abcdef);

    for (word_t length = 0; length <= MESSAGE_REGISTERS; length++) {
        thread_recv(p.server, p.endpoint);
        thread_call(p.client, badged, message(0xfffffffffffff, length, 1, 2, 3, 4));
        struct message m = thread_result(p.server);
        EXPECT_EQ(m.badge, 0x123456789abcdef);
        EXPECT_EQ(m.info, info_word(0xfffffffffffff, 0, length));
        for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
            EXPECT_EQ(m.mr[i], i < length ? 1 + i : UNTOUCHED(i));
        }
        thread_reply_recv(p.server, p.endpoint, message(0xabcdef, length, 5, 6, 7, 8));
        m = thread_result(p.client);
        EXPECT_EQ(m.badge, 0);
        EXPECT_EQ(m.info, info_word(0xabcdef, 0, length));
        for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
            EXPECT_EQ(m.mr[i], i < length ? 5 + i : 1 + i);
        }
    }
}

/* rules: fastpath 1.1, fastpath 5 */
TEST(fastpath, five_words_take_the_buffers)
{
    const struct pair p = pair_new();

    thread_call(p.client, p.endpoint, message(1, 0, 1, 2, 3, 4));
    p.server->ipc->msg[4] = 50;
    thread_reply_recv(p.server, p.endpoint, message(2, 5, 6, 7, 8, 9));
    EXPECT_EQ(thread_result(p.client).info, info_word(2, 0, 5));
    EXPECT_EQ(p.client->ipc->msg[4], 50);
    p.client->ipc->msg[4] = 51;
    thread_call(p.client, p.endpoint, message(3, 5, 1, 2, 3, 4));
    EXPECT_EQ(thread_result(p.server).info, info_word(3, 0, 5));
    EXPECT_EQ(p.server->ipc->msg[4], 51);
}

/* rules: fastpath 1.1, fastpath 5 */
TEST(fastpath, call_with_a_capability)
{
    const struct pair p = pair_new();
    const word_t slot = slot_new();
    const word_t ntfn = notification_new();

    p.server->ipc->receiveCNode = ROOT;
    p.server->ipc->receiveIndex = slot;
    p.server->ipc->receiveDepth = DEPTH;
    p.client->ipc->caps_or_badges[0] = cap_mint(ntfn, 3);
    thread_call(p.client, p.endpoint, (struct message){ .info = info_word(1, 1, 1), .mr = { 9 } });
    EXPECT_EQ(thread_result(p.server).info, info_word(1, 1, 1));
    notification_signal(slot);
    EXPECT_EQ(notification_poll(ntfn), 3);
}

/* rules: fastpath 4 */
TEST(fastpath, blocked_caller_keeps_its_registers)
{
    const struct pair p = pair_new();

    thread_call(p.client, p.endpoint, message(1, 2, 11, 12, 13, 14));
    const seL4_UserContext c = thread_registers(p.client);
    EXPECT_EQ(c.rip, (word_t)order_instruction);
    EXPECT_EQ(c.rdi, p.endpoint);
    EXPECT_EQ(c.rsi, info_word(1, 0, 2));
    EXPECT_EQ(c.rdx, (word_t)seL4_SysCall);
    EXPECT_EQ(c.r10, 11);
    EXPECT_EQ(c.r8, 12);
    EXPECT_EQ(c.r9, 13);
    EXPECT_EQ(c.r15, 14);
}

/* rules: fastpath 4 */
TEST(fastpath, suspended_caller_takes_its_reply_capability_along)
{
    const struct pair p = pair_new();

    thread_call(p.client, p.endpoint, message_word(1, 1));
    EXPECT_OK(seL4_TCB_Suspend(p.client->tcb));
    thread_reply_recv(p.server, p.endpoint, message_word(2, 2));
    EXPECT(!thread_finished(p.client));
    EXPECT_OK(seL4_TCB_Resume(p.client->tcb)); /* repeats its call */
    EXPECT(thread_finished(p.server));
    EXPECT_EQ(thread_result(p.server).mr[0], 1);
}

/* rules: fastpath 4 */
TEST(fastpath, server_goes_to_the_end_of_the_receivers)
{
    const struct pair p = pair_new();
    struct thread *second = thread_new();

    thread_call(p.client, p.endpoint, EMPTY_MESSAGE);
    thread_recv(second, p.endpoint);
    thread_reply_recv(p.server, p.endpoint, EMPTY_MESSAGE);
    message_send(p.endpoint, message_word(1, 1));
    EXPECT(thread_finished(second));
    EXPECT(!thread_finished(p.server));
    message_send(p.endpoint, message_word(1, 1));
    EXPECT(thread_finished(p.server));
}

/* rules: fastpath 1.4, ipc 4 */
TEST(fastpath, call_without_receiver_queues)
{
    const word_t ep = endpoint_new();
    struct thread *clients[] = { thread_new(), thread_new() };
    struct message m;

    thread_call(clients[0], ep, message_word(1, 1));
    thread_call(clients[1], ep, message_word(2, 2));
    for (word_t i = 0; i < 2; i++) {
        ASSERT(message_poll(ep, &m));
        EXPECT_EQ(m.mr[0], i + 1);
        message_reply(message_word(9, 90 + i));
        EXPECT_EQ(thread_result(clients[i]).mr[0], 90 + i);
    }
}

/* rules: fastpath 1.5, fastpath subtlety 9 */
TEST(fastpath, receiver_without_address_space_is_woken_and_faults)
{
    const word_t vspace = vspace_with_image();
    const word_t ep = endpoint_new();
    const word_t handler = endpoint_new();
    struct thread *server = thread_in(ROOT, vspace, 0, handler);
    struct thread *client = thread_new();
    struct message m;

    thread_recv(server, ep);
    EXPECT_OK(cap_revoke(vspace));
    EXPECT_OK(cap_delete(vspace));
    thread_call(client, ep, message_word(1, 1));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_IP], (word_t)order_instruction + 2); /* the message arrived */
    EXPECT_EQ(thread_registers(server).r10, 1);
}

/* rules: fastpath 2.4 */
TEST(fastpath, reply_and_receive_with_a_pending_notification)
{
    const struct pair p = pair_new();
    const word_t ntfn = notification_new();

    thread_call(p.client, p.endpoint, EMPTY_MESSAGE);
    ASSERT_OK(seL4_TCB_BindNotification(p.server->tcb, ntfn));
    notification_signal(cap_mint(ntfn, 6));
    thread_reply_recv(p.server, p.endpoint, message_word(2, 2));
    EXPECT(thread_finished(p.client));
    EXPECT(thread_finished(p.server));
    EXPECT_EQ(thread_result(p.server).badge, 6);
    EXPECT_EQ(thread_result(p.server).info, info_word(2, 0, 1));
}

/* rules: fastpath 2.7, ipc 8.4 */
TEST(fastpath, reply_and_receive_answers_a_fault)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *handler = thread_new();
    struct thread *t = thread_with_handler(ep);

    thread_recv(handler, ep);
    thread_recv(t, slot); /* a capability fault */
    EXPECT(thread_finished(handler));
    ASSERT_OK(cap_copy_into(ROOT, slot, DEPTH, endpoint_new()));
    thread_reply_recv(handler, ep, message(5, 2, 1, 2, 0, 0));
    EXPECT(!thread_finished(handler)); /* the restarted call is in order now */
    message_send(slot, message_word(7, 70));
    EXPECT_EQ(thread_result(t).mr[0], 70);
}

static word_t shared_endpoint;

static void serve_twice(word_t letter)
{
    (void)message_recv(shared_endpoint);
    trace((char)letter);
    (void)message_reply_recv(shared_endpoint, EMPTY_MESSAGE);
    trace((char)(letter + 1));
}

static void call_and_trace(word_t letter)
{
    (void)message_call(shared_endpoint, EMPTY_MESSAGE);
    trace((char)letter);
}

static void trace_once(word_t letter)
{
    trace((char)letter);
}

/* rules: fastpath 2.9, threads 5.3 */
TEST(fastpath, reply_to_a_less_urgent_client_waits_for_those_between)
{
    struct thread *server = thread_new();

    shared_endpoint = endpoint_new();
    thread_run(server, serve_twice, 's');
    thread_set_priority(server, LOW_PRIORITY + 10);
    thread_run(thread_with_priority(LOW_PRIORITY), call_and_trace, 'c');
    thread_run(thread_with_priority(LOW_PRIORITY + 5), trace_once, 'm');
    threads_let_run();
    EXPECT_TRACE("msc");
}

/* rules: fastpath 1.6, fastpath subtlety 6 */
TEST(fastpath, equal_third_parties_do_not_get_between)
{
    struct thread *server = thread_new();

    shared_endpoint = endpoint_new();
    thread_run(server, serve_twice, 's');
    thread_set_priority(server, LOW_PRIORITY);
    thread_run(thread_with_priority(LOW_PRIORITY), trace_once, 'm');
    thread_run(thread_with_priority(LOW_PRIORITY), call_and_trace, 'c');
    threads_let_run();
    EXPECT_TRACE("scm");
}

/* rules: fastpath 1.3, ipc 3.5 */
TEST(fastpath, call_on_other_objects)
{
    struct thread *t = thread_new();
    const word_t ntfn = notification_new();

    thread_call(t, cap_mint(ntfn, 3), message(5, 2, 1, 2, 3, 4));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 0);
    EXPECT_EQ(thread_result(t).info, 0);
    EXPECT_EQ(thread_result(t).mr[1], 2);
    thread_call(t, ROOT, message(CNodeDelete, 2, slot_new(), 64, 3, 4));
    EXPECT_EQ(thread_result(t).info, 0);
    thread_call(t, slot_new(), message(5, 2, 1, 2, 3, 4));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_InvalidCapability, 0, 1));
}

/* rules: fastpath 1.3, fastpath 3 */
TEST(fastpath, endpoint_behind_several_levels)
{
    const word_t outer = cnode_new(4);
    const word_t inner = cap_guarded(cnode_new(6), 0x2d, 6);
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();

    /* A guard of 8 bits, 4 bits, a guard of 6 bits, 6 bits, and 40 that do not matter. */
    const word_t root = cap_guarded(outer, 0x5a, 8);
    const word_t prefix = (word_t)0x5a << 56;
    struct thread *client = thread_in(root, SPACE, prefix | (word_t)1 << 52, 0);
    ASSERT_OK(cap_copy_into(outer, 1, 4, client->tcb));
    ASSERT_OK(cap_copy_into(outer, 9, 4, inner));
    ASSERT_OK(cap_copy_into(outer, 9 << 12 | 0x2d << 6 | 33, 16, cap_mint(ep, 4)));
    thread_recv(server, ep);
    thread_call(client, prefix | (word_t)(9 << 12 | 0x2d << 6 | 33) << 40 | 0xabcdef,
                message_word(1, 10));
    EXPECT(thread_finished(server));
    EXPECT_EQ(thread_result(server).badge, 4);
}

/* rules: fastpath 4 (address space) */
TEST(fastpath, call_between_address_spaces)
{
    const word_t vspace = vspace_with_image();
    const word_t ep = endpoint_new();
    struct thread *server = thread_in(ROOT, vspace, 0, 0);
    struct thread *client = thread_new();

    server->order.park = server->tcb;
    for (word_t i = 0; i < 3; i++) {
        thread_recv(server, ep);
        thread_call(client, ep, message_word(1, 10 + i));
        EXPECT_EQ(thread_result(server).mr[0], 10 + i);
        thread_reply_recv(server, ep, message_word(2, 20 + i));
        EXPECT_EQ(thread_result(client).mr[0], 20 + i);
    }
}
