/* SPDX-License-Identifier: BSD-2-Clause */
/* The longest kernel entries: how long an interrupt waits in the worst moment of a long operation.
 * The programmable interval timer strikes at many moments of each operation, and the most urgent
 * thread notes when it hears of it.  What that takes while user code runs is taken off. */
#include "bench.h"

enum {
    TIMER_PORT = 0x40, /* channel 0; the command port is 3 behind it */
    TIMER_COMMAND = 0x43,
    TIMER_ONCE = 0x30, /* channel 0, both bytes, interrupt at the end of the count */
    TIMER_PIN = 2,     /* of the first IOAPIC */
    TIMER_VECTOR = 30,
    TIMER_LEAST = 2,
    MOMENTS = 128,
    WATCHER_PRIORITY = 200,
    MOST = 256, /* objects that one Retype can make */
    THREADS = 128,
    PAGES = 512,
};

/* The timer counts 1193182 times in a second, in which 10^9 instructions are executed. */
#define TICK_PICOSECONDS ((word_t)838095)
#define PAGE_WINDOW      ((word_t)0x20000000)

static word_t ports, handler, interrupt;
static volatile word_t arrived;
static word_t undisturbed; /* from the interrupt to the watcher while user code runs */

static void __attribute__((noreturn)) watch(word_t unused, word_t unused_too)
{
    (void)unused;
    (void)unused_too;
    for (;;) {
        (void)recv(interrupt);
        arrived = stamp();
        MUST(seL4_IRQHandler_Ack(handler));
    }
}

static void timer_start(void)
{
    const struct thread watcher = thread_new(SPACE, 0, WATCHER_PRIORITY);

    ports = slot_new();
    handler = slot_new();
    interrupt = object_new(seL4_NotificationObject, 0);
    MUST(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, TIMER_PORT, TIMER_COMMAND, ROOT, ports,
                                      DEPTH));
    MUST(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, handler, DEPTH, 0, TIMER_PIN, 0, 0,
                                   TIMER_VECTOR));
    MUST(seL4_IRQHandler_SetNotification(handler, interrupt));
    thread_start(&watcher, watch, 0, 0);
}

/* Strike once, so many timer ticks from now.  Returns now. */
static word_t timer_arm(word_t ticks)
{
    arrived = 0;
    MUST(seL4_X86_IOPort_Out8(ports, TIMER_COMMAND, TIMER_ONCE));
    MUST(seL4_X86_IOPort_Out8(ports, TIMER_PORT, ticks & 0xff));
    MUST(seL4_X86_IOPort_Out8(ports, TIMER_PORT, ticks >> 8));
    return stamp();
}

static void wait_until(word_t time)
{
    while (stamp() < time)
        ;
}

/* How late the watcher heard of a timer armed at a time. */
static word_t lateness(word_t armed, word_t ticks)
{
    while (!arrived)
        ;
    return arrived - (armed + ticks * TICK_PICOSECONDS / 1000);
}

/* Run the operation twice for its duration, then with the timer striking at MOMENTS places in it,
 * between the ticks of the timer too. */
#define LONGEST(name, before, operation, after)                                                    \
    do {                                                                                           \
        word_t duration_ = 0, longest_ = 0;                                                        \
        for (word_t i_ = 0; i_ < 2; i_++) {                                                        \
            before;                                                                                \
            const word_t begin_ = stamp();                                                         \
            operation;                                                                             \
            duration_ = stamp() - begin_ - overhead;                                               \
            after;                                                                                 \
        }                                                                                          \
        for (word_t i_ = 0; i_ < MOMENTS; i_++) {                                                  \
            const word_t ticks_ =                                                                  \
                TIMER_LEAST + i_ * duration_ * 1000 / TICK_PICOSECONDS / MOMENTS;                  \
            before;                                                                                \
            const word_t armed_ = timer_arm(ticks_);                                               \
            wait_until(armed_ + i_ * 311 % 838);                                                   \
            operation;                                                                             \
            const word_t late_ = lateness(armed_, ticks_) - undisturbed;                           \
            if ((int64_t)late_ > (int64_t)longest_)                                                \
                longest_ = late_;                                                                  \
            after;                                                                                 \
        }                                                                                          \
        report_latency(name, longest_, duration_);                                                 \
    } while (0)

static void measure_undisturbed(void)
{
    undisturbed = ~(word_t)0;
    for (word_t i = 0; i < MOMENTS; i++) {
        const word_t armed = timer_arm(TIMER_LEAST + i);
        const word_t late = lateness(armed, TIMER_LEAST + i);

        if ((int64_t)late < (int64_t)undisturbed)
            undisturbed = late;
    }
}

static void capabilities(void)
{
    const word_t endpoint = object_new(seL4_EndpointObject, 0), first = scratch_slots();
    const word_t untyped = object_new(seL4_UntypedObject, 20), slot = slot_new();

#define RETYPE(type, bits) MUST(seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, slot, 1))
    LONGEST("revoke_copies", cap_copies(ROOT, DEPTH, first, endpoint), MUST(cap_revoke(endpoint)),
            NOTHING);
    LONGEST("delete_cnode", RETYPE(seL4_CapTableObject, 10);
            cap_copies(slot, 10, 0, endpoint), MUST(cap_delete(slot)), NOTHING);
    /* Used memory is cleared when it is used again. */
    LONGEST("reset_untyped", RETYPE(seL4_UntypedObject, 19);
            MUST(cap_revoke(untyped)), RETYPE(seL4_EndpointObject, 0), MUST(cap_revoke(untyped)));
#undef RETYPE
}

/* Threads with everything that a thread can have, waiting. */
static void make_full_threads(word_t untyped, word_t first, word_t endpoint)
{
    const word_t bound = first + MOST;

    MUST(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, ROOT, 0, 0, first, MOST));
    MUST(seL4_Untyped_Retype(untyped, seL4_NotificationObject, 0, ROOT, 0, 0, bound, MOST));
    for (word_t i = 0; i < MOST; i++) {
        MUST(seL4_TCB_Configure(first + i, endpoint, ROOT, 0, SPACE, 0, (word_t)measurer.buffer,
                                measurer.frame));
        MUST(seL4_TCB_BindNotification(first + i, bound + i));
        MUST(seL4_TCB_SetPriority(first + i, MAIN, 20));
        thread_light_again(first + i, send_forever, endpoint);
    }
    let_run();
}

static void threads(void)
{
    const word_t untyped = object_new(seL4_UntypedObject, 20), first = scratch_slots();
    const word_t endpoint = object_new(seL4_EndpointObject, 0);

    LONGEST("retype_256_tcbs", NOTHING,
            MUST(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, ROOT, 0, 0, first, MOST)),
            MUST(cap_revoke(untyped)));
    LONGEST("revoke_256_tcbs", make_full_threads(untyped, first, endpoint),
            MUST(cap_revoke(untyped)), NOTHING);
}

static word_t senders[THREADS];

/* An endpoint in memory of its own, and the senders, all about to wait at it. */
static void make_senders(word_t memory, word_t endpoint, word_t badged)
{
    MUST(seL4_Untyped_Retype(memory, seL4_EndpointObject, 0, ROOT, 0, 0, endpoint, 1));
    MUST(seL4_CNode_Mint(ROOT, badged, DEPTH, ROOT, endpoint, DEPTH, seL4_AllRights, 5));
    for (word_t i = 0; i < THREADS; i++)
        thread_light_again(senders[i], send_forever, badged);
}

static void waiting_threads(void)
{
    const word_t memory = object_new(seL4_UntypedObject, 8);
    const word_t endpoint = slot_new(), badged = slot_new();

    for (word_t i = 0; i < THREADS; i++)
        senders[i] = thread_light(spin, 0, PRIORITY - 20);
    make_senders(memory, endpoint, badged);
    LONGEST("cancel_senders", let_run(), MUST(seL4_CNode_CancelBadgedSends(ROOT, badged, DEPTH)),
            NOTHING);
    LONGEST("delete_endpoint", let_run(), MUST(cap_revoke(memory)),
            make_senders(memory, endpoint, badged));
    for (word_t i = 0; i < THREADS; i++)
        MUST(seL4_TCB_Suspend(senders[i]));
}

static void make_table(word_t untyped, word_t table, word_t space, word_t frames)
{
    const word_t window = PAGE_WINDOW + BIT(seL4_LargePageBits);

    MUST(seL4_Untyped_Retype(untyped, seL4_X86_PageTableObject, 0, ROOT, 0, 0, table, 1));
    MUST(seL4_X86_PageTable_Map(table, space, window, seL4_X86_Default_VMAttributes));
    for (word_t i = 0; i < PAGES; i++)
        MUST(seL4_X86_Page_Map(frames + i, space, window + i * PAGE_BYTES, seL4_ReadWrite,
                               seL4_X86_Default_VMAttributes));
}

static void mappings(void)
{
    const word_t frames = slot_range(PAGES), untyped = object_new(seL4_UntypedObject, 12);
    const word_t space = object_new(seL4_X64_PML4Object, 0), table = slot_new();

    MUST(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space));
    space_tables(space, PAGE_WINDOW);
    objects_new(seL4_X86_4K, 0, frames, PAGES);
    LONGEST("delete_page_table", make_table(untyped, table, space, frames), MUST(cap_delete(table)),
            NOTHING);
}

void bench_latency(void)
{
    timer_start();
    measure_undisturbed();
    capabilities();
    threads();
    waiting_threads();
    mappings();
}
