/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways into the kernel and back with everything unusual that user level can bring along: flags,
 * instruction pointers that are no addresses, pointers of the x87 unit. */
#include "test.h"
#include <string.h>

/* ---- flags ---- */

/* RDI: struct entry.  Each sets the flags and enters the kernel; ..._at is the instruction.  The
 * last two come back, and store the flags they have then. */
struct entry {
    word_t flags, found;
    volatile word_t go, done;
};

extern char entry_read[], entry_read_at[], entry_undefined[], entry_undefined_at[];
extern char entry_interrupt[], entry_interrupt_at[], entry_unknown[], entry_unknown_at[];
extern char entry_yield[], entry_spin[];
__asm__(".pushsection .text\n"
        ".globl entry_read, entry_read_at, entry_undefined, entry_undefined_at\n"
        ".globl entry_interrupt, entry_interrupt_at, entry_unknown, entry_unknown_at\n"
        ".globl entry_yield, entry_spin\n"
        ".macro SET_FLAGS\n\t"
        "pushq (%rdi)\n\t"
        "popfq\n"
        ".endm\n"
        "entry_read:\n\t"
        "SET_FLAGS\n"
        "entry_read_at:\n\t"
        "movq 0x1238, %rax\n"
        "entry_undefined:\n\t"
        "SET_FLAGS\n"
        "entry_undefined_at:\n\t"
        "ud2\n"
        "entry_interrupt:\n\t"
        "movl $0x123456, %eax\n\t"
        "SET_FLAGS\n"
        "entry_interrupt_at:\n\t"
        "int $200\n"
        "entry_unknown:\n\t"
        "movq $-1000, %rdx\n\t"
        "SET_FLAGS\n"
        "entry_unknown_at:\n\t"
        "syscall\n"
        "entry_yield:\n\t"
        "movq %rdi, %rbp\n\t"
        "movq %rsp, %rbx\n\t"
        "movq $-7, %rdx\n\t"
        "SET_FLAGS\n\t"
        "syscall\n\t"
        "movq %rbx, %rsp\n\t"
        "pushfq\n\t"
        "popq 8(%rbp)\n\t"
        "movq $1, 24(%rbp)\n\t"
        "ud2\n"
        "entry_spin:\n\t"
        "SET_FLAGS\n"
        "1:\n\t"
        "movq 16(%rdi), %rcx\n\t"
        "jrcxz 1b\n\t" /* looks at no flag */
        "pushfq\n\t"
        "popq 8(%rdi)\n\t"
        "movq $1, 24(%rdi)\n\t"
        "ud2\n"
        ".popsection\n");

_Static_assert(offsetof(struct entry, go) == 16, "known to entry_spin");
_Static_assert(seL4_SysYield == -7, "known to entry_yield");

enum { COMBINATIONS = 16 };

/* Of DF, NT, AC and ID, on top of the flags that everybody has. */
static word_t combination(word_t i)
{
    return 0x202 | (i & 1 ? BIT(10) : 0) | (i & 2 ? BIT(14) : 0) | (i & 4 ? BIT(18) : 0) |
           (i & 8 ? BIT(21) : 0);
}

/* RF is set by processors in what a fault saves, and by emulators not. */
static word_t without_rf(word_t flags)
{
    return flags & ~BIT(16);
}

static struct entry entry;

/* A thread that faults with each combination, and once more when it is restarted. */
static void expect_faults(const char *start, word_t label, word_t length,
                          void (*check)(const struct message *m, word_t flags))
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    for (word_t i = 0; i < COMBINATIONS; i++) {
        entry = (struct entry){ .flags = combination(i) };
        thread_start_at(t, start, (word_t)&entry);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(label, 0, length));
        check(&m, entry.flags);
        message_reply(EMPTY_MESSAGE);
        ASSERT(message_poll(handler, &m));
        EXPECT_EQ(m.info, info_word(label, 0, length));
        if (label != seL4_Fault_UnknownSyscall) {
            EXPECT_EQ(without_rf(thread_registers(t).rflags), entry.flags);
        }
    }
}

static void check_read(const struct message *m, word_t flags)
{
    (void)flags;
    EXPECT_EQ(m->mr[seL4_VMFault_IP], (word_t)entry_read_at);
    EXPECT_EQ(m->mr[seL4_VMFault_Addr], 0x1238);
    EXPECT_EQ(m->mr[seL4_VMFault_PrefetchFault], 0);
    EXPECT_EQ(m->mr[seL4_VMFault_FSR], 4);
}

/* rules: ipc 8.3, x86_64 4.2 */
TEST(entry, page_fault_with_every_flag)
{
    expect_faults(entry_read, seL4_Fault_VMFault, seL4_VMFault_Length, check_read);
}

static void check_undefined(const struct message *m, word_t flags)
{
    EXPECT_EQ(m->mr[seL4_UserException_FaultIP], (word_t)entry_undefined_at);
    EXPECT_EQ(without_rf(m->mr[seL4_UserException_FLAGS]), flags);
    EXPECT_EQ(m->mr[seL4_UserException_Number], 6);
    EXPECT_EQ(buffer_word(seL4_UserException_Code), 0);
}

/* rules: ipc 8.3, x86_64 4.4 */
TEST(entry, exception_with_every_flag)
{
    expect_faults(entry_undefined, seL4_Fault_UserException, seL4_UserException_Length,
                  check_undefined);
}

static void check_interrupt(const struct message *m, word_t flags)
{
    (void)m;
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)entry_interrupt_at);
    EXPECT_EQ(without_rf(buffer_word(seL4_UnknownSyscall_FLAGS)), flags);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), 0xffffffffc8123456);
}

/* rules: ipc 8.3, x86_64 5.3 */
TEST(entry, software_interrupt_with_every_flag)
{
    expect_faults(entry_interrupt, seL4_Fault_UnknownSyscall, seL4_UnknownSyscall_Length,
                  check_interrupt);
}

static void check_unknown(const struct message *m, word_t flags)
{
    (void)m;
    (void)flags; /* not looked at: what a system call saves of them is not said */
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)entry_unknown_at);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), (word_t)-1000);
}

/* rules: ipc 8.3, x86_64 5.2 */
TEST(entry, unknown_system_call_with_every_flag)
{
    expect_faults(entry_unknown, seL4_Fault_UnknownSyscall, seL4_UnknownSyscall_Length,
                  check_unknown);
}

/* rules: syscalls 1, threads 5.7 */
TEST(entry, system_call_with_every_flag)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    for (word_t i = 0; i < COMBINATIONS; i++) {
        entry = (struct entry){ .flags = combination(i) };
        thread_start_at(t, entry_yield, (word_t)&entry);
        threads_let_run();
        EXPECT_EQ(entry.done, 1);
        EXPECT_EQ(entry.found, entry.flags);
    }
}

static void let_go(word_t unused)
{
    (void)unused;
    entry.go = 1;
}

/* The other one runs when the time slice of the first is over.  rules: threads 5.6, threads 1.2 */
TEST(entry, preemption_with_every_flag)
{
    struct thread *other = thread_with_priority(LOW_PRIORITY);
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    for (word_t i = 0; i < COMBINATIONS; i++) {
        entry = (struct entry){ .flags = combination(i) };
        thread_run(other, let_go, 0);
        thread_start_at(t, entry_spin, (word_t)&entry); /* in front of it */
        threads_let_run();
        EXPECT_EQ(entry.done, 1);
        EXPECT_EQ(without_rf(entry.found), entry.flags);
    }
}

/* ---- instruction pointers that are not canonical ---- */

extern char entry_jump[], entry_jump_at[];
__asm__(".pushsection .text\n"
        ".globl entry_jump, entry_jump_at\n"
        "entry_jump:\n\t"
        "movq %rdi, %rax\n"
        "entry_jump_at:\n\t"
        "jmp *%rax\n"
        ".popsection\n");

static const word_t nowhere[] = { 0x0000800000000000, 0x1234000000401000, 0xffff7fffffffffff,
                                  0x8000000000000000, 0x00ffffff80000000 };

/* The jump itself is at fault, or the fetch behind it. */
static void expect_no_such_address(word_t handler, word_t to)
{
    struct message m;

    ASSERT(message_poll(handler, &m));
    const word_t ip = m.mr[seL4_UserException_FaultIP];
    EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
    EXPECT(ip == to || ip == (word_t)entry_jump_at);
    EXPECT_EQ(m.mr[seL4_UserException_Number], 13);
    EXPECT_EQ(buffer_word(seL4_UserException_Code), 0);
}

/* Whoever goes on with such registers faults again, where nothing is or at an address that was made
 * to fit, and the rest of the system does not notice. */
static void expect_harmless(word_t handler)
{
    struct message m;

    ASSERT(message_poll(handler, &m));
    if (info_label(m.info) != seL4_Fault_VMFault) {
        EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
        EXPECT_EQ(m.mr[seL4_UserException_Number], 13);
    }
    EXPECT_DONE(invoke(SELF, TCBSetFlags, CAPS(), ARGS(0, 0)), 0);
}

static struct thread *jump_to(word_t handler, word_t to)
{
    struct thread *t = thread_with_handler(handler);

    thread_start_at(t, entry_jump, to);
    expect_no_such_address(handler, to);
    return t;
}

/* rules: x86_64 4.3, x86_64 4.4, ipc 8.4 */
TEST(entry, jump_to_no_address_is_an_exception_each_time)
{
    const word_t handler = endpoint_new();

    for (word_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
        (void)jump_to(handler, nowhere[i]);
        message_reply(message(0, 0, 0, 0, 0, 0));
        expect_harmless(handler);
    }
}

/* rules: x86_64 4.4, threads 3.9 */
TEST(entry, resumed_thread_without_an_address_faults_again)
{
    const word_t handler = endpoint_new();

    for (word_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
        const struct thread *t = jump_to(handler, nowhere[i]);

        EXPECT_OK(seL4_TCB_Resume(t->tcb));
        expect_harmless(handler);
    }
}

/* The reply says where to go on.  rules: threads 1.3, ipc 8.4 */
TEST(entry, reply_with_no_address_is_harmless)
{
    const word_t handler = endpoint_new();

    for (word_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
        (void)jump_to(handler, nowhere[i]);
        message_reply(message_word(0, nowhere[i]));
        expect_harmless(handler);
    }
}

/* rules: threads 1.3, threads 3.3 */
TEST(entry, copied_instruction_pointer_is_harmless)
{
    const word_t handler = endpoint_new();
    const word_t others = endpoint_new();

    for (word_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
        const struct thread *t = jump_to(handler, nowhere[i]);
        const struct thread *target = thread_with_handler(others);

        EXPECT_OK(seL4_TCB_CopyRegisters(target->tcb, t->tcb, false, true, true, false, 0));
        expect_harmless(others);
    }
}

enum { FRAME_REGISTERS = 4 };

/* The caller returns from its own call with such an instruction pointer.
 * rules: threads 1.3, threads 3.3, x86_64 2.5 */
TEST(entry, caller_that_copies_an_instruction_pointer_is_harmless)
{
    const word_t handler = endpoint_new();
    const word_t others = endpoint_new();

    for (word_t i = 0; i < ARRAY_COUNT(nowhere); i++) {
        const struct thread *t = jump_to(handler, nowhere[i]);
        struct thread *caller = thread_with_handler(others);

        caller->ipc->caps_or_badges[0] = t->tcb;
        struct message m = message(0, 0, FRAME_REGISTERS, 0, 0, 0);
        m.info = info_word(TCBCopyRegisters, 1, 1);
        thread_call(caller, caller->tcb, m);
        EXPECT(!thread_finished(caller));
        expect_harmless(others);
    }
}

/* ---- the x87 unit's pointers ---- */

extern char entry_x87[], entry_x87_store[], entry_sse_store[];
__asm__(".pushsection .text\n"
        ".globl entry_x87, entry_x87_store, entry_sse_store\n"
        "entry_x87:\n\t" /* RDI: two double words */
        "fldl (%rdi)\n\t"
        "fldl 8(%rdi)\n\t"
        "faddp\n\t"
        "fstpl (%rdi)\n\t"
        "fwait\n\t"
        "ud2\n"
        "entry_sse_store:\n\t" /* RDI: where the state goes */
        "xorps %xmm0, %xmm0\n\t"
        "movups %xmm0, (%rdi)\n"
        "entry_x87_store:\n\t"
        "fnstenv (%rdi)\n\t" /* tells the pointers whatever happened */
        "ud2\n"
        ".popsection\n");

/* As FNSTENV stores it in 64-bit mode.  Intel SDM vol. 1, figure 8-9. */
static struct {
    uint32_t control, status, tags, instruction, selector_and_opcode, data, data_selector;
} x87;

/* Pointers to the last x87 instruction and its operand: those of nobody else. */
static void expect_no_pointers(const char *store)
{
    static double numbers[2];

    numbers[0] = numbers[1] = 1.5;
    thread_start_at(thread_new(), entry_x87, (word_t)numbers);
    EXPECT(numbers[0] == 3.0);
    memset(&x87, 0xff, sizeof x87);
    thread_start_at(thread_new(), store, (word_t)&x87);
    EXPECT_EQ(x87.control & 0xffff, 0x37f); /* the state is there */
    EXPECT_LT(64, x87.instruction - (uint32_t)(word_t)entry_x87);
    EXPECT_LE(sizeof numbers, x87.data - (uint32_t)(word_t)numbers);
}

/* rules: x86_64 6.1 */
TEST(entry, pointers_of_the_x87_unit_are_not_seen_by_others)
{
    expect_no_pointers(entry_x87_store);
    expect_no_pointers(entry_sse_store);
}
