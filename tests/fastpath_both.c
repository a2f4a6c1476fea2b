/* SPDX-License-Identifier: BSD-2-Clause */
/* Short ways through system calls give what the general way gives.  Small plays of four threads go
 * through every condition in every combination; all that can be seen of one goes into a digest.  A
 * kernel started with the word nofastpath must print the same digests: `make test-fastpath` compares.
 *
 * Left out are RSP, RCX and R11, which a system call does not keep (rules: threads 1.2). */
#include "test.h"

enum { ACTORS = 4, STEPS = 4, HIGH_PRIORITY = 200, LOW_ACTOR = 110 };

/* One system call of an actor, as the assembler routine makes it. */
struct step {
    word_t number, cptr, info, mr[MESSAGE_REGISTERS];
    word_t out[12];     /* RDI RSI RDX R10 R8 R9 R15 RAX RBX R12 R13 R14 */
    word_t when;        /* how many steps of all actors were done before */
};

enum space { SPACE_SAME, SPACE_OTHER, SPACE_EMPTY, SPACE_GONE };
enum buffer { BUFFER_USUAL, BUFFER_READ_ONLY, BUFFER_NONE };

struct actor {
    word_t priority, domain, gift;
    enum space space;           /* the last two once it has come to rest */
    enum buffer buffer;
    bool handler, stale_fault, bound, rest;
    word_t steps;
    struct step step[STEPS];
};

struct play {
    struct actor actor[ACTORS];
    bool bound_active;
};

/* What an actor executes: its steps, then Suspend of itself, then an unknown system call. */
static struct step scripts[ACTORS][STEPS + 2];
static unsigned char buffers[ACTORS][PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
extern word_t play_clock;
word_t play_clock;
extern char play_entry[], play_fault[];

__asm__(".pushsection .text\n"
        ".globl play_entry, play_fault\n"
        "play_fault:\n\t"
        "ud2\n"
        "play_entry:\n\t"
        "movq %rdi, %rbp\n"
        "1:\tmovq 0(%rbp), %rdx\n\t"
        "movq 8(%rbp), %rdi\n\t"
        "movq 16(%rbp), %rsi\n\t"
        "movq 24(%rbp), %r10\n\t"
        "movq 32(%rbp), %r8\n\t"
        "movq 40(%rbp), %r9\n\t"
        "movq 48(%rbp), %r15\n\t"
        "movq $0x1a1a, %rax\n\t"
        "movq $0x1b1b, %rbx\n\t"
        "movq $0x1212, %r12\n\t"
        "movq $0x1313, %r13\n\t"
        "movq $0x1414, %r14\n\t"
        "syscall\n\t"
        "movq %rdi, 56(%rbp)\n\t"
        "movq %rsi, 64(%rbp)\n\t"
        "movq %rdx, 72(%rbp)\n\t"
        "movq %r10, 80(%rbp)\n\t"
        "movq %r8, 88(%rbp)\n\t"
        "movq %r9, 96(%rbp)\n\t"
        "movq %r15, 104(%rbp)\n\t"
        "movq %rax, 112(%rbp)\n\t"
        "movq %rbx, 120(%rbp)\n\t"
        "movq %r12, 128(%rbp)\n\t"
        "movq %r13, 136(%rbp)\n\t"
        "movq %r14, 144(%rbp)\n\t"
        "movl $1, %eax\n\t"
        "xaddq %rax, play_clock(%rip)\n\t"
        "movq %rax, 152(%rbp)\n\t"
        "addq $160, %rbp\n\t"
        "jmp 1b\n"
        ".popsection\n");

_Static_assert(offsetof(struct step, out) == 56, "known to play_entry");
_Static_assert(offsetof(struct step, when) == 152, "known to play_entry");
_Static_assert(sizeof(struct step) == 160, "known to play_entry");

/* ---- names: slots that every play fills anew ---- */

enum name {
    TCB_0,
    VICTIM = TCB_0 + ACTORS,    /* a TCB that is nobody's */
    ENDPOINT,
    SECOND_ENDPOINT,
    NOTIFICATION,
    BOUND,                      /* notification that an actor may be bound to */
    HANDLER,
    CNODE,
    PML4,
    EMPTY,                      /* an empty slot */
    GIFT_0,                     /* where actor i receives a capability */
    MINTED = GIFT_0 + ACTORS,
};

static const struct {
    enum name source;
    bool grant_reply, grant, read, write;
    word_t badge;
} minted[] = {
    { ENDPOINT, 1, 1, 1, 1, 7 },  { ENDPOINT, 0, 0, 0, 1, 8 }, { ENDPOINT, 0, 0, 1, 0, 0 },
    { ENDPOINT, 0, 1, 0, 1, 9 },  { ENDPOINT, 1, 0, 0, 1, 10 }, { ENDPOINT, 0, 1, 1, 0, 0 },
    { ENDPOINT, 0, 0, 1, 1, 11 }, { ENDPOINT, 0, 0, 0, 0, 13 }, { SECOND_ENDPOINT, 1, 1, 1, 1, 12 },
    { NOTIFICATION, 0, 0, 1, 1, 3 }, { NOTIFICATION, 0, 0, 0, 1, 4 }, { NOTIFICATION, 0, 0, 1, 0, 0 },
    { BOUND, 0, 0, 1, 1, 1 },
};

/* Some of the minted ones, and how many names there are. */
enum { BADGED = MINTED, SIGNAL = MINTED + 9, SIGNAL_BOUND = MINTED + 12, NAMES = MINTED + ARRAY_COUNT(minted) };

static word_t names, pool, other_space;

static word_t name(word_t n) { return names + n; }

static void make(word_t n, word_t type, word_t bits, word_t count)
{
    ASSERT_OK(seL4_Untyped_Retype(pool, type, bits, ROOT, 0, 0, name(n), count));
}

static void make_names(void)
{
    make(TCB_0, seL4_TCBObject, 0, ACTORS + 1);
    make(ENDPOINT, seL4_EndpointObject, 0, 2);
    make(NOTIFICATION, seL4_NotificationObject, 0, 2);
    make(HANDLER, seL4_EndpointObject, 0, 1);
    make(CNODE, seL4_CapTableObject, 4, 1);
    make(PML4, seL4_X64_PML4Object, 0, 1);
    ASSERT_OK(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, name(PML4)));
    for (word_t i = 0; i < ARRAY_COUNT(minted); i++) {
        ASSERT_OK(seL4_CNode_Mint(ROOT, name(MINTED + i), DEPTH, ROOT, name(minted[i].source), DEPTH,
                                  seL4_CapRights_new(minted[i].grant_reply, minted[i].grant,
                                                     minted[i].read, minted[i].write),
                                  minted[i].badge));
    }
}

/* ---- the digest ---- */

static word_t digest;

static void digest_word(word_t value) { digest = (digest ^ value) * 0x100000001b3; }

static void digest_words(const void *memory, word_t bytes)
{
    const word_t *words = memory;

    for (word_t i = 0; i < bytes / sizeof(word_t); i++) {
        digest_word(words[i]);
    }
}

static void digest_message(const struct message *m) { digest_words(m, sizeof(*m)); }

static void digest_actor(word_t i)
{
    seL4_UserContext c = { 0 };

    (void)seL4_TCB_ReadRegisters(name(TCB_0 + i), false, 0, sizeof(c) / sizeof(word_t), &c);
    c.rsp = c.rcx = c.r11 = 0;
    digest_words(&c, sizeof(c));
    digest_words(scripts[i], sizeof(scripts[i]));
    digest_words(buffers[i], sizeof(buffers[i]));
}

static void digest_all(void)
{
    for (word_t i = 0; i < ACTORS; i++) {
        digest_actor(i);
    }
    digest_word(play_clock);
}

/* ---- staging ---- */

/* The tester steps aside until all actors have come to rest. */
static void rest(void)
{
    (void)seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY);
    (void)seL4_TCB_SetPriority(SELF, SELF, HIGH_PRIORITY);
}

static void start_at(word_t i, const char *ip)
{
    seL4_UserContext c = { .rip = (word_t)ip, .rflags = 0x202, .rdi = (word_t)scripts[i] };

    (void)seL4_TCB_WriteRegisters(name(TCB_0 + i), true, 0, sizeof(c) / sizeof(word_t), &c);
}

/* A fault that stays recorded: the handler hears of it, but does not answer. */
static void fault_before(word_t i)
{
    struct message m;

    start_at(i, play_fault);
    rest();
    (void)EXPECT(message_poll(name(HANDLER), &m));
    (void)message_poll(name(HANDLER), &m);      /* drops the reply capability */
}

static void write_script(const struct actor *a, word_t i)
{
    seL4_IPCBuffer *buffer = (seL4_IPCBuffer *)buffers[i];

    for (word_t s = 0; s < STEPS + 2; s++) {
        scripts[i][s] = s < a->steps ? a->step[s] : (struct step){ 0 };
    }
    scripts[i][a->steps].number = (word_t)seL4_SysCall;
    scripts[i][a->steps].cptr = name(TCB_0 + i);
    scripts[i][a->steps].info = info_word(TCBSuspend, 0, 0);
    for (word_t w = 0; w < seL4_MsgMaxLength; w++) {
        buffer->msg[w] = i << 16 | w;
    }
    for (word_t w = 0; w < seL4_MsgMaxExtraCaps; w++) {
        buffer->caps_or_badges[w] = a->gift;
    }
    buffer->receiveCNode = ROOT;
    buffer->receiveIndex = name(GIFT_0 + i);
    buffer->receiveDepth = DEPTH;
}

static void make_actor(const struct actor *a, word_t i)
{
    const word_t tcb = name(TCB_0 + i);
    word_t frame = image_frame(buffers[i]);

    write_script(a, i);
    if (a->buffer == BUFFER_READ_ONLY) {
        ASSERT_OK(seL4_CNode_Mint(ROOT, name(EMPTY), DEPTH, ROOT, frame, DEPTH, seL4_CanRead, 0));
        frame = name(EMPTY);
    }
    ASSERT_OK(seL4_TCB_Configure(tcb, a->handler ? name(HANDLER) : 0, ROOT, 0,
                                 a->space == SPACE_OTHER ? other_space : SPACE, 0,
                                 a->buffer == BUFFER_NONE ? 0 : (word_t)buffers[i], frame));
    (void)cap_delete(name(EMPTY));
    ASSERT_OK(seL4_TCB_SetPriority(tcb, SELF, a->priority));
    if (a->domain && CONFIG_NUM_DOMAINS > 1) {
        ASSERT_OK(seL4_DomainSet_Set(seL4_CapDomain, (seL4_Uint8)a->domain, tcb));
    }
    if (a->bound) {
        ASSERT_OK(seL4_TCB_BindNotification(tcb, name(BOUND)));
    }
    if (a->stale_fault) {
        fault_before(i);
    }
}

static void start_actor(const struct actor *a, word_t i)
{
    start_at(i, play_entry);
    if (a->rest || a->space >= SPACE_EMPTY) {
        rest();
    }
    if (a->space >= SPACE_EMPTY) {
        (void)seL4_TCB_SetSpace(name(TCB_0 + i), a->handler ? name(HANDLER) : 0, ROOT, 0, name(PML4), 0);
    }
    if (a->space == SPACE_GONE) {
        (void)cap_revoke(name(PML4));
        (void)cap_delete(name(PML4));
        make(PML4, seL4_X64_PML4Object, 0, 1);
        (void)seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, name(PML4));
    }
}

/* Who waits where, and in which order: messages to and from everything. */
static void look_around(void)
{
    struct message m;

    for (word_t round = 0; round < 3; round++) {
        message_nbsend(name(ENDPOINT), message(0x77 + round, 2 * round, 1, 2, 3, 4));
        rest();
        digest_word(message_poll(name(HANDLER), &m));
        digest_message(&m);
        digest_word(message_poll(name(ENDPOINT), &m));
        digest_message(&m);
        digest_all();
    }
    notification_signal(name(SIGNAL));
    rest();
    digest_word(notification_poll(name(NOTIFICATION)));
    digest_word(message_poll(name(SECOND_ENDPOINT), &m));
    digest_message(&m);
    message_reply(message(5, 1, 6, 7, 8, 9));
    rest();
    digest_all();
}

/* System calls that wait are repeated. */
static void stop_and_repeat(void)
{
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Suspend(name(TCB_0 + i));
    }
    digest_all();
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Resume(name(TCB_0 + i));
    }
    rest();
    digest_all();
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Suspend(name(TCB_0 + i));
    }
}

static void perform(const struct play *p, const char *group, word_t number)
{
    word_t first, second;

    digest = 0xcbf29ce484222325;
    play_clock = 0;
    (void)seL4_TCB_SetPriority(SELF, SELF, HIGH_PRIORITY);
    make_names();
    for (word_t i = 0; i < ACTORS; i++) {
        make_actor(&p->actor[i], i);
    }
    if (p->bound_active) {
        notification_signal(name(SIGNAL_BOUND));
    }
    for (word_t i = 0; i < ACTORS; i++) {
        start_actor(&p->actor[i], i);
    }
    rest();
    digest_all();
    first = digest;
    look_around();
    second = digest;
    stop_and_repeat();
    for (word_t i = 0; i < ACTORS; i++) {
        digest_word(seL4_Untyped_Retype(pool, seL4_EndpointObject, 0, ROOT, 0, 0, name(GIFT_0 + i), 1));
    }
    (void)seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY);
    (void)EXPECT_OK(cap_revoke(pool));
    for (word_t n = 0; n < NAMES; n++) {
        (void)cap_delete(name(n));
    }
    console_print("# digest %s.%u %x %x %x\n", group, number, first, second, digest);
}

static void stage(void)
{
    pool = untyped_new(17);
    names = slot_range(NAMES);
    other_space = vspace_with_image();
}

/* ---- plays that go through one condition after the other ---- */

static struct step step(seL4_Syscall_ID number, word_t cptr, word_t info)
{
    return (struct step){ .number = (word_t)number, .cptr = name(cptr), .info = info,
                          .mr = { 0xa0 + info % 7, 0xa1, 0xa2, 0xa3 } };
}

/* A server that waits, another behind it, a client, and somebody else who is ready. */
static struct play usual_play(void)
{
    struct play p = { 0 };

    for (word_t i = 0; i < ACTORS; i++) {
        p.actor[i].priority = LOW_ACTOR;
        p.actor[i].gift = name(VICTIM);
        p.actor[i].rest = i < 2;
    }
    p.actor[0].steps = 2;
    p.actor[0].step[0] = step(seL4_SysRecv, ENDPOINT, 0);
    p.actor[0].step[1] = step(seL4_SysReplyRecv, ENDPOINT, 0);
    p.actor[1].steps = 1;
    p.actor[1].step[0] = step(seL4_SysRecv, ENDPOINT, 0);
    p.actor[2].steps = 2;
    p.actor[2].step[0] = step(seL4_SysCall, BADGED, 0);
    p.actor[2].step[1] = step(seL4_SysSend, SIGNAL, 0);
    p.actor[3].steps = 1;
    p.actor[3].step[0] = step(seL4_SysYield, EMPTY, 0);
    return p;
}

static const seL4_Syscall_ID sending[] = { seL4_SysCall, seL4_SysSend, seL4_SysNBSend };

TEST(bothways, every_length_and_buffer)
{
    word_t number = 0;

    stage();
    for (word_t length = 0; length < 128; length += length < 9 || length > 118 ? 1 : 11) {
        for (word_t i = 0; i < 9 * ARRAY_COUNT(sending); i++) {
            struct play p = usual_play();

            p.actor[0].space = SPACE_OTHER;
            p.actor[0].buffer = i / 3 % 3;
            p.actor[2].buffer = i % 3;
            p.actor[0].step[1].info = info_word(2, 0, length) | (i & 7) << 9;
            p.actor[2].step[0].info = info_word(0xfffffffffffff, 0, length) | (i & 7) << 9;
            p.actor[2].step[0].number = (word_t)sending[i / 9];
            perform(&p, "length", number++);
        }
    }
}

TEST(bothways, every_capability)
{
    word_t number = 0;

    stage();
    for (word_t cptr = 0; cptr < NAMES; cptr++) {
        for (word_t i = 0; i < 4 * ARRAY_COUNT(sending); i++) {
            struct play p = usual_play();

            p.actor[0].gift = p.actor[2].gift = i & 1 ? name(EMPTY) : name(cptr);
            p.actor[0].step[i / 2 % 2].cptr = name(cptr);
            p.actor[0].step[1].info = info_word(1, i & 1, 2);
            p.actor[2].step[0].info = info_word(TCBSuspend, i & 3, 1);
            p.actor[2].step[0].cptr = i & 2 ? name(cptr) : name(BADGED);
            p.actor[2].step[0].number = (word_t)sending[i / 4];
            p.actor[2].handler = i & 1;
            perform(&p, "capability", number++);
        }
    }
}

/* Server, client and bystander below, beside and above each other, in every domain. */
TEST(bothways, every_order_of_priorities)
{
    word_t number = 0;

    stage();
    for (word_t i = 0; i < 27 * ARRAY_COUNT(sending); i++) {
        for (word_t domain = 0; domain < (CONFIG_NUM_DOMAINS > 1 ? 3 : 1); domain++) {
            struct play p = usual_play();

            p.actor[0].priority += i % 3;
            p.actor[2].priority += i / 3 % 3;
            p.actor[3].priority += i / 9 % 3;
            p.actor[2].step[0].number = (word_t)sending[i / 27];
            p.actor[0].domain = domain == 1;
            p.actor[3].domain = domain == 2;
            perform(&p, "priority", number++);
        }
    }
}

/* Recorded faults, bound notifications, spaces that are empty or gone: on either side. */
TEST(bothways, every_state_of_a_partner)
{
    word_t number = 0;

    stage();
    for (word_t i = 0; i < 2 * 4 * 2 * 3 * ARRAY_COUNT(sending); i++) {
        struct play p = usual_play();
        struct actor *a = &p.actor[i & 1 ? 0 : 2];

        a->space = i / 2 % 4;
        a->handler = a->stale_fault = i / 8 % 2;
        a->bound = i / 16 % 3;
        p.bound_active = i / 16 % 3 == 2;
        p.actor[2].step[0].number = (word_t)sending[i / 48];
        perform(&p, "state", number++);
    }
}

/* ---- plays at random ---- */

static word_t seed;

static word_t dice(word_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % sides;
}

static word_t random_tag(void)
{
    static const word_t lengths[] = { 0, 0, 1, 2, 3, 4, 5, 8, 64, 119, 120, 121, 127 };
    const word_t label = dice(4) ? dice(3) : 0xfffffffffffff - dice(5);

    return info_word(label, dice(6) ? 0 : dice(4), lengths[dice(ARRAY_COUNT(lengths))]) |
           (dice(3) ? 0 : dice(8)) << 9;
}

static struct step random_step(void)
{
    static const seL4_Syscall_ID numbers[] = {
        seL4_SysCall, seL4_SysCall, seL4_SysCall, seL4_SysReplyRecv, seL4_SysReplyRecv,
        seL4_SysReplyRecv, seL4_SysSend, seL4_SysSend, seL4_SysNBSend, seL4_SysRecv, seL4_SysRecv,
        seL4_SysNBRecv, seL4_SysReply, seL4_SysYield,
    };
    struct step s = step(numbers[dice(ARRAY_COUNT(numbers))], ENDPOINT, random_tag());
    const word_t kind = dice(8);

    if (kind == 0) {
        s.cptr = dice(4) ? name(VICTIM + dice(NAMES - VICTIM)) : BIT(40);
    } else if (kind < 4) {
        s.cptr = name(MINTED + dice(ARRAY_COUNT(minted)));
    }
    return s;
}

static struct play random_play(void)
{
    struct play p = { .bound_active = dice(2) };
    const word_t bound = dice(2 * ACTORS);

    for (word_t i = 0; i < ACTORS; i++) {
        struct actor *a = &p.actor[i];

        a->priority = LOW_ACTOR + dice(3);
        a->domain = dice(8) == 0;
        a->gift = name(VICTIM + dice(NAMES - VICTIM));
        a->space = dice(8) ? dice(2) : dice(4);
        a->buffer = dice(4) ? 0 : dice(3);
        a->handler = dice(4) == 0;
        a->stale_fault = a->handler && !a->domain && dice(2);
        a->bound = i == bound;
        a->rest = dice(3) != 0;
        a->steps = 1 + dice(STEPS);
        for (word_t s = 0; s < a->steps; s++) {
            a->step[s] = random_step();
        }
    }
    return p;
}

static void random_plays(word_t first, word_t count)
{
    stage();
    for (word_t i = first; i < first + count; i++) {
        seed = 0x9e3779b97f4a7c15 * (i + 1);
        const struct play p = random_play();

        perform(&p, "random", i);
    }
}

TEST(bothways, random_plays)       { random_plays(0, 400); }
TEST(bothways, more_random_plays)  { random_plays(400, 400); }
TEST(bothways, other_random_plays) { random_plays(800, 400); }
