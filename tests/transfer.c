/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities in messages: transfer, unwrapping, receive slots, and what stops them. */
#include "test.h"

/* A receiver that waits with this receive slot, and the endpoint to reach it. */
struct receiver {
    struct thread *thread;
    word_t endpoint, slot;
};

static void receive_path(const struct receiver *r, word_t root, word_t index, word_t depth)
{
    r->thread->ipc->receiveCNode = root;
    r->thread->ipc->receiveIndex = index;
    r->thread->ipc->receiveDepth = depth;
}

static struct receiver receiver_new(void)
{
    const struct receiver r = { thread_new(), endpoint_new(), slot_new() };

    receive_path(&r, ROOT, r.slot, DEPTH);
    thread_recv(r.thread, r.endpoint);
    return r;
}

/* Send these capabilities with one message word; label 7. */
static void send_caps(word_t cptr, struct words caps)
{
    struct message m = message_word(7, 70);

    m.info = info_word(7, caps.count, 1);
    for (word_t i = 0; i < caps.count; i++) {
        seL4_SetCap((int)i, caps.at[i]);
    }
    message_send(cptr, m);
}

static void expect_arrival(const struct receiver *r, word_t unwrapped, word_t caps)
{
    const struct message m = thread_result(r->thread);

    EXPECT(thread_finished(r->thread));
    EXPECT_EQ(m.info, (word_t)7 << 12 | unwrapped << 9 | caps << 7 | 1);
    EXPECT_EQ(m.mr[0], 70);
}

/* rules: ipc 4.2 */
TEST(transfer, one_capability_arrives_in_the_receive_slot)
{
    const struct receiver r = receiver_new();
    const word_t ntfn = notification_new();

    send_caps(r.endpoint, CAPS(cap_mint(ntfn, 6)));
    expect_arrival(&r, 0, 1);
    notification_signal(r.slot);
    EXPECT_EQ(notification_poll(ntfn), 6);
}

/* rules: ipc 4.2, capabilities 3 */
TEST(transfer, receive_slot_of_one_bit)
{
    const struct receiver r = receiver_new();
    const word_t cnode = cnode_new(1);

    receive_path(&r, cnode, 1, 1);
    send_caps(r.endpoint, CAPS(notification_new()));
    expect_arrival(&r, 0, 1);
    EXPECT(slot_is_empty(r.slot));
    EXPECT_OK(seL4_CNode_Move(ROOT, r.slot, DEPTH, cnode, 1, 1));
}

/* rules: ipc 4.2, ipc subtlety 11 */
TEST(transfer, without_grant_nothing_is_transferred)
{
    const struct receiver r = receiver_new();
    const word_t no_grant = cap_mint_with(r.endpoint, seL4_CapRights_new(1, 0, 1, 1), 0);

    send_caps(no_grant, CAPS(notification_new()));
    expect_arrival(&r, 0, 0);
    EXPECT(slot_is_empty(r.slot));
}

/* rules: ipc 4.2, ipc subtlety 11 */
TEST(transfer, receiver_without_buffer_gets_nothing)
{
    struct receiver r = { thread_without_buffer(), endpoint_new(), 0 };

    thread_recv(r.thread, r.endpoint);
    send_caps(r.endpoint, CAPS(notification_new(), r.endpoint));
    expect_arrival(&r, 0, 0);
}

/* rules: ipc 4.2 */
TEST(transfer, receiver_with_read_only_buffer_gets_nothing)
{
    const struct receiver r = receiver_new();

    ASSERT_OK(seL4_TCB_SetIPCBuffer(r.thread->tcb, (word_t)r.thread->ipc,
                                    cap_mint_with(r.thread->frame, seL4_CanRead, 0)));
    send_caps(r.endpoint, CAPS(notification_new()));
    expect_arrival(&r, 0, 0);
    EXPECT(slot_is_empty(r.slot));
}

/* rules: ipc 4.2, ipc subtlety 13 */
TEST(transfer, occupied_receive_slot_stops)
{
    const struct receiver r = receiver_new();

    receive_path(&r, ROOT, r.endpoint, DEPTH);
    send_caps(r.endpoint, CAPS(notification_new()));
    expect_arrival(&r, 0, 0);
}

/* rules: ipc 4.2, ipc subtlety 13 */
TEST(transfer, invalid_receive_path_stops_without_error)
{
    static const word_t paths[][3] = { { 0, 1, 64 },      { ROOT, BIT(40), 64 },
                                       { ROOT, 900, 0 },  { ROOT, 900, 65 },
                                       { SELF, 900, 64 }, { BIT(40), 900, 64 } };

    for (word_t i = 0; i < ARRAY_COUNT(paths); i++) {
        const struct receiver r = receiver_new();

        receive_path(&r, paths[i][0], paths[i][1], paths[i][2]);
        send_caps(r.endpoint, CAPS(notification_new()));
        expect_arrival(&r, 0, 0);
    }
}

/* rules: ipc 4.2, ipc subtlety 14 */
TEST(transfer, receive_slot_needs_its_exact_depth)
{
    const struct receiver r = receiver_new();
    const word_t inner = cnode_new(4);

    receive_path(&r, inner, 5, 6);
    send_caps(r.endpoint, CAPS(notification_new()));
    expect_arrival(&r, 0, 0);
    receive_path(&r, inner, 5, 4);
    thread_recv(r.thread, r.endpoint);
    send_caps(r.endpoint, CAPS(notification_new()));
    expect_arrival(&r, 0, 1);
    EXPECT_OK(seL4_CNode_Move(ROOT, slot_new(), DEPTH, inner, 5, 4));
}

/* rules: ipc 4.2 */
TEST(transfer, only_one_capability_moves)
{
    const struct receiver r = receiver_new();

    send_caps(r.endpoint, CAPS(notification_new(), tcb_new(), cnode_new(4)));
    expect_arrival(&r, 0, 1);
}

/* rules: ipc 4.2, ipc subtlety 12 */
TEST(transfer, capabilities_to_the_endpoint_are_unwrapped)
{
    const struct receiver r = receiver_new();
    const word_t nothing = cap_mint_with(r.endpoint, seL4_NoRights, 44);

    send_caps(r.endpoint, CAPS(cap_mint(r.endpoint, 33), nothing, r.endpoint));
    expect_arrival(&r, 7, 3);
    EXPECT_EQ(r.thread->ipc->caps_or_badges[0], 33);
    EXPECT_EQ(r.thread->ipc->caps_or_badges[1], 44);
    EXPECT_EQ(r.thread->ipc->caps_or_badges[2], 0);
    EXPECT(slot_is_empty(r.slot));
}

/* rules: ipc 4.2, ipc subtlety 13 */
TEST(transfer, unwrapped_ones_may_stand_around_the_transferred_one)
{
    const struct receiver r = receiver_new();

    send_caps(r.endpoint,
              CAPS(cap_mint(r.endpoint, 1), notification_new(), cap_mint(r.endpoint, 3)));
    expect_arrival(&r, 5, 3);
    EXPECT_EQ(r.thread->ipc->caps_or_badges[0], 1);
    EXPECT_EQ(r.thread->ipc->caps_or_badges[2], 3);
    EXPECT(!slot_is_empty(r.slot));
}

/* rules: ipc 4.2, ipc subtlety 13 */
TEST(transfer, nothing_is_processed_behind_the_stop)
{
    const struct receiver r = receiver_new();

    send_caps(r.endpoint, CAPS(cap_mint(r.endpoint, 1), slot_new(), cap_mint(r.endpoint, 3)));
    expect_arrival(&r, 1, 1);
    EXPECT(slot_is_empty(r.slot));
}

/* rules: ipc 4.2, ipc subtlety 15 */
TEST(transfer, capabilities_that_cannot_be_derived_stop)
{
    const word_t ut = untyped_new(12);
    const word_t table = object_new(seL4_X86_PageTableObject, 0);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1));
    const word_t stopping[] = { slot_new(), seL4_CapIRQControl, seL4_CapIOPortControl, ut, table };
    for (word_t i = 0; i < ARRAY_COUNT(stopping); i++) {
        const struct receiver r = receiver_new();

        send_caps(r.endpoint, CAPS(stopping[i]));
        expect_arrival(&r, 0, 0);
        EXPECT(slot_is_empty(r.slot));
    }
}

/* rules: ipc 4.2, ipc subtlety 15 */
TEST(transfer, frame_arrives_unmapped)
{
    const struct receiver r = receiver_new();
    const word_t frame = frame_new();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    send_caps(r.endpoint, CAPS(frame));
    expect_arrival(&r, 0, 1);
    EXPECT_OK(frame_map(r.slot, SPACE, FREE_ADDRESS + PAGE_BYTES));
    *(volatile word_t *)FREE_ADDRESS = 17;
    EXPECT_EQ(*(volatile word_t *)(FREE_ADDRESS + PAGE_BYTES), 17);
}

/* rules: ipc 4.2, capabilities 4.2 */
TEST(transfer, rights_and_badge_arrive_unchanged_as_a_child)
{
    const struct receiver r = receiver_new();
    const word_t ep = endpoint_new();

    send_caps(r.endpoint, CAPS(cap_mint_with(ep, seL4_CanWrite, 9)));
    expect_arrival(&r, 0, 1);
    EXPECT_ERROR(invoke(ROOT, CNodeCancelBadgedSends, CAPS(), ARGS(r.slot, 64)),
                 seL4_IllegalOperation);
    EXPECT_OK(cap_revoke(ep));
    EXPECT(slot_is_empty(r.slot));
}

/* rules: ipc 3.3, ipc subtlety 4, ipc subtlety 5 */
TEST(transfer, unresolvable_capability_faults_the_sender)
{
    const word_t handler = endpoint_new();
    const word_t targets[] = { endpoint_new(), notification_new(), SELF,
                               cap_mint_with(endpoint_new(), seL4_CanWrite, 0) };
    struct thread *t = thread_with_handler(handler);
    struct message m;

    t->ipc->caps_or_badges[0] = BIT(40);
    for (word_t i = 0; i < ARRAY_COUNT(targets); i++) {
        thread_send(t, targets[i], (struct message){ .info = info_word(1, 1, 0) });
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 7));
        EXPECT_EQ(m.mr[1], BIT(40));
        EXPECT_EQ(m.mr[2], 0);
    }
}

/* rules: ipc 3.3, ipc subtlety 1 */
TEST(transfer, unresolvable_capability_is_silent_for_a_nonblocking_send)
{
    const word_t handler = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    t->ipc->caps_or_badges[0] = BIT(40);
    thread_order(t, seL4_SysNBSend, cap_mint(ntfn, 4),
                 (struct message){ .info = info_word(1, 1, 0) });
    EXPECT(thread_finished(t));
    EXPECT(!message_poll(handler, &m));
    EXPECT_EQ(notification_poll(ntfn), 0);
}

/* rules: ipc 3.3 */
TEST(transfer, sender_without_buffer_sends_no_capabilities)
{
    const struct receiver r = receiver_new();
    struct thread *t = thread_without_buffer();

    thread_send(t, r.endpoint, (struct message){ .info = info_word(7, 3, 1), .mr = { 70 } });
    expect_arrival(&r, 0, 0);
}

/* rules: ipc 4.1.2, ipc subtlety 4 */
TEST(transfer, unresolvable_at_delivery_means_no_capabilities)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();
    struct message m;

    t->ipc->caps_or_badges[0] = ROOT;
    thread_send(t, ep, (struct message){ .info = info_word(7, 1, 1), .mr = { 70 } });
    t->ipc->caps_or_badges[0] = BIT(40);
    seL4_SetCapReceivePath(ROOT, slot, DEPTH);
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(7, 0, 1));
    EXPECT(slot_is_empty(slot));
    EXPECT(thread_finished(t));
}

/* rules: ipc 4.1, ipc subtlety 30 */
TEST(transfer, queued_sender_names_its_capabilities_at_delivery)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();
    struct message m;

    t->ipc->caps_or_badges[0] = ROOT;
    thread_send(t, ep, (struct message){ .info = info_word(7, 1, 1) });
    t->ipc->caps_or_badges[0] = cap_mint(ntfn, 4);
    seL4_SetCapReceivePath(ROOT, slot, DEPTH);
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_caps(m.info), 1);
    notification_signal(slot);
    EXPECT_EQ(notification_poll(ntfn), 4);
}

/* Let t call the tester through ep; the tester then holds the reply capability. */
static void take_call(struct thread *t, word_t cptr, word_t ep)
{
    struct message m;

    thread_call(t, cptr, EMPTY_MESSAGE);
    ASSERT(message_poll(ep, &m));
}

/* rules: ipc 6, ipc subtlety 10 */
TEST(transfer, reply_carries_capabilities_if_the_receiver_had_grant)
{
    const word_t ep = endpoint_new();
    const word_t without = cap_mint_with(ep, seL4_CapRights_new(1, 0, 1, 1), 0);
    const word_t receiver_caps[] = { ep, without };
    const word_t ntfn = notification_new();

    for (word_t i = 0; i < 2; i++) {
        struct thread *t = thread_new();
        const word_t slot = slot_new();

        t->ipc->receiveCNode = ROOT;
        t->ipc->receiveIndex = slot;
        t->ipc->receiveDepth = DEPTH;
        take_call(t, ep, receiver_caps[i]);
        seL4_SetCap(0, ntfn);
        message_reply((struct message){ .info = info_word(7, 1, 1), .mr = { 70 } });
        EXPECT_EQ(thread_result(t).info, info_word(7, i == 0, 1));
        EXPECT_EQ(slot_is_empty(slot), i == 1);
    }
}

/* rules: ipc 4, ipc 6, ipc subtlety 10 */
TEST(transfer, grant_of_a_reply_is_that_of_the_waiting_receiver)
{
    const word_t ep = endpoint_new();
    const word_t without = cap_mint_with(ep, seL4_CapRights_new(1, 0, 1, 1), 0);
    const word_t receiver_caps[] = { ep, without };

    for (word_t i = 0; i < 2; i++) {
        struct thread *server = thread_new();
        struct thread *client = thread_new();
        const word_t slot = slot_new();

        client->ipc->receiveCNode = ROOT;
        client->ipc->receiveIndex = slot;
        client->ipc->receiveDepth = DEPTH;
        thread_recv(server, receiver_caps[i]);
        thread_call(client, ep, EMPTY_MESSAGE);
        EXPECT(thread_finished(server));
        server->ipc->caps_or_badges[0] = ep;
        thread_order(server, seL4_SysReply, 0, (struct message){ .info = info_word(7, 1, 0) });
        EXPECT_EQ(thread_result(client).info, info_word(7, i == 0, 0));
        EXPECT_EQ(slot_is_empty(slot), i == 1);
    }
}

/* rules: ipc 4.2, ipc 6 */
TEST(transfer, nothing_is_unwrapped_in_a_reply)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    t->ipc->receiveCNode = ROOT;
    t->ipc->receiveIndex = slot;
    t->ipc->receiveDepth = DEPTH;
    take_call(t, ep, ep);
    seL4_SetCap(0, cap_mint(ep, 5));
    message_reply((struct message){ .info = info_word(7, 1, 1), .mr = { 70 } });
    EXPECT_EQ(thread_result(t).info, info_word(7, 1, 1));
    EXPECT(!slot_is_empty(slot));
}

/* rules: ipc 6, ipc subtlety 4 */
TEST(transfer, unresolvable_capability_in_a_saved_reply_faults)
{
    const word_t ep = endpoint_new();
    const word_t handler = endpoint_new();
    const word_t slot = slot_new();
    struct thread *client = thread_new();
    struct thread *replier = thread_with_handler(handler);
    struct message m;

    take_call(client, ep, ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    replier->ipc->caps_or_badges[0] = BIT(40);
    thread_send(replier, slot, (struct message){ .info = info_word(1, 1, 0) });
    EXPECT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[1], BIT(40));
    EXPECT(!thread_finished(client));
    EXPECT(!slot_is_empty(slot));
}

/* rules: ipc 3.3, ipc subtlety 5 */
TEST(transfer, fault_names_the_first_capability_that_fails)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t bad = 0; bad < 3; bad++) {
        for (word_t i = 0; i < 3; i++) {
            t->ipc->caps_or_badges[i] = i < bad ? slot_new() : BIT(40 + i);
        }
        thread_send(t, ep, (struct message){ .info = info_word(1, 3, 0) });
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 7));
        EXPECT_EQ(m.mr[1], BIT(40 + bad));
        thread_send(t, ep, (struct message){ .info = info_word(1, bad, 0) });
        ASSERT(message_poll(ep, &m)); /* those before it, though empty, do no harm */
        EXPECT_EQ(m.info, info_word(1, 0, 0));
    }
}

/* rules: ipc 4.1.2, ipc subtlety 4 */
TEST(transfer, one_failure_at_delivery_takes_them_all)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();
    struct message m;

    for (word_t i = 0; i < 3; i++) {
        t->ipc->caps_or_badges[i] = i == 0 ? ep : ROOT;
    }
    thread_send(t, ep, (struct message){ .info = info_word(7, 3, 1), .mr = { 70 } });
    t->ipc->caps_or_badges[2] = BIT(40);
    seL4_SetCapReceivePath(ROOT, slot, DEPTH);
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(7, 0, 1));
    EXPECT(slot_is_empty(slot));
}

/* rules: ipc 4.1.2, ipc 6 */
TEST(transfer, unresolvable_capability_in_a_reply_is_none)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysReply, seL4_SysReplyRecv };
    const word_t ep = endpoint_new();
    const word_t handler = endpoint_new();
    struct message m;

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        struct thread *server = thread_with_handler(handler);
        struct thread *client = thread_with_priority(LOW_PRIORITY);

        thread_recv(server, ep);
        thread_call(client, ep, EMPTY_MESSAGE);
        threads_let_run();
        server->ipc->caps_or_badges[0] = BIT(40);
        thread_order(server, calls[i], notification_new(),
                     (struct message){ .info = info_word(7, 1, 1), .mr = { 70 } });
        threads_let_run();
        EXPECT(!message_poll(handler, &m));
        EXPECT_EQ(thread_result(client).info, info_word(7, 0, 1));
    }
}

/* rules: ipc 4.2, capabilities 4.2 */
TEST(transfer, untyped_without_children_arrives_and_the_sent_one_is_full)
{
    const struct receiver r = receiver_new();
    const word_t untyped = untyped_new(12);

    send_caps(r.endpoint, CAPS(untyped));
    expect_arrival(&r, 0, 1);
    EXPECT_EQ(untyped_free_bytes(untyped), 0);
    EXPECT_EQ(untyped_free_bytes(r.slot), BIT(12));
    EXPECT_OK(cap_revoke(untyped));
    EXPECT(slot_is_empty(r.slot));
}
