/* SPDX-License-Identifier: BSD-2-Clause */
/* Reply capabilities: where they come from, how they are used up and lost. */
#include "test.h"

static void take_call(struct thread *t, word_t ep)
{
    struct message m;

    thread_call(t, ep, message_word(1, 10));
    ASSERT(message_poll(ep, &m));
}

/* rules: ipc 6 */
TEST(reply, answer_reaches_the_caller_with_badge_0)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    message_reply(message(9, 3, 1, 2, 3, 4));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 0);
    EXPECT_EQ(thread_result(t).info, info_word(9, 0, 3));
    EXPECT_EQ(thread_result(t).mr[2], 3);
    EXPECT_EQ(thread_result(t).mr[3], UNTOUCHED(3));
}

/* rules: ipc 6, ipc subtlety 20 */
TEST(reply, without_a_caller_nothing_happens)
{
    const struct message m = system_call(seL4_SysReply, 0, message_word(1, 2));

    EXPECT_EQ(m.info, info_word(1, 0, 1));
    EXPECT_EQ(m.mr[0], 2);
}

/* rules: ipc 6 */
TEST(reply, caller_is_answered_only_once)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    message_reply(message_word(1, 1));
    take_call(t, ep);
    message_reply(message_word(2, 2));
    message_reply(message_word(3, 3));
    EXPECT_EQ(info_label(thread_result(t).info), 2);
}

/* rules: ipc 6 */
TEST(reply, long_answers_travel_through_the_buffers)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    buffer_word_set(119, 1190);
    message_reply(message(9, 120, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(t).info, info_word(9, 0, 120));
    EXPECT_EQ(t->ipc->msg[119], 1190);
}

/* rules: ipc 5.2, ipc 6, capabilities 6.5 */
TEST(reply, next_receive_drops_the_caller)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct thread *b = thread_new();

    take_call(a, ep);
    take_call(b, ep);
    message_reply(message_word(5, 5));
    EXPECT(!thread_finished(a));
    EXPECT(thread_finished(b));
    message_reply(message_word(5, 5));
    EXPECT(!thread_finished(a));
}

/* rules: ipc 5.2, ipc subtlety 18 */
TEST(reply, empty_poll_of_an_endpoint_drops_the_caller)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    take_call(t, ep);
    EXPECT(!message_poll(ep, &m));
    message_reply(EMPTY_MESSAGE);
    EXPECT(!thread_finished(t));
}

/* rules: ipc 5.2, ipc subtlety 18 */
TEST(reply, receive_satisfied_by_a_notification_drops_the_caller)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_BindNotification(SELF, ntfn));
    take_call(t, ep);
    notification_signal(cap_mint(ntfn, 3));
    EXPECT_EQ(message_recv(ep).badge, 3);
    message_reply(EMPTY_MESSAGE);
    EXPECT(!thread_finished(t));
}

/* rules: ipc 5.2, ipc 6, ipc subtlety 18 */
TEST(reply, caller_survives_other_calls_of_the_server)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    (void)notification_poll(ntfn);
    notification_signal(ntfn);
    (void)message_recv(ntfn);
    seL4_Yield();
    message_nbsend(ep, EMPTY_MESSAGE);
    EXPECT_OK(cap_delete(slot_new()));
    message_reply(message_word(6, 6));
    EXPECT(thread_finished(t));
}

static word_t fault_reply_target;

static void take_call_then_fault(word_t ep)
{
    const word_t bad = fault_reply_target;

    (void)message_recv(ep);
    (void)message_nbrecv(bad); /* faults; afterwards repeated on a good one */
    message_reply(message_word(8, 8));
}

/* rules: ipc 5.2, ipc subtlety 19 */
TEST(reply, faulting_receive_keeps_the_caller)
{
    const word_t ep = endpoint_new();
    const word_t handler = endpoint_new();
    struct thread *server = thread_with_handler(handler);
    struct thread *client = thread_new();
    struct message m;

    fault_reply_target = slot_new();
    thread_run(server, take_call_then_fault, ep);
    thread_call(client, ep, EMPTY_MESSAGE);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_CapFault);
    ASSERT_OK(cap_copy_into(ROOT, fault_reply_target, DEPTH, notification_new()));
    message_reply(EMPTY_MESSAGE); /* repeats the receive */
    EXPECT(thread_finished(client));
    EXPECT_EQ(info_label(thread_result(client).info), 8);
}

/* rules: ipc 6 */
TEST(reply, saved_capability_is_consumed_by_use)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysSend, seL4_SysNBSend, seL4_SysCall };
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        struct thread *t = thread_new();

        take_call(t, ep);
        ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
        const struct message m = system_call(calls[i], slot, message_word(4, 44));
        EXPECT(thread_finished(t));
        EXPECT_EQ(thread_result(t).mr[0], 44);
        EXPECT(slot_is_empty(slot));
        EXPECT_EQ(m.info, calls[i] == seL4_SysCall ? 0 : info_word(4, 0, 1));
    }
    EXPECT_ERROR(invoke(slot, 4, CAPS(), ARGS()), seL4_InvalidCapability, 0);
}

/* rules: ipc 6 */
TEST(reply, several_saved_callers_are_answered_in_any_order)
{
    const word_t ep = endpoint_new();
    const word_t slots = slot_range(3);
    struct thread *t[3];

    for (word_t i = 0; i < 3; i++) {
        t[i] = thread_new();
        take_call(t[i], ep);
        ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slots + i, DEPTH));
    }
    for (word_t i = 3; i-- > 0;) {
        message_send(slots + i, message_word(i, i));
        EXPECT(thread_finished(t[i]));
    }
}

/* rules: ipc 2, ipc 6, fastpath 2 */
TEST(reply, reply_and_receive_in_one_call)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct thread *b = thread_new();

    take_call(a, ep);
    thread_send(b, cap_mint(ep, 2), message_word(20, 200));
    const struct message m = message_reply_recv(ep, message_word(5, 50));
    EXPECT_EQ(thread_result(a).info, info_word(5, 0, 1));
    EXPECT_EQ(thread_result(a).mr[0], 50);
    EXPECT_EQ(m.badge, 2);
    EXPECT_EQ(m.info, info_word(20, 0, 1));
    EXPECT_EQ(m.mr[0], 200);
}

/* rules: ipc 6, fastpath subtlety 3 */
TEST(reply, reply_and_receive_without_a_caller_receives)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_send(t, ep, message_word(20, 200));
    const struct message m = message_reply_recv(ep, message_word(5, 50));
    EXPECT_EQ(m.mr[0], 200);
}

/* rules: ipc 6, ipc 8.5, fastpath subtlety 4 */
TEST(reply, answer_is_sent_before_the_receive_faults)
{
    const word_t ep = endpoint_new();
    const word_t handler = endpoint_new();
    struct thread *server = thread_with_handler(handler);
    struct thread *client = thread_new();
    struct message m;

    /* The server's order was started by the client's call, so its caller slot is filled. */
    thread_recv(server, ep);
    thread_call(client, ep, EMPTY_MESSAGE);
    EXPECT(thread_finished(server));
    thread_reply_recv(server, BIT(40), message_word(5, 50));
    EXPECT(thread_finished(client));
    EXPECT_EQ(thread_result(client).mr[0], 50);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_CapFault);
    EXPECT_EQ(m.mr[2], 1);
}

/* rules: ipc 2, ipc 5, interrupts subtlety 12 */
TEST(reply, reply_and_receive_on_a_notification)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    notification_signal(cap_mint(ntfn, 7));
    const struct message m = message_reply_recv(ntfn, message_word(5, 50));
    EXPECT_EQ(m.badge, 7);
    EXPECT_EQ(m.info, info_word(5, 0, 1)); /* the own tag: notifications write none */
    EXPECT(thread_finished(t));
}

/* rules: ipc 6, capabilities subtlety 21 */
TEST(reply, lost_capability_leaves_the_caller_blocked_for_ever)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT_OK(cap_delete(slot));
    threads_let_run();
    EXPECT(!thread_finished(t));
    take_call(t, ep); /* only starting it anew helps */
    message_reply(EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
}

/* rules: ipc 6, threads 3.9 */
TEST(reply, resumed_caller_loses_its_reply_capability)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    EXPECT(slot_is_empty(slot));
}

/* rules: ipc 6, capabilities 6.5 */
TEST(reply, deleted_caller_takes_its_reply_capability_along)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT_OK(cap_delete(t->tcb));
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 5.2, capabilities 4.2 (move) */
TEST(reply, moved_capability_is_still_found_by_suspend)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    const word_t moved = slot_new();
    struct thread *t = thread_new();

    take_call(t, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    ASSERT_OK(cap_move(moved, slot));
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT(slot_is_empty(moved));
}

/* rules: ipc 6, ipc subtlety 21 */
TEST(reply, capability_is_deleted_after_the_transfer)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    /* The caller wants a capability just where its own reply capability was saved. */
    t->ipc->receiveCNode = ROOT;
    t->ipc->receiveIndex = slot;
    t->ipc->receiveDepth = DEPTH;
    take_call(t, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    seL4_SetCap(0, ep);
    message_send(slot, (struct message){ .info = info_word(7, 1, 0) });
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, info_word(7, 0, 0));
    EXPECT(slot_is_empty(slot));
}
