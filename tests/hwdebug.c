/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints, single-stepping and their faults.  Only in kernels with the debug interface. */
#include "test.h"

#ifdef CONFIG_HARDWARE_DEBUG_API

enum { DATA = seL4_DataBreakpoint, INSTRUCTION = seL4_InstructionBreakpoint };
enum { READ = seL4_BreakOnRead, WRITE = seL4_BreakOnWrite, BOTH = seL4_BreakOnReadWrite };
enum { HIGHEST = 0x7ffffffffffe };

/* One instruction after the other; RDI points to watched.  The last raises an exception. */
extern char hw_start[], hw_write[], hw_read[], hw_byte_3[], hw_byte_4[], hw_both[], hw_behind[];
extern char hw_syscall[], hw_returned[], hw_end[];
extern char hw_int3[], hw_int3_end[], hw_int1[], hw_int1_end[];
extern char hw_own[], hw_own_end[], hw_stack_call[], hw_stack_call_end[], hw_stack_int3[], hw_stack_int3_end[];
__asm__(".pushsection .text\n"
        ".globl hw_start, hw_write, hw_read, hw_byte_3, hw_byte_4, hw_both, hw_behind\n"
        ".globl hw_syscall, hw_returned, hw_end\n"
        ".globl hw_int3, hw_int3_end, hw_int1, hw_int1_end, hw_own, hw_own_end\n"
        ".globl hw_stack_call, hw_stack_call_end, hw_stack_int3, hw_stack_int3_end\n"
        "hw_start:    nop\n"
        "hw_write:    movq $5, (%rdi)\n"
        "hw_read:     movq (%rdi), %rax\n"
        "hw_byte_3:   movb $1, 3(%rdi)\n"
        "hw_byte_4:   movb $1, 4(%rdi)\n"
        "hw_both:     incq (%rdi)\n"
        "hw_behind:   movq $-7, %rdx\n"         /* Yield */
        "hw_syscall:  syscall\n"
        "hw_returned: nop\n"
        "hw_end:      ud2\n"
        "hw_int3:     int3\n"
        "hw_int3_end: ud2\n"
        "hw_int1:     .byte 0xf1\n"
        "hw_int1_end: ud2\n"
        "hw_own:      pushfq; orl $0x100, (%rsp); popfq\n"
        "             nop\n"
        "hw_own_end:  ud2\n"
        "hw_stack_call: movq $-7, %rdx\n"
        "             movw 8(%rdi), %ss\n"
        "             syscall\n"
        "hw_stack_call_end: ud2\n"
        "hw_stack_int3: movw 8(%rdi), %ss\n"
        "             int3\n"
        "hw_stack_int3_end: ud2\n"
        ".popsection\n");
_Static_assert(seL4_SysYield == -7, "known to hw_behind");

static volatile word_t watched[2] __attribute__((aligned(64)));
#define WATCHED ((word_t)&watched[0])

/* A thread that is debugged, and the last message its handler got. */
struct victim {
    struct thread *thread;
    word_t tcb, handler;
    struct message m;
};

static struct victim victim_new(void)
{
    struct victim v = { .handler = endpoint_new() };

    v.thread = thread_with_handler(v.handler);
    v.tcb = v.thread->tcb;
    watched[0] = watched[1] = 0;
    return v;
}

/* Let the victim run from here to its next fault. */
static void start(struct victim *v, const void *at)
{
    thread_start_at(v->thread, at, WATCHED);
    ASSERT(message_poll(v->handler, &v->m));
}

static void reply_and_wait(struct victim *v, struct message reply)
{
    message_reply(reply);
    ASSERT(message_poll(v->handler, &v->m));
}

static void go_on(struct victim *v)
{
    reply_and_wait(v, EMPTY_MESSAGE);
}

static bool is_hit(const struct victim *v, const char *ip, word_t reason, word_t address, word_t bp)
{
    const struct message *m = &v->m;

    return m->info == info_word(seL4_Fault_DebugException, 0, seL4_DebugException_Length) &&
           m->mr[seL4_DebugException_FaultIP] == (word_t)ip &&
           m->mr[seL4_DebugException_ExceptionReason] == reason &&
           m->mr[seL4_DebugException_TriggerAddress] == address &&
           m->mr[seL4_DebugException_BreakpointNumber] == bp;
}

static bool is_stop(const struct victim *v, const char *ip, word_t reason)
{
    const struct message *m = &v->m;

    return m->info == info_word(seL4_Fault_DebugException, 0, 2) &&
           m->mr[seL4_DebugException_FaultIP] == (word_t)ip &&
           m->mr[seL4_DebugException_ExceptionReason] == reason;
}

static bool is_step(const struct victim *v, const char *ip)
{
    return is_stop(v, ip, seL4_SingleStep);
}

static bool is_end(const struct victim *v, const char *ip)
{
    return info_label(v->m.info) == seL4_Fault_UserException &&
           v->m.mr[seL4_UserException_FaultIP] == (word_t)ip;
}

static void set(const struct victim *v, word_t bp, word_t address, word_t type, word_t size,
                word_t access)
{
    ASSERT_OK(seL4_TCB_SetBreakpoint(v->tcb, (seL4_Uint16)bp, address, type, size, access));
}

static void step(const struct victim *v, word_t count)
{
    EXPECT_DONE(invoke(v->tcb, TCBConfigureSingleStepping, CAPS(), ARGS(0, count)), 0);
}

static struct reply get(word_t tcb, word_t bp)
{
    return invoke(tcb, TCBGetBreakpoint, CAPS(), ARGS(bp));
}

static struct reply try(word_t tcb, struct words args)
{
    return invoke(tcb, TCBSetBreakpoint, CAPS(), args);
}

/* The processors that the interface lists as able to watch 8 bytes. */
static bool watches_8_bytes(void)
{
    uint32_t a = 1, b, c, d;

    __asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    const word_t family = (a >> 8 & 15) + ((a >> 8 & 15) == 15 ? a >> 20 & 255 : 0);
    const word_t model = (a >> 4 & 15) | (a >> 12 & 0xf0);

    return (family == 15 && (model == 3 || model == 4 || model == 6)) ||
           (family == 6 && (model == 15 || model == 23 || model == 0x1c));
}

/* ---- methods ---- */

/* rules: x86_64 10 */
TEST(hwdebug, unset_breakpoint_reads_as_instruction)
{
    const struct victim v = victim_new();

    for (word_t bp = 0; bp < seL4_NumHWBreakpoints; bp++) {
        EXPECT_DONE(get(v.tcb, bp), 0, INSTRUCTION, 0, 0, 0);
    }
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoints_read_back)
{
    const struct victim v = victim_new();
    static const struct { word_t address, type, size, access; } rows[] = {
        { 0x1001, INSTRUCTION, 0, READ }, { 0x1001, DATA, 1, WRITE }, { 0x1002, DATA, 2, BOTH },
        { 0x1004, DATA, 4, WRITE }, { HIGHEST, DATA, 2, BOTH }, { HIGHEST, INSTRUCTION, 0, READ },
        { 0, DATA, 4, BOTH },
    };

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (word_t bp = 0; bp < seL4_NumHWBreakpoints; bp++) {
            set(&v, bp, rows[i].address, rows[i].type, rows[i].size, rows[i].access);
            EXPECT_DONE(get(v.tcb, bp), rows[i].address, rows[i].type, rows[i].size,
                        rows[i].access, 1);
        }
    }
    EXPECT_DONE(get(v.tcb, 0), 0, DATA, 4, BOTH, 1);
}

/* rules: x86_64 10 */
TEST(hwdebug, watching_reads_watches_writes_too)
{
    const struct victim v = victim_new();

    set(&v, 0, 0x1000, DATA, 4, READ);
    EXPECT_DONE(get(v.tcb, 0), 0x1000, DATA, 4, BOTH, 1);
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoints_are_independent)
{
    const struct victim v = victim_new();

    set(&v, 0, 0x1000, DATA, 4, WRITE);
    set(&v, 1, 0x2000, INSTRUCTION, 0, READ);
    set(&v, 2, 0x3000, DATA, 1, BOTH);
    set(&v, 3, 0x4000, DATA, 2, WRITE);
    EXPECT_DONE(invoke(v.tcb, TCBUnsetBreakpoint, CAPS(), ARGS(2)));
    EXPECT_DONE(get(v.tcb, 0), 0x1000, DATA, 4, WRITE, 1);
    EXPECT_DONE(get(v.tcb, 1), 0x2000, INSTRUCTION, 0, READ, 1);
    EXPECT_DONE(get(v.tcb, 2), 0, INSTRUCTION, 0, 0, 0);
    EXPECT_DONE(get(v.tcb, 3), 0x4000, DATA, 2, WRITE, 1);
    set(&v, 3, 0x5000, INSTRUCTION, 0, READ);
    EXPECT_DONE(get(v.tcb, 3), 0x5000, INSTRUCTION, 0, READ, 1);
}

/* rules: x86_64 10 */
TEST(hwdebug, set_refuses_in_order)
{
    const struct victim v = victim_new();
    const word_t kernel = 0x7fffffffffff;
    const word_t tcb = v.tcb;

    set(&v, 0, 0x1000, DATA, 4, WRITE);
    /* 1: the address; everything behind it is wrong, too */
    EXPECT_ERROR(try(tcb, ARGS(4, kernel, 9, 9, 9)), seL4_InvalidArgument, 1);
    EXPECT_ERROR(try(tcb, ARGS(0, ~(word_t)0, DATA, 1, WRITE)), seL4_InvalidArgument, 1);
    /* 2: the type */
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, seL4_SingleStep, 9, 9)), seL4_InvalidArgument, 2);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, seL4_SoftwareBreakRequest, 9, 9)), seL4_InvalidArgument,
                 2);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, BIT(32), 9, 9)), seL4_InvalidArgument, 2);
    /* 3: instructions */
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, INSTRUCTION, 1, WRITE)), seL4_InvalidArgument, 3);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, INSTRUCTION, 0, WRITE)), seL4_InvalidArgument, 4);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, INSTRUCTION, 0, 3)), seL4_InvalidArgument, 4);
    /* 4 to 6: data */
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, DATA, 0, 9)), seL4_InvalidArgument, 3);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, DATA, 4, 3)), seL4_InvalidArgument, 3);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, DATA, 3, WRITE)), seL4_InvalidArgument, 3);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1000, DATA, 16, WRITE)), seL4_InvalidArgument, 3);
    /* 7: alignment */
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, DATA, 2, WRITE)), seL4_AlignmentError);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1002, DATA, 4, WRITE)), seL4_AlignmentError);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1004, DATA, 8, WRITE)), seL4_AlignmentError);
    /* 8: the number */
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1000, DATA, 8, WRITE)), seL4_RangeError, 0, 3);
    EXPECT_ERROR(try(tcb, ARGS(4, 0x1001, INSTRUCTION, 0, READ)), seL4_RangeError, 0, 3);
    /* Nothing has changed. */
    EXPECT_DONE(get(tcb, 0), 0x1000, DATA, 4, WRITE, 1);
}

/* rules: x86_64 10 */
TEST(hwdebug, watching_8_bytes_depends_on_the_processor)
{
    const struct victim v = victim_new();
    const struct reply r = try(v.tcb, ARGS(0, 0x1000, DATA, 8, WRITE));

    if (watches_8_bytes()) {
        EXPECT_DONE(r);
        EXPECT_DONE(get(v.tcb, 0), 0x1000, DATA, 8, WRITE, 1);
    } else {
        EXPECT_ERROR(r, seL4_InvalidArgument, 3);
        EXPECT_DONE(get(v.tcb, 0), 0, INSTRUCTION, 0, 0, 0);
    }
}

/* rules: x86_64 10 */
TEST(hwdebug, numbers_have_16_bits)
{
    const struct victim v = victim_new();

    EXPECT_DONE(try(v.tcb, ARGS(0x70001, 0x1000, DATA, 4, WRITE)));
    EXPECT_DONE(get(v.tcb, 0xfff0001), 0x1000, DATA, 4, WRITE, 1);
    EXPECT_DONE(invoke(v.tcb, TCBUnsetBreakpoint, CAPS(), ARGS(BIT(63) + 1)));
    EXPECT_DONE(get(v.tcb, 1), 0, INSTRUCTION, 0, 0, 0);
    EXPECT_ERROR(get(v.tcb, 4), seL4_RangeError, 0, 3);
    EXPECT_ERROR(get(v.tcb, 0xffff), seL4_RangeError, 0, 3);
    EXPECT_ERROR(invoke(v.tcb, TCBUnsetBreakpoint, CAPS(), ARGS(4)), seL4_RangeError, 0, 3);
}

/* rules: x86_64 10, x86_64 subtlety 13 */
TEST(hwdebug, lengths_are_not_checked)
{
    const struct victim v = victim_new();
    const struct words args = ARGS(1, 0x1000, DATA, 4, WRITE);

    EXPECT_DONE(invoke_with_info(v.tcb, info_word(TCBSetBreakpoint, 0, 0), CAPS(), args));
    EXPECT_DONE(invoke_with_info(v.tcb, info_word(TCBGetBreakpoint, 0, 0), CAPS(), ARGS(1)), 0x1000,
                DATA, 4, WRITE, 1);
    EXPECT_DONE(invoke_with_info(v.tcb, info_word(TCBUnsetBreakpoint, 0, 0), CAPS(), ARGS(1)));
    EXPECT_DONE(get(v.tcb, 1), 0, INSTRUCTION, 0, 0, 0);
    EXPECT_DONE(invoke_with_info(v.tcb, info_word(TCBConfigureSingleStepping, 0, 0), CAPS(),
                                 ARGS(0, 0)), 0);
}

/* rules: x86_64 10 */
TEST(hwdebug, without_buffer_the_fifth_word_is_zero)
{
    const struct victim v = victim_new();
    struct thread *t = thread_without_buffer();
    struct message m;

    thread_call(t, v.tcb, message(TCBSetBreakpoint, 5, 0, 0x1000, DATA, 4));
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).info, 0);
    EXPECT_DONE(get(v.tcb, 0), 0x1000, DATA, 4, BOTH, 1);
    thread_call(t, v.tcb, message_word(TCBGetBreakpoint, 0));
    m = thread_result(t);
    EXPECT_EQ(m.info, info_word(0, 0, 4));
    EXPECT_EQ(m.mr[0], 0x1000);
    EXPECT_EQ(m.mr[3], BOTH);
}

/* rules: x86_64 10 */
TEST(hwdebug, methods_work_without_reply)
{
    const struct victim v = victim_new();

    invoke_silently(seL4_SysSend, v.tcb, TCBSetBreakpoint, CAPS(), ARGS(0, 0x1000, DATA, 4, WRITE));
    EXPECT_DONE(get(v.tcb, 0), 0x1000, DATA, 4, WRITE, 1);
    invoke_silently(seL4_SysNBSend, v.tcb, TCBGetBreakpoint, CAPS(), ARGS(0));
    invoke_silently(seL4_SysNBSend, v.tcb, TCBConfigureSingleStepping, CAPS(), ARGS(0, 0));
    invoke_silently(seL4_SysNBSend, v.tcb, TCBUnsetBreakpoint, CAPS(), ARGS(0));
    EXPECT_DONE(get(v.tcb, 0), 0, INSTRUCTION, 0, 0, 0);
}

/* rules: x86_64 10 */
TEST(hwdebug, other_labels_are_refused)
{
    const struct victim v = victim_new();

    EXPECT_ERROR(invoke(v.tcb, CNodeRevoke, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(v.tcb, BIT(51), CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ROOT, TCBSetBreakpoint, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* ---- breakpoints ---- */

/* rules: x86_64 10, ipc 8.3 */
TEST(hwdebug, instruction_breakpoint_stops_before_the_instruction)
{
    struct victim v = victim_new();

    set(&v, 2, (word_t)hw_write, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_write, INSTRUCTION, (word_t)hw_write, 2));
    EXPECT_EQ(v.m.badge, 0);
    EXPECT_EQ(watched[0], 0);
    go_on(&v);
    EXPECT(is_end(&v, hw_end));
    EXPECT_NE(watched[0], 0);
    /* It is hit again each time. */
    start(&v, hw_write);
    EXPECT(is_hit(&v, hw_write, INSTRUCTION, (word_t)hw_write, 2));
}

/* rules: x86_64 10 */
TEST(hwdebug, instruction_breakpoint_in_a_loop_is_hit_every_time)
{
    struct victim v = victim_new();
    seL4_UserContext c;

    set(&v, 0, (word_t)hw_read, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    for (word_t i = 0; i < 5; i++) {
        EXPECT(is_hit(&v, hw_read, INSTRUCTION, (word_t)hw_read, 0));
        go_on(&v);
        EXPECT(is_end(&v, hw_end));
        c = (seL4_UserContext){ .rip = (word_t)hw_start };
        EXPECT_OK(seL4_TCB_WriteRegisters(v.tcb, true, 0, 1, &c));
        ASSERT(message_poll(v.handler, &v.m));
    }
}

/* rules: x86_64 10 */
TEST(hwdebug, consecutive_instruction_breakpoints_are_all_hit)
{
    struct victim v = victim_new();

    set(&v, 0, (word_t)hw_start, INSTRUCTION, 0, READ);
    set(&v, 1, (word_t)hw_write, INSTRUCTION, 0, READ);
    set(&v, 2, (word_t)hw_read, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_start, INSTRUCTION, (word_t)hw_start, 0));
    go_on(&v);
    EXPECT(is_hit(&v, hw_write, INSTRUCTION, (word_t)hw_write, 1));
    go_on(&v);
    EXPECT(is_hit(&v, hw_read, INSTRUCTION, (word_t)hw_read, 2));
    go_on(&v);
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, write_watch_reports_after_each_write)
{
    struct victim v = victim_new();

    set(&v, 1, WATCHED, DATA, 4, WRITE);
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_read, DATA, WATCHED, 1));      /* not the read that follows */
    EXPECT_EQ(watched[0], 5);
    go_on(&v);
    EXPECT(is_hit(&v, hw_byte_4, DATA, WATCHED, 1));    /* a byte of the four */
    go_on(&v);
    EXPECT(is_hit(&v, hw_behind, DATA, WATCHED, 1));    /* not the byte behind them */
    go_on(&v);
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, read_write_watch_reports_both)
{
    struct victim v = victim_new();

    set(&v, 3, WATCHED, DATA, 2, READ);
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_read, DATA, WATCHED, 3));
    go_on(&v);
    EXPECT(is_hit(&v, hw_byte_3, DATA, WATCHED, 3));
    go_on(&v);
    EXPECT(is_hit(&v, hw_behind, DATA, WATCHED, 3));
    go_on(&v);
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, watch_covers_its_size)
{
    struct victim v = victim_new();

    set(&v, 0, WATCHED + 4, DATA, 1, WRITE);
    start(&v, hw_byte_3);
    EXPECT(is_hit(&v, hw_both, DATA, WATCHED + 4, 0));
    go_on(&v);
    EXPECT(is_hit(&v, hw_behind, DATA, WATCHED + 4, 0));
    ASSERT_OK(seL4_TCB_UnsetBreakpoint(v.tcb, 0));
    if (!watches_8_bytes()) {
        return;
    }
    set(&v, 0, WATCHED, DATA, 8, WRITE);
    start(&v, hw_byte_4);
    EXPECT(is_hit(&v, hw_both, DATA, WATCHED, 0));
}

/* rules: x86_64 10 */
TEST(hwdebug, lowest_number_is_reported)
{
    struct victim v = victim_new();

    set(&v, 3, WATCHED, DATA, 4, WRITE);
    set(&v, 1, WATCHED, DATA, 1, BOTH);
    set(&v, 2, WATCHED, DATA, 2, WRITE);
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_read, DATA, WATCHED, 1));      /* one fault for three hits */
    go_on(&v);
    EXPECT(is_hit(&v, hw_byte_3, DATA, WATCHED, 1));    /* the read */
    go_on(&v);
    EXPECT(is_hit(&v, hw_byte_4, DATA, WATCHED, 3));
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoint_that_is_unset_is_not_hit)
{
    struct victim v = victim_new();

    set(&v, 0, (word_t)hw_write, INSTRUCTION, 0, READ);
    set(&v, 1, (word_t)hw_read, INSTRUCTION, 0, READ);
    ASSERT_OK(seL4_TCB_UnsetBreakpoint(v.tcb, 0));
    start(&v, hw_start);
    EXPECT(is_hit(&v, hw_read, INSTRUCTION, (word_t)hw_read, 1));
    ASSERT_OK(seL4_TCB_UnsetBreakpoint(v.tcb, 1));
    start(&v, hw_start);
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoints_belong_to_their_thread)
{
    struct victim a = victim_new(), b = victim_new(), c = victim_new();

    set(&a, 0, (word_t)hw_write, INSTRUCTION, 0, READ);
    set(&b, 0, (word_t)hw_read, INSTRUCTION, 0, READ);
    start(&a, hw_start);
    start(&b, hw_start);
    start(&c, hw_start);
    EXPECT(is_hit(&a, hw_write, INSTRUCTION, (word_t)hw_write, 0));
    EXPECT(is_hit(&b, hw_read, INSTRUCTION, (word_t)hw_read, 0));
    EXPECT(is_end(&c, hw_end));
    /* The tester is not watched, either. */
    watched[0] = 1;
}

static void set_own(word_t tcb)
{
    (void)seL4_TCB_SetBreakpoint(tcb, 0, WATCHED, DATA, 4, WRITE);
    watched[0] = 1;
    (void)seL4_TCB_UnsetBreakpoint(tcb, 0);
    watched[0] = 2;
}

/* rules: x86_64 10 */
TEST(hwdebug, own_breakpoints_work_at_once)
{
    struct victim v = victim_new();

    thread_run(v.thread, set_own, v.tcb);
    ASSERT(message_poll(v.handler, &v.m));
    EXPECT_EQ(v.m.mr[seL4_DebugException_ExceptionReason], DATA);
    EXPECT_EQ(watched[0], 1);
    message_reply(EMPTY_MESSAGE);
    EXPECT(thread_finished(v.thread));
    EXPECT_EQ(watched[0], 2);
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoints_survive_system_calls_and_other_threads)
{
    struct victim v = victim_new();

    set(&v, 0, (word_t)hw_returned, INSTRUCTION, 0, READ);
    thread_set_priority(v.thread, TESTER_PRIORITY);
    thread_start_at(v.thread, hw_start, WATCHED);
    for (word_t i = 0; i < 3; i++) {
        seL4_Yield();
    }
    ASSERT(message_poll(v.handler, &v.m));
    EXPECT(is_hit(&v, hw_returned, INSTRUCTION, (word_t)hw_returned, 0));
}

/* rules: x86_64 10 */
TEST(hwdebug, new_thread_in_old_memory_is_not_watched)
{
    const word_t memory = untyped_new(seL4_TCBBits), slot = slot_new();

    for (word_t i = 0; i < 2; i++) {
        ASSERT_OK(seL4_Untyped_Retype(memory, seL4_TCBObject, 0, ROOT, 0, 0, slot, 1));
        for (word_t bp = 0; bp < seL4_NumHWBreakpoints; bp++) {
            EXPECT_DONE(get(slot, bp), 0, INSTRUCTION, 0, 0, 0);
            ASSERT_OK(seL4_TCB_SetBreakpoint(slot, (seL4_Uint16)bp, 0x1000, DATA, 4, WRITE));
        }
        EXPECT_OK(cap_delete(slot));
    }
}

/* rules: x86_64 10 */
TEST(hwdebug, without_handler_the_thread_stops)
{
    struct thread *t = thread_new();

    ASSERT_OK(seL4_TCB_SetBreakpoint(t->tcb, 0, WATCHED, DATA, 4, WRITE));
    watched[0] = 0;
    thread_start_at(t, hw_start, WATCHED);
    EXPECT_EQ(watched[0], 5);
    EXPECT_EQ(thread_registers(t).rip, (word_t)hw_read);
}

/* ---- replies ---- */

/* rules: x86_64 10, ipc 8.4 */
TEST(hwdebug, other_labels_stop_the_thread)
{
    struct victim v = victim_new();

    set(&v, 0, (word_t)hw_write, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    message_reply(message(1, 0, 0, 0, 0, 0));
    EXPECT(!message_poll(v.handler, &v.m));
    EXPECT_EQ(watched[0], 0);
    EXPECT_EQ(thread_registers(v.thread).rip, (word_t)hw_write);
    start(&v, hw_int3);
    message_reply(message(BIT(51), 0, 0, 0, 0, 0));
    EXPECT(!message_poll(v.handler, &v.m));
}

/* rules: x86_64 10, ipc 8.4 */
TEST(hwdebug, replies_write_no_registers)
{
    struct victim v = victim_new();
    seL4_UserContext before, after;

    set(&v, 0, (word_t)hw_write, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    before = thread_registers(v.thread);
    message_reply(message(1, 4, 1, 2, 3, 4));
    after = thread_registers(v.thread);
    EXPECT_EQ(before.rip, after.rip);
    EXPECT_EQ(before.rsp, after.rsp);
    EXPECT_EQ(before.rflags, after.rflags);
    EXPECT_EQ(before.rdi, after.rdi);
}

/* rules: x86_64 10 */
TEST(hwdebug, breakpoint_instruction_is_reported_behind_it)
{
    struct victim v = victim_new();

    start(&v, hw_int3);
    EXPECT(is_stop(&v, hw_int3_end, seL4_SoftwareBreakRequest));
    go_on(&v);
    EXPECT(is_end(&v, hw_int3_end));
    /* What the reply says about steps concerns only reports of steps. */
    start(&v, hw_int3);
    reply_and_wait(&v, message(0, 2, 1, 0, 0, 0));
    EXPECT(is_end(&v, hw_int3_end));
}

/* Loading SS puts the report of a watched operand off behind the next instruction, which is in the kernel then
 * (CVE-2018-8897).  Processors differ in whether they report it at all.  rules: x86_64 10 */
TEST(hwdebug, watched_stack_selector_before_an_entry_does_no_harm)
{
    static const struct {
        const char *start, *end;
    } ways[] = { { hw_stack_call, hw_stack_call_end }, { hw_stack_int3, hw_stack_int3_end } };

    for (word_t i = 0; i < ARRAY_COUNT(ways); i++) {
        struct victim v = victim_new();

        watched[1] = 0x23;
        set(&v, 0, WATCHED + 8, DATA, 2, BOTH);
        start(&v, ways[i].start);
        for (word_t n = 0; n < 3 && !is_end(&v, ways[i].end); n++) {
            message_reply(EMPTY_MESSAGE);
            ASSERT(message_poll(v.handler, &v.m));
        }
        EXPECT(is_end(&v, ways[i].end));
    }
}

/* rules: x86_64 10 */
TEST(hwdebug, debug_trap_without_cause_is_ignored)
{
    struct victim v = victim_new();

    start(&v, hw_int1);
    /* An emulated processor may not know the instruction. */
    EXPECT(is_end(&v, hw_int1_end) || is_end(&v, hw_int1));
}

/* rules: x86_64 10 */
TEST(hwdebug, fault_after_a_debug_exception_is_a_new_one)
{
    struct victim v = victim_new();

    start(&v, hw_int3);
    go_on(&v);
    EXPECT(is_end(&v, hw_int3_end));
    v.m = message(0, 1, (word_t)hw_end, 0, 0, 0);
    reply_and_wait(&v, v.m);
    EXPECT(is_end(&v, hw_end));
}

/* ---- single steps ---- */

/* rules: x86_64 10 */
TEST(hwdebug, step_reports_every_instruction)
{
    static const char *const ips[] = { hw_write, hw_read, hw_byte_3, hw_byte_4, hw_both, hw_behind,
                                       hw_syscall, hw_returned, hw_end };
    struct victim v = victim_new();

    step(&v, 1);
    start(&v, hw_start);
    for (word_t i = 0; i < ARRAY_COUNT(ips); i++) {
        EXPECT(is_step(&v, ips[i]));
        go_on(&v);
    }
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, step_counts)
{
    struct victim v = victim_new();

    step(&v, 3);
    start(&v, hw_start);
    EXPECT(is_step(&v, hw_byte_3));
    reply_and_wait(&v, message(0, 2, 2, 0, 0, 0));
    EXPECT(is_step(&v, hw_both));
    reply_and_wait(&v, message(0, 1, 9, 9, 9, 9));      /* too short to count: one step */
    EXPECT(is_step(&v, hw_behind));
    reply_and_wait(&v, message(0, 4, 0, 9, 9, 9));      /* no more */
    EXPECT(is_end(&v, hw_end));
    start(&v, hw_start);
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, step_over_system_call)
{
    struct victim v = victim_new();

    step(&v, 1);
    start(&v, hw_behind);
    EXPECT(is_step(&v, hw_syscall));
    reply_and_wait(&v, message(0, 2, 1, 0, 0, 0));
    EXPECT(is_step(&v, hw_returned));
    EXPECT_EQ(thread_registers(v.thread).rcx, (word_t)hw_returned);
}

/* rules: x86_64 10 */
TEST(hwdebug, step_reply_that_stops_the_thread_counts_too)
{
    struct victim v = victim_new();

    step(&v, 1);
    start(&v, hw_start);
    message_reply(message(1, 2, 0, 0, 0, 0));
    EXPECT(!message_poll(v.handler, &v.m));
    EXPECT_OK(seL4_TCB_Resume(v.tcb));
    ASSERT(message_poll(v.handler, &v.m));
    EXPECT(is_end(&v, hw_end));
}

/* rules: x86_64 10 */
TEST(hwdebug, step_switched_off)
{
    struct victim v = victim_new();

    step(&v, 1);
    start(&v, hw_start);
    EXPECT(is_step(&v, hw_write));
    step(&v, 0);
    EXPECT_OK(seL4_TCB_Resume(v.tcb));
    ASSERT(message_poll(v.handler, &v.m));
    EXPECT(is_end(&v, hw_end));
    EXPECT_EQ(thread_registers(v.thread).rflags & BIT(8), 0);
}

/* rules: x86_64 10 */
TEST(hwdebug, step_survives_written_registers)
{
    struct victim v = victim_new();

    step(&v, 2);
    start(&v, hw_start);                /* writes all registers, flags included */
    EXPECT(is_step(&v, hw_read));
    start(&v, hw_start);                /* nobody has replied: the next instruction is reported */
    EXPECT(is_step(&v, hw_write));
}

/* rules: x86_64 10 */
TEST(hwdebug, step_is_not_copied_with_registers)
{
    struct victim a = victim_new(), b = victim_new();
    seL4_UserContext c;

    step(&a, 1);
    set(&a, 0, WATCHED, DATA, 4, WRITE);
    start(&a, hw_start);
    thread_prepare_at(b.thread, hw_start, WATCHED);
    ASSERT_OK(seL4_TCB_CopyRegisters(b.tcb, a.tcb, false, true, true, true, 0));
    ASSERT(message_poll(b.handler, &b.m));
    EXPECT(is_end(&b, hw_end));
    c = thread_registers(b.thread);
    EXPECT_EQ(c.rflags & BIT(8), 0);
    EXPECT_DONE(get(b.tcb, 0), 0, INSTRUCTION, 0, 0, 0);
}

/* rules: x86_64 10 */
TEST(hwdebug, step_meets_instruction_breakpoint)
{
    struct victim v = victim_new();
    word_t hits = 0, steps = 0;

    step(&v, 1);
    set(&v, 0, (word_t)hw_read, INSTRUCTION, 0, READ);
    start(&v, hw_start);
    while (!is_end(&v, hw_end) && steps + hits < 20) {
        hits += is_hit(&v, hw_read, INSTRUCTION, (word_t)hw_read, 0);
        steps += info_length(v.m.info) == 2;
        go_on(&v);
    }
    EXPECT_EQ(hits, 1);
    EXPECT_LE(8, steps);
}

static void step_own(word_t tcb)
{
    (void)seL4_TCB_ConfigureSingleStepping(tcb, 0, 1);
    watched[0]++;
    (void)seL4_TCB_ConfigureSingleStepping(tcb, 0, 0);
    watched[0] = 100;
}

/* rules: x86_64 10 */
TEST(hwdebug, thread_can_step_itself)
{
    struct victim v = victim_new();
    word_t steps = 0;

    thread_run(v.thread, step_own, v.tcb);
    for (; message_poll(v.handler, &v.m) && steps < 1000; steps++) {
        EXPECT_EQ(info_label(v.m.info), seL4_Fault_DebugException);
        message_reply(EMPTY_MESSAGE);
    }
    EXPECT(thread_finished(v.thread));
    EXPECT_LE(2, steps);
    EXPECT_EQ(watched[0], 100);
}

/* rules: x86_64 10 */
TEST(hwdebug, own_trap_flag_is_a_step)
{
    struct victim v = victim_new();

    start(&v, hw_own);
    EXPECT(is_step(&v, hw_own_end));    /* the flag takes effect behind the next instruction */
    reply_and_wait(&v, message(0, 2, 0, 0, 0, 0));
    EXPECT(is_end(&v, hw_own_end));
}

static word_t stepped_endpoint;

static void call_in_steps(word_t endpoint)
{
    (void)message_call(endpoint, message(7, 1, 42, 0, 0, 0));
}

/* rules: x86_64 10 */
TEST(hwdebug, stepped_thread_calls_and_gets_its_answer)
{
    struct victim v = victim_new();
    struct message m = EMPTY_MESSAGE;
    word_t steps = 0;
    bool called = false;

    stepped_endpoint = endpoint_new();
    step(&v, 1);
    thread_run(v.thread, call_in_steps, stepped_endpoint);
    while (!thread_finished(v.thread) && steps++ < 1000) {
        if (message_poll(v.handler, &v.m)) {
            EXPECT_EQ(v.m.mr[seL4_DebugException_ExceptionReason], seL4_SingleStep);
        } else if (message_poll(stepped_endpoint, &m)) {
            called = true;
        } else {
            break;
        }
        message_reply(EMPTY_MESSAGE);
    }
    EXPECT(called);
    EXPECT_EQ(m.mr[0], 42);
    EXPECT(thread_finished(v.thread));
}

#endif
