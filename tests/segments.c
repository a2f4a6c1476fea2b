/* SPDX-License-Identifier: BSD-2-Clause */
/* Segment registers: there is no local descriptor table, and what a thread loads into them neither
 * reaches another thread nor changes where another one's FS and GS lead. */
#include "segments_play.h"
#include <string.h>

/* ---- the local descriptor table ---- */

/* What the routines below are given.  The first two fields are a far pointer. */
static struct {
    uint32_t offset;
    uint16_t selector;
} __attribute__((packed)) far_pointer;

static volatile word_t local_ran __attribute__((used));

/* Transfers to RDI's far pointer, and loads of its selector.  ..._at is the instruction that uses
 * the selector.  local_inside is where the transfers lead: a far call comes back from there. */
extern char local_inside[];
#define LOCAL(name, before, instruction)                                                           \
    extern char local_##name[], local_##name##_at[];                                               \
    __asm__(".pushsection .text\n.globl local_" #name ", local_" #name "_at\n"                     \
            "local_" #name ": movzwl 4(%rdi), %esi; " before "\n"                                  \
            "local_" #name "_at: " instruction "\n\tud2\n.popsection\n")

LOCAL(call, "nop", "lcall *(%rdi)");
LOCAL(jump, "nop", "ljmp *(%rdi)");
LOCAL(return, "pushq %rsi; pushq $local_inside", "lretq");
LOCAL(iret,
      "movl %ss, %eax; movq %rsp, %rdx; pushq %rax; pushq %rdx; pushfq; pushq %rsi; "
      "pushq $local_inside",
      "iretq");
LOCAL(ds, "nop", "movw %si, %ds");
LOCAL(es, "nop", "movw %si, %es");
LOCAL(fs, "nop", "movw %si, %fs");
LOCAL(gs, "nop", "movw %si, %gs");
LOCAL(ss, "nop", "movw %si, %ss");
LOCAL(lfs, "nop", "lfs (%rdi), %eax");
LOCAL(lgs, "nop", "lgs (%rdi), %eax");
LOCAL(lss, "nop", "lss (%rdi), %eax");

__asm__(".pushsection .text\n.globl local_inside\n"
        "local_inside: movq $1, local_ran(%rip)\n\tlretq\n.popsection\n");

struct entrance {
    const char *start, *at;
    bool pops; /* QEMU reads the stack with the kernel's rights then, which SMAP refuses */
};

static const struct entrance transfers[] = {
    { local_call, local_call_at, false },
    { local_jump, local_jump_at, false },
    { local_return, local_return_at, true },
    { local_iret, local_iret_at, true },
};
static const struct entrance loads[] = {
    { local_ds, local_ds_at, false },   { local_es, local_es_at, false },
    { local_fs, local_fs_at, false },   { local_gs, local_gs_at, false },
    { local_ss, local_ss_at, false },   { local_lfs, local_lfs_at, false },
    { local_lgs, local_lgs_at, false }, { local_lss, local_lss_at, false },
};

/* Selectors of a local table with descriptors in the first page: its first, last, and some between,
 * all privilege levels among them. */
static const word_t local_selectors[] = { 0x0f, 0x07, 0x17, 0x0c, 0x0d, 0x0e, 0x3f, 0x7ff, 0xff7 };

/* A space whose page 0 looks like a descriptor table, and a thread in it. */
struct local {
    struct thread *thread;
    word_t handler;
    volatile word_t *table;
};

/* The processor would find a table that nobody set up at address 0.  The tester writes it through
 * a mapping of its own. */
static struct local local_new(void)
{
    struct local l = { .handler = endpoint_new(), .table = (volatile word_t *)FREE_ADDRESS };
    const word_t frame = frame_new();
    const word_t copy = cap_copy(frame);
    const word_t vspace = vspace_with_image();

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(frame, SPACE, FREE_ADDRESS));
    (void)vspace_map_tables(vspace, 0);
    ASSERT_OK(frame_map(copy, vspace, 0));
    l.thread = thread_in(ROOT, vspace, 0, l.handler);
    l.thread->order.park = l.thread->tcb;
    return l;
}

/* A call gate for everybody, into code segment 8 at the most privileged level. */
static void plant_gate(const struct local *l, word_t selector)
{
    const word_t to = (word_t)local_inside;
    volatile word_t *at = &l->table[selector >> 3];

    memset((void *)l->table, 0, PAGE_BYTES);
    at[0] = (to & 0xffff) | 8 << 16 | (word_t)0xec << 40 | (to >> 16 & 0xffff) << 48;
    at[1] = to >> 32;
}

#define CODE_SEGMENT ((word_t)0x00affb000000ffff) /* 64-bit, readable, privilege level 3 */
#define DATA_SEGMENT ((word_t)0x00cff3000000ffff) /* writable, privilege level 3 */

static void plant(const struct local *l, word_t descriptor)
{
    for (word_t i = 0; i < PAGE_BYTES / sizeof(word_t); i++) {
        l->table[i] = descriptor;
    }
}

static void expect_no_descriptor(const struct local *l, const struct entrance *e, word_t selector)
{
    struct message m;

    far_pointer.offset = (uint32_t)(word_t)local_inside;
    far_pointer.selector = (uint16_t)selector;
    local_ran = 0;
    thread_start_at(l->thread, e->start, (word_t)&far_pointer);
    ASSERT(message_poll(l->handler, &m));
    ASSERT_EQ(local_ran, 0);
    if (e->pops && info_label(m.info) == seL4_Fault_VMFault) {
        return;
    }
    ASSERT_EQ(info_label(m.info), seL4_Fault_UserException);
    ASSERT_EQ(m.mr[seL4_UserException_FaultIP], (word_t)e->at);
    ASSERT_EQ(m.mr[seL4_UserException_Number], 13);
    ASSERT_EQ(buffer_word(seL4_UserException_Code), selector & 0xfffc);
}

/* rules: x86_64 4.4 */
TEST(segments, call_gate_in_page_0_is_no_descriptor)
{
    const struct local l = local_new();

    for (word_t i = 0; i < ARRAY_COUNT(local_selectors); i++) {
        plant_gate(&l, local_selectors[i]);
        for (word_t n = 0; n < ARRAY_COUNT(transfers); n++) {
            expect_no_descriptor(&l, &transfers[n], local_selectors[i]);
        }
    }
}

/* rules: x86_64 4.4 */
TEST(segments, code_segment_in_page_0_is_no_descriptor)
{
    const struct local l = local_new();

    plant(&l, CODE_SEGMENT);
    for (word_t i = 0; i < ARRAY_COUNT(local_selectors); i++) {
        for (word_t n = 0; n < ARRAY_COUNT(transfers); n++) {
            expect_no_descriptor(&l, &transfers[n], local_selectors[i]);
        }
    }
}

/* rules: x86_64 4.4 */
TEST(segments, data_segment_in_page_0_is_no_descriptor)
{
    const struct local l = local_new();

    plant(&l, DATA_SEGMENT);
    for (word_t i = 0; i < ARRAY_COUNT(local_selectors); i++) {
        for (word_t n = 0; n < ARRAY_COUNT(loads); n++) {
            expect_no_descriptor(&l, &loads[n], local_selectors[i]);
        }
    }
}

/* How many of the questions about a selector have an answer. */
static word_t local_answers;

static void ask_for_selector(word_t selector)
{
    const uint32_t s = (uint32_t)selector;
    uint32_t unused = 0;
    bool lar, lsl, verr, verw;

    __asm__ volatile("larl %2, %0" : "+r"(unused), "=@ccz"(lar) : "r"(s));
    __asm__ volatile("lsll %2, %0" : "+r"(unused), "=@ccz"(lsl) : "r"(s));
    __asm__ volatile("verr %w1" : "=@ccz"(verr) : "r"(s));
    __asm__ volatile("verw %w1" : "=@ccz"(verw) : "r"(s));
    local_answers = (word_t)lar + lsl + verr + verw;
}

static void expect_no_answers(const struct local *l, word_t descriptor)
{
    plant(l, descriptor);
    for (word_t selector = 4; selector < PAGE_BYTES; selector = (selector + 1) | 4) {
        local_answers = KEEP;
        thread_run(l->thread, ask_for_selector, selector);
        ASSERT_EQ(local_answers, 0);
    }
}

/* rules: x86_64 4.4 */
TEST(segments, nothing_is_known_of_local_selectors)
{
    const struct local l = local_new();

    expect_no_answers(&l, DATA_SEGMENT);
    expect_no_answers(&l, CODE_SEGMENT);
}

/* ---- from one thread to the next ---- */

/* How the processor gets from the offender, who has loaded selectors, to the observer. */
enum way {
    CALL,
    REPLY,
    SEND,
    SIGNAL,
    YIELD,
    BLOCK,
    FAULT,
    PAGE_FAULT,
    PREEMPTION,
    SUSPENSION,
    WAYS,
    DELETION = WAYS /* needs a new offender each time */
};

struct stage {
    struct thread *offender, *observer;
    word_t endpoint, other, notification;
    word_t vspace; /* the offender's, or 0 */
    struct play acts, looks;
};

static word_t block[2]; /* what thread pointers point to */
enum { BLOCK_WORD = 0x600d600d };

static struct thread *offender_new(const struct stage *s)
{
    struct thread *t;

    if (!s->vspace) {
        return thread_with_handler(s->endpoint);
    }
    t = thread_in(ROOT, s->vspace, 0, s->endpoint);
    t->order.park = t->tcb;
    return t;
}

/* The stage is static: threads of both spaces find it in the image. */
static struct stage *stage_new(bool two_spaces)
{
    static struct stage s;

    s = (struct stage){ 0 };
    s.vspace = two_spaces ? vspace_with_image() : 0;
    s.endpoint = endpoint_new();
    s.other = endpoint_new();
    s.notification = notification_new();
    s.offender = offender_new(&s);
    s.observer = thread_new();
    block[0] = BLOCK_WORD;
    return &s;
}

static void set_waiting(struct play *p, seL4_Syscall_ID number, word_t cptr)
{
    p->wait_number = (word_t)number;
    p->wait_cptr = cptr;
}

static void set_call(struct play *p, seL4_Syscall_ID number, word_t cptr, word_t info)
{
    p->how = BY_CALL;
    p->number = (word_t)number;
    p->cptr = cptr;
    p->info = info;
}

/* The observer waits for something from the offender. */
static bool way_by_message(struct stage *s, enum way way)
{
    struct play *acts = &s->acts;

    set_waiting(&s->looks, seL4_SysRecv, s->endpoint);
    switch (way) {
    case CALL:
        set_call(acts, seL4_SysCall, s->endpoint, 0);
        return true;
    case REPLY:
        set_waiting(&s->looks, seL4_SysCall, s->endpoint);
        set_waiting(acts, seL4_SysRecv, s->endpoint);
        set_call(acts, seL4_SysReplyRecv, s->endpoint, 0);
        return true;
    case SEND:
        set_call(acts, seL4_SysSend, s->endpoint, 0);
        return true;
    case SIGNAL:
        set_waiting(&s->looks, seL4_SysRecv, s->notification);
        set_call(acts, seL4_SysSend, s->notification, 0);
        return true;
    case FAULT:
    case PAGE_FAULT:
        acts->how = way == FAULT ? BY_UNDEFINED : BY_PAGE_FAULT;
        return true;
    default:
        return false;
    }
}

/* The observer is ready, and its turn comes when the offender stops or yields. */
static void way_by_turn(struct stage *s, enum way way)
{
    const word_t own = s->offender->tcb;
    struct play *acts = &s->acts;

    set_waiting(&s->looks, seL4_SysYield, 0);
    if (way == YIELD) {
        set_call(acts, seL4_SysYield, 0, 0);
    } else if (way == BLOCK) {
        set_call(acts, seL4_SysRecv, s->other, 0);
    } else if (way == SUSPENSION) {
        set_call(acts, seL4_SysCall, own, info_word(TCBSuspend, 0, 0));
    } else if (way == DELETION) {
        set_call(acts, seL4_SysCall, ROOT, info_word(CNodeDelete, 0, 2));
        acts->mr[0] = own;
        acts->mr[1] = DEPTH;
    } else {
        acts->how = BY_WATCHING;
        acts->watch = &s->looks.done;
    }
}

/* Who waits for a message is more urgent, so that it waits first and runs at once. */
static void stage_run(struct stage *s, enum way way, const word_t load[SEGMENTS], word_t looks_at,
                      word_t offender_base)
{
    s->acts = play_new();
    s->looks = play_new();
    memcpy(s->acts.load, load, sizeof s->acts.load);
    s->looks.bases = looks_at;
    const bool message = way_by_message(s, way);
    if (!message) {
        way_by_turn(s, way);
    }
    (void)notification_poll(s->notification);
    thread_set_priority(s->offender, LOW_PRIORITY);
    thread_set_priority(s->observer, message ? LOW_PRIORITY + 1 : LOW_PRIORITY);
    play_start(s->offender, &s->acts, offender_base, offender_base);
    play_start(s->observer, &s->looks, (word_t)block, (word_t)block);
    threads_let_run();
    EXPECT(s->looks.done);
}

/* What a thread sees whom nobody has disturbed. */
static const struct play *undisturbed(void)
{
    static struct play p;

    p = play_new();
    play_start(thread_new(), &p, (word_t)block, (word_t)block);
    ASSERT(p.done);
    return &p;
}

static bool expect_selectors(const struct play *seen, const struct play *fresh)
{
    bool same = true;

    for (word_t i = 0; i < SEGMENTS; i++) {
        same &= EXPECT_EQ(seen->seen[i], fresh->seen[i]);
    }
    return same;
}

/* One failure of each way is enough to see what is wrong. */
static bool name_failure(bool good, enum way way, word_t selector)
{
    return good || suite_expect_pair(false, __FILE__, __LINE__, "way, selector", way, selector);
}

/* The four registers get different selectors, each register in its turn each of them. */
static void expect_own_selectors(bool two_spaces)
{
    struct stage *s = stage_new(two_spaces);
    const struct selectors *all = selectors_loadable();
    const struct play *fresh = undisturbed();
    const word_t n = all->count;

    EXPECT_LT(4, n); /* at least the segment that SS needs */
    for (enum way way = CALL; way < WAYS; way++) {
        bool good = true;

        for (word_t i = 0; i < n && good; i++) {
            const word_t load[] = { all->at[i], all->at[(i + 1) % n], all->at[(i + 2) % n],
                                    all->at[(i + 3) % n] };

            stage_run(s, way, load, 0, 0x12345000);
            good = name_failure(expect_selectors(&s->looks, fresh), way, all->at[i]);
        }
    }
}

/* rules: x86_64 2.7, threads 1.2 */
TEST(segments, selectors_are_not_seen_by_the_next_thread)
{
    expect_own_selectors(false);
}

/* rules: x86_64 2.7, threads 1.2 */
TEST(segments, selectors_are_not_seen_in_another_space)
{
    expect_own_selectors(true);
}

/* rules: x86_64 2.7, threads 3.8 */
TEST(segments, selectors_of_a_deleted_thread_are_not_seen)
{
    struct stage *s = stage_new(false);
    const struct selectors *all = selectors_loadable();
    const struct play *fresh = undisturbed();

    for (word_t i = all->count - 4; i < all->count; i++) {
        const word_t load[] = { all->at[i], all->at[i], all->at[i], all->at[i] };

        s->offender = offender_new(s);
        stage_run(s, DELETION, load, READ_FS_WORD | READ_GS_WORD, (word_t)block);
        (void)expect_selectors(&s->looks, fresh);
        EXPECT(s->looks.complete);
        EXPECT_EQ(s->looks.fs_word, BLOCK_WORD);
        EXPECT_EQ(s->looks.gs_word, BLOCK_WORD);
    }
}

static bool expect_own_words(struct stage *s, enum way way, word_t fs, word_t gs)
{
    const word_t load[] = { KEEP, KEEP, fs, gs };

    stage_run(s, way, load, READ_FS_WORD | READ_GS_WORD, (word_t)block);
    return EXPECT(s->looks.complete) && EXPECT_EQ(s->looks.fs_word, BLOCK_WORD) &&
           EXPECT_EQ(s->looks.gs_word, BLOCK_WORD);
}

/* Both have the same thread pointer, as two programs of one linker script have, so that it looks as
 * if there were nothing to change between them.  A selector takes the segment's base, and the null
 * selector makes it 0 on some processors. */
static void expect_own_bases(bool two_spaces)
{
    struct stage *s = stage_new(two_spaces);
    const struct selectors *all = selectors_loadable();

    for (enum way way = CALL; way < WAYS; way++) {
        bool good = true;

        for (word_t i = 0; i < all->count && good; i++) {
            const word_t selector = all->at[i];

            good = expect_own_words(s, way, selector, selector);
            if (good && way != PREEMPTION) { /* which takes its time */
                good = expect_own_words(s, way, selector, KEEP) &&
                       expect_own_words(s, way, KEEP, selector);
            }
            (void)name_failure(good, way, selector);
        }
    }
}

/* rules: x86_64 6.5 */
TEST(segments, selectors_do_not_move_the_bases_of_the_next_thread)
{
    expect_own_bases(false);
}

/* rules: x86_64 6.5 */
TEST(segments, selectors_do_not_move_the_bases_in_another_space)
{
    expect_own_bases(true);
}
