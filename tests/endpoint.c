/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages through endpoints: who waits, what arrives, in which order. */
#include "test.h"

enum { MESSAGE_WORDS = 120 };

/* The tag and registers of an arrived message, compared as a whole. */
static void expect_message(struct message m, word_t badge, word_t label, word_t length, word_t mr0)
{
    EXPECT_EQ(m.badge, badge);
    EXPECT_EQ(m.info, info_word(label, 0, length));
    EXPECT_EQ(m.mr[0], mr0);
}

/* rules: ipc 4 */
TEST(endpoint, sender_waits_for_a_receiver)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_send(t, ep, message_word(3, 33));
    EXPECT(!thread_finished(t));
    ASSERT(message_poll(ep, &m));
    expect_message(m, 0, 3, 1, 33);
    EXPECT(thread_finished(t));
    EXPECT(!message_poll(ep, &m));
}

/* rules: ipc 4, ipc 5 */
TEST(endpoint, receiver_waits_for_a_sender)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT(!thread_finished(t));
    message_send(cap_mint(ep, 12), message_word(3, 33));
    EXPECT(thread_finished(t));
    expect_message(thread_result(t), 12, 3, 1, 33);
}

/* rules: ipc 4 */
TEST(endpoint, nonblocking_send_without_receiver_is_dropped)
{
    const word_t ep = endpoint_new();
    struct message m;

    message_nbsend(ep, message_word(3, 33));
    EXPECT(!message_poll(ep, &m));
}

/* rules: ipc 4 */
TEST(endpoint, nonblocking_send_reaches_a_receiver)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    message_nbsend(ep, message_word(3, 33));
    EXPECT(thread_finished(t));
    expect_message(thread_result(t), 0, 3, 1, 33);
}

/* rules: ipc 4 */
TEST(endpoint, nonblocking_send_does_not_queue_behind_senders)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct message m;

    thread_send(a, ep, message_word(1, 0));
    message_nbsend(ep, message_word(2, 0));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_label(m.info), 1);
    EXPECT(!message_poll(ep, &m));
}

/* rules: ipc 5.3, ipc subtlety 6 */
TEST(endpoint, poll_of_nothing_only_clears_the_badge)
{
    const struct message m = message_nbrecv(endpoint_new());

    EXPECT_EQ(m.badge, 0);
    EXPECT_EQ(m.info, UNTOUCHED_INFO);
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        EXPECT_EQ(m.mr[i], UNTOUCHED(i));
    }
}

/* rules: ipc 4, ipc subtlety 28 */
TEST(endpoint, senders_are_served_in_order)
{
    const word_t ep = endpoint_new();
    struct message m;

    for (word_t i = 0; i < 5; i++) {
        thread_send(thread_with_priority(HELPER_PRIORITY + (i * 7) % 5), ep, message_word(i, 0));
    }
    for (word_t i = 0; i < 5; i++) {
        ASSERT(message_poll(ep, &m));
        EXPECT_EQ(info_label(m.info), i);
    }
}

/* rules: ipc 4, fastpath 4 */
TEST(endpoint, receivers_are_served_in_order)
{
    const word_t ep = endpoint_new();
    struct thread *t[5];

    for (word_t i = 0; i < 5; i++) {
        t[i] = thread_with_priority(HELPER_PRIORITY + (i * 7) % 5);
        thread_recv(t[i], ep);
    }
    for (word_t i = 0; i < 5; i++) {
        message_send(ep, message_word(i, 0));
        EXPECT(thread_finished(t[i]));
        EXPECT_EQ(info_label(thread_result(t[i]).info), i);
    }
}

/* rules: ipc 4.1.3, fastpath subtlety 7 */
TEST(endpoint, only_words_of_the_length_are_copied)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    for (word_t length = 0; length <= MESSAGE_REGISTERS; length++) {
        thread_recv(t, ep);
        message_send(ep, message(1, length, 10, 11, 12, 13));
        for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
            EXPECT_EQ(thread_result(t).mr[i], i < length ? 10 + i : UNTOUCHED(i));
        }
        EXPECT_EQ(thread_result(t).info, info_word(1, 0, length));
    }
}

static void fill_buffer(seL4_IPCBuffer *buffer, word_t base)
{
    for (word_t i = MESSAGE_REGISTERS; i < MESSAGE_WORDS; i++) {
        buffer->msg[i] = base + i;
    }
}

/* rules: ipc 1, ipc 4.1.3 */
TEST(endpoint, every_length_from_5_to_120)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    for (word_t length = 5; length <= MESSAGE_WORDS; length++) {
        thread_recv(t, ep);
        fill_buffer(t->ipc, 5000);
        fill_buffer(seL4_GetIPCBuffer(), 1000);
        message_send(ep, message(2, length, 0, 1, 2, 3));
        EXPECT_EQ(thread_result(t).info, info_word(2, 0, length));
        EXPECT_EQ(t->ipc->msg[4], 1004);
        EXPECT_EQ(t->ipc->msg[length - 1], 1000 + length - 1);
        if (length < MESSAGE_WORDS) {
            EXPECT_EQ(t->ipc->msg[length], 5000 + length);
        }
    }
}

/* rules: ipc 1 */
TEST(endpoint, whole_buffer_arrives)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    fill_buffer(t->ipc, 77);
    thread_send(t, ep, message(2, MESSAGE_WORDS, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    for (word_t i = MESSAGE_REGISTERS; i < MESSAGE_WORDS; i++) {
        EXPECT_EQ(buffer_word(i), 77 + i);
    }
}

/* rules: ipc 1, ipc subtlety 16 */
TEST(endpoint, length_above_120_is_120)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    for (word_t length = 121; length < 128; length++) {
        thread_recv(t, ep);
        message_send(ep, message(2, length, 0, 1, 2, 3));
        EXPECT_EQ(thread_result(t).info, info_word(2, 0, 120));
    }
}

/* rules: ipc 1, ipc subtlety 16, fastpath subtlety 10 */
TEST(endpoint, length_above_120_is_120_for_calls_and_replies_too)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();
    struct thread *client = thread_new();

    thread_recv(server, ep);
    thread_call(client, ep, message(1, 127, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(server).info, info_word(1, 0, 120));
    thread_reply_recv(server, ep, message(2, 126, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(client).info, info_word(2, 0, 120));
}

/* rules: ipc 1 */
TEST(endpoint, registers_do_not_travel_through_the_buffer)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        t->ipc->msg[i] = 900 + i;
        buffer_word_set(i, 800 + i);
    }
    t->ipc->tag.words[0] = 4711;
    thread_recv(t, ep);
    message_send(ep, message(2, 6, 0, 1, 2, 3));
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        EXPECT_EQ(thread_result(t).mr[i], i);
        EXPECT_EQ(t->ipc->msg[i], 900 + i);
    }
    EXPECT_EQ(t->ipc->tag.words[0], 4711);
}

/* rules: ipc subtlety 17 */
TEST(endpoint, label_has_52_bits)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    const word_t label = 0x9876543210fed;

    thread_recv(t, ep);
    message_send(ep, message(label, 0, 0, 0, 0, 0));
    EXPECT_EQ(info_label(thread_result(t).info), label);
}

/* rules: ipc subtlety 17, fastpath subtlety 1 */
TEST(endpoint, unwrapped_bits_of_the_sender_are_dropped)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m = message_word(1, 1);

    m.info |= (word_t)7 << 9;
    thread_recv(t, ep);
    message_send(ep, m);
    EXPECT_EQ(thread_result(t).info, info_word(1, 0, 1));
    thread_recv(t, ep);
    struct thread *caller = thread_new();
    thread_call(caller, ep, m);
    EXPECT_EQ(thread_result(t).info, info_word(1, 0, 1));
}

/* rules: ipc 4.1.3, ipc subtlety 16 */
TEST(endpoint, missing_buffer_on_either_side_cuts_to_4)
{
    const word_t ep = endpoint_new();
    struct thread *bare = thread_without_buffer();
    struct message m;

    thread_recv(bare, ep);
    message_send(ep, message(2, 8, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(bare).info, info_word(2, 0, 4));
    EXPECT_EQ(thread_result(bare).mr[3], 3);
    thread_send(bare, ep, message(2, 8, 0, 1, 2, 3));
    buffer_word_set(4, 4711);
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(2, 0, 4));
    EXPECT_EQ(buffer_word(4), 4711);
}

/* A helper whose buffer frame capability has these rights. */
static struct thread *thread_with_buffer_rights(seL4_CapRights_t rights)
{
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_SetIPCBuffer(t->tcb, (word_t)t->ipc, cap_mint_with(t->frame, rights, 0)));
    return t;
}

/* rules: ipc 1, ipc subtlety 32, x86_64 3.10 */
TEST(endpoint, read_only_buffer_sends_but_does_not_receive)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_buffer_rights(seL4_CanRead);
    struct message m;

    t->ipc->msg[5] = 55;
    thread_send(t, ep, message(2, 6, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(2, 0, 6));
    EXPECT_EQ(buffer_word(5), 55);
    thread_recv(t, ep);
    message_send(ep, message(2, 6, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(t).info, info_word(2, 0, 4));
}

/* rules: ipc 1, x86_64 3.10 */
TEST(endpoint, buffer_without_rights_is_no_buffer)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_buffer_rights(seL4_CanWrite); /* no right without read */
    struct message m;

    thread_send(t, ep, message(2, 6, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(2, 0, 4));
}

/* rules: ipc 1, ipc subtlety 31, x86_64 3.10 */
TEST(endpoint, buffer_is_found_through_its_frame_not_its_mapping)
{
    const word_t ep = endpoint_new();
    const word_t frame = frame_new();
    struct thread *t = thread_new();
    volatile word_t *const window = (volatile word_t *)FREE_ADDRESS;
    struct message m;

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(cap_copy(frame), SPACE, FREE_ADDRESS));
    /* Some unmapped address whose low bits lead to the third kilobyte of the frame. */
    ASSERT_OK(seL4_TCB_SetIPCBuffer(t->tcb, 0x7000000800, frame));
    window[(0x800 + 8 + 8 * 4) / 8] = 44;
    thread_send(t, ep, message(2, 5, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(2, 0, 5));
    EXPECT_EQ(buffer_word(4), 44);
    thread_recv(t, ep);
    buffer_word_set(4, 99);
    message_send(ep, message(2, 5, 0, 1, 2, 3));
    EXPECT_EQ(window[(0x800 + 8 + 8 * 4) / 8], 99);
}

/* rules: ipc subtlety 31 */
TEST(endpoint, rights_of_the_mapping_of_a_buffer_do_not_count)
{
    const word_t ep = endpoint_new();
    const word_t frame = frame_new();
    struct thread *t = thread_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map_rights(cap_copy(frame), SPACE, FREE_ADDRESS, seL4_CanRead));
    ASSERT_OK(seL4_TCB_SetIPCBuffer(t->tcb, FREE_ADDRESS, frame));
    thread_recv(t, ep);
    buffer_word_set(5, 55);
    message_send(ep, message(2, 6, 0, 1, 2, 3));
    EXPECT_EQ(thread_result(t).info, info_word(2, 0, 6));
    EXPECT_EQ(((volatile seL4_IPCBuffer *)FREE_ADDRESS)->msg[5], 55);
}

/* rules: x86_64 3.10 */
TEST(endpoint, buffer_in_a_large_frame)
{
    const word_t frame = object_new(seL4_X86_LargePageObject, 0);
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    const word_t offset = 0x12f400;
    volatile word_t *const window = (volatile word_t *)(FREE_ADDRESS + offset);
    struct message m;

    (void)vspace_map_directory(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    ASSERT_OK(seL4_TCB_SetIPCBuffer(t->tcb, 0x40000000 + offset, frame));
    window[1 + 6] = 66;
    thread_send(t, ep, message(2, 7, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(buffer_word(6), 66);
}

/* rules: ipc 4, ipc subtlety 30 */
TEST(endpoint, queued_message_is_read_at_delivery)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    t->ipc->msg[4] = 1;
    thread_send(t, ep, message(2, 5, 0, 1, 2, 3));
    t->ipc->msg[4] = 2;
    EXPECT_OK(seL4_TCB_SetIPCBuffer(t->tcb, (word_t)t->ipc, t->frame));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(buffer_word(4), 2);
}

/* rules: ipc 4, ipc subtlety 30 */
TEST(endpoint, registers_of_a_queued_sender_are_read_at_delivery)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_send(t, ep, message_word(2, 20));
    seL4_UserContext c = thread_registers(t);
    c.r10 = 30;
    EXPECT_OK(seL4_TCB_WriteRegisters(t->tcb, false, 0, 20, &c));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.mr[0], 30);
}

/* rules: ipc 4 */
TEST(endpoint, badge_of_a_queued_sender_is_the_one_it_sent_with)
{
    const word_t ep = endpoint_new();
    const word_t badged = cap_mint(ep, 5);
    struct thread *t = thread_new();
    struct message m;

    thread_send(t, badged, EMPTY_MESSAGE);
    EXPECT_OK(cap_delete(badged));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.badge, 5);
}

/* rules: ipc 3.5, ipc subtlety 2 */
TEST(endpoint, missing_send_right_is_an_error_reply)
{
    const word_t ep = endpoint_new();
    const word_t receive_only = cap_mint_with(ep, seL4_CanRead, 0);
    struct thread *t = thread_new();
    struct message m;

    EXPECT_ERROR(invoke(receive_only, 3, CAPS(), ARGS(1, 2)), seL4_InvalidCapability, 0);
    thread_send(t, receive_only, message_word(1, 1));
    EXPECT(thread_finished(t));
    EXPECT(!message_poll(ep, &m));
}

/* rules: ipc 5.2, ipc subtlety 2, ipc subtlety 1 */
TEST(endpoint, missing_receive_right_is_a_fault)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysRecv, seL4_SysNBRecv };
    const word_t handler = endpoint_new();
    const word_t send_only = cap_mint_with(endpoint_new(), seL4_CanWrite, 0);
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        thread_order(t, calls[i], send_only, EMPTY_MESSAGE);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 5));
        EXPECT_EQ(m.mr[0], (word_t)order_instruction);
        EXPECT_EQ(m.mr[1], send_only);
        EXPECT_EQ(m.mr[2], 1);
        EXPECT_EQ(m.mr[3], seL4_MissingCapability);
        EXPECT_EQ(buffer_word(4), 0);
    }
}

/* rules: ipc 5.2 */
TEST(endpoint, receiving_on_anything_else_is_a_fault)
{
    const word_t handler = endpoint_new();
    const word_t bad[] = { slot_new(), ROOT, SELF, slice() };
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        thread_recv(t, bad[i]);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 5));
        EXPECT_EQ(m.mr[1], bad[i]);
        EXPECT_EQ(m.mr[2], 1);
        EXPECT_EQ(m.mr[3], seL4_MissingCapability);
    }
}

/* rules: ipc 3.2, ipc subtlety 1 */
TEST(endpoint, failing_lookup_faults_unless_nonblocking)
{
    const word_t handler = endpoint_new();
    const word_t bad = BIT(40);
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_order(t, seL4_SysNBSend, bad, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
    EXPECT(!message_poll(handler, &m));
    thread_send(t, bad, EMPTY_MESSAGE);
    EXPECT(message_poll(handler, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 7));
    EXPECT_EQ(m.mr[2], 0);
    thread_call(t, bad, EMPTY_MESSAGE);
    EXPECT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[1], bad);
    thread_order(t, seL4_SysNBRecv, bad, EMPTY_MESSAGE);
    EXPECT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[2], 1);
}

/* rules: ipc 3.5, ipc subtlety 3 */
TEST(endpoint, empty_slot_is_an_error_reply)
{
    const word_t empty = slot_new();
    struct thread *t = thread_new();

    EXPECT_ERROR(invoke(empty, 3, CAPS(), ARGS()), seL4_InvalidCapability, 0);
    thread_send(t, empty, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
}

/* rules: ipc 4 (call), ipc subtlety 9, fastpath subtlety 8 */
TEST(endpoint, call_without_grant_rights_delivers_and_parks_the_caller)
{
    const word_t ep = endpoint_new();
    const word_t send_only = cap_mint_with(ep, seL4_CanWrite, 4);
    struct thread *t = thread_new();
    struct message m;

    /* A sender that waited, and a receiver that waited. */
    thread_call(t, send_only, message_word(6, 60));
    ASSERT(message_poll(ep, &m));
    expect_message(m, 4, 6, 1, 60);
    message_reply(EMPTY_MESSAGE);
    EXPECT(!thread_finished(t));

    struct thread *receiver = thread_new();
    thread_recv(receiver, ep);
    thread_call(t, send_only, message_word(7, 70));
    expect_message(thread_result(receiver), 4, 7, 1, 70);
    EXPECT(!thread_finished(t));
    EXPECT_OK(seL4_TCB_Resume(t->tcb)); /* sends the call again */
    ASSERT(message_poll(ep, &m));
    expect_message(m, 4, 7, 1, 70);
}

/* rules: ipc 4 (call) */
TEST(endpoint, grant_reply_right_is_enough_for_a_reply)
{
    const word_t ep = endpoint_new();
    const word_t cap = cap_mint_with(ep, seL4_CapRights_new(1, 0, 0, 1), 0);
    struct thread *t = thread_new();
    struct message m;

    thread_call(t, cap, EMPTY_MESSAGE);
    ASSERT(message_poll(ep, &m));
    message_reply(message_word(5, 50));
    EXPECT(thread_finished(t));
    expect_message(thread_result(t), 0, 5, 1, 50);
}

/* rules: ipc 9 */
TEST(endpoint, cancelled_senders_send_again_behind_the_others)
{
    const word_t ep = endpoint_new();
    const word_t five = cap_mint(ep, 5);
    const word_t six = cap_mint(ep, 6);
    struct message m;
    static const word_t expected[] = { 1, 3, 0, 2 };

    for (word_t i = 0; i < 4; i++) {
        thread_send(thread_with_priority(HELPER_PRIORITY - i), i % 2 ? six : five,
                    message_word(i, 0));
    }
    EXPECT_OK(seL4_CNode_CancelBadgedSends(ROOT, five, DEPTH));
    for (word_t i = 0; i < 4; i++) {
        ASSERT(message_poll(ep, &m));
        EXPECT_EQ(info_label(m.info), expected[i]);
        EXPECT_EQ(m.badge, expected[i] % 2 ? 6 : 5);
    }
}

/* rules: ipc 9, ipc subtlety 28 */
TEST(endpoint, cancelled_senders_restart_in_reverse_order)
{
    const word_t ep = endpoint_new();
    const word_t five = cap_mint(ep, 5);
    struct message m;

    for (word_t i = 0; i < 3; i++) {
        struct thread *t = thread_new();

        thread_send(t, five, message_word(i, 0));
        thread_set_priority(t, LOW_PRIORITY);
    }
    EXPECT_OK(seL4_CNode_CancelBadgedSends(ROOT, five, DEPTH));
    EXPECT(!message_poll(ep, &m)); /* the endpoint is idle now */
    threads_let_run();
    for (word_t i = 0; i < 3; i++) {
        ASSERT(message_poll(ep, &m));
        EXPECT_EQ(info_label(m.info), 2 - i);
    }
}

/* rules: ipc 9 */
TEST(endpoint, cancelling_leaves_receivers_alone)
{
    const word_t ep = endpoint_new();
    const word_t five = cap_mint(ep, 5);
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT_OK(seL4_CNode_CancelBadgedSends(ROOT, five, DEPTH));
    EXPECT(!thread_finished(t));
    message_send(five, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
}

/* rules: ipc 9 */
TEST(endpoint, suspended_sender_leaves_the_queue)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct thread *b = thread_new();
    struct message m;

    thread_send(a, ep, message_word(1, 0));
    thread_send(b, ep, message_word(2, 0));
    EXPECT_OK(seL4_TCB_Suspend(a->tcb));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_label(m.info), 2);
    EXPECT(!message_poll(ep, &m));
}

/* rules: ipc 9 */
TEST(endpoint, suspended_receiver_leaves_the_queue)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_recv(t, ep);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    message_nbsend(ep, message_word(1, 0));
    EXPECT(!message_poll(ep, &m));
    EXPECT(!thread_finished(t));
}

/* rules: ipc 9, ipc 4 */
TEST(endpoint, any_place_in_the_queue_can_be_left)
{
    for (word_t leaving = 0; leaving < 3; leaving++) {
        const word_t ep = endpoint_new();
        struct thread *t[4];
        struct message m;

        for (word_t i = 0; i < 3; i++) {
            t[i] = thread_new();
            thread_send(t[i], ep, message_word(i, 0));
        }
        EXPECT_OK(seL4_TCB_Suspend(t[leaving]->tcb));
        t[3] = thread_new();
        thread_send(t[3], ep, message_word(3, 0));
        for (word_t i = 0; i < 4; i++) {
            if (i != leaving) {
                ASSERT(message_poll(ep, &m));
                EXPECT_EQ(info_label(m.info), i);
            }
        }
        EXPECT(!message_poll(ep, &m));
    }
}

/* rules: ipc 4, ipc 5 */
TEST(endpoint, queue_may_change_its_direction)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct thread *b = thread_new();

    for (word_t i = 0; i < 3; i++) {
        thread_send(a, ep, message_word(i, 10));
        thread_recv(b, ep);
        EXPECT(thread_finished(a) && thread_finished(b));
        thread_recv(a, ep);
        thread_send(b, ep, message_word(i, 20));
        EXPECT(thread_finished(a) && thread_finished(b));
        EXPECT_EQ(thread_result(a).mr[0], 20);
    }
}
