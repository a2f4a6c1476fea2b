/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens when the last capability to an object goes, and when it is not the last. */
#include "test.h"

static word_t shared_endpoint;

static void call_and_trace(word_t letter)
{
    (void)message_call(shared_endpoint, EMPTY_MESSAGE);
    trace((char)letter);
}

/* rules: capabilities 6.1, capabilities 6.3, capabilities subtlety 25 */
TEST(destruction, thread_runs_on_while_a_capability_is_left)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    const word_t copy = cap_copy(t->tcb);
    struct message m;

    EXPECT_OK(cap_delete(t->tcb));
    t->tcb = copy;
    t->order.park = copy;
    thread_send(t, ep, message_word(1, 2));
    EXPECT(message_poll(ep, &m));
    EXPECT(thread_finished(t));
}

/* rules: capabilities 6.1 */
TEST(destruction, deleting_the_last_capability_stops_the_thread)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_send(t, ep, EMPTY_MESSAGE); /* waits in the queue */
    EXPECT_OK(cap_delete(t->tcb));
    EXPECT(!message_poll(ep, &m));
}

/* rules: capabilities 6.1, threads 3.8 */
TEST(destruction, deleted_thread_unbinds_its_notification)
{
    const word_t ntfn = notification_new();
    const word_t first = tcb_new();

    EXPECT_OK(seL4_TCB_BindNotification(first, ntfn));
    EXPECT_OK(cap_delete(first));
    EXPECT_OK(seL4_TCB_BindNotification(tcb_new(), ntfn));
}

/* rules: capabilities 6.1, ipc 7 */
TEST(destruction, deleted_thread_leaves_the_pending_signal)
{
    const word_t ntfn = notification_new();
    const word_t tcb = tcb_new();

    EXPECT_OK(seL4_TCB_BindNotification(tcb, ntfn));
    notification_signal(cap_mint(ntfn, 6));
    EXPECT_OK(cap_delete(tcb));
    EXPECT_EQ(notification_poll(ntfn), 6);
}

/* rules: capabilities 6.1 */
TEST(destruction, deleted_notification_unbinds_its_thread)
{
    const word_t ntfn = notification_new();
    const word_t tcb = tcb_new();

    EXPECT_OK(seL4_TCB_BindNotification(tcb, ntfn));
    EXPECT_OK(cap_delete(ntfn));
    EXPECT_ERROR(invoke(tcb, TCBUnbindNotification, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_OK(seL4_TCB_BindNotification(tcb, notification_new()));
}

/* rules: capabilities 6.1, capabilities 6.4 */
TEST(destruction, waiters_of_a_deleted_endpoint_repeat_their_call)
{
    struct thread *t = thread_new();

    shared_endpoint = endpoint_new();
    thread_run(t, call_and_trace, 'a');
    EXPECT_TRACE("");
    EXPECT_OK(cap_delete(shared_endpoint));
    EXPECT_TRACE("a"); /* the repeated call was refused */
}

/* rules: capabilities 6.4 */
TEST(destruction, restarted_waiters_come_in_reverse_order)
{
    shared_endpoint = endpoint_new();
    for (word_t i = 0; i < 3; i++) {
        struct thread *t = thread_new();

        thread_run(t, call_and_trace, 'a' + i);
        thread_set_priority(t, LOW_PRIORITY);
    }
    EXPECT_OK(cap_delete(shared_endpoint));
    threads_let_run();
    EXPECT_TRACE("cba");
}

/* rules: capabilities 6.1 */
TEST(destruction, waiters_survive_while_a_capability_is_left)
{
    struct thread *t = thread_new();
    const word_t copy = cap_copy(endpoint_new());

    shared_endpoint = cap_copy(copy);
    thread_run(t, call_and_trace, 'a');
    EXPECT_OK(cap_delete(copy - 1)); /* the original */
    EXPECT_OK(cap_delete(copy));
    EXPECT_TRACE("");
    (void)message_recv(shared_endpoint);
    message_reply(EMPTY_MESSAGE);
    EXPECT_TRACE("a");
}

/* rules: capabilities 6.4 */
TEST(destruction, receivers_of_a_deleted_endpoint_fault_on_the_empty_slot)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_recv(t, ep);
    EXPECT_OK(cap_delete(ep));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 5));
    EXPECT_EQ(m.mr[1], ep);
    EXPECT_EQ(m.mr[2], 1);
    EXPECT_EQ(m.mr[3], seL4_MissingCapability);
    EXPECT_EQ(buffer_word(4), 0);
}

/* rules: capabilities 6.1, capabilities 6.4 */
TEST(destruction, waiters_of_a_deleted_notification_fault)
{
    const word_t handler = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_recv(t, ntfn);
    EXPECT_OK(cap_delete(ntfn));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_CapFault);
}

/* rules: capabilities 6.1, capabilities subtlety 21 */
TEST(destruction, deleted_reply_capability_does_not_wake_the_caller)
{
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    EXPECT_OK(cap_delete(slot));
    EXPECT(!thread_finished(t));
    threads_let_run();
    EXPECT(!thread_finished(t));
}

static void receive_once(word_t ep)
{
    (void)message_recv(ep);
    trace('r');
}

/* rules: capabilities 6.5 */
TEST(destruction, deleting_a_server_leaves_its_client_blocked)
{
    const word_t ep = endpoint_new();
    struct thread *server = thread_new();
    struct thread *client = thread_new();

    thread_run(server, receive_once, ep);
    thread_call(client, ep, EMPTY_MESSAGE);
    EXPECT_TRACE("r");
    EXPECT_OK(cap_delete(server->tcb));
    threads_let_run();
    EXPECT(!thread_finished(client));
}

/* rules: capabilities 6.2, capabilities 6.3 */
TEST(destruction, deleted_cnode_takes_its_content_along)
{
    struct thread *t = thread_new();
    const word_t cnode = cnode_new(4);
    const word_t ep = endpoint_new();

    shared_endpoint = slot_new();
    ASSERT_OK(cap_copy_into(cnode, 7, 4, ep));
    thread_run(t, call_and_trace, 'a'); /* refused: the slot is empty */
    EXPECT_TRACE("a");
    trace_clear();
    shared_endpoint = ep;
    thread_run(t, call_and_trace, 'b');
    EXPECT_OK(cap_delete(ep)); /* the CNode still holds a copy */
    EXPECT_TRACE("");
    EXPECT_OK(cap_delete(cnode));
    EXPECT_TRACE("b");
}

/* rules: capabilities 6.1 */
TEST(destruction, cnode_content_survives_while_a_capability_is_left)
{
    const word_t cnode = cnode_new(4);
    const word_t copy = cap_copy(cnode);

    ASSERT_OK(cap_copy_into(cnode, 7, 4, SELF));
    EXPECT_OK(cap_delete(cnode));
    EXPECT_OK(seL4_CNode_Move(ROOT, slot_new(), DEPTH, copy, 7, 4));
}

static word_t order_endpoints[2];

static void call_indexed_and_trace(word_t i)
{
    (void)message_call(order_endpoints[i], EMPTY_MESSAGE);
    trace((char)('a' + i));
}

/* rules: capabilities 6.3 */
TEST(destruction, content_goes_from_the_highest_slot_down)
{
    const word_t cnode = cnode_new(4);

    for (word_t i = 0; i < 2; i++) {
        struct thread *t = thread_new();

        order_endpoints[i] = endpoint_new();
        thread_run(t, call_indexed_and_trace, i);
        thread_set_priority(t, LOW_PRIORITY);
        ASSERT_OK(seL4_CNode_Move(cnode, i, 4, ROOT, order_endpoints[i], DEPTH));
    }
    EXPECT_OK(cap_delete(cnode)); /* slot 1 first, so slot 0 is ahead in the queue */
    threads_let_run();
    EXPECT_TRACE("ab");
}

/* rules: capabilities 6.3, capabilities subtlety 22 */
TEST(destruction, slots_of_a_nested_cnode_survive)
{
    const word_t ut = untyped_new(16);
    const word_t caps = slot_range(3);
    struct thread *t = thread_new();

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_CapTableObject, 4, ROOT, 0, 0, caps, 2));
    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, caps + 2, 1));
    shared_endpoint = caps + 2;
    thread_run(t, call_and_trace, 'a');
    ASSERT_OK(seL4_CNode_Move(caps + 1, 5, 4, ROOT, caps + 2, DEPTH)); /* the only one */
    ASSERT_OK(seL4_CNode_Move(caps, 2, 4, ROOT, caps + 1, DEPTH));
    EXPECT_OK(cap_delete(caps));
    EXPECT_TRACE(""); /* its waiter is still in the queue */
    EXPECT_OK(cap_revoke(ut));
    EXPECT_TRACE("a");
    EXPECT_EQ(untyped_free_bytes(ut), BIT(16));
}

/* rules: capabilities 6.3 */
TEST(destruction, slot_0_of_a_nested_cnode_is_destroyed)
{
    const word_t outer = cnode_new(4);
    const word_t inner = cnode_new(4);
    struct thread *t = thread_new();

    shared_endpoint = endpoint_new();
    thread_run(t, call_and_trace, 'a');
    ASSERT_OK(seL4_CNode_Move(inner, 0, 4, ROOT, shared_endpoint, DEPTH));
    ASSERT_OK(seL4_CNode_Move(outer, 2, 4, ROOT, inner, DEPTH));
    EXPECT_OK(cap_delete(outer));
    EXPECT_TRACE("a");
}

/* rules: capabilities 6.3 */
TEST(destruction, cnode_that_contains_itself_can_be_deleted)
{
    const word_t cnode = cnode_new(4);

    ASSERT_OK(cap_copy_into(cnode, 5, 4, cnode));
    EXPECT_OK(cap_delete(cnode)); /* not the last */
    EXPECT_OK(cap_revoke(slice()));
}

/* rules: capabilities 6.3 */
TEST(destruction, last_capability_inside_the_cnode_itself)
{
    const word_t cnode = cnode_new(4);

    ASSERT_OK(cap_copy_into(cnode, 5, 4, cnode));
    EXPECT_DONE(invoke(cnode, CNodeDelete, CAPS(), ARGS(5, 4)));
    ASSERT_OK(cap_copy_into(cnode, 5, 4, cnode));
    ASSERT_OK(cap_copy_into(cnode, 9, 4, SELF));
    /* Move the original into its own slots: only inner names are left, addressed through slot 5. */
    EXPECT_DONE(invoke(cnode, CNodeMove, CAPS(ROOT), ARGS(1, 4, cnode, 64)));
    EXPECT(slot_is_empty(cnode));
    EXPECT_OK(cap_revoke(slice()));
}

/* rules: capabilities 6.3 */
TEST(destruction, untyped_inside_a_cnode_keeps_its_children)
{
    const word_t cnode = cnode_new(4);
    const word_t ut = untyped_new(12);
    const word_t ep = slot_new();
    struct thread *t = thread_new();
    struct message m;

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, ep, 1));
    ASSERT_OK(seL4_CNode_Move(cnode, 1, 4, ROOT, ut, DEPTH));
    EXPECT_OK(cap_delete(cnode));
    thread_send(t, ep, message_word(1, 1));
    EXPECT(message_poll(ep, &m));
}

/* rules: capabilities 6.3 */
TEST(destruction, thread_inside_a_cnode_is_stopped)
{
    const word_t cnode = cnode_new(4);
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_send(t, ep, EMPTY_MESSAGE);
    ASSERT_OK(seL4_CNode_Move(cnode, 3, 4, ROOT, t->tcb, DEPTH));
    EXPECT_OK(cap_delete(cnode));
    EXPECT(!message_poll(ep, &m));
}

/* rules: capabilities 6.2 (step 2), capabilities 5.4 */
TEST(destruction, empty_cnode_of_any_size_goes_at_once)
{
    for (word_t radix = 1; radix <= 10; radix++) {
        const word_t cnode = cnode_new(radix);

        EXPECT_OK(cap_delete(cnode));
        EXPECT(slot_is_empty(cnode));
    }
}

/* rules: capabilities 7 */
TEST(destruction, large_cnode_full_of_capabilities)
{
    const word_t cnode = cnode_new(10);
    const word_t ep = endpoint_new();

    for (word_t i = 0; i < BIT(10); i++) {
        ASSERT_OK(cap_copy_into(cnode, i, 10, ep));
    }
    EXPECT_OK(cap_delete(cnode));
    EXPECT(slot_is_empty(cnode));
    EXPECT_OK(cap_revoke(ep));
}

/* rules: capabilities 7, capabilities 5.3 */
TEST(destruction, revoke_of_a_thousand_copies)
{
    const word_t cnode = cnode_new(10);
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();

    for (word_t i = 0; i < BIT(10); i++) {
        ASSERT_OK(cap_copy_into(cnode, i, 10, ep));
    }
    EXPECT_OK(cap_revoke(ep));
    for (word_t i = 0; i < BIT(10); i++) {
        EXPECT_EQ(seL4_CNode_Move(ROOT, slot, DEPTH, cnode, i, 10), seL4_FailedLookup);
    }
}

static void delete_self(word_t tcb)
{
    (void)cap_delete(tcb);
    trace('x');
}

/* rules: capabilities 7 */
TEST(destruction, thread_that_deletes_itself_never_comes_back)
{
    struct thread *t = thread_new();

    thread_run(t, delete_self, t->tcb);
    EXPECT_TRACE("");
    EXPECT_OK(cap_delete(t->tcb)); /* an interrupt may have stopped it on the way */
    EXPECT(slot_is_empty(t->tcb));
}

static void revoke_for(word_t untyped)
{
    (void)cap_revoke(untyped);
    trace('x');
}

/* rules: capabilities 7 */
TEST(destruction, thread_that_revokes_its_own_memory_never_comes_back)
{
    struct thread *t = thread_new();

    thread_run(t, revoke_for, slice());
    EXPECT_TRACE("");
    EXPECT(slot_is_empty(t->tcb));
    /* The preempted rest, if any, is finished by the suite's own Revoke. */
}

/* rules: capabilities 6.1, x86_64 3.7 */
TEST(destruction, deleted_frame_capability_takes_its_mapping_along)
{
    const word_t frame = frame_new();
    const word_t copy = cap_copy(frame);
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(copy, SPACE, FREE_ADDRESS));
    EXPECT(!probe_read(&p, FREE_ADDRESS).faulted);
    EXPECT_OK(cap_delete(copy)); /* not the last capability to the frame */
    EXPECT(probe_read(&p, FREE_ADDRESS).faulted);
}

/* rules: capabilities 6.2 */
TEST(destruction, capability_spaces_of_a_deleted_thread_are_released)
{
    const word_t cnode = cnode_new(4);
    struct thread *t = thread_in(cnode, SPACE, 0, 0);

    ASSERT_OK(cap_copy_into(cnode, 1, 4, t->tcb));
    EXPECT_OK(cap_delete(cnode));  /* the thread holds the last one */
    EXPECT_OK(cap_delete(t->tcb)); /* and the CNode holds the last to the thread */
    EXPECT_OK(cap_revoke(slice()));
}

/* rules: threads 3.8, threads 5.1 */
TEST(destruction, deleted_ready_thread_leaves_its_queue)
{
    struct thread *t[3];

    shared_endpoint = slot_new(); /* empty: the calls come back at once */
    for (word_t i = 0; i < 3; i++) {
        t[i] = thread_with_priority(LOW_PRIORITY);
        thread_run(t[i], call_and_trace, 'a' + i);
    }
    EXPECT_OK(cap_delete(t[1]->tcb));
    threads_let_run();
    EXPECT_TRACE("ca");
}
