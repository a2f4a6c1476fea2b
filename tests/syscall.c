/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls outside the API range: TLS base, debug calls, and the numbers nobody has. */
#include "test.h"

/* The thread pointer's own word, as code with thread-local variables reads it. */
static word_t tls_self(void)
{
    word_t value;

    __asm__ volatile("movq %%fs:0, %0" : "=r"(value));
    return value;
}

/* rules: x86_64 6.3, ipc 10 */
TEST(syscall, tls_base_changes_at_once_and_is_recorded)
{
    static word_t block[2] = { 0x1234, 0 };
    const word_t own = tls_self();
    const struct message in = message(1, 2, 3, 4, 5, 6);

    const struct message out = system_call(seL4_SysSetTLSBase, (word_t)block, in);
    const word_t seen = tls_self();
    (void)system_call(seL4_SysSetTLSBase, own, in);
    EXPECT_EQ(seen, 0x1234);
    EXPECT_EQ(out.badge, (word_t)block);
    EXPECT_EQ(out.info, in.info);
    EXPECT_EQ(out.mr[0], 3);
}

static word_t bases[3];

static void set_bases(word_t unused)
{
    (void)unused;
    (void)system_call(seL4_SysSetTLSBase, bases[0], EMPTY_MESSAGE);
    (void)system_call(seL4_SysSetTLSBase, 0x0000800000000000, EMPTY_MESSAGE);
    bases[2] = 1;
}

/* rules: x86_64 6.3, x86_64 subtlety 21 */
TEST(syscall, non_canonical_tls_base_is_ignored)
{
    struct thread *t = thread_new();

    bases[0] = t->tls + 64;
    bases[2] = 0;
    *(word_t *)bases[0] = 0;
    thread_run(t, set_bases, 0);
    EXPECT_EQ(bases[2], 1);
    EXPECT_EQ(thread_registers(t).fs_base, bases[0]);
}

/* rules: x86_64 6.5 */
TEST(syscall, fs_and_gs_base_survive_switches)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);
    seL4_UserContext c;
    const word_t own = tls_self();

    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    c = thread_registers(t);
    c.fs_base = 0x12345000;
    c.gs_base = 0x6789a000;
    EXPECT_OK(seL4_TCB_WriteRegisters(t->tcb, false, 0, 20, &c));
    threads_let_run();
    EXPECT(thread_finished(t));
    c = thread_registers(t);
    EXPECT_EQ(c.fs_base, 0x12345000);
    EXPECT_EQ(c.gs_base, 0x6789a000);
    EXPECT_EQ(tls_self(), own);
}

/* rules: x86_64 6.6 */
TEST(syscall, time_stamp_counter_is_readable)
{
    const word_t before = clock_stamp();

    EXPECT_LT(before, clock_stamp());
}

/* rules: x86_64 5, syscalls 2 */
TEST(syscall, numbers_behind_the_last_are_unknown)
{
    static const word_t numbers[] = { (word_t)-31,  (word_t)-32, (word_t)-33,
                                      (word_t)-100, (word_t)-17, (word_t)-22,
                                      (word_t)-27,  (word_t)-28, (word_t)-29 };
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

#ifdef CONFIG_DEBUG_BUILD

/* rules: ipc 10, x86_64 1.2, syscalls 3 */
TEST(syscall, debug_identifies_capabilities)
{
    const word_t ep = endpoint_new();
    const word_t reply = slot_new();
    const word_t ports = slot_new();
    const word_t handler = slot_new();
    struct thread *t = thread_new();

    thread_call(t, ep, EMPTY_MESSAGE);
    (void)message_recv(ep);
    ASSERT_OK(seL4_CNode_SaveCaller(ROOT, reply, DEPTH));
    ASSERT_OK(
        seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, 0x5600, 0x5600, ROOT, ports, DEPTH));
    ASSERT_OK(seL4_IRQControl_GetMSI(seL4_CapIRQControl, ROOT, handler, DEPTH, 0, 0, 0, 0, 3));
    const struct {
        word_t cap, type;
    } rows[] = {
        { slot_new(), 0 },
        { slice(), 2 },
        { ep, 4 },
        { notification_new(), 6 },
        { reply, 8 },
        { ROOT, 10 },
        { SELF, 12 },
        { seL4_CapIRQControl, 14 },
        { handler, 16 },
        { seL4_CapDomain, 20 },
        { frame_new(), 1 },
        { object_new(seL4_X86_PageTableObject, 0), 3 },
        { object_new(seL4_X86_PageDirectoryObject, 0), 5 },
        { object_new(seL4_X86_PDPTObject, 0), 7 },
        { SPACE, 9 },
        { seL4_CapASIDControl, 11 },
        { seL4_CapInitThreadASIDPool, 13 },
        { ports, 19 },
        { seL4_CapIOPortControl, 31 },
    };
    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EXPECT_EQ(seL4_DebugCapIdentify(rows[i].cap), rows[i].type);
    }
}

/* rules: ipc 10, x86_64 subtlety 22 */
TEST(syscall, debug_identify_gives_0_for_a_failing_lookup)
{
    EXPECT_EQ(seL4_DebugCapIdentify(BIT(40)), 0);
    EXPECT_EQ(seL4_DebugCapIdentify(~(word_t)0), 0);
}

/* rules: ipc 10, x86_64 5.1 */
TEST(syscall, debug_calls_keep_the_registers)
{
    const struct message in = message(1, 2, 3, 4, 5, 6);
    const struct message out = system_call(seL4_SysDebugPutChar, '\n', in);

    EXPECT_EQ(out.badge, '\n');
    EXPECT_EQ(out.info, in.info);
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        EXPECT_EQ(out.mr[i], in.mr[i]);
    }
}

/* rules: ipc 10, x86_64 5 */
TEST(syscall, debug_dumps_come_back)
{
    seL4_DebugDumpScheduler();
    seL4_DebugSnapshot();
    EXPECT_EQ(seL4_DebugCapIdentify(SELF), 12);
}

/* rules: ipc 10, x86_64 5 */
TEST(syscall, debug_threads_can_be_named)
{
    seL4_DebugNameThread(tcb_new(), "some name");
    seL4_DebugNameThread(SELF, "rootserver");
}

/* rules: threads 1.1, x86_64 5.1 */
TEST(syscall, debug_call_of_a_helper_returns_to_it)
{
    struct thread *t = thread_new();

    thread_order(t, seL4_SysDebugCapIdentify, SELF, message(5, 0, 1, 2, 3, 4));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 12);
    EXPECT_EQ(thread_result(t).info, info_word(5, 0, 0));
}

#else

/* rules: x86_64 5, syscalls 2 */
TEST(syscall, debug_numbers_are_unknown_in_a_release_kernel)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t number = 9; number <= 14; number++) {
        thread_order(t, (seL4_Syscall_ID) - (int64_t)number, 0, EMPTY_MESSAGE);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(info_label(m.info), seL4_Fault_UnknownSyscall);
        EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), (word_t) - (int64_t)number);
    }
}

#endif
