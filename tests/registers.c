/* SPDX-License-Identifier: BSD-2-Clause */
/* ReadRegisters, WriteRegisters, CopyRegisters, and what a system call leaves in the registers. */
#include "test.h"

enum { REGISTERS = 20, FRAME_REGISTERS = 18 };

/* An endless loop that touches no register and no memory. */
extern char spin[];
__asm__(".pushsection .text\n.globl spin\nspin: jmp spin\n.popsection\n");

/* Distinct values that survive sanitising. */
static seL4_UserContext pattern(void)
{
    seL4_UserContext c;
    word_t *const words = (word_t *)&c;

    for (word_t i = 0; i < REGISTERS; i++) {
        words[i] = 0x1000 + i * 0x11;
    }
    c.rip = (word_t)spin;
    c.rflags = 0x202;
    return c;
}

static void expect_same(const seL4_UserContext *a, const seL4_UserContext *b, word_t from,
                        word_t to)
{
    for (word_t i = from; i < to; i++) {
        EXPECT_EQ(((const word_t *)a)[i], ((const word_t *)b)[i]);
    }
}

static seL4_UserContext read_all(word_t tcb)
{
    seL4_UserContext c = { 0 };

    EXPECT_OK(seL4_TCB_ReadRegisters(tcb, false, 0, REGISTERS, &c));
    return c;
}

static void write_all(word_t tcb, seL4_UserContext c)
{
    EXPECT_OK(seL4_TCB_WriteRegisters(tcb, false, 0, REGISTERS, &c));
}

/* rules: threads 3.1, threads subtlety 1 */
TEST(registers, read_checks_count_before_self)
{
    static const word_t counts[] = { 0, 21, ~(word_t)0 };

    for (word_t i = 0; i < ARRAY_COUNT(counts); i++) {
        EXPECT_ERROR(invoke(SELF, TCBReadRegisters, CAPS(), ARGS(0, counts[i])), seL4_RangeError, 1,
                     20);
    }
    EXPECT_ERROR(invoke(SELF, TCBReadRegisters, CAPS(), ARGS(0, 1)), seL4_IllegalOperation);
}

/* rules: threads 3.1 */
TEST(registers, read_returns_as_many_as_asked)
{
    const word_t tcb = tcb_new();
    const seL4_UserContext c = pattern();

    write_all(tcb, c);
    EXPECT_DONE(invoke(tcb, TCBReadRegisters, CAPS(), ARGS(0, 1)), c.rip);
    EXPECT_DONE(invoke(tcb, TCBReadRegisters, CAPS(), ARGS(0, 3)), c.rip, c.rsp, c.rflags);
    EXPECT_DONE(invoke(tcb, TCBReadRegisters, CAPS(), ARGS(0, 6)), c.rip, c.rsp, c.rflags, c.rax,
                c.rbx, c.rcx);
}

/* rules: threads 1.2, threads 3.1, threads 3.2 */
TEST(registers, written_values_are_read_back)
{
    const word_t tcb = tcb_new();
    const seL4_UserContext c = pattern();

    write_all(tcb, c);
    const seL4_UserContext r = read_all(tcb);
    expect_same(&c, &r, 0, REGISTERS);
}

/* rules: threads 3.1, threads subtlety 3 */
TEST(registers, read_without_buffer_is_cut_to_4)
{
    struct thread *t = thread_without_buffer();
    const word_t tcb = tcb_new();

    write_all(tcb, pattern());
    thread_call(t, tcb, message(TCBReadRegisters, 2, 0, 20, 0, 0));
    EXPECT_EQ(thread_result(t).info, info_word(0, 0, 4));
    EXPECT_EQ(thread_result(t).mr[3], pattern().rax);
    thread_call(t, tcb, message(TCBReadRegisters, 2, 0, 2, 0, 0));
    EXPECT_EQ(thread_result(t).info, info_word(0, 0, 2));
}

/* rules: threads 3.1 */
TEST(registers, read_can_suspend_its_source)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE); /* ready, but not its turn yet */
    invoke_silently(seL4_SysSend, t->tcb, TCBReadRegisters, CAPS(), ARGS(1, 1));
    threads_let_run();
    EXPECT(!thread_finished(t));
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    threads_let_run();
    EXPECT(thread_finished(t));
}

/* rules: threads 3.1 */
TEST(registers, arch_flags_of_read_and_write_are_ignored)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBReadRegisters, CAPS(), ARGS(0xff00, 1)), 0);
    EXPECT_DONE(invoke(tcb, TCBWriteRegisters, CAPS(), ARGS(0xff00, 0)));
}

/* rules: threads 3.2, threads subtlety 1 */
TEST(registers, write_checks_length_before_self)
{
    EXPECT_ERROR(invoke(SELF, TCBWriteRegisters, CAPS(), ARGS(0, 1)), seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(SELF, TCBWriteRegisters, CAPS(), ARGS(0, 0)), seL4_IllegalOperation);
}

/* rules: threads 3.2, threads subtlety 2 */
TEST(registers, write_with_more_count_than_words_is_truncated)
{
    const word_t tcb = tcb_new();

    EXPECT_ERROR(invoke(tcb, TCBWriteRegisters, CAPS(), ARGS(0, 3, 1, 2)), seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(tcb, TCBWriteRegisters, CAPS(), ARGS(0, ~(word_t)0, 1, 2)),
                 seL4_TruncatedMessage);
    EXPECT_EQ(read_all(tcb).rip, 0);
}

/* rules: threads 3.2, threads subtlety 2 */
TEST(registers, write_count_above_20_is_cut)
{
    const word_t tcb = tcb_new();
    struct words args = ARGS(0, 25);

    args.count = 27;
    for (word_t i = 0; i < 25; i++) {
        args.at[2 + i] = 0x100 + i;
    }
    EXPECT_DONE(invoke(tcb, TCBWriteRegisters, CAPS(), args));
    EXPECT_EQ(read_all(tcb).gs_base, 0x100 + 19);
}

/* rules: threads 3.2 */
TEST(registers, write_changes_only_what_it_counts)
{
    const word_t tcb = tcb_new();
    seL4_UserContext c = pattern();

    write_all(tcb, c);
    EXPECT_DONE(invoke(tcb, TCBWriteRegisters, CAPS(), ARGS(0, 2, 0x4444, 0x5555, 0x6666)));
    const seL4_UserContext r = read_all(tcb);
    EXPECT_EQ(r.rip, 0x4444);
    EXPECT_EQ(r.rsp, 0x5555);
    expect_same(&c, &r, 2, REGISTERS);
}

/* rules: threads 1.3, x86_64 2.7 */
TEST(registers, non_canonical_addresses_become_0)
{
    static const word_t bad[] = { 0x0000800000000000, 0xffff7fffffffffff, 0x8000000000000000 };
    const word_t tcb = tcb_new();

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        seL4_UserContext c = pattern();

        c.rip = c.fs_base = c.gs_base = c.rsp = c.rax = bad[i];
        write_all(tcb, c);
        const seL4_UserContext r = read_all(tcb);
        EXPECT_EQ(r.rip, 0);
        EXPECT_EQ(r.fs_base, 0);
        EXPECT_EQ(r.gs_base, 0);
        EXPECT_EQ(r.rsp, bad[i]);
        EXPECT_EQ(r.rax, bad[i]);
    }
}

/* rules: threads 1.3, x86_64 2.7 */
TEST(registers, canonical_kernel_addresses_are_kept)
{
    const word_t tcb = tcb_new();
    seL4_UserContext c = pattern();

    c.rip = c.fs_base = 0xffff800000000000;
    c.gs_base = 0x00007fffffffffff;
    write_all(tcb, c);
    const seL4_UserContext r = read_all(tcb);
    EXPECT_EQ(r.rip, 0xffff800000000000);
    EXPECT_EQ(r.fs_base, 0xffff800000000000);
    EXPECT_EQ(r.gs_base, 0x00007fffffffffff);
}

/* rules: threads 1.3, x86_64 2.7 */
TEST(registers, flags_are_sanitised)
{
    static const struct {
        word_t in, out;
    } flags[] = {
        { 0, 0x202 },      { 0x100, 0x202 },   { 0x28, 0x202 },     { ~(word_t)0, 0xed7 },
        { 0x3000, 0x202 }, { 0x40000, 0x202 }, { 0x200000, 0x202 }, { 0xc00, 0xe02 },
    };
    const word_t tcb = tcb_new();

    for (word_t i = 0; i < ARRAY_COUNT(flags); i++) {
        seL4_UserContext c = pattern();

        c.rflags = flags[i].in;
        write_all(tcb, c);
        EXPECT_EQ(read_all(tcb).rflags, flags[i].out);
    }
}

/* rules: threads 3.2, threads subtlety 5 */
TEST(registers, write_of_nothing_repeats_the_last_call)
{
    struct thread *t = thread_new();

    /* The call lowers its own thread, which is Running with the answer in its registers. */
    t->ipc->caps_or_badges[0] = SELF;
    thread_call(
        t, t->tcb,
        (struct message){ .info = info_word(TCBSetPriority, 1, 1), .mr = { LOW_PRIORITY } });
    EXPECT(!thread_finished(t));
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(0, 0)));
    threads_let_run();
    /* The repeated call takes the answer for a request: it names slot 0. */
    EXPECT_EQ(thread_result(t).info, info_word(seL4_InvalidCapability, 0, 1));
}

/* rules: threads 3.2 */
TEST(registers, written_blocked_thread_stays_blocked)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(0, 0)));
    message_send(ep, message_word(4, 5)); /* would block if nobody waited */
    EXPECT_EQ(info_label(read_all(t->tcb).rsi), 4);
}

/* rules: threads 1.1, threads subtlety 4, fastpath 4 */
TEST(registers, blocked_thread_shows_its_system_call_instruction)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    thread_recv(t, ep);
    EXPECT_EQ(read_all(t->tcb).rip, (word_t)order_instruction);
    thread_call(t, ep, EMPTY_MESSAGE);
    EXPECT_EQ(read_all(t->tcb).rip, (word_t)order_instruction);
}

/* rules: threads 1.2, threads subtlety 6, x86_64 2.3, x86_64 subtlety 16 */
TEST(registers, stack_pointer_is_stale_inside_a_system_call)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    /* The routine does not use the stack: what was written before the start is what is shown. */
    thread_recv(t, ep);
    EXPECT_EQ(read_all(t->tcb).rsp, t->stack_top - sizeof(word_t));
    EXPECT_EQ(read_all(t->tcb).rcx, 0);
    EXPECT_EQ(read_all(t->tcb).r11, 0);
}

/* rules: threads 3.3 */
TEST(registers, copy_needs_a_thread)
{
    const word_t tcb = tcb_new();

    EXPECT_ERROR(invoke(tcb, TCBCopyRegisters, CAPS(endpoint_new()), ARGS(0)),
                 seL4_InvalidCapability, 1);
    EXPECT_ERROR(invoke(tcb, TCBCopyRegisters, CAPS(slot_new()), ARGS(0)), seL4_InvalidCapability,
                 1);
}

/* rules: threads 3.3 */
TEST(registers, copy_of_the_frame_registers)
{
    const word_t from = tcb_new();
    const word_t to = tcb_new();
    const seL4_UserContext c = pattern();

    write_all(from, c);
    EXPECT_DONE(invoke(to, TCBCopyRegisters, CAPS(from), ARGS(4)));
    const seL4_UserContext r = read_all(to);
    expect_same(&c, &r, 0, FRAME_REGISTERS);
    EXPECT_EQ(r.fs_base, 0);
    EXPECT_EQ(r.gs_base, 0);
}

/* rules: threads 3.3 */
TEST(registers, copy_of_the_integer_registers)
{
    const word_t from = tcb_new();
    const word_t to = tcb_new();
    const seL4_UserContext c = pattern();

    write_all(from, c);
    EXPECT_DONE(invoke(to, TCBCopyRegisters, CAPS(from), ARGS(8)));
    const seL4_UserContext r = read_all(to);
    expect_same(&c, &r, FRAME_REGISTERS, REGISTERS);
    EXPECT_EQ(r.rip, 0);
    EXPECT_EQ(r.rax, 0);
}

/* rules: threads 3.3 */
TEST(registers, copy_without_flags_changes_nothing)
{
    const word_t from = tcb_new();
    const word_t to = tcb_new();
    const seL4_UserContext empty = read_all(to);

    write_all(from, pattern());
    EXPECT_DONE(invoke(to, TCBCopyRegisters, CAPS(from), ARGS(0xff00)));
    const seL4_UserContext r = read_all(to);
    expect_same(&empty, &r, 0, REGISTERS);
}

/* rules: threads 3.3 */
TEST(registers, copy_can_suspend_and_resume)
{
    struct thread *from = thread_with_priority(LOW_PRIORITY);
    struct thread *to = thread_new();

    thread_order(from, seL4_SysYield, 0, EMPTY_MESSAGE);
    thread_order(to, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT(thread_finished(to));
    /* The order's address travels in RDI, so the other thread executes the first one's order. */
    EXPECT_DONE(invoke(to->tcb, TCBCopyRegisters, CAPS(from->tcb), ARGS(1 | 2 | 4)));
    EXPECT(thread_finished(from));
    from->order.finished = 0;
    threads_let_run();
    EXPECT(!thread_finished(from)); /* the source itself was suspended */
}

/* rules: threads 3.3, threads subtlety 1 */
TEST(registers, copy_onto_itself)
{
    const word_t tcb = tcb_new();
    const seL4_UserContext c = pattern();

    write_all(tcb, c);
    EXPECT_DONE(invoke(tcb, TCBCopyRegisters, CAPS(tcb), ARGS(4 | 8)));
    const seL4_UserContext r = read_all(tcb);
    expect_same(&c, &r, 0, REGISTERS);
    EXPECT_DONE(invoke(SELF, TCBCopyRegisters, CAPS(SELF), ARGS(0)));
    EXPECT_DONE(invoke(SELF, TCBCopyRegisters, CAPS(SELF), ARGS(8)));
}

/* rules: threads 3.3 */
TEST(registers, copy_from_the_caller)
{
    const word_t tcb = tcb_new();

    EXPECT_DONE(invoke(tcb, TCBCopyRegisters, CAPS(SELF), ARGS(4)));
    const seL4_UserContext r = read_all(tcb);
    EXPECT_EQ(r.rdi, tcb);
    EXPECT_EQ(r.rdx, (word_t)seL4_SysCall);
    EXPECT_EQ(r.rsi, info_word(TCBCopyRegisters, 1, 1));
}

/* rules: threads 1.2, x86_64 2.5 */
TEST(registers, written_thread_starts_with_all_registers)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);
    seL4_UserContext c = pattern();

    write_all(t->tcb, c);
    EXPECT_OK(seL4_TCB_Resume(t->tcb));
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    seL4_Yield(); /* until the time slice of the spinner is over */
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    const seL4_UserContext r = read_all(t->tcb);
    expect_same(&c, &r, 0, REGISTERS);
}

extern char copy_target[];
__asm__(".pushsection .text\n.globl copy_target\ncopy_target: ud2\n.popsection\n");

/* rules: threads 3.3, x86_64 2.5 */
TEST(registers, copy_onto_the_caller_goes_on_with_the_source)
{
    const word_t handler = endpoint_new();
    const word_t from = tcb_new();
    struct thread *t = thread_with_handler(handler);
    seL4_UserContext c = pattern();
    struct message m;

    c.rip = (word_t)copy_target;
    write_all(from, c);
    t->ipc->caps_or_badges[0] = from;
    thread_call(t, t->tcb,
                (struct message){ .info = info_word(TCBCopyRegisters, 1, 1), .mr = { 4 } });
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
    EXPECT_EQ(m.mr[seL4_UserException_FaultIP], (word_t)copy_target);
    EXPECT_EQ(m.mr[seL4_UserException_SP], 0); /* it left by the quick way */
    const seL4_UserContext r = read_all(t->tcb);
    EXPECT_EQ(r.rax, c.rax);
    EXPECT_EQ(r.rbp, c.rbp);
    EXPECT_EQ(r.r15, c.r15);
    EXPECT_EQ(r.rdi, 0); /* the answer to the call */
    EXPECT_EQ(r.rsi, 0);
}

/* rules: threads 1.3, syscalls 1 */
TEST(registers, direction_flag_belongs_to_the_user)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    /* A long message sent with the flag set: the kernel's copying must not run backwards. */
    thread_send(t, ep, message(1, 120, 0, 1, 2, 3));
    seL4_UserContext c = read_all(t->tcb);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    c.rflags |= 0x400;
    for (word_t i = MESSAGE_REGISTERS; i < 120; i++) {
        t->ipc->msg[i] = 7000 + i;
    }
    EXPECT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, 20, &c));
    EXPECT_EQ(read_all(t->tcb).rflags, 0x602);
    ASSERT(message_poll(ep, &m));
    for (word_t i = MESSAGE_REGISTERS; i < 120; i++) {
        EXPECT_EQ(buffer_word(i), 7000 + i);
    }
}

/* rules: threads 1.3, threads 3.3 */
TEST(registers, copied_non_canonical_base_does_not_hurt_the_kernel)
{
    const word_t from = tcb_new();
    struct thread *t = thread_new();

    (void)invoke(from, TCBSetTLSBase, CAPS(), ARGS(0x8000000000000000));
    thread_prepare_at(t, NULL, 0);
    EXPECT_DONE(invoke(t->tcb, TCBCopyRegisters, CAPS(from), ARGS(2 | 8)));
    EXPECT(!thread_finished(t));
}

/* What came back from one system call, and what had been put in. */
static struct {
    word_t rax, rbp, r12, r13, r14, rsp, rcx, r11, next;
} seen;

/* A bare Yield with known values in every register the kernel must keep. */
static void __attribute__((noinline)) yield_and_look(word_t number)
{
    __asm__ volatile("leaq -128(%%rsp), %%rsp\n\t" /* the red zone */
                     "pushq %%rbp\n\t"
                     "movq %[number], %%rdx\n\t"
                     "movq $0x1111, %%rax\n\t"
                     "movq $0x2222, %%r12\n\t"
                     "movq $0x3333, %%r13\n\t"
                     "movq $0x4444, %%r14\n\t"
                     "movq $0x5555, %%rbp\n\t"
                     "movq %%rsp, %%rbx\n\t"
                     "syscall\n"
                     "1:\n\t"
                     "xchgq %%rbx, %%rsp\n\t"
                     "movq %%rax, 0+%[seen]\n\t"
                     "movq %%rbp, 8+%[seen]\n\t"
                     "movq %%r12, 16+%[seen]\n\t"
                     "movq %%r13, 24+%[seen]\n\t"
                     "movq %%r14, 32+%[seen]\n\t"
                     "movq %%rbx, 40+%[seen]\n\t"
                     "movq %%rcx, 48+%[seen]\n\t"
                     "movq %%r11, 56+%[seen]\n\t"
                     "leaq 1b(%%rip), %%rax\n\t"
                     "movq %%rax, 64+%[seen]\n\t"
                     "popq %%rbp\n\t"
                     "leaq 128(%%rsp), %%rsp"
                     : [seen] "=m"(seen)
                     : [number] "r"(number)
                     : "rax", "rbx", "rcx", "rdx", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12",
                       "r13", "r14", "r15", "memory", "cc");
}

/* rules: x86_64 2.1, syscalls 1 */
TEST(registers, system_call_keeps_the_other_registers)
{
    yield_and_look((word_t)seL4_SysYield);
    EXPECT_EQ(seen.rax, 0x1111);
    EXPECT_EQ(seen.rbp, 0x5555);
    EXPECT_EQ(seen.r12, 0x2222);
    EXPECT_EQ(seen.r13, 0x3333);
    EXPECT_EQ(seen.r14, 0x4444);
}

/* rules: threads 1.2, x86_64 2.4, x86_64 subtlety 16 */
TEST(registers, system_call_returns_by_sysret)
{
    yield_and_look((word_t)seL4_SysYield);
    EXPECT_EQ(seen.rcx, seen.next);
    EXPECT_EQ(seen.r11 & 0x202, 0x202);
    EXPECT_EQ(seen.rsp, 0);
}

/* rules: threads 3.1 */
TEST(registers, refused_read_does_not_suspend)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT_ERROR(invoke(t->tcb, TCBReadRegisters, CAPS(), ARGS(1, 21)), seL4_RangeError, 1, 20);
    EXPECT_ERROR(invoke(t->tcb, TCBCopyRegisters, CAPS(ROOT), ARGS(1)), seL4_InvalidCapability, 1);
    threads_let_run();
    EXPECT(thread_finished(t));
}

/* rules: threads 3.2, threads 3.9 */
TEST(registers, write_can_resume)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    thread_order(t, seL4_SysYield, 0, EMPTY_MESSAGE);
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(0xfe, 0)));
    threads_let_run();
    EXPECT(!thread_finished(t));
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(1, 0)));
    threads_let_run();
    EXPECT(thread_finished(t));
}

/* rules: threads 3.2, ipc 3.4 */
TEST(registers, write_without_buffer_has_two_values)
{
    struct thread *t = thread_without_buffer();
    const word_t tcb = tcb_new();

    thread_call(t, tcb, message(TCBWriteRegisters, 22, 0, 20, 0x1000, 0x2000));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_TruncatedMessage, 0, 0));
    thread_call(t, tcb, message(TCBWriteRegisters, 22, 0, 3, 0x1000, 0x2000));
    EXPECT_EQ(thread_result(t).info, info_word(seL4_TruncatedMessage, 0, 0));
    EXPECT_EQ(read_all(tcb).rip, 0);
    thread_call(t, tcb, message(TCBWriteRegisters, 22, 0, 2, 0x1000, 0x2000));
    EXPECT_EQ(thread_result(t).info, 0);
    EXPECT_EQ(read_all(tcb).rip, 0x1000);
    EXPECT_EQ(read_all(tcb).rsp, 0x2000);
}

/* rules: threads 3.3, threads 3.7, threads 3.9 */
TEST(registers, copy_may_suspend_and_resume_the_caller)
{
    static const word_t flags[] = { 1 | 2, 1 | 2 | 8, 2, 2 | 8 };
    const word_t tcb = tcb_new();
    struct thread *t = thread_new();

    for (word_t i = 0; i < ARRAY_COUNT(flags); i++) {
        EXPECT_DONE(invoke(SELF, TCBCopyRegisters, CAPS(SELF), ARGS(flags[i])));
    }
    t->ipc->caps_or_badges[0] = t->tcb;
    thread_call(t, tcb, (struct message){ .info = info_word(TCBCopyRegisters, 1, 1), .mr = { 1 } });
    EXPECT(!thread_finished(t)); /* stopped, without an answer */
    t->ipc->caps_or_badges[0] = tcb;
    EXPECT_OK(seL4_TCB_Resume(t->tcb)); /* the call is repeated */
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, 0);
}

/* rules: threads 3.3 */
TEST(registers, caller_that_copies_its_own_frame_repeats_the_call)
{
    /* With the answer in RDI and RSI: so what is repeated is a Call to slot 0. */
    EXPECT_ERROR(invoke(SELF, TCBCopyRegisters, CAPS(SELF), ARGS(4)), seL4_InvalidCapability, 0);
}
