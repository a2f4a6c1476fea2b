/* SPDX-License-Identifier: BSD-2-Clause */
/* FS and GS base: set by system call, by method and, where the processor has them, by instructions;
 * what was set last is the thread's, and only its. */
#include "segments_play.h"

enum { INTEGER_REGISTERS = 8, OWN = 0x600d600d, OTHER = 0x0badf00d };

/* What the bases lead to.  Threads begin with `other` where a test is to set them. */
static word_t fs_block[1] = { OWN }, gs_block[1] = { OWN + 1 }, other_block[1] = { OTHER };

#define FS_BASE    ((word_t)fs_block)
#define GS_BASE    ((word_t)gs_block)
#define OTHER_BASE ((word_t)other_block)

static struct play play, other_play; /* static, since every space finds them in the image */

static void play_call(struct play *p, seL4_Syscall_ID number, word_t cptr, word_t info, word_t mr0)
{
    p->how = BY_CALL;
    p->number = (word_t)number;
    p->cptr = cptr;
    p->info = info;
    p->mr[0] = mr0;
}

static void play_wait(struct play *p, seL4_Syscall_ID number, word_t cptr)
{
    p->wait_number = (word_t)number;
    p->wait_cptr = cptr;
}

/* A play that begins with these two bases: set by the instructions, or else when it starts. */
static void start_with_bases(const struct thread *t, word_t fs_base, word_t gs_base)
{
    if (has_base_instructions()) {
        play.bases |= WRITE_FS | WRITE_GS | READ_BASES;
        play.fs_base = fs_base;
        play.gs_base = gs_base;
        play_start(t, &play, OTHER_BASE, OTHER_BASE);
    } else {
        play_start(t, &play, fs_base, gs_base);
    }
}

static void expect_recorded(const struct thread *t, word_t fs_base, word_t gs_base)
{
    const seL4_UserContext c = thread_registers(t);

    EXPECT_EQ(c.fs_base, fs_base);
    EXPECT_EQ(c.gs_base, gs_base);
}

/* The play has come to its end, and found both its words. */
static void expect_own_words(void)
{
    ASSERT(play.complete);
    EXPECT_EQ(play.fs_word, OWN);
    EXPECT_EQ(play.gs_word, OWN + 1);
    if (play.bases & READ_BASES) {
        EXPECT_EQ(play.fs_base, FS_BASE);
        EXPECT_EQ(play.gs_base, GS_BASE);
    }
}

/* Another thread uses bases of its own in the meantime. */
static void others_play(void)
{
    other_play = play_new();
    other_play.bases = READ_FS_WORD | READ_GS_WORD;
    if (has_base_instructions()) {
        other_play.bases |= WRITE_FS | WRITE_GS;
        other_play.fs_base = other_play.gs_base = OTHER_BASE;
    }
    play_start(thread_new(), &other_play, OTHER_BASE, OTHER_BASE);
    EXPECT(other_play.complete);
    EXPECT_EQ(other_play.fs_word, OTHER);
    EXPECT_EQ(other_play.gs_word, OTHER);
}

/* ---- setting a base again ---- */

/* rules: x86_64 6.3 */
TEST(bases, system_call_repairs_a_base)
{
    const struct selectors *all = selectors_loadable();
    struct thread *t = thread_new();

    for (word_t i = 0; i < all->count; i++) {
        play = play_new();
        play.load[FS] = all->at[i];
        play.bases = READ_FS_WORD;
        play_call(&play, seL4_SysSetTLSBase, FS_BASE, 0, 0);
        play_start(t, &play, FS_BASE, 0);
        ASSERT(play.complete);
        ASSERT_EQ(play.fs_word, OWN);
        EXPECT_EQ(thread_registers(t).fs_base, FS_BASE);
    }
}

/* rules: x86_64 6.4, threads 3.10 */
TEST(bases, method_repairs_the_own_base)
{
    const struct selectors *all = selectors_loadable();
    struct thread *t = thread_new();

    for (word_t i = 0; i < all->count; i++) {
        play = play_new();
        play.load[FS] = all->at[i];
        play.bases = READ_FS_WORD;
        play_call(&play, seL4_SysCall, t->tcb, info_word(TCBSetTLSBase, 0, 1), FS_BASE);
        play_start(t, &play, FS_BASE, 0);
        ASSERT(play.complete);
        ASSERT_EQ(play.fs_word, OWN);
        EXPECT_EQ(thread_registers(t).fs_base, FS_BASE);
    }
}

static void play_copy(const struct thread *t, word_t target, word_t source)
{
    play_call(&play, seL4_SysCall, target, info_word(TCBCopyRegisters, 1, 1), INTEGER_REGISTERS);
    t->ipc->caps_or_badges[0] = source;
}

/* rules: threads 3.3 */
TEST(bases, copied_bases_of_the_caller_are_in_effect_at_once)
{
    const struct selectors *all = selectors_loadable();
    struct thread *t = thread_new();
    struct thread *source = thread_new();
    const seL4_UserContext c = { .fs_base = FS_BASE, .gs_base = GS_BASE };

    ASSERT_OK(seL4_TCB_WriteRegisters(source->tcb, false, 0, 20, (seL4_UserContext *)&c));
    for (word_t i = 0; i < all->count; i++) {
        play = play_new();
        play.load[FS] = play.load[GS] = all->at[i];
        play.bases = READ_FS_WORD | READ_GS_WORD;
        play_copy(t, t->tcb, source->tcb);
        play_start(t, &play, FS_BASE, GS_BASE);
        expect_own_words();
        expect_recorded(t, FS_BASE, GS_BASE);
    }
}

/* rules: threads 3.3, x86_64 6.5 */
TEST(bases, copy_of_the_caller_has_the_bases_of_now)
{
    struct thread *t = thread_new();
    struct thread *target = thread_new();

    play = play_new();
    play_copy(t, target->tcb, t->tcb);
    start_with_bases(t, FS_BASE, GS_BASE);
    EXPECT(play.done);
    expect_recorded(target, FS_BASE, GS_BASE);
    play = play_new(); /* and when a system call has set one */
    play_wait(&play, seL4_SysSetTLSBase, OTHER_BASE);
    play_copy(t, target->tcb, t->tcb);
    play_start(t, &play, FS_BASE, GS_BASE);
    EXPECT(play.done);
    expect_recorded(target, OTHER_BASE, GS_BASE);
}

/* rules: threads 3.3, x86_64 6.5 */
TEST(bases, copy_of_another_thread_has_the_bases_of_now)
{
    struct thread *t = thread_new();
    struct thread *target = thread_new();

    play = play_new();
    play_call(&play, seL4_SysRecv, endpoint_new(), 0, 0);
    start_with_bases(t, FS_BASE, GS_BASE);
    EXPECT_OK(seL4_TCB_CopyRegisters(target->tcb, t->tcb, false, false, false, true, 0));
    expect_recorded(target, FS_BASE, GS_BASE);
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* ---- the instructions ---- */

static struct message fault_at(word_t handler)
{
    struct message m;

    ASSERT(message_poll(handler, &m));
    return m;
}

/* rules: x86_64 6.5 */
TEST(bases, instructions_exist_where_the_processor_has_them)
{
    static const struct {
        word_t bases;
        const char *at; /* 0: two of them lie behind this one */
    } rows[] = {
        { WRITE_FS, segments_write_fs },
        { WRITE_GS, segments_write_gs },
        { READ_BASES, NULL },
    };
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        play = play_new();
        play.bases = rows[i].bases;
        play_start(t, &play, OTHER_BASE, OTHER_BASE);
        const struct message m = fault_at(handler);
        const word_t at = m.mr[seL4_UserException_FaultIP];

        EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
        EXPECT_EQ(m.mr[seL4_UserException_Number], 6);
        if (has_base_instructions()) {
            EXPECT_EQ(at, (word_t)segments_end);
        } else {
            EXPECT(rows[i].at ? at == (word_t)rows[i].at : at < (word_t)segments_end);
        }
    }
}

/* rules: x86_64 6.5, threads 3.1 */
TEST(bases, survive_waiting_for_a_message)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play_call(&play, seL4_SysRecv, ep, 0, 0);
    start_with_bases(t, FS_BASE, GS_BASE);
    expect_recorded(t, FS_BASE, GS_BASE);
    others_play();
    message_nbsend(ep, EMPTY_MESSAGE);
    expect_own_words();
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* rules: x86_64 6.5, threads 3.1 */
TEST(bases, survive_a_call)
{
    const word_t ep = endpoint_new();
    struct thread *t = thread_new();
    struct message m;

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play_call(&play, seL4_SysCall, ep, 0, 0);
    start_with_bases(t, FS_BASE, GS_BASE);
    ASSERT(message_poll(ep, &m));
    expect_recorded(t, FS_BASE, GS_BASE);
    others_play();
    message_reply(EMPTY_MESSAGE);
    expect_own_words();
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* rules: x86_64 6.5, ipc 8.4 */
TEST(bases, survive_an_exception)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play.how = BY_UNDEFINED;
    start_with_bases(t, FS_BASE, GS_BASE);
    EXPECT_EQ(fault_at(handler).mr[seL4_UserException_FaultIP], (word_t)segments_undefined);
    expect_recorded(t, FS_BASE, GS_BASE);
    others_play();
    message_reply(message_word(0, (word_t)segments_look));
    (void)fault_at(handler);
    expect_own_words();
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* rules: x86_64 6.5, ipc 8.4 */
TEST(bases, survive_a_page_fault)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play.how = BY_PAGE_FAULT;
    start_with_bases(t, FS_BASE, GS_BASE);
    EXPECT_EQ(info_label(fault_at(handler).info), seL4_Fault_VMFault);
    expect_recorded(t, FS_BASE, GS_BASE);
    others_play();
    message_reply(EMPTY_MESSAGE); /* repeats it */
    EXPECT_EQ(info_label(fault_at(handler).info), seL4_Fault_VMFault);
    expect_recorded(t, FS_BASE, GS_BASE);
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(1, 1, (word_t)segments_look)));
    (void)fault_at(handler);
    expect_own_words();
}

/* rules: x86_64 6.5, threads 3.7 */
TEST(bases, of_a_thread_that_suspends_itself_are_recorded)
{
    struct thread *t = thread_new();

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play_call(&play, seL4_SysCall, t->tcb, info_word(TCBSuspend, 0, 0), 0);
    start_with_bases(t, FS_BASE, GS_BASE);
    expect_recorded(t, FS_BASE, GS_BASE);
    others_play();
    EXPECT_DONE(invoke(t->tcb, TCBWriteRegisters, CAPS(), ARGS(1, 1, (word_t)segments_look)));
    expect_own_words();
}

/* The tick takes the processor away from a thread that only looks at memory.
 * rules: x86_64 6.5, threads 5.6 */
TEST(bases, survive_preemption)
{
    static volatile word_t go;
    struct thread *t = thread_with_priority(LOW_PRIORITY);

    go = 0;
    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play.how = BY_WATCHING;
    play.watch = &go;
    start_with_bases(t, FS_BASE, GS_BASE);
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, LOW_PRIORITY));
    for (word_t turn = 0; turn < 3; turn++) {
        seL4_Yield(); /* comes back at the end of the other's slice */
        expect_recorded(t, FS_BASE, GS_BASE);
    }
    EXPECT_OK(seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY));
    others_play();
    go = 1;
    threads_let_run();
    expect_own_words();
}

/* Client and server are recorded with the same bases, when the client writes its own.
 * rules: x86_64 6.5 */
static void expect_server_undisturbed(struct thread *client, word_t ep)
{
    struct thread *server = thread_new();

    other_play = play_new();
    other_play.bases = READ_FS_WORD | READ_GS_WORD;
    play_wait(&other_play, seL4_SysRecv, ep);
    play_start(server, &other_play, OTHER_BASE, OTHER_BASE);
    play = play_new();
    play_call(&play, seL4_SysCall, ep, 0, 0);
    start_with_bases(client, FS_BASE, GS_BASE);
    EXPECT(other_play.complete);
    EXPECT_EQ(other_play.fs_word, OTHER);
    EXPECT_EQ(other_play.gs_word, OTHER);
    expect_recorded(client, FS_BASE, GS_BASE);
    expect_recorded(server, OTHER_BASE, OTHER_BASE);
}

/* rules: x86_64 6.5 */
TEST(bases, of_a_client_do_not_reach_its_server)
{
    struct thread *far = thread_in(ROOT, vspace_with_image(), 0, 0);

    expect_server_undisturbed(thread_new(), endpoint_new());
    expect_server_undisturbed(far, endpoint_new());
}

/* What was set in other ways is what the instructions read.  rules: x86_64 6.3, x86_64 6.4 */
TEST(bases, read_by_instruction_are_those_that_were_set)
{
    struct thread *t = thread_new();
    const word_t read = has_base_instructions() ? READ_BASES : 0;

    play = play_new(); /* by WriteRegisters */
    play.bases = read | READ_FS_WORD | READ_GS_WORD;
    play_start(t, &play, FS_BASE, GS_BASE);
    expect_own_words();
    play = play_new(); /* by the system call */
    play.bases = read | READ_FS_WORD | READ_GS_WORD;
    play_call(&play, seL4_SysSetTLSBase, FS_BASE, 0, 0);
    play_start(t, &play, OTHER_BASE, GS_BASE);
    expect_own_words();
    play = play_new(); /* by the method, while it waits */
    play.bases = read | READ_FS_WORD | READ_GS_WORD;
    const word_t ep = endpoint_new();
    play_call(&play, seL4_SysRecv, ep, 0, 0);
    play_start(t, &play, OTHER_BASE, GS_BASE);
    EXPECT_OK(seL4_TCB_SetTLSBase(t->tcb, FS_BASE));
    message_nbsend(ep, EMPTY_MESSAGE);
    expect_own_words();
}

/* rules: x86_64 6.3, x86_64 6.5 */
TEST(bases, system_call_leaves_gs_alone)
{
    struct thread *t = thread_new();

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD;
    play_call(&play, seL4_SysSetTLSBase, FS_BASE, 0, 0);
    start_with_bases(t, OTHER_BASE, GS_BASE);
    expect_own_words();
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* rules: x86_64 6.3, x86_64 6.5 */
TEST(bases, instruction_for_gs_leaves_fs_alone)
{
    struct thread *t = thread_new();
    const bool by_instruction = has_base_instructions();

    play = play_new();
    play.bases = READ_FS_WORD | READ_GS_WORD | (by_instruction ? WRITE_GS | READ_BASES : 0);
    play.gs_base = GS_BASE;
    play_wait(&play, seL4_SysSetTLSBase, FS_BASE);
    play_start(t, &play, OTHER_BASE, by_instruction ? OTHER_BASE : GS_BASE);
    expect_own_words();
    expect_recorded(t, FS_BASE, GS_BASE);
}

/* An emulated processor may take such a base; then it is enough that nobody is hurt.
 * rules: x86_64 6.5, x86_64 4.4 */
static void expect_refused(word_t base, word_t which, const char *at)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);

    play = play_new();
    play.bases = which;
    play.fs_base = play.gs_base = base;
    play_start(t, &play, FS_BASE, GS_BASE);
    const struct message m = fault_at(handler);

    EXPECT_EQ(info_label(m.info), seL4_Fault_UserException);
    if (!has_base_instructions()) {
        EXPECT_EQ(m.mr[seL4_UserException_Number], 6);
    } else if (m.mr[seL4_UserException_FaultIP] != (word_t)segments_end) {
        EXPECT_EQ(m.mr[seL4_UserException_Number], 13);
        EXPECT_EQ(buffer_word(seL4_UserException_Code), 0);
        EXPECT_EQ(m.mr[seL4_UserException_FaultIP], (word_t)at);
        expect_recorded(t, FS_BASE, GS_BASE);
    }
    others_play();
}

/* rules: x86_64 6.5, x86_64 4.4 */
TEST(bases, written_by_instruction_must_be_canonical)
{
    static const word_t bad[] = { 0x0000800000000000, 0xffff7fffffffffff, 0x1234000000401000 };

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        expect_refused(bad[i], WRITE_FS, segments_write_fs);
        expect_refused(bad[i], WRITE_GS, segments_write_gs);
    }
}

static void expect_useless(word_t base, word_t word, const char *at)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);

    play = play_new();
    play.bases = word;
    start_with_bases(t, base, base);
    const struct message m = fault_at(handler);

    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_IP], (word_t)at);
    EXPECT_EQ(m.mr[seL4_VMFault_Addr], base);
    expect_recorded(t, base, base);
    others_play();
    message_reply(EMPTY_MESSAGE); /* the same again */
    EXPECT_EQ(fault_at(handler).mr[seL4_VMFault_Addr], base);
}

/* rules: x86_64 6.5, x86_64 4.6 */
TEST(bases, in_the_kernels_half_are_of_no_use)
{
    static const word_t bases[] = { 0xffff800000000000, 0xffffffff80000000, 0xfffffffffffffff8 };

    for (word_t i = 0; i < ARRAY_COUNT(bases); i++) {
        expect_useless(bases[i], READ_FS_WORD, segments_fs_word);
        expect_useless(bases[i], READ_GS_WORD, segments_gs_word);
    }
}
