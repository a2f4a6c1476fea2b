/* SPDX-License-Identifier: BSD-2-Clause */
/* TCB invocations: spaces, IPC buffer, bound notification, suspend and resume, flags. */
#include "test.h"

static struct reply configure(word_t tcb, word_t cspace, word_t cspace_data, word_t vspace,
                              word_t buffer, word_t frame)
{
    return invoke(tcb, TCBConfigure, CAPS(cspace, vspace, frame), ARGS(0, cspace_data, 0, buffer));
}

static struct reply set_space(word_t tcb, word_t cspace, word_t cspace_data, word_t vspace)
{
    return invoke(tcb, TCBSetSpace, CAPS(cspace, vspace), ARGS(0, cspace_data, 0));
}

/* rules: threads 2 */
TEST(tcb, unknown_label_is_refused)
{
    const word_t tcb = tcb_new();

    EXPECT_ERROR(invoke(tcb, UntypedRetype, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb, CNodeRevoke, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb, 0, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb, 100, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: threads 2 */
TEST(tcb, every_method_checks_words_and_capabilities_first)
{
    static const struct {
        word_t label, words, caps;
    } methods[] = {
        { TCBReadRegisters, 2, 0 },    { TCBWriteRegisters, 2, 0 }, { TCBCopyRegisters, 1, 1 },
        { TCBConfigure, 4, 3 },        { TCBSetPriority, 1, 1 },    { TCBSetMCPriority, 1, 1 },
        { TCBSetSchedParams, 2, 1 },   { TCBSetIPCBuffer, 1, 1 },   { TCBSetSpace, 3, 2 },
        { TCBBindNotification, 0, 1 }, { TCBSetTLSBase, 1, 0 },     { TCBSetFlags, 2, 0 },
    };
    const word_t tcb = tcb_new();
    const word_t empty = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(methods); i++) {
        const word_t label = methods[i].label;

        if (methods[i].words) {
            EXPECT_ERROR(invoke_with_info(tcb,
                                          info_word(label, methods[i].caps, methods[i].words - 1),
                                          CAPS(empty, empty, empty), ARGS()),
                         seL4_TruncatedMessage);
        }
        if (methods[i].caps) {
            EXPECT_ERROR(invoke_with_info(tcb,
                                          info_word(label, methods[i].caps - 1, methods[i].words),
                                          CAPS(empty, empty, empty), ARGS()),
                         seL4_TruncatedMessage);
        }
    }
}

/* rules: threads 3.4.6 */
TEST(tcb, configure_with_everything_in_order)
{
    EXPECT_DONE(configure(tcb_new(), ROOT, 0, SPACE, 0x1000, frame_new()));
}

/* rules: threads 3.4.2, threads subtlety 8, x86_64 3.10 */
TEST(tcb, buffer_must_be_a_frame)
{
    const word_t tcb = tcb_new();
    const word_t bad[] = { slot_new(), endpoint_new(), SELF, SPACE };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(configure(tcb, ROOT, 0, SPACE, 0x1000, bad[i]), seL4_IllegalOperation);
        EXPECT_ERROR(invoke(tcb, TCBSetIPCBuffer, CAPS(bad[i]), ARGS(0x1000)),
                     seL4_IllegalOperation);
    }
}

/* rules: threads 3.4.2 */
TEST(tcb, buffer_derivation_error_is_reported)
{
    const word_t tcb = tcb_new();
    const word_t ut = untyped_new(12);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1));
    EXPECT_ERROR(invoke(tcb, TCBSetIPCBuffer, CAPS(ut), ARGS(0x1000)), seL4_RevokeFirst);
    EXPECT_ERROR(
        invoke(tcb, TCBSetIPCBuffer, CAPS(object_new(seL4_X86_PageTableObject, 0)), ARGS(0x1000)),
        seL4_IllegalOperation);
}

/* rules: threads 3.4.2, untyped 9, x86_64 3.10 */
TEST(tcb, buffer_must_not_be_device_memory)
{
    const word_t frame = slot_new();

    ASSERT_OK(seL4_Untyped_Retype(device_untyped(12), seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    EXPECT_ERROR(invoke(tcb_new(), TCBSetIPCBuffer, CAPS(frame), ARGS(0x1000)),
                 seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb_new(), TCBSetIPCBuffer, CAPS(frame), ARGS(0x1001)),
                 seL4_IllegalOperation);
}

/* rules: threads 3.4.2, threads subtlety 8, x86_64 3.10 */
TEST(tcb, buffer_address_must_be_aligned)
{
    const word_t tcb = tcb_new();
    const word_t frame = frame_new();

    EXPECT_ERROR(invoke(tcb, TCBSetIPCBuffer, CAPS(frame), ARGS(0x1200)), seL4_AlignmentError);
    EXPECT_ERROR(configure(tcb, ROOT, 0, SPACE, 1, frame), seL4_AlignmentError);
    EXPECT_ERROR(invoke(tcb, TCBSetIPCBuffer, CAPS(endpoint_new()), ARGS(0x1200)),
                 seL4_IllegalOperation);
    EXPECT_DONE(invoke(tcb, TCBSetIPCBuffer, CAPS(frame), ARGS(0x1400)));
}

/* rules: threads 3.4.2, threads subtlety 8 */
TEST(tcb, buffer_address_0_ignores_the_frame)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBSetIPCBuffer, CAPS(endpoint_new()), ARGS(0)));
    EXPECT_DONE(configure(tcb, ROOT, 0, SPACE, 0, slot_new()));
}

/* rules: threads subtlety 7 */
TEST(tcb, buffer_errors_precede_cspace_errors)
{
    const word_t tcb = tcb_new();

    EXPECT_ERROR(configure(tcb, SELF, 0, ROOT, 0x1001, frame_new()), seL4_AlignmentError);
    EXPECT_ERROR(configure(tcb, SELF, 0, ROOT, 0x1000, frame_new()), seL4_IllegalOperation);
}

/* rules: threads 3.4.4, threads subtlety 11 */
TEST(tcb, cspace_must_be_a_cnode)
{
    const word_t tcb = tcb_new();
    const word_t bad[] = { slot_new(), SELF, endpoint_new() };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(configure(tcb, bad[i], 0, SPACE, 0, bad[i]), seL4_IllegalOperation);
        EXPECT_ERROR(set_space(tcb, bad[i], 0, SPACE), seL4_IllegalOperation);
    }
    EXPECT_ERROR(set_space(tcb, cnode_new(4), 61, SPACE), seL4_IllegalOperation);
}

/* rules: threads 3.4.4 */
TEST(tcb, cspace_derivation_error_precedes_vspace)
{
    const word_t ut = untyped_new(12);

    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1));
    EXPECT_ERROR(set_space(tcb_new(), ut, 0, SELF), seL4_RevokeFirst);
}

/* rules: threads 3.4.5, threads subtlety 11 */
TEST(tcb, vspace_must_be_an_assigned_pml4)
{
    const word_t tcb = tcb_new();
    const word_t bad[] = { slot_new(), ROOT, object_new(seL4_X64_PML4Object, 0), frame_new() };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(configure(tcb, ROOT, 0, bad[i], 0, bad[i]), seL4_IllegalOperation);
        EXPECT_ERROR(set_space(tcb, ROOT, 0, bad[i]), seL4_IllegalOperation);
    }
    EXPECT_DONE(set_space(tcb, ROOT, 0, SPACE));
}

/* rules: threads 3.4.5 */
TEST(tcb, vspace_data_has_no_effect)
{
    EXPECT_DONE(invoke(tcb_new(), TCBSetSpace, CAPS(ROOT, SPACE), ARGS(0, 0, 0x123456)));
}

/* rules: threads 3.4.3, threads subtlety 9 */
TEST(tcb, last_capability_to_the_cspace_blocks_a_change)
{
    const word_t tcb = tcb_new();
    const word_t cnode = cnode_new(4);
    const word_t saved = slot_new();

    EXPECT_DONE(set_space(tcb, cnode, 0, SPACE));
    EXPECT_OK(cap_move(saved, cnode));
    EXPECT_DONE(set_space(tcb, ROOT, 0, SPACE));
    EXPECT_DONE(set_space(tcb, saved, 0, SPACE));
    EXPECT_OK(cap_delete(saved));
    EXPECT_ERROR(set_space(tcb, ROOT, 0, SPACE), seL4_IllegalOperation);
    EXPECT_ERROR(configure(tcb, ROOT, 0, SPACE, 0, ROOT), seL4_IllegalOperation);
}

/* rules: threads subtlety 7 */
TEST(tcb, alignment_precedes_the_check_of_the_current_space)
{
    const word_t tcb = tcb_new();
    const word_t cnode = cnode_new(4);

    EXPECT_DONE(set_space(tcb, cnode, 0, SPACE));
    EXPECT_OK(cap_delete(cnode));
    EXPECT_ERROR(configure(tcb, ROOT, 0, SPACE, 0x1001, frame_new()), seL4_AlignmentError);
}

/* Whether a thread with this CSpace reaches the notification. */
static bool reaches(struct thread *t, word_t cptr, word_t ntfn)
{
    thread_send(t, cptr, EMPTY_MESSAGE);
    return notification_poll(ntfn) == 5;
}

/* rules: threads 3.4.4, threads subtlety 10, capabilities 1.4 */
TEST(tcb, cspace_data_sets_the_guard_unless_it_is_0)
{
    const word_t cnode = cnode_new(4);
    const word_t guarded = cap_guarded(cnode, 0, 60);
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    ASSERT_OK(cap_copy_into(cnode, 2, 4, cap_mint(ntfn, 5)));
    EXPECT_DONE(set_space(t->tcb, guarded, 0, SPACE));
    EXPECT(reaches(t, 2, ntfn));
    EXPECT_DONE(set_space(t->tcb, guarded, 1 << 6 | 60, SPACE));
    EXPECT(!reaches(t, 2, ntfn));
    EXPECT(reaches(t, 1 << 4 | 2, ntfn));
}

/* rules: threads 3.4.6, threads subtlety 24, ipc 8.2 */
TEST(tcb, fault_handler_is_resolved_at_fault_time)
{
    const word_t slot = slot_new();
    struct thread *t = thread_with_handler(slot);
    struct message m;

    const word_t ep = endpoint_new();
    ASSERT_OK(cap_copy_into(ROOT, slot, DEPTH, ep));
    thread_start_at(t, NULL, 0);
    EXPECT(message_poll(ep, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
}

/* rules: threads 3.4.6 */
TEST(tcb, set_space_keeps_the_buffer)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    EXPECT_DONE(set_space(t->tcb, ROOT, 0, SPACE));
    t->ipc->msg[4] = 44;
    thread_send(t, ep, message(1, 5, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_length(m.info), 5);
    EXPECT_EQ(buffer_word(4), 44);
}

/* rules: threads 3.4, ipc 1 */
TEST(tcb, buffer_address_0_takes_the_buffer_away)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    EXPECT_DONE(invoke(t->tcb, TCBSetIPCBuffer, CAPS(t->frame), ARGS(0)));
    thread_send(t, ep, message(1, 5, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_length(m.info), 4);
}

/* rules: threads 3.4.6, capabilities 4.4 */
TEST(tcb, buffer_capability_is_a_derived_child)
{
    const word_t ep = endpoint_new();
    const word_t frame = frame_new();
    const word_t copy = cap_copy(frame);
    struct thread *t = thread_new();
    struct message m;

    EXPECT_OK(seL4_TCB_SetIPCBuffer(t->tcb, 0x1000, copy));
    EXPECT_OK(cap_delete(copy)); /* the thread has its own */
    thread_send(t, ep, message(1, 6, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_length(m.info), 6);
    EXPECT_OK(cap_revoke(frame));
    thread_send(t, ep, message(1, 6, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_length(m.info), 4);
}

/* rules: threads 3.4.6, capabilities 4.4, x86_64 3.8 */
TEST(tcb, address_space_capability_is_a_derived_child)
{
    const word_t vspace = vspace_with_image();
    const word_t handler = endpoint_new();
    struct thread *t = thread_in(ROOT, vspace, 0, handler);
    struct message m;

    t->order.park = t->tcb;
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
    EXPECT_OK(cap_revoke(vspace));
    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(!thread_finished(t));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
}

/* rules: threads 3.4.6 */
TEST(tcb, replaced_buffer_is_released)
{
    const word_t ep = endpoint_new();
    const word_t first = frame_new();
    const word_t second = frame_new();
    struct thread *t = thread_new();
    struct message m;

    EXPECT_OK(seL4_TCB_SetIPCBuffer(t->tcb, 0x1000, first));
    EXPECT_OK(seL4_TCB_SetIPCBuffer(t->tcb, 0x1000, second));
    EXPECT_OK(cap_revoke(first));
    thread_send(t, ep, message(1, 6, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(info_length(m.info), 6);
}

/* rules: threads 3.4.6 */
TEST(tcb, own_spaces_may_be_set_again)
{
    struct thread *t = thread_new();

    t->ipc->caps_or_badges[0] = ROOT;
    t->ipc->caps_or_badges[1] = SPACE;
    thread_call(t, t->tcb, (struct message){ .info = info_word(TCBSetSpace, 2, 3) });
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, 0);
}

/* rules: threads 3.4 */
TEST(tcb, configure_keeps_priority_and_state)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT_DONE(configure(t->tcb, ROOT, 0, SPACE, (word_t)t->ipc, t->frame));
    message_send(ep, message_word(3, 4)); /* it still waits, and it is more urgent */
    EXPECT(thread_finished(t));
}

/* rules: threads 3.4.6 */
TEST(tcb, refused_configure_changes_nothing)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(ep);
    struct message m;

    EXPECT_ERROR(invoke(t->tcb, TCBConfigure, CAPS(ROOT, SELF, frame_new()), ARGS(0, 0, 0, 0x1000)),
                 seL4_IllegalOperation);
    EXPECT_ERROR(invoke(t->tcb, TCBSetSpace, CAPS(ROOT, SELF), ARGS(0, 0, 0)),
                 seL4_IllegalOperation);
    t->ipc->msg[4] = 44;
    thread_send(t, ep, message(1, 5, 0, 1, 2, 3));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(buffer_word(4), 44); /* the old buffer */
    thread_start_at(t, NULL, 0);
    ASSERT(message_poll(ep, &m)); /* and the old handler */
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
}

/* rules: threads 3.6, threads subtlety 14 */
TEST(tcb, bind_needs_a_notification_with_the_right_to_receive)
{
    const word_t tcb = tcb_new();
    const word_t ntfn = notification_new();
    const word_t bad[] = { slot_new(), endpoint_new(), cap_mint_with(ntfn, seL4_CanWrite, 0) };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(invoke(tcb, TCBBindNotification, CAPS(bad[i]), ARGS()), seL4_IllegalOperation);
    }
    EXPECT_DONE(
        invoke(tcb, TCBBindNotification, CAPS(cap_mint_with(ntfn, seL4_CanRead, 0)), ARGS()));
}

/* rules: threads 3.6 */
TEST(tcb, bind_is_one_to_one)
{
    const word_t tcb = tcb_new();
    const word_t ntfn = notification_new();

    EXPECT_DONE(invoke(tcb, TCBBindNotification, CAPS(ntfn), ARGS()));
    EXPECT_ERROR(invoke(tcb, TCBBindNotification, CAPS(ntfn), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb, TCBBindNotification, CAPS(notification_new()), ARGS()),
                 seL4_IllegalOperation);
    EXPECT_ERROR(invoke(tcb_new(), TCBBindNotification, CAPS(ntfn), ARGS()), seL4_IllegalOperation);
}

/* rules: threads 3.6 */
TEST(tcb, notification_with_waiters_cannot_be_bound)
{
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_recv(t, ntfn);
    EXPECT_ERROR(invoke(tcb_new(), TCBBindNotification, CAPS(ntfn), ARGS()), seL4_IllegalOperation);
    notification_signal(ntfn);
    EXPECT_DONE(invoke(tcb_new(), TCBBindNotification, CAPS(ntfn), ARGS()));
}

/* rules: threads 3.6 */
TEST(tcb, active_notification_can_be_bound)
{
    const word_t ntfn = notification_new();

    notification_signal(cap_mint(ntfn, 3));
    EXPECT_DONE(invoke(tcb_new(), TCBBindNotification, CAPS(ntfn), ARGS()));
}

/* rules: threads 3.6 */
TEST(tcb, binding_an_active_notification_wakes_nobody)
{
    const word_t ep = endpoint_new();
    const word_t ntfn = notification_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    notification_signal(cap_mint(ntfn, 1));
    EXPECT_OK(seL4_TCB_BindNotification(t->tcb, ntfn));
    notification_signal(cap_mint(ntfn, 2));
    EXPECT(!thread_finished(t));
    thread_recv(t, ep); /* asks again and gets both */
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 3);
}

/* rules: threads 3.6 */
TEST(tcb, unbind_when_nothing_is_bound)
{
    EXPECT_ERROR(invoke(tcb_new(), TCBUnbindNotification, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: threads 3.6, ipc 7 */
TEST(tcb, unbind_keeps_a_pending_signal)
{
    const word_t tcb = tcb_new();
    const word_t ntfn = notification_new();

    EXPECT_OK(seL4_TCB_BindNotification(tcb, ntfn));
    notification_signal(cap_mint(ntfn, 9));
    EXPECT_DONE(invoke(tcb, TCBUnbindNotification, CAPS(), ARGS()));
    EXPECT_EQ(notification_poll(ntfn), 9);
}

static volatile word_t counter;

static void count_and_yield(word_t unused)
{
    (void)unused;
    for (;;) {
        counter++;
        seL4_Yield();
    }
}

/* rules: threads 3.7 */
TEST(tcb, suspend_is_idempotent)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBSuspend, CAPS(), ARGS()));
    EXPECT_DONE(invoke(tcb, TCBSuspend, CAPS(), ARGS()));
}

/* rules: threads 3.7 */
TEST(tcb, suspended_thread_does_not_run)
{
    struct thread *t = thread_with_priority(TESTER_PRIORITY);

    thread_run(t, count_and_yield, 0);
    seL4_Yield();
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    const word_t before = counter;
    EXPECT_LT(0, before);
    seL4_Yield();
    seL4_Yield();
    EXPECT_EQ(counter, before);
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    seL4_Yield();
    EXPECT_LT(before, counter);
}

/* rules: threads 3.7, threads 1.1, threads subtlety 4 */
TEST(tcb, suspended_running_thread_continues_behind_its_last_call)
{
    struct thread *t = thread_new();

    /* The call lowers its own thread, which is Running then but not its turn. */
    t->ipc->caps_or_badges[0] = SELF;
    thread_call(
        t, t->tcb,
        (struct message){ .info = info_word(TCBSetPriority, 1, 1), .mr = { LOW_PRIORITY } });
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT_EQ(thread_registers(t).rip, (word_t)order_instruction + 2);
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    threads_let_run();
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, 0);
}

/* rules: threads 3.7, threads subtlety 17 */
TEST(tcb, self_suspension_is_repeated_by_resume)
{
    struct thread *t = thread_new();

    thread_call(t, t->tcb, message(TCBSuspend, 0, 0, 0, 0, 0));
    EXPECT(!thread_finished(t));
    EXPECT_EQ(thread_registers(t).rip, (word_t)order_instruction);
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    EXPECT(!thread_finished(t));
    EXPECT_EQ(thread_registers(t).rip, (word_t)order_instruction);
}

/* rules: threads 3.7, threads subtlety 16, ipc 6 */
TEST(tcb, suspending_a_caller_removes_the_reply_capability)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    message_reply(message_word(1, 1)); /* silently nothing */
    EXPECT(!thread_finished(t));
}

/* rules: threads 3.9, threads subtlety 15, ipc subtlety 29 */
TEST(tcb, resume_of_a_blocked_thread_repeats_its_call)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    thread_call(t, ep, message_word(7, 70));
    EXPECT(message_poll(ep, &m));
    EXPECT_OK(seL4_TCB_Resume(t->tcb)); /* sends the message again */
    EXPECT(message_poll(ep, &m));
    EXPECT_EQ(m.mr[0], 70);
    message_reply(message_word(8, 80));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).mr[0], 80);
}

/* rules: threads 3.9, ipc 9 */
TEST(tcb, resume_moves_a_sender_to_the_end_of_the_queue)
{
    const word_t ep = endpoint_new();
    struct thread *a = thread_new();
    struct thread *b = thread_new();
    struct message m;

    thread_send(a, ep, message_word(1, 1));
    thread_send(b, ep, message_word(2, 2));
    EXPECT_OK(seL4_TCB_Resume(a->tcb));
    EXPECT(message_poll(ep, &m));
    EXPECT_EQ(info_label(m.info), 2);
    EXPECT(message_poll(ep, &m));
    EXPECT_EQ(info_label(m.info), 1);
}

/* rules: threads 3.9, threads subtlety 15 */
TEST(tcb, resume_of_a_runnable_thread_does_nothing)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    thread_run(t, count_and_yield, 0);
    EXPECT_DONE(invoke(t->tcb, TCBResume, CAPS(), ARGS()));
    EXPECT_DONE(invoke(SELF, TCBResume, CAPS(), ARGS()));
}

/* rules: threads 3.9 */
TEST(tcb, resumed_thread_without_spaces_stops_again)
{
    const word_t tcb = tcb_new();

    EXPECT_OK(seL4_TCB_SetPriority(tcb, SELF, HELPER_PRIORITY));
    EXPECT_DONE(invoke(tcb, TCBResume, CAPS(), ARGS()));
    EXPECT_DONE(invoke(tcb, TCBResume, CAPS(), ARGS()));
}

extern char tcb_mark[]; /* RDI: a word to be set; then dies */
__asm__(".pushsection .text\n"
        "tcb_mark: movq $1, (%rdi)\n\t"
        "ud2\n"
        ".popsection\n");

/* rules: threads 3.4 */
TEST(tcb, thread_that_ran_without_spaces_runs_in_those_it_gets)
{
    static volatile word_t mark;
    const word_t tcb = tcb_new();
    seL4_UserContext start = { .rip = (word_t)tcb_mark, .rdi = (word_t)&mark };

    mark = 0;
    EXPECT_OK(seL4_TCB_SetPriority(tcb, SELF, HELPER_PRIORITY));
    EXPECT_OK(seL4_TCB_WriteRegisters(tcb, true, 0, 20, &start));
    EXPECT_EQ(mark, 0);
    EXPECT_OK(seL4_TCB_SetSpace(tcb, 0, ROOT, 0, SPACE, 0));
    EXPECT_OK(seL4_TCB_WriteRegisters(tcb, true, 0, 20, &start));
    EXPECT_EQ(mark, 1);
}

static volatile word_t tls_seen;

static void read_tls(word_t unused)
{
    word_t value;

    (void)unused;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(value));
    tls_seen = value;
}

/* rules: threads 3.10 */
TEST(tcb, tls_base_of_another_thread)
{
    static word_t block[2] = { 0x1122334455667788, 0 };
    struct thread *t = thread_new();

    thread_prepare(t, read_tls, 0);
    EXPECT_DONE(invoke(t->tcb, TCBSetTLSBase, CAPS(), ARGS((word_t)block)));
    EXPECT_EQ(thread_registers(t).fs_base, (word_t)block);
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    EXPECT_EQ(tls_seen, 0x1122334455667788);
}

/* rules: threads 3.10 */
TEST(tcb, tls_base_of_the_own_thread)
{
    static word_t block[2] = { 0x99aabbccddeeff00, 0 };
    word_t own, seen;

    __asm__ volatile("movq %%fs:0, %0" : "=r"(own));
    const struct message set = message(TCBSetTLSBase, 1, (word_t)block, 0, 0, 0);
    const struct message back = message(TCBSetTLSBase, 1, own, 0, 0, 0);
    const struct message r = message_call(SELF, set);
    __asm__ volatile("movq %%fs:0, %0" : "=r"(seen));
    (void)message_call(SELF, back);
    EXPECT_EQ(seen, 0x99aabbccddeeff00);
    EXPECT_EQ(r.info, 0);
}

/* rules: threads 3.10 */
TEST(tcb, non_canonical_tls_base_does_not_hurt_the_kernel)
{
    struct thread *t = thread_new();

    thread_prepare_at(t, NULL, 0);
    (void)invoke(t->tcb, TCBSetTLSBase, CAPS(), ARGS(0x8000000000000000));
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    EXPECT(!thread_finished(t));
}

/* rules: threads 3.11, threads subtlety 23 */
TEST(tcb, flags_are_cleared_then_set)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(0, 1)), 1);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(1, 1)), 1);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(0, 0)), 1);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(1, 0)), 0);
}

/* rules: threads 3.11, threads subtlety 23 */
TEST(tcb, unknown_flags_are_ignored)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(0, ~(word_t)0)), 1);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(~(word_t)1, ~(word_t)1)), 1);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(~(word_t)0, 0)), 0);
}

/* rules: threads 3.4.3, threads subtlety 7 */
TEST(tcb, present_space_is_looked_at_before_the_new_ones)
{
    const word_t tcb = tcb_new();
    const word_t cnode = cnode_new(4);
    const word_t untyped = untyped_new(12);

    ASSERT_OK(seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, ROOT, 0, 0, slot_new(), 1));
    EXPECT_ERROR(set_space(tcb, untyped, 0, SPACE), seL4_RevokeFirst);
    EXPECT_ERROR(set_space(tcb, ROOT, 0, untyped), seL4_RevokeFirst);
    EXPECT_ERROR(configure(tcb, untyped, 0, untyped, 0x1001, untyped), seL4_RevokeFirst);
    EXPECT_DONE(set_space(tcb, cnode, 0, SPACE));
    EXPECT_OK(cap_delete(cnode));
    EXPECT_ERROR(set_space(tcb, untyped, 0, SPACE), seL4_IllegalOperation);
    EXPECT_ERROR(configure(tcb, ROOT, 0, SPACE, 0x1000, untyped), seL4_RevokeFirst);
}
