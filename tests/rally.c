/* SPDX-License-Identifier: BSD-2-Clause */
/* Two threads that hand the processor to each other ten thousand times.  Each time each compares
 * everything that it can read without privileges with what it had set. */
#include "segments_play.h"

enum { ROUNDS = 5000, BLOCKS = 4 };

/* Places in what a step sets and stores. */
enum { RCX = 2, RDX = 3, RBP = 4, RSI = 5, RDI = 6, RSP = 7, R11 = 11, GENERAL = 16 };
enum { SS = SEGMENTS, CS, ALL };

/* What a step does besides setting and storing registers. */
enum {
    STEP_WRITE_FS = 1,
    STEP_WRITE_GS = 2,
    STEP_SET_TLS = 4, /* FS base by system call */
    STEP_READ_BASES = 8,
    STEP_FS_WORD = 16,
    STEP_GS_WORD = 32,
    STEP_RDTSCP = 64,
    STEP_RDPID = 128,
    STEP_XGETBV = 256,
};

/* One step: set everything, make a system call that hands over, store everything. */
struct step {
    word_t set[GENERAL], got[GENERAL]; /* RDX: the number of the call */
    word_t flags_set, flags_got;
    uint32_t mxcsr_set, mxcsr_got, control_set, control_got;
    word_t load[SEGMENTS], seen[ALL];
    word_t what, set_tls;
    word_t fs_base, gs_base, fs_read, gs_read, fs_word, gs_word;
    word_t aux, pid, features;
    word_t stack;
};

void rally_step(struct step *step);
extern char rally_back[];

/* RBP keeps the step.  After the system call RSP is 0, and comes back from the step. */
__asm__(".pushsection .text\n"
        ".globl rally_step, rally_back\n"
        "rally_step:\n\t"
        ".irp register, rbx, rbp, r12, r13, r14, r15\n\t"
        "pushq %\\register\n\t"
        ".endr\n\t"
        "movq %rdi, %rbp\n\t"
        "movq %rsp, 456(%rbp)\n\t"
        ".macro LOAD_SEGMENT at, segment\n\t"
        "cmpq $-1, \\at(%rbp)\n\t"
        "je 2f\n\t"
        "movw \\at(%rbp), %\\segment\n"
        "2:\n\t"
        ".endm\n\t"
        "LOAD_SEGMENT 288, ds\n\t"
        "LOAD_SEGMENT 296, es\n\t"
        "LOAD_SEGMENT 304, fs\n\t"
        "LOAD_SEGMENT 312, gs\n\t"
        ".purgem LOAD_SEGMENT\n\t"
        "testl $4, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "movq 376(%rbp), %rdx\n\t"
        "movq 384(%rbp), %rdi\n\t"
        "xorl %esi, %esi\n\t"
        "syscall\n\t"
        "movq 456(%rbp), %rsp\n"
        "1:\n\t"
        "testl $1, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "movq 384(%rbp), %rax\n\t"
        "wrfsbase %rax\n"
        "1:\n\t"
        "testl $2, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "movq 392(%rbp), %rax\n\t"
        "wrgsbase %rax\n"
        "1:\n\t"
        "ldmxcsr 272(%rbp)\n\t"
        "fldcw 280(%rbp)\n\t"
        "pushq 256(%rbp)\n\t"
        "popfq\n\t" /* only moves between here and the system call */
        "movq 0(%rbp), %rax\n\t"
        "movq 8(%rbp), %rbx\n\t"
        "movq 24(%rbp), %rdx\n\t"
        "movq 40(%rbp), %rsi\n\t"
        "movq 48(%rbp), %rdi\n\t"
        "movq 64(%rbp), %r8\n\t"
        "movq 72(%rbp), %r9\n\t"
        "movq 80(%rbp), %r10\n\t"
        "movq 96(%rbp), %r12\n\t"
        "movq 104(%rbp), %r13\n\t"
        "movq 112(%rbp), %r14\n\t"
        "movq 120(%rbp), %r15\n\t"
        "syscall\n"
        "rally_back:\n\t"
        "movq %rax, 128(%rbp)\n\t"
        "movq %rbx, 136(%rbp)\n\t"
        "movq %rcx, 144(%rbp)\n\t"
        "movq %rdx, 152(%rbp)\n\t"
        "movq %rbp, 160(%rbp)\n\t"
        "movq %rsi, 168(%rbp)\n\t"
        "movq %rdi, 176(%rbp)\n\t"
        "movq %rsp, 184(%rbp)\n\t"
        "movq %r8, 192(%rbp)\n\t"
        "movq %r9, 200(%rbp)\n\t"
        "movq %r10, 208(%rbp)\n\t"
        "movq %r11, 216(%rbp)\n\t"
        "movq %r12, 224(%rbp)\n\t"
        "movq %r13, 232(%rbp)\n\t"
        "movq %r14, 240(%rbp)\n\t"
        "movq %r15, 248(%rbp)\n\t"
        "movq 456(%rbp), %rsp\n\t"
        "pushfq\n\t"
        "popq 264(%rbp)\n\t"
        "pushq $2\n\t"
        "popfq\n\t"
        "stmxcsr 276(%rbp)\n\t"
        "fnstcw 284(%rbp)\n\t"
        ".macro STORE_SEGMENT at, segment\n\t"
        "movl %\\segment, %eax\n\t"
        "movzwl %ax, %eax\n\t"
        "movq %rax, \\at(%rbp)\n\t"
        ".endm\n\t"
        "STORE_SEGMENT 320, ds\n\t"
        "STORE_SEGMENT 328, es\n\t"
        "STORE_SEGMENT 336, fs\n\t"
        "STORE_SEGMENT 344, gs\n\t"
        "STORE_SEGMENT 352, ss\n\t"
        "STORE_SEGMENT 360, cs\n\t"
        ".purgem STORE_SEGMENT\n\t"
        "testl $8, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "rdfsbase %rax\n\t"
        "movq %rax, 400(%rbp)\n\t"
        "rdgsbase %rax\n\t"
        "movq %rax, 408(%rbp)\n"
        "1:\n\t"
        "testl $16, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "movq %fs:0, %rax\n\t"
        "movq %rax, 416(%rbp)\n"
        "1:\n\t"
        "testl $32, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "movq %gs:0, %rax\n\t"
        "movq %rax, 424(%rbp)\n"
        "1:\n\t"
        "testl $64, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "rdtscp\n\t"
        "movq %rcx, 432(%rbp)\n"
        "1:\n\t"
        "testl $128, 368(%rbp)\n\t"
        "jz 1f\n\t"
        ".byte 0xf3, 0x0f, 0xc7, 0xf8\n\t" /* rdpid %rax */
        "movq %rax, 440(%rbp)\n"
        "1:\n\t"
        "testl $256, 368(%rbp)\n\t"
        "jz 1f\n\t"
        "xorl %ecx, %ecx\n\t"
        "xgetbv\n\t"
        "shlq $32, %rdx\n\t"
        "orq %rdx, %rax\n\t"
        "movq %rax, 448(%rbp)\n"
        "1:\n\t"
        ".irp register, r15, r14, r13, r12, rbp, rbx\n\t"
        "popq %\\register\n\t"
        ".endr\n\t"
        "retq\n"
        ".popsection\n");

_Static_assert(offsetof(struct step, flags_set) == 256, "known to rally_step");
_Static_assert(offsetof(struct step, control_got) == 284, "known to rally_step");
_Static_assert(offsetof(struct step, load) == 288, "known to rally_step");
_Static_assert(offsetof(struct step, seen) == 320, "known to rally_step");
_Static_assert(offsetof(struct step, what) == 368, "known to rally_step");
_Static_assert(offsetof(struct step, fs_base) == 384, "known to rally_step");
_Static_assert(offsetof(struct step, features) == 448, "known to rally_step");
_Static_assert(offsetof(struct step, stack) == 456, "known to rally_step");

/* What a thread found wrong, one bit for each kind. */
enum {
    WRONG_GENERAL = 1,
    WRONG_FLAGS = 2,
    WRONG_CONTROL = 4,
    WRONG_SELECTOR = 8,
    WRONG_FS_WORD = 0x10,
    WRONG_GS_WORD = 0x20,
    WRONG_FS_BASE = 0x40,
    WRONG_GS_BASE = 0x80,
    WRONG_AUX = 0x100,
    WRONG_FEATURES = 0x200,
};

struct player {
    struct step step;
    word_t index, rounds, number, cptr;
    word_t reads;        /* the optional instructions, as in `what` */
    bool instructions;   /* for bases */
    bool loads;          /* selectors, into FS and GS, too */
    word_t undisturbed[ALL], features;
    word_t loaded[SEGMENTS]; /* last: the other may have come to its end, so that nobody else runs */
    word_t wrong, at;    /* what, and in which round first */
    volatile word_t done;
};

static struct player players[2];
static word_t blocks[2][BLOCKS]; /* what bases lead to: each word holds its own address */

static void set_registers(struct player *p, word_t round)
{
    struct step *s = &p->step;
    const word_t mix = round + 5 * p->index;

    for (word_t i = 0; i < GENERAL; i++) {
        s->set[i] = 0x0101010101010101 * (p->index + 1) ^ round << 16 ^ i << 8;
    }
    s->set[RDX] = p->number;
    s->set[RBP] = (word_t)s;
    s->set[RDI] = p->cptr;
    s->set[RSI] = p->cptr ? 0 : s->set[RSI]; /* an empty message */
    s->flags_set = 0x202 | (mix & 1 ? BIT(18) : 0) | (mix & 2 ? BIT(10) : 0) |
                   (mix & 4 ? BIT(21) : 0) | (mix & 8 ? 0x8d5 : 0);
    s->mxcsr_set = (uint32_t)(0x1f80 | mix % 4 << 13);
    s->control_set = (uint32_t)(0x37f | (mix + 1) % 4 << 10);
}

/* Bases are set by the system call and by instructions in turn, and stay in every third round.
 * Then who loads selectors does so; its own bases may be lost by that until it sets them again,
 * which it cannot do for GS without instructions. */
static void set_segments(struct player *p, word_t round)
{
    struct step *s = &p->step;
    const struct selectors *all = selectors_loadable();
    const bool keeps = round % 3 == 2;

    s->what = p->reads | (p->instructions ? STEP_READ_BASES : 0) | STEP_FS_WORD | STEP_GS_WORD;
    for (word_t i = 0; i < SEGMENTS; i++) {
        const bool loads = p->loads && (i < FS || keeps);

        s->load[i] = loads ? all->at[(round + i) % all->count] : KEEP;
        p->loaded[i] = loads ? s->load[i] : p->loaded[i];
    }
    if (p->loads && (keeps || !p->instructions)) {
        s->what &= ~(word_t)(STEP_GS_WORD | (keeps ? STEP_FS_WORD : 0));
    }
    if (keeps) {
        return;
    }
    s->set_tls = (word_t)seL4_SysSetTLSBase;
    s->fs_base = (word_t)&blocks[p->index][round % BLOCKS];
    s->what |= p->instructions && round % 3 == 0 ? STEP_WRITE_FS : STEP_SET_TLS;
    if (p->instructions) {
        s->gs_base = (word_t)&blocks[p->index][(round + 1) % BLOCKS];
        s->what |= STEP_WRITE_GS;
    }
}

static word_t wrong_registers(const struct player *p)
{
    const struct step *s = &p->step;
    word_t wrong = 0;

    for (word_t i = 0; i < GENERAL; i++) {
        word_t expected = s->set[i];

        if (i == RCX) {
            expected = (word_t)rally_back;
        } else if (i == R11) {
            expected = s->flags_set;
        } else if (i == RSP || (i == RDI && p->cptr)) {
            expected = 0;
        }
        wrong |= s->got[i] != expected ? WRONG_GENERAL : 0;
    }
    wrong |= s->flags_got != s->flags_set ? WRONG_FLAGS : 0;
    wrong |= s->mxcsr_got != s->mxcsr_set || s->control_got != s->control_set ? WRONG_CONTROL : 0;
    return wrong;
}

/* A selector is what the thread has loaded, or what a thread begins with. */
static word_t wrong_segments(const struct player *p)
{
    const struct step *s = &p->step;
    const bool fs = s->what & STEP_FS_WORD, gs = s->what & STEP_GS_WORD;
    const bool reads = s->what & STEP_READ_BASES;
    word_t wrong = 0;

    for (word_t i = 0; i < ALL; i++) {
        const bool own = i < SEGMENTS && s->seen[i] == p->loaded[i];

        wrong |= own || s->seen[i] == p->undisturbed[i] ? 0 : WRONG_SELECTOR;
    }
    wrong |= fs && s->fs_word != s->fs_base ? WRONG_FS_WORD : 0;
    wrong |= gs && s->gs_word != s->gs_base ? WRONG_GS_WORD : 0;
    wrong |= fs && reads && s->fs_read != s->fs_base ? WRONG_FS_BASE : 0;
    wrong |= gs && reads && s->gs_read != s->gs_base ? WRONG_GS_BASE : 0;
    wrong |= s->aux || s->pid ? WRONG_AUX : 0;
    wrong |= s->features != p->features ? WRONG_FEATURES : 0;
    return wrong;
}

/* Uses no thread-local variables: FS is a plaything here. */
static void rally(word_t index)
{
    struct player *p = &players[index];

    for (word_t round = 0; round < p->rounds; round++) {
        set_registers(p, round);
        set_segments(p, round);
        rally_step(&p->step);
        const word_t wrong = wrong_registers(p) | wrong_segments(p);

        p->at = wrong && !p->wrong ? round : p->at;
        p->wrong |= wrong;
        p->done++;
    }
}

/* What everybody reads who has set nothing. */
static void fill_undisturbed(struct player *p)
{
    static struct play look;
    uint32_t low = 0, high = 0, ss, cs;

    look = play_new();
    play_start(thread_new(), &look, 0, 0);
    ASSERT(look.done);
    for (word_t i = 0; i < SEGMENTS; i++) {
        p->undisturbed[i] = look.seen[i];
    }
    __asm__("movl %%ss, %0; movl %%cs, %1" : "=r"(ss), "=r"(cs));
    p->undisturbed[SS] = ss & 0xffff;
    p->undisturbed[CS] = cs & 0xffff;
    p->reads = (cpuid(0x80000001).d & BIT(27) ? STEP_RDTSCP : 0) |
               (cpuid(7).c & BIT(22) ? STEP_RDPID : 0) |
               (cpuid(1).c & BIT(27) ? STEP_XGETBV : 0);
    if (p->reads & STEP_XGETBV) {
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    }
    p->features = (word_t)high << 32 | low;
}

static void player_start(struct player *p, struct thread *t)
{
    for (word_t i = 0; i < BLOCKS; i++) {
        blocks[p->index][i] = (word_t)&blocks[p->index][i];
    }
    fill_undisturbed(p);
    p->instructions = has_base_instructions();
    p->step.fs_base = p->step.gs_base = (word_t)blocks[p->index];
    thread_set_priority(t, LOW_PRIORITY);
    thread_prepare(t, rally, p->index);
    seL4_UserContext c = thread_registers(t);
    c.fs_base = p->step.fs_base;
    c.gs_base = p->step.gs_base;
    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, sizeof c / sizeof(word_t), &c));
}

/* By Yield, or one calls the other and is answered.  `loader` loads selectors. */
static void expect_rally(struct thread *first, struct thread *second, bool calls, word_t loader)
{
    const word_t ep = calls ? endpoint_new() : 0;

    for (word_t i = 0; i < 2; i++) {
        players[i] = (struct player){
            .index = i,
            .rounds = ROUNDS / 2 + (calls ? i : 0), /* the server stays in its last one */
            .number = (word_t)(!calls ? seL4_SysYield : i ? seL4_SysReplyRecv : seL4_SysCall),
            .cptr = ep,
            .loads = i == loader,
        };
        player_start(&players[i], i ? second : first);
    }
    threads_let_run();
    for (word_t i = 0; i < 2; i++) {
        EXPECT_EQ(players[i].done, ROUNDS / 2);
        if (!EXPECT_EQ(players[i].wrong, 0)) {
            (void)suite_expect_pair(false, __FILE__, __LINE__, "player, round", i, players[i].at);
        }
    }
}

/* rules: syscalls 1, threads 1.2, x86_64 6.1, x86_64 6.5 */
TEST(rally, ten_thousand_switches_change_nothing)
{
    struct thread *first = thread_new(), *second = thread_new();

    expect_rally(first, second, false, 0);
    expect_rally(first, second, true, 0);
    expect_rally(first, second, false, 1);
    expect_rally(first, second, true, 1);
}

/* rules: syscalls 1, threads 1.2, x86_64 6.1, x86_64 6.5 */
TEST(rally, ten_thousand_switches_between_spaces_change_nothing)
{
    struct thread *first = thread_new();
    struct thread *second = thread_in(ROOT, vspace_with_image(), 0, 0);

    second->order.park = second->tcb;
    expect_rally(first, second, false, 0);
    expect_rally(first, second, true, 0);
    expect_rally(first, second, false, 1);
    expect_rally(first, second, true, 1);
}
