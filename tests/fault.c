/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: what the handler receives, what its reply does, and life without a handler. */
#include "test.h"

/* Instructions that fault, at known addresses.  None of them uses the stack.
 *   fault_read     reads [rdi], then counts in [rsi] and stops
 *   fault_unknown  an unknown system call -1000, then the same
 *   fault_ud2      an undefined instruction, then the same */
extern char fault_read[], fault_unknown[], fault_unknown_call[], fault_ud2[], fault_after_ud2[];
__asm__(".pushsection .text\n"
        ".globl fault_read, fault_unknown, fault_unknown_call, fault_ud2, fault_after_ud2\n"
        "fault_read:\n\t"
        "movq (%rdi), %rax\n\t"
        "jmp fault_count\n"
        "fault_unknown:\n\t"
        "movq $-1000, %rdx\n"
        "fault_unknown_call:\n\t"
        "syscall\n\t"
        "jmp fault_count\n"
        "fault_ud2:\n\t"
        "ud2\n"
        "fault_after_ud2:\n\t"
        "nop\n"
        "fault_count:\n\t"
        "incq fault_counter\n"
        "1:\tmovq $-7, %rdx\n\t" /* Yield for ever, at whatever priority is left */
        "syscall\n\t"
        "jmp 1b\n"
        ".popsection\n");
_Static_assert(seL4_SysYield == -7, "known to fault_count");

extern volatile word_t fault_counter;
volatile word_t fault_counter;

/* A thread that has just faulted, and the message its handler got. */
struct victim {
    struct thread *thread;
    word_t handler;
    struct message message;
};

/* The handler's capability carries badge 21.  Afterwards the victim is below the tester, so it can
 * go on without end once it is restarted. */
static struct victim victim_at(const void *ip, word_t argument)
{
    struct victim v = { .handler = endpoint_new() };

    v.thread = thread_with_handler(cap_mint(v.handler, 21));
    fault_counter = 0;
    thread_start_at(v.thread, ip, argument);
    ASSERT(message_poll(v.handler, &v.message));
    thread_set_priority(v.thread, LOW_PRIORITY);
    return v;
}

/* Whether the victim got behind its faulting instruction.  It yields for ever, so give it a turn at
 * the tester's own priority. */
static bool went_on(const struct victim *v)
{
    thread_set_priority(v->thread, TESTER_PRIORITY);
    seL4_Yield();
    seL4_Yield();
    (void)seL4_TCB_Suspend(v->thread->tcb);
    return fault_counter != 0;
}

/* rules: ipc 8.3, x86_64 4 */
TEST(fault, page_fault_message)
{
    const struct victim v = victim_at(fault_read, 0x7000);

    EXPECT_EQ(v.message.badge, 21);
    EXPECT_EQ(v.message.info, info_word(seL4_Fault_VMFault, 0, seL4_VMFault_Length));
    EXPECT_EQ(v.message.mr[seL4_VMFault_IP], (word_t)fault_read);
    EXPECT_EQ(v.message.mr[seL4_VMFault_Addr], 0x7000);
    EXPECT_EQ(v.message.mr[seL4_VMFault_PrefetchFault], 0);
    EXPECT_EQ(v.message.mr[seL4_VMFault_FSR], 4);
}

/* rules: ipc 8.4, ipc subtlety 22, x86_64 subtlety 23 */
TEST(fault, page_fault_reply_restarts_whatever_the_label)
{
    struct victim v = victim_at(fault_read, 0x7000);

    for (word_t label = 0; label < 3; label++) {
        message_reply(message(label, 4, 1, 2, 3, 4));
        thread_set_priority(v.thread, HELPER_PRIORITY); /* faults again */
        ASSERT(message_poll(v.handler, &v.message));
        EXPECT_EQ(v.message.mr[seL4_VMFault_IP], (word_t)fault_read);
        thread_set_priority(v.thread, LOW_PRIORITY);
    }
}

/* rules: ipc 8.4 */
TEST(fault, repaired_page_fault_lets_the_thread_go_on)
{
    const struct victim v = victim_at(fault_read, FREE_ADDRESS);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(frame_new(), SPACE, FREE_ADDRESS));
    message_reply(EMPTY_MESSAGE);
    EXPECT(went_on(&v));
}

/* rules: ipc 8.3, ipc subtlety 25 */
TEST(fault, message_comes_with_the_badge_of_the_handler_capability)
{
    const struct victim v = victim_at(fault_ud2, 0);

    EXPECT_EQ(v.message.badge, 21);
    EXPECT_EQ(info_caps(v.message.info), 0);
    EXPECT_EQ(info_unwrapped(v.message.info), 0);
}

/* rules: ipc 8.3, x86_64 4 */
TEST(fault, unknown_system_call_message)
{
    seL4_UserContext c = { .rip = (word_t)fault_unknown, .rflags = 0x202 };
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    word_t *const words = (word_t *)&c;
    struct message m;
    static const word_t order[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };

    for (word_t i = 3; i < 18; i++) {
        words[i] = 0x100 + i;
    }
    c.rsp = 0x4321;
    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, 20, &c));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_UnknownSyscall, 0, seL4_UnknownSyscall_Length));
    for (word_t i = 0; i < ARRAY_COUNT(order); i++) {
        const word_t value = i < MESSAGE_REGISTERS ? m.mr[i] : buffer_word(i);
        const word_t expected = order[i] == 6 ? (word_t)-1000 : words[order[i]];

        EXPECT_EQ(value, expected);
    }
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)fault_unknown_call);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_SP), 0x4321);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FLAGS), 0x202);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), (word_t)-1000);
}

/* rules: ipc 2, x86_64 5, syscalls 2 */
TEST(fault, unknown_numbers_are_compared_as_whole_words)
{
    static const word_t numbers[] = {
        0, 1, 0xffffffff, BIT(32), 0xffffffffffffff00, 0x7fffffffffffffff, (word_t)-9 - 1000
    };
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        thread_order(t, (seL4_Syscall_ID)numbers[i], 0, EMPTY_MESSAGE);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(info_label(m.info), seL4_Fault_UnknownSyscall);
        EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), numbers[i]);
    }
}

/* rules: ipc 8.4, x86_64 subtlety 17 */
TEST(fault, unknown_system_call_is_repeated_unless_skipped)
{
    struct victim v = victim_at(fault_unknown, 0);

    message_reply(message(0, 0, 0, 0, 0, 0));
    thread_set_priority(v.thread, HELPER_PRIORITY);
    ASSERT(message_poll(v.handler, &v.message));
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)fault_unknown_call);
    thread_set_priority(v.thread, LOW_PRIORITY);

    buffer_word_set(seL4_UnknownSyscall_FaultIP, (word_t)fault_unknown_call + 2);
    message_reply(message(0, seL4_UnknownSyscall_FaultIP + 1, v.message.mr[0], v.message.mr[1],
                          v.message.mr[2], v.message.mr[3]));
    EXPECT(went_on(&v));
}

/* rules: ipc 8.4, ipc subtlety 23 */
TEST(fault, nonzero_label_writes_registers_and_stops)
{
    const struct victim v = victim_at(fault_unknown, 0);

    message_reply(message(1, 2, 0xaaaa, 0xbbbb, 0, 0));
    EXPECT(!went_on(&v));
    const seL4_UserContext c = thread_registers(v.thread);
    EXPECT_EQ(c.rax, 0xaaaa);
    EXPECT_EQ(c.rbx, 0xbbbb);
    EXPECT_EQ(c.rip, (word_t)fault_unknown_call);
}

/* rules: ipc 8.4 */
TEST(fault, system_call_number_is_never_written)
{
    const struct victim v = victim_at(fault_unknown, 0);

    for (word_t i = MESSAGE_REGISTERS; i < 19; i++) {
        buffer_word_set(i, 0x7000 + i);
    }
    message_reply(message(1, 19, 0x7000, 0x7001, 0x7002, 0x7003));
    const seL4_UserContext c = thread_registers(v.thread);
    EXPECT_EQ(c.rdx, 0x7003);
    EXPECT_EQ(c.r15, 0x700e);
    EXPECT_EQ(c.rip, 0x700f);
    EXPECT_EQ(c.rsp, 0x7010);
    EXPECT_EQ(c.rflags, 0x213); /* 0x7011, sanitised */
}

/* rules: ipc 8.4, threads 1.3 */
TEST(fault, written_registers_are_sanitised)
{
    const struct victim v = victim_at(fault_ud2, 0);

    message_reply(message(1, 3, 0x0000800000000000, 0x1234, 0x3128, 0));
    const seL4_UserContext c = thread_registers(v.thread);
    EXPECT_EQ(c.rip, 0);
    EXPECT_EQ(c.rsp, 0x1234);
    EXPECT_EQ(c.rflags, 0x202);
}

/* rules: ipc 8.4 */
TEST(fault, exception_reply_writes_as_many_as_its_length)
{
    const struct victim v = victim_at(fault_ud2, 0);
    const seL4_UserContext before = thread_registers(v.thread);

    message_reply(message(1, 1, 0x5000, 0x6000, 0, 0));
    const seL4_UserContext c = thread_registers(v.thread);
    EXPECT_EQ(c.rip, 0x5000);
    EXPECT_EQ(c.rsp, before.rsp);
}

/* rules: ipc 8.3 */
TEST(fault, exception_message)
{
    const struct victim v = victim_at(fault_ud2, 0);

    EXPECT_EQ(v.message.info, info_word(seL4_Fault_UserException, 0, seL4_UserException_Length));
    EXPECT_EQ(v.message.mr[seL4_UserException_FaultIP], (word_t)fault_ud2);
    EXPECT_EQ(v.message.mr[seL4_UserException_SP], v.thread->stack_top - sizeof(word_t));
    EXPECT_EQ(v.message.mr[seL4_UserException_FLAGS] & 0x202, 0x202);
    EXPECT_EQ(v.message.mr[seL4_UserException_Number], 6);
    EXPECT_EQ(buffer_word(seL4_UserException_Code), 0);
}

/* rules: ipc 8.4 */
TEST(fault, exception_handler_may_skip_the_instruction)
{
    const struct victim v = victim_at(fault_ud2, 0);

    message_reply(message_word(0, (word_t)fault_after_ud2));
    EXPECT(went_on(&v));
}

/* rules: ipc 8.4 */
TEST(fault, exception_reply_with_a_label_stops)
{
    const struct victim v = victim_at(fault_ud2, 0);

    message_reply(message_word(7, (word_t)fault_after_ud2));
    EXPECT(!went_on(&v));
}

/* rules: ipc 8.4, ipc subtlety 22 */
TEST(fault, capability_fault_reply_repeats_the_call)
{
    const word_t handler = endpoint_new();
    const word_t ep = slot_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_recv(t, ep);
    ASSERT(message_poll(handler, &m));
    ASSERT_OK(cap_copy_into(ROOT, ep, DEPTH, endpoint_new()));
    message_reply(message(9, 4, 0, 0, 0, 0)); /* label and words do not matter */
    message_send(ep, message_word(5, 50));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).mr[0], 50);
}

/* rules: ipc 8.3 */
TEST(fault, faulter_keeps_its_registers)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    seL4_UserContext c = { .rip = (word_t)fault_read,
                           .rflags = 0x202,
                           .rdi = 0x7000,
                           .rsi = 0x77,
                           .r10 = 0x1010,
                           .r8 = 0x88,
                           .r9 = 0x99,
                           .r15 = 0x1515 };
    struct message m;

    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, 20, &c));
    ASSERT(message_poll(handler, &m));
    const seL4_UserContext r = thread_registers(t);
    for (word_t i = 0; i < 18; i++) {
        /* The processor may have set the resume flag in the saved flags. */
        EXPECT_EQ(((const word_t *)&r)[i] & ~(word_t)(i == 2 ? 0x10000 : 0),
                  ((const word_t *)&c)[i]);
    }
}

/* rules: ipc 8.3 */
TEST(fault, receiver_without_buffer_gets_4_words)
{
    const word_t ep = endpoint_new();
    struct thread *handler = thread_without_buffer();

    thread_recv(handler, ep);
    thread_start_at(thread_with_handler(ep), fault_unknown, 0);
    EXPECT(thread_finished(handler));
    EXPECT_EQ(thread_result(handler).info, info_word(seL4_Fault_UnknownSyscall, 0, 4));
    thread_recv(handler, ep);
    thread_start_at(thread_with_handler(ep), fault_ud2, 0);
    EXPECT_EQ(thread_result(handler).info, info_word(seL4_Fault_UserException, 0, 4));
}

/* rules: ipc 8.2, ipc subtlety 24 */
TEST(fault, handler_needs_send_and_a_kind_of_grant)
{
    static const struct {
        word_t rights;
        bool arrives;
    } rows[] = {
        { 15, true }, { 1 | 4, true },      { 1 | 8, true }, { 1 | 2, false },
        { 1, false }, { 2 | 4 | 8, false }, { 0, false },
    };

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const word_t ep = endpoint_new();
        const word_t cap = cap_mint_with(ep, (seL4_CapRights_t){ { rows[i].rights } }, 0);
        struct message m;

        thread_start_at(thread_with_handler(cap), fault_ud2, 0);
        EXPECT_EQ(message_poll(ep, &m), rows[i].arrives);
    }
}

/* rules: ipc 8.2, ipc subtlety 24 */
TEST(fault, without_handler_the_thread_stops_and_the_system_goes_on)
{
    const word_t bad[] = { 0, slot_new(), SELF, notification_new(), BIT(40) };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        struct thread *t = thread_with_handler(bad[i]);

        fault_counter = 0;
        thread_start_at(t, fault_ud2, 0);
        EXPECT_EQ(thread_registers(t).rip, (word_t)fault_ud2);
        EXPECT_OK(seL4_TCB_Resume(t->tcb)); /* faults again */
        EXPECT_EQ(fault_counter, 0);
    }
}

/* rules: ipc 8.2, ipc 8.5 */
TEST(fault, handler_that_faults_has_its_own_handler)
{
    const word_t outer = endpoint_new();
    const word_t inner = endpoint_new();
    struct thread *handler = thread_with_handler(outer);
    struct thread *t = thread_with_handler(inner);
    struct message m;

    thread_recv(handler, inner);
    thread_start_at(t, fault_ud2, 0);
    EXPECT(thread_finished(handler));
    thread_reply_recv(handler, BIT(40), message_word(1, 0));
    ASSERT(message_poll(outer, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_CapFault);
    EXPECT_EQ(m.mr[0], (word_t)order_instruction);
}

/* rules: ipc 8.2 */
TEST(fault, fault_waits_for_its_handler)
{
    const word_t ep = endpoint_new();
    struct message m;

    for (word_t i = 0; i < 3; i++) {
        thread_start_at(thread_with_handler(cap_mint(ep, i + 1)), fault_read, 0x7000 + 8 * i);
    }
    for (word_t i = 0; i < 3; i++) {
        ASSERT(message_poll(ep, &m));
        EXPECT_EQ(m.badge, i + 1);
        EXPECT_EQ(m.mr[seL4_VMFault_Addr], 0x7000 + 8 * i);
    }
}

/* rules: ipc 6, ipc 8.4 */
TEST(fault, saved_reply_capability_answers_a_fault)
{
    const struct victim v = victim_at(fault_ud2, 0);
    const word_t slot = slot_new();

    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, slot, DEPTH));
    message_send(slot, message_word(0, (word_t)fault_after_ud2));
    EXPECT(slot_is_empty(slot));
    EXPECT(went_on(&v));
}

/* rules: ipc 9, ipc 8.6, threads 3.9 */
TEST(fault, resumed_faulter_repeats_the_instruction)
{
    struct victim v = victim_at(fault_ud2, 0);

    EXPECT_OK(seL4_TCB_Resume(v.thread->tcb));
    message_reply(message_word(0, (word_t)fault_after_ud2)); /* too late */
    thread_set_priority(v.thread, HELPER_PRIORITY);
    ASSERT(message_poll(v.handler, &v.message));
    EXPECT_EQ(v.message.mr[0], (word_t)fault_ud2);
}

/* rules: ipc 8.6, fastpath subtlety 2 */
TEST(fault, record_of_a_fault_survives_a_cancelled_send)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_start_at(t, fault_ud2, 0); /* the fault message waits in the queue */
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT(!message_poll(handler, &m));
    thread_call(t, ep, message_word(5, 50)); /* delivered as the old fault */
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_UserException, 0, 5));
}

/* rules: ipc 8.6, capabilities 6.4 */
TEST(fault, record_of_a_fault_survives_its_endpoint)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_start_at(t, fault_ud2, 0);
    EXPECT_OK(cap_delete(handler)); /* restarted, faults again, and stops for good */
    thread_send(t, ep, message_word(5, 50));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_UserException, 0, 5));
}

/* rules: ipc 8.6 */
TEST(fault, answered_fault_leaves_no_record)
{
    const struct victim v = victim_at(fault_ud2, 0);
    const word_t ep = endpoint_new();
    struct message m;

    message_reply(message_word(7, (word_t)fault_after_ud2)); /* stopped, but answered */
    thread_set_priority(v.thread, HELPER_PRIORITY);
    thread_send(v.thread, ep, message_word(5, 50));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(5, 0, 1));
}

/* rules: ipc 8.6, ipc 9 */
TEST(fault, suspension_while_waiting_for_the_answer_clears_the_record)
{
    const struct victim v = victim_at(fault_ud2, 0);
    const word_t ep = endpoint_new();
    struct message m;

    EXPECT_OK(seL4_TCB_Suspend(v.thread->tcb));
    thread_set_priority(v.thread, HELPER_PRIORITY);
    thread_send(v.thread, ep, message_word(5, 50));
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(5, 0, 1));
}

/* rules: ipc 8.2 */
TEST(fault, fault_is_delivered_through_the_space_of_the_faulter)
{
    const word_t cnode = cnode_new(4);
    const word_t ep = endpoint_new();
    struct thread *t = thread_in(cnode, SPACE, 0, (word_t)6 << 60);
    struct message m;

    ASSERT_OK(cap_copy_into(cnode, 6, 4, cap_mint(ep, 66)));
    thread_start_at(t, fault_ud2, 0);
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.badge, 66);
}

/* rules: ipc 8.3 (values at delivery) */
TEST(fault, queued_fault_shows_the_registers_at_delivery)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_start_at(t, fault_ud2, 0);
    seL4_UserContext c = thread_registers(t);
    c.rsp = 0x98760;
    EXPECT_OK(seL4_TCB_WriteRegisters(t->tcb, false, 0, 20, &c));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[seL4_UserException_SP], 0x98760);
}

/* The registers that a reply to an unknown system call writes, in the order of its words. */
static const word_t written[] = { 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 0, 1, 2 };

static word_t answer_word(word_t i)
{
    return 0x7000 + 0x111 * i;
}

/* The answer's words 0 to 3; the others are in the tester's buffer. */
static struct message answer(word_t label, word_t length)
{
    for (word_t i = MESSAGE_REGISTERS; i < seL4_MsgMaxLength; i++) {
        buffer_word_set(i, answer_word(i));
    }
    return message(label, length, answer_word(0), answer_word(1), answer_word(2), answer_word(3));
}

/* The first `count` registers of the list have been written, the others are as they were. */
static void expect_written(const seL4_UserContext *before, const seL4_UserContext *after,
                           word_t count)
{
    const word_t *const old = (const word_t *)before;
    const word_t *const now = (const word_t *)after;

    for (word_t i = 0; i < ARRAY_COUNT(written); i++) {
        const word_t sanitised = written[i] == 2 ? (answer_word(i) & 0xed7) | 0x202 : answer_word(i);

        EXPECT_EQ(now[written[i]], i < count ? sanitised : old[written[i]]);
    }
    EXPECT_EQ(after->fs_base, before->fs_base);
    EXPECT_EQ(after->gs_base, before->gs_base);
}

/* rules: ipc 8.4 */
TEST(fault, reply_to_an_unknown_call_writes_as_many_as_its_length)
{
    static const word_t lengths[] = { 0, 1, 2, 3, 4, 5, 6, 14, 15, 16, 17, 18, 19, 120, 127 };

    for (word_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        const struct victim v = victim_at(fault_unknown, 0);
        const seL4_UserContext before = thread_registers(v.thread);

        message_reply(answer(1, lengths[i]));
        const seL4_UserContext after = thread_registers(v.thread);
        expect_written(&before, &after, lengths[i] < 18 ? lengths[i] : 18);
        threads_stop();
    }
}

/* rules: ipc 8.4 */
TEST(fault, reply_to_an_exception_writes_no_more_than_three)
{
    static const word_t lengths[] = { 0, 1, 2, 3, 4, 5, 20, 127 };

    for (word_t i = 0; i < ARRAY_COUNT(lengths); i++) {
        const struct victim v = victim_at(fault_ud2, 0);
        const seL4_UserContext before = thread_registers(v.thread);

        message_reply(answer(1, lengths[i]));
        const seL4_UserContext after = thread_registers(v.thread);
        EXPECT_EQ(after.rip, lengths[i] > 0 ? answer_word(0) : before.rip);
        EXPECT_EQ(after.rsp, lengths[i] > 1 ? answer_word(1) : before.rsp);
        EXPECT_EQ(after.rflags, lengths[i] > 2 ? (answer_word(2) & 0xed7) | 0x202 : before.rflags);
        EXPECT_EQ(after.rax, before.rax);
        EXPECT_EQ(after.r15, before.r15);
        threads_stop();
    }
}

/* rules: ipc 8.4 */
TEST(fault, words_without_a_buffer_of_the_replier_are_not_written)
{
    const word_t ep = endpoint_new();
    struct thread *handler = thread_without_buffer();
    struct thread *t = thread_with_handler(ep);

    thread_recv(handler, ep);
    thread_start_at(t, fault_unknown, 0);
    ASSERT(thread_finished(handler));
    const seL4_UserContext before = thread_registers(t);
    thread_order(handler, seL4_SysReply, 0, answer(1, 18));
    const seL4_UserContext after = thread_registers(t);
    expect_written(&before, &after, 4);
}

/* rules: ipc 8.6 */
TEST(fault, answer_to_a_call_with_an_old_fault_is_one_to_the_fault)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_start_at(t, fault_ud2, 0);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    thread_call(t, ep, message_word(5, 50));
    ASSERT(message_poll(ep, &m));
    message_reply(message(6, 2, 0x5000, 0x6000, 0, 0)); /* a label: stop */
    EXPECT(!thread_finished(t));
    const seL4_UserContext c = thread_registers(t);
    EXPECT_EQ(c.rip, 0x5000);
    EXPECT_EQ(c.rsp, 0x6000);
    thread_send(t, ep, message_word(5, 51)); /* and the record is gone */
    ASSERT(message_poll(ep, &m));
    EXPECT_EQ(m.info, info_word(5, 0, 1));
    EXPECT(thread_finished(t));
}

/* rules: ipc 4.1, ipc 8.6 */
TEST(fault, old_fault_of_a_server_is_its_answer)
{
    const word_t handler = endpoint_new();
    const word_t ep = endpoint_new();
    struct thread *server = thread_with_handler(handler);
    struct thread *client = thread_with_priority(LOW_PRIORITY);

    thread_start_at(server, fault_ud2, 0);
    EXPECT_OK(seL4_TCB_Suspend(server->tcb));
    thread_recv(server, ep);
    thread_call(client, ep, message_word(3, 30));
    threads_let_run();
    EXPECT_EQ(thread_result(server).info, info_word(3, 0, 1));
    thread_order(server, seL4_SysReply, 0, message_word(7, 70));
    threads_let_run();
    EXPECT(thread_finished(client));
    EXPECT_EQ(thread_result(client).info, info_word(seL4_Fault_UserException, 0, 5));
    EXPECT_EQ(thread_result(client).badge, 0);
}

/* rules: ipc 2, ipc 10 */
TEST(fault, calls_of_other_configurations_are_unknown)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t number = 15; number < 40; number++) {
        if (number == 30) { /* SetTLSBase */
            continue;
        }
        thread_order(t, (seL4_Syscall_ID)-number, 0, EMPTY_MESSAGE);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(info_label(m.info), seL4_Fault_UnknownSyscall);
        EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), -number);
    }
}
