/* SPDX-License-Identifier: BSD-2-Clause */
/* Long operations give way to interrupts.  The timer chip interrupts often; a more urgent thread
 * then looks at what the interrupted operation has left so far. */
#include "test.h"

enum { TIMER_PORTS = 0x40, TIMER_PIN = 2, VECTOR = 21, DIVISOR = 60, RADIX = 14, ROUNDS = 100 };

static struct {
    word_t ports, handler, notification;
    word_t victim, spare; /* what the observer looks at, and a slot of its own */
    volatile bool stop;
    volatile word_t seen, zombies, wrong; /* observations */
} watch;

static void ticker_start(void)
{
    watch.ports = slot_new();
    watch.handler = slot_new();
    watch.notification = notification_new();
    watch.stop = false;
    watch.seen = watch.zombies = watch.wrong = 0;
    ASSERT_OK(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, TIMER_PORTS, TIMER_PORTS + 3,
                                           ROOT, watch.ports, DEPTH));
    ASSERT_OK(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, watch.handler, DEPTH, 0,
                                        TIMER_PIN, 0, 0, VECTOR));
    ASSERT_OK(seL4_IRQHandler_SetNotification(watch.handler, cap_mint(watch.notification, 1)));
    ASSERT_OK(seL4_IRQHandler_Ack(watch.handler)); /* the chip may have interrupted before that */
    (void)seL4_X86_IOPort_Out8(watch.ports, TIMER_PORTS + 3, 0x34);
    (void)seL4_X86_IOPort_Out8(watch.ports, TIMER_PORTS, DIVISOR);
    (void)seL4_X86_IOPort_Out8(watch.ports, TIMER_PORTS, 0);
}

static void ticker_stop(void)
{
    watch.stop = true;
    (void)seL4_X86_IOPort_Out8(watch.ports, TIMER_PORTS + 3, 0x30);
}

/* Whatever happens to the victim, invoking it is refused; as a CNode that is taken apart it is not
 * even a capability, and cannot be copied. */
static void observe_zombie(word_t unused)
{
    (void)unused;
    while (!watch.stop) {
        (void)message_recv(watch.notification);
        const word_t label =
            info_label(message_call(watch.victim, message(CNodeDelete, 2, 0, RADIX, 0, 0)).info);

        if (label == seL4_InvalidCapability && !slot_is_empty(watch.victim)) {
            watch.zombies++;
            watch.wrong += seL4_CNode_Copy(ROOT, watch.spare, DEPTH, watch.victim, 0, RADIX,
                                           seL4_AllRights) != seL4_FailedLookup;
            watch.wrong += seL4_CNode_Copy(ROOT, watch.spare, DEPTH, ROOT, watch.victim, DEPTH,
                                           seL4_AllRights) != seL4_IllegalOperation;
        }
        (void)seL4_IRQHandler_Ack(watch.handler);
    }
}

/* rules: capabilities 7, capabilities 6.2 */
TEST(preemption, deletion_leaves_a_zombie_meanwhile)
{
    const word_t ut = untyped_new(RADIX + seL4_SlotBits);
    word_t zombies = 0;

    watch.spare = slot_new();
    watch.victim = slot_new();
    ticker_start();
    thread_run(thread_new(), observe_zombie, 0);
    /* How often an interrupt falls into a deletion is a matter of luck: try until one did. */
    for (word_t round = 0; round < ROUNDS && zombies == 0; round++) {
        ASSERT_OK(seL4_Untyped_Retype(ut, seL4_CapTableObject, RADIX, ROOT, 0, 0, watch.victim, 1));
        EXPECT_OK(cap_delete(watch.victim));
        EXPECT(slot_is_empty(watch.victim));
        zombies = watch.zombies;
    }
    ticker_stop();
    EXPECT_LT(0, zombies);
    EXPECT_EQ(watch.wrong, 0);
}

static void observe_untyped(word_t bytes)
{
    while (!watch.stop) {
        (void)message_recv(watch.notification);
        watch.seen++;
        const word_t free_bytes = untyped_free_bytes(watch.victim);
        if (free_bytes != bytes && free_bytes != 0) {
            watch.wrong++; /* neither all free nor all used: seen in between */
        }
        (void)seL4_IRQHandler_Ack(watch.handler);
    }
}

/* rules: untyped 6, untyped 5.1 */
TEST(preemption, untyped_reset_is_continued)
{
    const word_t frame = slot_new();

    watch.victim = untyped_new(21);
    ticker_start();
    struct thread *t = thread_new();
    thread_run(t, observe_untyped, BIT(21));
    const word_t before = watch.seen;
    for (word_t round = 0; round < ROUNDS && (round < 10 || watch.seen == before); round++) {
        /* Used to the end, then childless: the next Retype clears all of it. */
        EXPECT_OK(seL4_Untyped_Retype(watch.victim, seL4_UntypedObject, 21, ROOT, 0, 0, frame, 1));
        EXPECT_OK(cap_delete(frame));
    }
    ticker_stop();
    EXPECT_OK(seL4_TCB_Suspend(t->tcb));
    EXPECT_LT(0, watch.seen);
    EXPECT_EQ(watch.wrong, 0);
    EXPECT_OK(seL4_Untyped_Retype(watch.victim, seL4_X86_4K, 0, ROOT, 0, 0, frame, 1));
    EXPECT_EQ(untyped_free_bytes(watch.victim), BIT(21) - PAGE_BYTES);
}

static volatile word_t ticks;

static void count_ticks(word_t unused)
{
    (void)unused;
    while (!watch.stop) {
        (void)message_recv(watch.notification);
        ticks++;
        (void)seL4_IRQHandler_Ack(watch.handler);
    }
}

/* rules: capabilities 7, capabilities 5.3 */
TEST(preemption, revoke_is_continued)
{
    const word_t cnode = cnode_new(12);
    const word_t ep = endpoint_new();
    const word_t slot = slot_new();

    ticker_start();
    ticks = 0;
    for (word_t i = 0; i < BIT(12); i++) {
        ASSERT_OK(cap_copy_into(cnode, i, 12, ep));
    }
    thread_run(thread_new(), count_ticks, 0);
    EXPECT_OK(cap_revoke(ep));
    for (int i = 0; i < 200 && ticks == 0; i++) {
        clock_spin_ms(1); /* a busy host may be late with its first tick */
    }
    ticker_stop();
    for (word_t i = 0; i < BIT(12); i += 97) {
        EXPECT_EQ(seL4_CNode_Move(ROOT, slot, DEPTH, cnode, i, 12), seL4_FailedLookup);
    }
    EXPECT_LT(0, ticks);
}

static void delete_victim(word_t unused)
{
    (void)unused;
    EXPECT_OK(cap_delete(watch.victim));
    trace('d');
}

/* rules: capabilities 7 */
TEST(preemption, two_threads_may_delete_the_same_thing)
{
    watch.victim = cnode_new(RADIX);
    ticker_start();
    thread_run(thread_new(), count_ticks, 0);
    for (word_t i = 0; i < 2; i++) {
        thread_run(thread_with_priority(LOW_PRIORITY), delete_victim, 0);
    }
    threads_let_run();
    ticker_stop();
    EXPECT_TRACE("dd");
    EXPECT(slot_is_empty(watch.victim));
}

static void suspend_deleter(word_t tcb)
{
    (void)message_recv(watch.notification);
    (void)seL4_TCB_Suspend(tcb);
}

/* rules: capabilities 7, capabilities 6.2 */
TEST(preemption, half_deleted_object_can_be_deleted_by_another)
{
    struct thread *deleter = thread_with_priority(LOW_PRIORITY);
    struct thread *stopper = thread_new();

    watch.victim = cnode_new(RADIX);
    thread_run(deleter, delete_victim, 0);
    ticker_start();
    (void)notification_poll(watch.notification);
    thread_run(stopper, suspend_deleter, deleter->tcb);
    (void)seL4_IRQHandler_Ack(watch.handler);
    threads_let_run();
    ticker_stop();
    EXPECT_OK(cap_delete(watch.victim));
    EXPECT(slot_is_empty(watch.victim));
}

static word_t chain_end;

static void wait_at_the_end(word_t unused)
{
    (void)unused;
    (void)message_call(chain_end, EMPTY_MESSAGE);
    trace('w');
}

/* rules: capabilities 6.2, capabilities 6.3, capabilities 7 */
TEST(preemption, chain_of_nested_cnodes_is_taken_apart)
{
    enum { LINKS = 600 };
    const word_t ut = untyped_new(17);
    const word_t first = slot_new();
    const word_t next = slot_new();

    /* Each holds the next in its slot 0, the last one an endpoint with a waiting thread. */
    chain_end = endpoint_new();
    thread_run(thread_new(), wait_at_the_end, 0);
    ASSERT_OK(seL4_Untyped_Retype(ut, seL4_CapTableObject, 1, ROOT, 0, 0, first, 1));
    ASSERT_OK(seL4_CNode_Move(first, 0, 1, ROOT, chain_end, DEPTH));
    for (word_t i = 0; i < LINKS; i++) {
        ASSERT_OK(seL4_Untyped_Retype(ut, seL4_CapTableObject, 1, ROOT, 0, 0, next, 1));
        ASSERT_OK(seL4_CNode_Move(next, 0, 1, ROOT, first, DEPTH));
        ASSERT_OK(cap_move(first, next));
    }
    ticker_start();
    ticks = 0;
    thread_run(thread_new(), count_ticks, 0);
    EXPECT_TRACE("");
    EXPECT_OK(cap_delete(first));
    ticker_stop();
    EXPECT(slot_is_empty(first));
    EXPECT_TRACE("w");
    EXPECT_OK(cap_revoke(ut)); /* finishes what is left of the containers */
    EXPECT_EQ(untyped_free_bytes(ut), BIT(17));
}
