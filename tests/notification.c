/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications: signalling, waiting, polling, and the bound thread. */
#include "test.h"

/* rules: ipc 7 */
TEST(notification, signals_accumulate_by_or)
{
    const word_t ntfn = notification_new();

    notification_signal(cap_mint(ntfn, 1));
    notification_signal(cap_mint(ntfn, 4));
    notification_signal(cap_mint(ntfn, 5));
    EXPECT_EQ(notification_poll(ntfn), 5);
    EXPECT_EQ(notification_poll(ntfn), 0);
}

/* rules: ipc 7, ipc subtlety 6, ipc subtlety 7 */
TEST(notification, delivery_touches_only_the_badge)
{
    const word_t ntfn = notification_new();

    for (word_t round = 0; round < 3; round++) {
        if (round) {
            notification_signal(cap_mint(ntfn, 2));
        }
        const struct message m = round == 1 ? message_recv(ntfn) : message_nbrecv(ntfn);
        EXPECT_EQ(m.badge, round ? 2 : 0);
        EXPECT_EQ(m.info, UNTOUCHED_INFO);
        for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
            EXPECT_EQ(m.mr[i], UNTOUCHED(i));
        }
    }
}

/* rules: ipc 7 */
TEST(notification, waiter_is_woken_with_the_badge)
{
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_recv(t, ntfn);
    EXPECT(!thread_finished(t));
    notification_signal(cap_mint(ntfn, 77));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 77);
    EXPECT_EQ(thread_result(t).info, UNTOUCHED_INFO);
    EXPECT_EQ(notification_poll(ntfn), 0);
}

/* rules: ipc 7 */
TEST(notification, waiters_are_woken_one_by_one_in_order)
{
    const word_t ntfn = notification_new();
    struct thread *t[3];

    for (word_t i = 0; i < 3; i++) {
        t[i] = thread_with_priority(HELPER_PRIORITY + (i * 2) % 3);
        thread_recv(t[i], ntfn);
    }
    for (word_t i = 0; i < 3; i++) {
        notification_signal(cap_mint(ntfn, i + 1));
        for (word_t j = 0; j < 3; j++) {
            EXPECT_EQ(thread_finished(t[j]), j <= i);
        }
        EXPECT_EQ(thread_result(t[i]).badge, i + 1);
    }
}

/* rules: ipc 7, ipc subtlety 27 */
TEST(notification, badge_0_makes_it_active)
{
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    notification_signal(ntfn);
    thread_recv(t, ntfn);
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 0);
    thread_recv(t, ntfn);
    EXPECT(!thread_finished(t));
}

/* rules: ipc 3.5, ipc 3.6, ipc subtlety 8 */
TEST(notification, call_returns_at_once_with_an_empty_tag)
{
    const word_t ntfn = notification_new();

    EXPECT_DONE(invoke(cap_mint(ntfn, 3), 55, CAPS(), ARGS(1, 2, 3)));
    EXPECT_EQ(notification_poll(ntfn), 3);
}

/* rules: ipc 7 */
TEST(notification, every_kind_of_send_signals)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysSend, seL4_SysNBSend, seL4_SysCall };
    const word_t ntfn = notification_new();
    const word_t badged = cap_mint(ntfn, 3);

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        (void)system_call(calls[i], badged, EMPTY_MESSAGE);
        EXPECT_EQ(notification_poll(ntfn), 3);
    }
}

/* rules: ipc 3.5, ipc subtlety 2 */
TEST(notification, missing_send_right_is_an_error_reply)
{
    const word_t ntfn = notification_new();
    const word_t receive_only = cap_mint_with(ntfn, seL4_CanRead, 3);

    EXPECT_ERROR(invoke(receive_only, 0, CAPS(), ARGS()), seL4_InvalidCapability, 0);
    notification_signal(receive_only);
    EXPECT_EQ(notification_poll(ntfn), 0);
}

/* rules: ipc 5.2 */
TEST(notification, missing_receive_right_is_a_fault)
{
    const word_t handler = endpoint_new();
    const word_t send_only = cap_mint_with(notification_new(), seL4_CanWrite, 0);
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_recv(t, send_only);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_CapFault, 0, 5));
    EXPECT_EQ(m.mr[1], send_only);
    EXPECT_EQ(m.mr[2], 1);
    EXPECT_EQ(m.mr[3], seL4_MissingCapability);
    EXPECT_EQ(buffer_word(4), 0);
}

/* rules: ipc 5.2, ipc 7 */
TEST(notification, only_the_bound_thread_may_wait)
{
    const word_t handler = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *owner = thread_new();
    struct thread *other = thread_with_handler(handler);
    struct message m;

    ASSERT_OK(seL4_TCB_BindNotification(owner->tcb, ntfn));
    thread_recv(other, ntfn);
    EXPECT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_CapFault);
    thread_recv(owner, ntfn);
    EXPECT(!thread_finished(owner));
    notification_signal(cap_mint(ntfn, 5));
    EXPECT(thread_finished(owner));
    EXPECT_EQ(thread_result(owner).badge, 5);
}

/* rules: ipc 7 */
TEST(notification, signal_reaches_the_bound_receiver)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();
    struct message m;

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    thread_recv(t, ep);
    notification_signal(cap_mint(ntfn, 9));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 9);
    EXPECT_EQ(thread_result(t).info, UNTOUCHED_INFO);
    message_nbsend(ep, message_word(1, 1)); /* it has left the endpoint's queue */
    EXPECT(!message_poll(ep, &m));
    thread_order(t, seL4_SysNBRecv, ntfn, UNTOUCHED_MESSAGE);
    EXPECT_EQ(thread_result(t).badge, 0); /* and the notification is idle */
}

/* rules: ipc 5.3 */
TEST(notification, pending_signal_satisfies_an_endpoint_receive)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysRecv, seL4_SysNBRecv };
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *sender = thread_new();
    struct thread *t = thread_new();
    struct message m;

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    thread_send(sender, ep, message_word(4, 4));
    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        notification_signal(cap_mint(ntfn, 6));
        thread_order(t, calls[i], ep, UNTOUCHED_MESSAGE);
        EXPECT(thread_finished(t));
        EXPECT_EQ(thread_result(t).badge, 6);
        EXPECT_EQ(thread_result(t).info, UNTOUCHED_INFO);
        EXPECT(!thread_finished(sender)); /* the endpoint was not looked at */
    }
    EXPECT(message_poll(ep, &m));
}

/* rules: ipc 7, ipc subtlety 26 */
TEST(notification, bound_caller_is_not_disturbed)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();
    struct message m;

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    thread_call(t, ep, EMPTY_MESSAGE);
    notification_signal(cap_mint(ntfn, 1)); /* blocked on send */
    EXPECT(!thread_finished(t));
    ASSERT(message_poll(ep, &m));
    notification_signal(cap_mint(ntfn, 2)); /* blocked on reply */
    EXPECT(!thread_finished(t));
    message_reply(EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
    thread_recv(t, ep);
    EXPECT_EQ(thread_result(t).badge, 3);
}

/* rules: ipc 7 */
TEST(notification, bound_waiter_on_another_notification_is_not_disturbed)
{
    const word_t bound = notification_new();
    const word_t other = notification_new();
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, bound));
    thread_recv(t, other);
    notification_signal(cap_mint(bound, 1));
    EXPECT(!thread_finished(t));
    notification_signal(cap_mint(other, 2));
    EXPECT_EQ(thread_result(t).badge, 2);
}

/* rules: ipc 5.2, ipc 5.3 */
TEST(notification, pending_signal_is_not_taken_by_a_receive_on_another_notification)
{
    const word_t bound = notification_new();
    const word_t other = notification_new();
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, bound));
    notification_signal(cap_mint(bound, 1));
    thread_order(t, seL4_SysNBRecv, other, UNTOUCHED_MESSAGE);
    EXPECT_EQ(thread_result(t).badge, 0);
    thread_order(t, seL4_SysNBRecv, bound, UNTOUCHED_MESSAGE);
    EXPECT_EQ(thread_result(t).badge, 1);
}

/* rules: ipc 9 */
TEST(notification, suspended_waiter_leaves_the_queue)
{
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_recv(t, ntfn);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    notification_signal(cap_mint(ntfn, 8));
    EXPECT(!thread_finished(t));
    EXPECT_EQ(notification_poll(ntfn), 8);
}

/* rules: threads 3.6 */
TEST(notification, blocked_receiver_can_be_bound)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    notification_signal(cap_mint(ntfn, 4));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 4);
}

/* rules: threads 3.6, ipc 7 */
TEST(notification, unbound_thread_is_no_longer_woken)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    thread_recv(t, ep);
    EXPECT_OK(seL4_TCB_UnbindNotification(t->tcb));
    notification_signal(cap_mint(ntfn, 4));
    EXPECT(!thread_finished(t));
    EXPECT_EQ(notification_poll(ntfn), 4);
}

/* rules: ipc 9, ipc 7 */
TEST(notification, any_place_in_the_queue_can_be_left)
{
    for (word_t leaving = 0; leaving < 3; leaving++) {
        const word_t ntfn = notification_new();
        struct thread *t[3];

        for (word_t i = 0; i < 3; i++) {
            t[i] = thread_new();
            thread_recv(t[i], ntfn);
        }
        EXPECT_OK(seL4_TCB_Suspend(t[leaving]->tcb));
        for (word_t i = 0; i < 3; i++) {
            if (i != leaving) {
                notification_signal(cap_mint(ntfn, i + 1));
                EXPECT(thread_finished(t[i]));
                EXPECT_EQ(thread_result(t[i]).badge, i + 1);
            }
        }
        notification_signal(cap_mint(ntfn, 9));
        EXPECT_EQ(notification_poll(ntfn), 9);
    }
}
