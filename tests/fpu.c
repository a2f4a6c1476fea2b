/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point state: kept for each thread, never leaked, refused on request. */
#include "test.h"

/* fpu_loop: RDI = struct fpu_job.  Loads a pattern into xmm and x87 registers, yields to others
 * `rounds` times, and counts the rounds after which everything was still there.  Then parks in an
 * endless Yield; `done` tells. */
struct fpu_job {
    word_t pattern, rounds, good, done;
};

extern char fpu_loop[], fpu_use[], fpu_use_insn[], fpu_look[];
__asm__(".pushsection .text\n"
        ".globl fpu_loop, fpu_use, fpu_use_insn, fpu_look\n"
        "fpu_loop:\n\t"
        "movq %rdi, %rbp\n\t"
        "movq 0(%rbp), %xmm0\n\t"
        "movq 0(%rbp), %xmm15\n\t"
        "fildq 0(%rbp)\n"
        "1:\n\t"
        "movq $-7, %rdx\n\t"
        "syscall\n\t"
        "movq %xmm0, %rax\n\t"
        "movq %xmm15, %rcx\n\t"
        "cmpq 0(%rbp), %rax\n\t"
        "jne 2f\n\t"
        "cmpq 0(%rbp), %rcx\n\t"
        "jne 2f\n\t"
        "leaq fpu_loop_scratch(%rip), %r12\n\t"
        "fld %st(0)\n\t"
        "fistpq (%r12)\n\t"
        "movq (%r12), %rax\n\t"
        "cmpq 0(%rbp), %rax\n\t"
        "jne 2f\n\t"
        "incq 16(%rbp)\n"
        "2:\n\t"
        "decq 8(%rbp)\n\t"
        "jnz 1b\n\t"
        "movq $1, 24(%rbp)\n"
        "3:\n\t"
        "movq $-7, %rdx\n\t"
        "syscall\n\t"
        "jmp 3b\n"
        "fpu_use:\n\t" /* RDI = where xmm0 goes */
        "nop\n"
        "fpu_use_insn:\n\t"
        "movq %xmm0, (%rdi)\n\t"
        "ud2\n"
        "fpu_look:\n\t" /* RDI = where the whole state goes */
        "fxsaveq (%rdi)\n\t"
        "ud2\n"
        ".popsection\n"
        ".pushsection .bss\n"
        ".balign 8\n"
        "fpu_loop_scratch: .skip 8\n"
        ".popsection\n");

static struct fpu_job jobs[3];

/* rules: x86_64 6.1 */
TEST(fpu, state_survives_switching)
{
    for (word_t i = 0; i < ARRAY_COUNT(jobs); i++) {
        struct thread *t = thread_with_priority(LOW_PRIORITY);

        jobs[i] = (struct fpu_job){ .pattern = 0x0123456789abcde + i * 0x1111, .rounds = 50 };
        thread_start_at(t, fpu_loop, (word_t)&jobs[i]);
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    for (word_t i = 0; i < 200 && !(jobs[0].done && jobs[1].done && jobs[2].done); i++) {
        seL4_Yield();
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    for (word_t i = 0; i < ARRAY_COUNT(jobs); i++) {
        EXPECT_EQ(jobs[i].good, 50);
    }
}

/* fpu_wide: RDI = struct wide_job.  The same for the upper half of a 256-bit register. */
struct wide_job {
    word_t pattern[4], rounds, good, done;
};

extern char fpu_wide[];
__asm__(".pushsection .text\n"
        "fpu_wide:\n\t"
        "movq %rdi, %rbp\n\t"
        "vmovdqu (%rdi), %ymm9\n"
        "1:\n\t"
        "movq $-7, %rdx\n\t"
        "syscall\n\t"
        "vextractf128 $1, %ymm9, %xmm1\n\t"
        "movq %xmm1, %rax\n\t"
        "cmpq 16(%rbp), %rax\n\t"
        "jne 2f\n\t"
        "incq 40(%rbp)\n"
        "2:\n\t"
        "decq 32(%rbp)\n\t"
        "jnz 1b\n\t"
        "movq $1, 48(%rbp)\n"
        "3:\n\t"
        "movq $-7, %rdx\n\t"
        "syscall\n\t"
        "jmp 3b\n"
        ".popsection\n");

/* The processor has 256-bit registers, and the kernel keeps them. */
static bool has_wide_registers(void)
{
    const word_t needed = BIT(27) | BIT(28); /* OSXSAVE, AVX */
    uint32_t a = 1, b, c = 0, d;

    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if ((c & needed) != needed) {
        return false;
    }
    __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return (a & BIT(2)) != 0;
}

/* rules: x86_64 6.1 */
TEST(fpu, wide_registers_survive_switching)
{
    static struct wide_job wide[2];

    if (!has_wide_registers()) {
        return;
    }
    for (word_t i = 0; i < ARRAY_COUNT(wide); i++) {
        struct thread *t = thread_with_priority(LOW_PRIORITY);

        wide[i] = (struct wide_job){ .pattern = { i, 2, 0x700 + i, 4 }, .rounds = 20 };
        thread_start_at(t, fpu_wide, (word_t)&wide[i]);
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    for (word_t i = 0; i < 100 && !(wide[0].done && wide[1].done); i++) {
        seL4_Yield();
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_EQ(wide[0].good, 20);
    EXPECT_EQ(wide[1].good, 20);
}

static unsigned char state[512] __attribute__((aligned(64)));

/* rules: x86_64 6.1, boot 8, untyped 7 */
TEST(fpu, new_thread_starts_with_the_initial_state)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;
    word_t sum = 0;

    /* The tester's own registers are full of other things. */
    jobs[0] = (struct fpu_job){ .pattern = 0x5555555555555, .rounds = 1 };
    thread_start_at(thread_with_priority(LOW_PRIORITY), fpu_loop, (word_t)&jobs[0]);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    seL4_Yield();
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    thread_start_at(t, fpu_look, (word_t)state);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
    EXPECT_EQ(state[0] | state[1] << 8, 0x37f);    /* control word */
    EXPECT_EQ(state[24] | state[25] << 8, 0x1f80); /* MXCSR */
    for (word_t i = 160; i < 160 + 16 * 16; i++) {
        sum |= state[i];
    }
    EXPECT_EQ(sum, 0); /* xmm0 to xmm15 */
}

/* rules: x86_64 6.2, threads 3.11, x86_64 4.4 */
TEST(fpu, disabled_flag_refuses_the_first_use)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    static word_t result;
    struct message m;

    EXPECT_DONE(invoke(t->tcb, TCBSetFlags, CAPS(), ARGS(0, seL4_TCBFlag_fpuDisabled)), 1);
    thread_start_at(t, fpu_use, (word_t)&result);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
    EXPECT_EQ(m.mr[seL4_UserException_FaultIP], (word_t)fpu_use_insn);
    EXPECT_EQ(m.mr[seL4_UserException_Number], 7);
    EXPECT_EQ(buffer_word(seL4_UserException_Code), 0);
    /* Enabled again, the instruction goes through. */
    result = 99;
    EXPECT_DONE(invoke(t->tcb, TCBSetFlags, CAPS(), ARGS(seL4_TCBFlag_fpuDisabled, 0)), 0);
    message_reply(EMPTY_MESSAGE);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[seL4_UserException_Number], 6);
    EXPECT_EQ(result, 0);
}

/* rules: x86_64 6.2, threads 3.11 */
TEST(fpu, state_is_kept_while_disabled)
{
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    jobs[0] = (struct fpu_job){ .pattern = 0x777777777, .rounds = 1 };
    thread_start_at(t, fpu_loop, (word_t)&jobs[0]);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    seL4_Yield(); /* it has loaded its registers and yielded */
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_DONE(invoke(t->tcb, TCBSetFlags, CAPS(), ARGS(0, 1)), 1);
    EXPECT_DONE(invoke(t->tcb, TCBSetFlags, CAPS(), ARGS(1, 0)), 0);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    seL4_Yield();
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    EXPECT_EQ(jobs[0].good, 1);
}

static word_t own_value;

/* Sets the flag on the own TCB while xmm0 holds a value, and reads it afterwards. */
static void disable_then_use(word_t own_tcb)
{
    register word_t cptr __asm__("rdi") = own_tcb;
    register word_t info __asm__("rsi") = info_word(TCBSetFlags, 0, 2);
    register word_t clear __asm__("r10") = 0;
    register word_t set __asm__("r8") = seL4_TCBFlag_fpuDisabled;

    __asm__ volatile("movq %[value], %%xmm0\n\t"
                     "movq %[call], %%rdx\n\t"
                     "movq %%rsp, %%rbx\n\t"
                     "syscall\n\t"
                     "movq %%rbx, %%rsp\n\t"
                     "movq %%xmm0, %%rax"
                     : "=a"(own_value), "+r"(cptr), "+r"(info), "+r"(clear), "+r"(set)
                     : [value] "r"((word_t)0x1d1d1d1d1d), [call] "i"(seL4_SysCall)
                     : "rbx", "rcx", "rdx", "r9", "r11", "r15", "xmm0", "memory");
}

/* rules: x86_64 6.2, threads 3.11 */
TEST(fpu, flag_takes_effect_on_the_caller_at_once)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    own_value = 0;
    thread_run(t, disable_then_use, t->tcb);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[seL4_UserException_Number], 7);
    EXPECT_DONE(invoke(t->tcb, TCBSetFlags, CAPS(), ARGS(1, 0)), 0);
    message_reply(EMPTY_MESSAGE);
    EXPECT(thread_finished(t));
    EXPECT_EQ(own_value, 0x1d1d1d1d1d); /* saved when the flag was set */
}

/* rules: x86_64 6.1 */
TEST(fpu, deleted_owner_does_no_harm)
{
    for (word_t i = 0; i < 3; i++) {
        struct thread *t = thread_with_priority(LOW_PRIORITY);

        jobs[0] = (struct fpu_job){ .pattern = i, .rounds = 1 };
        thread_start_at(t, fpu_loop, (word_t)&jobs[0]);
        EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
        seL4_Yield();
        EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
        EXPECT_OK(cap_delete(t->tcb));
    }
    volatile double sum = 1.5;
    sum *= 2;
    EXPECT(sum == 3.0);
}

static void delete_while_using(word_t own_tcb)
{
    volatile double sum = 1.5;

    sum *= 2;
    (void)cap_delete(own_tcb);
}

/* rules: x86_64 6.1 */
TEST(fpu, thread_that_uses_it_deletes_itself)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_new(), *next;
    struct message m;

    thread_run(t, delete_while_using, t->tcb);
    EXPECT_OK(cap_delete(t->tcb)); /* an interrupt may have stopped it on the way */
    next = thread_with_handler(handler);
    state[160] = 1;
    thread_start_at(next, fpu_look, (word_t)state);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(state[160], 0);
}
