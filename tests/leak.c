/* SPDX-License-Identifier: BSD-2-Clause */
/* What is in the registers of a thread is its own: nothing of the kernel or of another thread. */
#include "test.h"
#include <string.h>

enum {
    RDI = 6, RSP = 7, /* places in what the routines below store */
    GENERAL = 16,
};

/* The first two store the 16 general registers at RDI and end in an undefined instruction: leak_look at
 * once, leak_call after a system call whose number and capability address are in the two words behind. */
extern char leak_look[], leak_call[], leak_fill[], leak_spin[], leak_vectors[];
extern char leak_page_fault[], leak_protection[], leak_undefined[], leak_interrupt[];
__asm__(".pushsection .text\n"
        ".macro STORE_ALL\n\t"
        "movq %rax, (%rdi)\n\t"
        "movq %rbx, 8(%rdi)\n\t"
        "movq %rcx, 16(%rdi)\n\t"
        "movq %rdx, 24(%rdi)\n\t"
        "movq %rbp, 32(%rdi)\n\t"
        "movq %rsi, 40(%rdi)\n\t"
        "movq %rdi, 48(%rdi)\n\t"
        "movq %rsp, 56(%rdi)\n\t"
        "movq %r8, 64(%rdi)\n\t"
        "movq %r9, 72(%rdi)\n\t"
        "movq %r10, 80(%rdi)\n\t"
        "movq %r11, 88(%rdi)\n\t"
        "movq %r12, 96(%rdi)\n\t"
        "movq %r13, 104(%rdi)\n\t"
        "movq %r14, 112(%rdi)\n\t"
        "movq %r15, 120(%rdi)\n\t"
        ".endm\n"
        ".macro LOAD_ALL value\n\t" /* all but RDI and RSP */
        ".irp register, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n\t"
        "movq \\value, %\\register\n\t"
        ".endr\n\t"
        ".endm\n"
        ".globl leak_look, leak_call, leak_fill, leak_spin, leak_vectors\n"
        ".globl leak_page_fault, leak_protection, leak_undefined, leak_interrupt\n"
        "leak_look:\n\t"
        "STORE_ALL\n\t"
        "ud2\n"
        "leak_call:\n\t"
        "LOAD_ALL 128(%rdi)\n\t"
        "movq %rdi, %r14\n\t"
        "movq 136(%rdi), %rdi\n\t"
        "syscall\n\t"
        "xchgq %rdi, %r14\n\t"
        "STORE_ALL\n\t"
        "ud2\n"
        "leak_fill:\n\t" /* RDI: a pattern, for all registers; then dies */
        "LOAD_ALL %rdi\n\t"
        "movq %rdi, %xmm0\n\t"
        "movq %rdi, %xmm15\n\t"
        "ud2\n"
        "leak_spin:\n\t" /* RDI: two words, a pattern and a count of rounds with nothing but it in registers */
        "LOAD_ALL (%rdi)\n"
        "1:\n\t"
        ".irp register, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n\t"
        "cmpq %rax, %\\register\n\t"
        "jne 2f\n\t"
        ".endr\n\t"
        "cmpq (%rdi), %rax\n\t"
        "jne 2f\n\t"
        "incq 8(%rdi)\n\t"
        "jmp 1b\n"
        "2:\n\t"
        "ud2\n"
        "leak_page_fault:\n\t"
        "movq 16, %rax\n"
        "leak_protection:\n\t"
        "hlt\n"
        "leak_undefined:\n\t"
        "ud2\n"
        "leak_interrupt:\n\t"
        "int $200\n"
        "leak_vectors:\n\t" /* RDI: where the upper halves of ymm0 and ymm15 go */
        "vextractf128 $1, %ymm0, (%rdi)\n\t"
        "vextractf128 $1, %ymm15, 16(%rdi)\n\t"
        "ud2\n"
        ".popsection\n");

static word_t stored[GENERAL + 2];

static bool is_of_the_kernel(word_t value) { return value >> 47 == 0x1ffff; }

/* rules: untyped 7, threads 1.2 */
TEST(leak, new_thread_has_no_register_of_another)
{
    thread_start_at(thread_new(), leak_fill, 0x5ec2e75ec2e75ec2);
    memset(stored, 0xff, sizeof stored);
    thread_start_at(thread_new(), leak_look, (word_t)stored);
    EXPECT_EQ(stored[RDI], (word_t)stored);
    for (word_t i = 0; i < GENERAL; i++) {
        EXPECT(i == RDI || i == RSP || stored[i] == 0);
    }
}

/* rules: x86_64 2.1, syscalls 1 */
TEST(leak, system_call_leaves_nothing_of_the_kernel)
{
    const struct {
        seL4_Syscall_ID number;
        word_t cptr;
    } calls[] = {
        { seL4_SysYield, 0 },          { seL4_SysReply, 0 },    { seL4_SysNBSend, endpoint_new() },
        { seL4_SysNBRecv, endpoint_new() }, { seL4_SysCall, ROOT }, { seL4_SysSend, ROOT },
    };

    for (word_t i = 0; i < ARRAY_COUNT(calls); i++) {
        const word_t number = (word_t)calls[i].number;

        memset(stored, 0, sizeof stored);
        stored[GENERAL] = number;
        stored[GENERAL + 1] = calls[i].cptr;
        thread_start_at(thread_new(), leak_call, (word_t)stored);
        EXPECT_EQ(stored[RDI], (word_t)stored); /* it came back */
        for (word_t n = 0; n < GENERAL; n++) {
            EXPECT(stored[n] == number || !is_of_the_kernel(stored[n]));
        }
    }
}

/* rules: threads 1.2, threads 4.  No thread calls the kernel: the tick takes the processor away. */
TEST(leak, preempted_threads_keep_their_registers_apart)
{
    static struct {
        word_t pattern;
        volatile word_t rounds;
    } job[3];

    for (word_t i = 0; i < ARRAY_COUNT(job); i++) {
        job[i].pattern = 0x1111111111111111 * (i + 1);
        job[i].rounds = 0;
        thread_start_at(thread_with_priority(LOW_PRIORITY), leak_spin, (word_t)&job[i]);
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    for (word_t turn = 0; turn < 20; turn++) {
        seL4_Yield();
    }
    const word_t before[] = { job[0].rounds, job[1].rounds, job[2].rounds };
    for (word_t turn = 0; turn < 3; turn++) {
        seL4_Yield();
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    for (word_t i = 0; i < ARRAY_COUNT(job); i++) {
        EXPECT_LT(before[i], job[i].rounds); /* none has found a wrong value and died */
    }
}

/* With and without an error code of the processor.  rules: threads 1.2, ipc 8.3 */
TEST(leak, faults_change_no_register)
{
    const char *const causes[] = { leak_page_fault, leak_protection, leak_undefined, leak_interrupt };

    for (word_t i = 0; i < ARRAY_COUNT(causes); i++) {
        const word_t handler = endpoint_new();
        struct thread *t = thread_with_handler(handler);
        struct message m;
        seL4_UserContext set, found;
        word_t *word = (word_t *)&set;

        thread_prepare_at(t, causes[i], 0);
        for (word_t n = 3; n < sizeof set / sizeof(word_t); n++) {
            word[n] = 0x1001001001000 * n;
        }
        set.rip = (word_t)causes[i];
        set.rsp = 0x5ec2e75ec2e7;
        set.rflags = 0x202;
        set.fs_base = 0x11111111000;
        set.gs_base = 0x22222222000;
        ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, sizeof set / sizeof(word_t), &set));
        ASSERT(message_poll(handler, &m));
        found = thread_registers(t);
        found.rflags &= ~(word_t)0x10000; /* RF: processors set it in what a fault saves, QEMU does not */
        for (word_t n = 0; n < sizeof set / sizeof(word_t); n++) {
            EXPECT_EQ(((word_t *)&found)[n], word[n]);
        }
    }
}

static bool has_avx(void)
{
    word_t a = 1, b, c, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    return (c >> 27 & 1) && (c >> 28 & 1); /* OSXSAVE, AVX */
}

/* rules: x86_64 6.1 */
TEST(leak, upper_halves_of_vector_registers_are_not_seen_by_others)
{
    static word_t upper[4];

    if (!has_avx()) {
        return; /* then there are none */
    }
    __asm__ volatile("vbroadcastss %0, %%ymm0\n\t"
                     "vbroadcastss %0, %%ymm15"
                     :
                     : "m"((const float){ 1.5f })
                     : "xmm0", "xmm15");
    memset(upper, 0xff, sizeof upper);
    thread_start_at(thread_new(), leak_vectors, (word_t)upper);
    EXPECT_EQ(upper[0] | upper[1] | upper[2] | upper[3], 0);
    thread_start_at(thread_new(), leak_fill, 0x5ec2e75ec2e75ec2);
    __asm__ volatile("vextractf128 $1, %%ymm0, %0\n\t"
                     "vzeroupper"
                     : "=m"(upper));
    EXPECT_EQ(upper[0], 0x3fc000003fc00000); /* 1.5 twice: the tester's own are still there */
}
