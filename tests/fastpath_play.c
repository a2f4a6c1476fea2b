/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays: actors, staging, and the digest of everything that can be seen of them.
 *
 * Left out are RSP, RCX and R11, which a system call does not keep (rules: threads 1.2). */
#include "fastpath_play.h"

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

static const struct {
    enum name source;
    bool grant_reply, grant, read, write;
    word_t badge;
} minted[] = {
    { ENDPOINT, 1, 1, 1, 1, 7 },
    { ENDPOINT, 0, 0, 0, 1, 8 },
    { ENDPOINT, 0, 0, 1, 0, 0 },
    { ENDPOINT, 0, 1, 0, 1, 9 },
    { ENDPOINT, 1, 0, 0, 1, 10 },
    { ENDPOINT, 0, 1, 1, 0, 0 },
    { ENDPOINT, 0, 0, 1, 1, 11 },
    { ENDPOINT, 0, 0, 0, 0, 13 },
    { SECOND_ENDPOINT, 1, 1, 1, 1, 12 },
    { NOTIFICATION, 0, 0, 1, 1, 3 },
    { NOTIFICATION, 0, 0, 0, 1, 4 },
    { NOTIFICATION, 0, 0, 1, 0, 0 },
    { BOUND, 0, 0, 1, 1, 1 },
};

_Static_assert(ARRAY_COUNT(minted) == MINTED_COUNT, "the last one named is the last one");

static word_t names, pool, other_space;

word_t play_name(word_t name)
{
    return names + name;
}

static void make(word_t n, word_t type, word_t bits, word_t count)
{
    ASSERT_OK(seL4_Untyped_Retype(pool, type, bits, ROOT, 0, 0, play_name(n), count));
}

static void make_names(void)
{
    make(TCB_0, seL4_TCBObject, 0, ACTORS + 1);
    make(ENDPOINT, seL4_EndpointObject, 0, 2);
    make(NOTIFICATION, seL4_NotificationObject, 0, 2);
    make(HANDLER, seL4_EndpointObject, 0, 1);
    make(CNODE, seL4_CapTableObject, 4, 1);
    make(PML4, seL4_X64_PML4Object, 0, 1);
    ASSERT_OK(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, play_name(PML4)));
    for (word_t i = 0; i < ARRAY_COUNT(minted); i++) {
        ASSERT_OK(seL4_CNode_Mint(ROOT, play_name(MINTED + i), DEPTH, ROOT,
                                  play_name(minted[i].source), DEPTH,
                                  seL4_CapRights_new(minted[i].grant_reply, minted[i].grant,
                                                     minted[i].read, minted[i].write),
                                  minted[i].badge));
    }
}

/* ---- the digest ---- */

static word_t digest;

static void digest_word(word_t value)
{
    digest = (digest ^ value) * 0x100000001b3;
}

static void digest_words(const void *memory, word_t bytes)
{
    const word_t *words = memory;

    for (word_t i = 0; i < bytes / sizeof(word_t); i++) {
        digest_word(words[i]);
    }
}

static void digest_message(const struct message *m)
{
    digest_words(m, sizeof(*m));
}

static void digest_actor(word_t i)
{
    seL4_UserContext c = { 0 };

    (void)seL4_TCB_ReadRegisters(play_name(TCB_0 + i), false, 0, sizeof(c) / sizeof(word_t), &c);
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

    (void)seL4_TCB_WriteRegisters(play_name(TCB_0 + i), true, 0, sizeof(c) / sizeof(word_t), &c);
}

/* A fault that stays recorded: the handler has not heard of it (rules: ipc 8.6). */
static void fault_before(word_t i)
{
    start_at(i, play_fault);
    rest();
    (void)seL4_TCB_Suspend(play_name(TCB_0 + i));
}

static void write_script(const struct actor *a, word_t i)
{
    seL4_IPCBuffer *buffer = (seL4_IPCBuffer *)buffers[i];

    for (word_t s = 0; s < STEPS + 2; s++) {
        scripts[i][s] = s < a->steps ? a->step[s] : (struct step){ 0 };
    }
    scripts[i][a->steps].number = (word_t)seL4_SysCall;
    scripts[i][a->steps].cptr = play_name(TCB_0 + i);
    scripts[i][a->steps].info = info_word(TCBSuspend, 0, 0);
    for (word_t w = 0; w < seL4_MsgMaxLength; w++) {
        buffer->msg[w] = i << 16 | w;
    }
    for (word_t w = 0; w < seL4_MsgMaxExtraCaps; w++) {
        buffer->caps_or_badges[w] = a->gift[w];
    }
    buffer->receiveCNode = ROOT;
    buffer->receiveIndex = play_name(GIFT_0 + i);
    buffer->receiveDepth = DEPTH;
}

static word_t space_of(const struct actor *a)
{
    if (a->space != SPACE_OTHER) {
        return SPACE;
    }
    if (!other_space) {
        other_space = vspace_with_image();
    }
    return other_space;
}

static void make_actor(const struct actor *a, word_t i)
{
    const word_t tcb = play_name(TCB_0 + i);
    word_t frame = image_frame(buffers[i]);

    write_script(a, i);
    if (a->buffer == BUFFER_READ_ONLY) {
        ASSERT_OK(
            seL4_CNode_Mint(ROOT, play_name(EMPTY), DEPTH, ROOT, frame, DEPTH, seL4_CanRead, 0));
        frame = play_name(EMPTY);
    }
    ASSERT_OK(seL4_TCB_Configure(tcb, a->handler ? play_name(a->handler) : 0, ROOT, 0, space_of(a),
                                 0, a->buffer == BUFFER_NONE ? 0 : (word_t)buffers[i], frame));
    (void)cap_delete(play_name(EMPTY));
    ASSERT_OK(seL4_TCB_SetPriority(tcb, SELF, a->priority));
    if (a->domain && CONFIG_NUM_DOMAINS > 1) {
        ASSERT_OK(seL4_DomainSet_Set(seL4_CapDomain, (seL4_Uint8)a->domain, tcb));
    }
    if (a->bound) {
        ASSERT_OK(seL4_TCB_BindNotification(tcb, play_name(BOUND)));
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
        (void)seL4_TCB_SetSpace(play_name(TCB_0 + i), a->handler ? play_name(a->handler) : 0, ROOT,
                                0, play_name(PML4), 0);
    }
    if (a->space == SPACE_GONE) {
        (void)cap_revoke(play_name(PML4));
        (void)cap_delete(play_name(PML4));
        make(PML4, seL4_X64_PML4Object, 0, 1);
        (void)seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, play_name(PML4));
    }
}

/* Who waits where, and in which order: messages to and from everything. */
static void look_around(void)
{
    struct message m;

    for (word_t round = 0; round < 3; round++) {
        message_nbsend(play_name(ENDPOINT), message(0x77 + round, 2 * round, 1, 2, 3, 4));
        rest();
        digest_word(message_poll(play_name(HANDLER), &m));
        digest_message(&m);
        digest_word(message_poll(play_name(ENDPOINT), &m));
        digest_message(&m);
        digest_all();
    }
    notification_signal(play_name(SIGNAL));
    rest();
    digest_word(notification_poll(play_name(NOTIFICATION)));
    digest_word(message_poll(play_name(SECOND_ENDPOINT), &m));
    digest_message(&m);
    message_reply(message(5, 1, 6, 7, 8, 9));
    rest();
    digest_all();
}

/* System calls that wait are repeated. */
static void stop_and_repeat(void)
{
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Suspend(play_name(TCB_0 + i));
    }
    digest_all();
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Resume(play_name(TCB_0 + i));
    }
    rest();
    digest_all();
    for (word_t i = 0; i < ACTORS; i++) {
        (void)seL4_TCB_Suspend(play_name(TCB_0 + i));
    }
}

void play_perform(const struct play *p, const char *group, word_t number)
{
    word_t first, second;

    if (number % PLAYS_APART)
        return;
    digest = 0xcbf29ce484222325;
    play_clock = 0;
    (void)seL4_TCB_SetPriority(SELF, SELF, HIGH_PRIORITY);
    make_names();
    for (word_t i = 0; i < ACTORS; i++) {
        make_actor(&p->actor[i], i);
    }
    if (p->bound_active) {
        notification_signal(play_name(SIGNAL_BOUND));
    }
    for (word_t i = 0; i < ACTORS; i++) {
        start_actor(&p->actor[i], i);
    }
    rest();
    digest_all();
    first = digest;
    if (p->last_dies) {
        (void)cap_delete(play_name(TCB_0 + ACTORS - 1));
    }
    look_around();
    second = digest;
    stop_and_repeat();
    for (word_t i = 0; i < ACTORS; i++) {
        digest_word(seL4_Untyped_Retype(pool, seL4_EndpointObject, 0, ROOT, 0, 0,
                                        play_name(GIFT_0 + i), 1));
    }
    (void)seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY);
    (void)EXPECT_OK(cap_revoke(pool));
    console_print("# digest %s.%u %x %x %x\n", group, number, first, second, digest);
}

void play_stage(void)
{
    pool = untyped_new(17);
    names = slot_range(NAMES);
    other_space = 0;
}
