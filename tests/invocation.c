/* SPDX-License-Identifier: BSD-2-Clause */
/* What all invocations have in common: exact labels, whole-word depths, buffers, silent forms. */
#include "test.h"

/* Objects, and a label each of them knows. */
struct known {
    word_t cap, label;
};

enum { KNOWN = 14 };

static void known_objects(struct known known[KNOWN])
{
    const word_t handler = slot_new();
    const word_t ports = slot_new();

    ASSERT_OK(seL4_IRQControl_GetMSI(seL4_CapIRQControl, ROOT, handler, DEPTH, 0, 0, 0, 0, 50));
    ASSERT_OK(
        seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, 0x5600, 0x5600, ROOT, ports, DEPTH));
    const struct known rows[KNOWN] = {
        { untyped_new(12), UntypedRetype },
        { tcb_new(), TCBSuspend },
        { cnode_new(4), CNodeDelete },
        { seL4_CapIRQControl, X86IRQIssueIRQHandlerMSI },
        { handler, IRQAckIRQ },
        { seL4_CapDomain, DomainSetSet },
        { frame_new(), X86PageUnmap },
        { object_new(seL4_X86_PageTableObject, 0), X86PageTableUnmap },
        { object_new(seL4_X86_PageDirectoryObject, 0), X86PageDirectoryUnmap },
        { object_new(seL4_X86_PDPTObject, 0), X86PDPTUnmap },
        { seL4_CapASIDControl, X86ASIDControlMakePool },
        { seL4_CapInitThreadASIDPool, X86ASIDPoolAssign },
        { seL4_CapIOPortControl, X86IOPortControlIssue },
        { ports, X86IOPortIn8 },
    };
    for (word_t i = 0; i < KNOWN; i++) {
        known[i] = rows[i];
    }
}

/* rules: ipc 3.5, x86_64 0 */
TEST(invocation, labels_are_compared_as_52_bits)
{
    struct known known[KNOWN];

    known_objects(known);
    for (word_t i = 0; i < KNOWN; i++) {
        EXPECT(invoke(known[i].cap, known[i].label, CAPS(), ARGS()).label != seL4_IllegalOperation);
        EXPECT_ERROR(invoke(known[i].cap, known[i].label | BIT(32), CAPS(), ARGS()),
                     seL4_IllegalOperation);
        EXPECT_ERROR(invoke(known[i].cap, known[i].label | BIT(51), CAPS(), ARGS()),
                     seL4_IllegalOperation);
        EXPECT_ERROR(invoke(known[i].cap, known[i].label | BIT(16), CAPS(), ARGS()),
                     seL4_IllegalOperation);
    }
}

/* rules: ipc 3.5, x86_64 0 */
TEST(invocation, labels_of_other_objects_are_illegal)
{
    struct known known[KNOWN];

    known_objects(known);
    for (word_t i = 0; i < KNOWN; i++) {
        for (word_t j = 0; j < KNOWN; j++) {
            if (i != j) {
                EXPECT_ERROR(invoke(known[i].cap, known[j].label, CAPS(), ARGS()),
                             seL4_IllegalOperation);
            }
        }
        EXPECT_ERROR(invoke(known[i].cap, 0, CAPS(), ARGS()), seL4_IllegalOperation);
        EXPECT_ERROR(invoke(known[i].cap, nArchInvocationLabels, CAPS(), ARGS()),
                     seL4_IllegalOperation);
    }
}

/* rules: capabilities 2.3, x86_64 0 */
TEST(invocation, depths_of_every_method_are_whole_words)
{
    static const word_t depths[] = { 0, 65, BIT(8) + 64, BIT(32) + 64 };
    const word_t ut = untyped_new(12);
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(depths); i++) {
        const word_t depth = depths[i];

        EXPECT_ERROR(invoke(seL4_CapIRQControl, X86IRQIssueIRQHandlerMSI, CAPS(ROOT),
                            ARGS(slot, depth, 0, 0, 0, 0, 50)),
                     seL4_RangeError, 1, 64);
        EXPECT_ERROR(invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(ROOT),
                            ARGS(0x5600, 0x5600, slot, depth)),
                     seL4_RangeError, 1, 64);
        EXPECT_ERROR(
            invoke(seL4_CapASIDControl, X86ASIDControlMakePool, CAPS(ut, ROOT), ARGS(slot, depth)),
            seL4_RangeError, 1, 64);
        if (depth) {
            EXPECT_ERROR(invoke(ut, UntypedRetype, CAPS(ROOT),
                                ARGS(seL4_EndpointObject, 0, ROOT, depth, slot, 1)),
                         seL4_RangeError, 1, 64);
        }
    }
    EXPECT(slot_is_empty(slot));
}

/* rules: capabilities 2.3.4, x86_64 0 */
TEST(invocation, destinations_report_bits_left_over)
{
    const word_t outer = cnode_new(4);
    const word_t ut = untyped_new(12);

    EXPECT_ERROR(invoke(seL4_CapIRQControl, X86IRQIssueIRQHandlerMSI, CAPS(outer),
                        ARGS(0, 7, 0, 0, 0, 0, 50)),
                 seL4_FailedLookup, 0, seL4_DepthMismatch, 3, 0);
    EXPECT_ERROR(invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(outer),
                        ARGS(0x5600, 0x5600, 0, 7)),
                 seL4_FailedLookup, 0, seL4_DepthMismatch, 3, 0);
    EXPECT_ERROR(invoke(seL4_CapASIDControl, X86ASIDControlMakePool, CAPS(ut, outer), ARGS(0, 7)),
                 seL4_FailedLookup, 0, seL4_DepthMismatch, 3, 0);
}

/* rules: ipc 3.3, ipc 3.4, x86_64 0 */
TEST(invocation, without_buffer_there_are_4_words_and_no_capabilities)
{
    static const struct {
        word_t cap, label, words, caps;
    } rows[] = {
        { ROOT, CNodeCopy, 5, 1 },
        { ROOT, CNodeMove, 4, 1 },
        { ROOT, CNodeRotate, 8, 2 },
        { SELF, TCBSetPriority, 1, 1 },
        { SELF, TCBBindNotification, 0, 1 },
        { seL4_CapIRQControl, X86IRQIssueIRQHandlerMSI, 7, 1 },
        { seL4_CapIOPortControl, X86IOPortControlIssue, 4, 1 },
        { seL4_CapInitThreadASIDPool, X86ASIDPoolAssign, 0, 1 },
    };
    struct thread *t = thread_without_buffer();

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct message m = message(rows[i].label, rows[i].words, slot_new(), 64, SELF, 64);

        m.info |= rows[i].caps << 7;
        thread_call(t, rows[i].cap, m);
        EXPECT(thread_finished(t));
        EXPECT_EQ(thread_result(t).info, info_word(seL4_TruncatedMessage, 0, 0));
    }
}

/* rules: capabilities 3 */
TEST(invocation, error_words_without_buffer_are_cut_to_4)
{
    struct thread *t = thread_without_buffer();

    thread_call(t, ROOT, message(CNodeDelete, 2, BIT(40), 64, 7, 7));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_FailedLookup, 0, 4));
    EXPECT_EQ(thread_result(t).mr[0], 0);
    EXPECT_EQ(thread_result(t).mr[1], seL4_GuardMismatch);
    EXPECT_EQ(thread_result(t).mr[2], 64);
    EXPECT_EQ(thread_result(t).mr[3], 0);
}

/* rules: capabilities 3, ipc subtlety 32 */
TEST(invocation, error_words_with_a_read_only_buffer_are_cut_to_4)
{
    struct thread *t = thread_new();

    ASSERT_OK(
        seL4_TCB_SetIPCBuffer(t->tcb, (word_t)t->ipc, cap_mint_with(t->frame, seL4_CanRead, 0)));
    t->ipc->msg[4] = 4711;
    thread_call(t, ROOT, message(CNodeDelete, 2, BIT(40), 64, 7, 7));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_FailedLookup, 0, 4));
    EXPECT_EQ(t->ipc->msg[4], 4711);
}

/* rules: ipc 3.4 */
TEST(invocation, arguments_come_from_a_read_only_buffer)
{
    struct thread *t = thread_new();
    const word_t slot = slot_new();
    struct message m = message(CNodeCopy, 5, slot, 64, SELF, 64);

    ASSERT_OK(
        seL4_TCB_SetIPCBuffer(t->tcb, (word_t)t->ipc, cap_mint_with(t->frame, seL4_CanRead, 0)));
    t->ipc->msg[4] = 15;
    t->ipc->caps_or_badges[0] = ROOT;
    m.info |= 1 << 7;
    thread_call(t, ROOT, m);
    EXPECT_EQ(thread_result(t).info, 0);
    EXPECT(!slot_is_empty(slot));
}

/* rules: ipc 3.6, ipc subtlety 8 */
TEST(invocation, send_forms_change_no_register)
{
    static const seL4_Syscall_ID calls[] = { seL4_SysSend, seL4_SysNBSend };

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        const struct message good = message(CNodeDelete, 2, slot_new(), 64, 3, 4);
        const struct message bad = message(CNodeDelete, 2, BIT(40), 64, 3, 4);
        struct message m = system_call(calls[i], ROOT, good);

        EXPECT_EQ(m.badge, ROOT);
        EXPECT_EQ(m.info, good.info);
        EXPECT_EQ(m.mr[0], good.mr[0]);
        m = system_call(calls[i], ROOT, bad);
        EXPECT_EQ(m.badge, ROOT);
        EXPECT_EQ(m.info, bad.info);
        EXPECT_EQ(m.mr[0], bad.mr[0]);
    }
}

/* rules: ipc 3.6 */
TEST(invocation, results_are_returned_only_to_a_call)
{
    const word_t tcb = tcb_new();
    const struct message in = message(TCBReadRegisters, 2, 0, 3, 7, 8);
    const struct message out = system_call(seL4_SysSend, tcb, in);
    const struct message flags_in = message(TCBSetFlags, 2, 0, 1, 7, 8);
    const struct message flags_out = system_call(seL4_SysSend, tcb, flags_in);

    EXPECT_EQ(out.info, in.info);
    EXPECT_EQ(out.mr[2], 7);
    EXPECT_EQ(flags_out.info, flags_in.info);
    EXPECT_EQ(flags_out.mr[0], 0);
    EXPECT_DONE(invoke(tcb, TCBSetFlags, CAPS(), ARGS(0, 0)), 1); /* but it was done */
}

/* rules: ipc 3.5 */
TEST(invocation, length_above_120_counts_as_120)
{
    const word_t slot = slot_new();
    const struct reply r = invoke_with_info(ROOT, info_word(CNodeCopy, 1, 127), CAPS(ROOT),
                                            ARGS(slot, 64, SELF, 64, 15));

    EXPECT_DONE(r);
    EXPECT(!slot_is_empty(slot));
}

/* rules: ipc 3.5 */
TEST(invocation, more_words_and_capabilities_than_needed_are_ignored)
{
    const word_t slot = slot_new();

    EXPECT_DONE(
        invoke(ROOT, CNodeCopy, CAPS(ROOT, SELF, ROOT), ARGS(slot, 64, SELF, 64, 15, 1, 2)));
    EXPECT_DONE(invoke(ROOT, CNodeDelete, CAPS(SELF), ARGS(slot, 64, 1, 2, 3)));
}

/* rules: capabilities 4.6, capabilities 6.1 */
TEST(invocation, object_lives_until_its_last_capability_goes)
{
    static const word_t orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 }, { 0, 2, 1 } };

    for (word_t i = 0; i < ARRAY_COUNT(orders); i++) {
        const word_t ep = endpoint_new();
        const word_t caps[] = { ep, cap_mint(ep, 1), cap_mint(ep, 2) };
        const word_t handler = endpoint_new();
        struct thread *waiter = thread_with_handler(handler);
        struct message m;

        thread_recv(waiter, ep);
        for (word_t j = 0; j < 3; j++) {
            EXPECT(!message_poll(handler, &m));
            EXPECT_OK(cap_delete(caps[orders[i][j]]));
        }
        EXPECT(message_poll(handler, &m));
    }
}
