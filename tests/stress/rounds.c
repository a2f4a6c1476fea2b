/* SPDX-License-Identifier: BSD-2-Clause */
/* A thousand rounds of: build a tree of CNodes six levels deep with threads, address spaces, mapped
 * frames and endpoints with blocked senders, and revoke the memory that it is made of.  The timer
 * that preempts is the PIT: every 100 microseconds (under -icount: 100,000 instructions) it makes a
 * thread run that is more urgent, and that looks whether it finds the tree half revoked.  What that
 * thread takes does not count as cost of the round.
 *
 * Lines on COM1:    ROUND number instructions
 *                   PREEMPTED interrupts in-revoke half-revoked
 *                   STRESS DONE */
#include "../../rootserver/console.h"
#include "../bench/bench.h"

enum {
    ROUNDS = 1000,
    LEVELS = 6,
    SENDERS = 3,
    RADIX = 5,
    GUARD_BITS = 64 - RADIX, /* all of a name in a node's CSpace but the index */
    TOP_BITS = 22,
    WATCHER_PRIORITY = 200,
    STARTING_PRIORITY = 150, /* a sender blocks before the main thread goes on */
    BLOCKED_PRIORITY = 50,
};

/* The slots of a node: while it is built in the root CNode, then in the node's own CNode. */
enum {
    NODE,
    ENDPOINT,
    SENDER,
    OWNER = SENDER + SENDERS, /* a thread in the node's address space */
    NODE_SPACE,
    TABLES,
    FRAMES = TABLES + 3,
    PIECES = FRAMES + 2,
    BADGED = PIECES,
    CHILDREN = BADGED + SENDERS,
};

#define MAPPED_AT ((word_t)0x10000000)

enum { PIT_COUNTER = 0x40, PIT_COMMAND = 0x43, PIT_RATE = 0x34, PIT_COUNTS = 119, PIT_PIN = 2 };

struct thread measurer; /* of the benchmarks; none here */

static word_t top, pieces, probes[2], interrupt, tick;
static volatile word_t revoking, watching_cost;
static volatile struct {
    word_t interrupts, in_revoke, half_revoked;
} seen;

void give_up(const char *what, word_t error)
{
    console_print("STRESS FAILED %s: error %u\n", what, error);
    for (;;)
        (void)seL4_TCB_Suspend(MAIN);
}

/* ---- the tree ---- */

static void make(word_t type, word_t bits, word_t slot, word_t count)
{
    MUST(seL4_Untyped_Retype(top, type, bits, ROOT, 0, 0, slot, count));
}

static void make_space(word_t node)
{
    const word_t space = node + NODE_SPACE;
    const seL4_X86_VMAttributes usual = seL4_X86_Default_VMAttributes;

    make(seL4_X64_PML4Object, 0, space, 1);
    make(seL4_X86_PDPTObject, 0, node + TABLES, 1);
    make(seL4_X86_PageDirectoryObject, 0, node + TABLES + 1, 1);
    make(seL4_X86_PageTableObject, 0, node + TABLES + 2, 1);
    make(seL4_X86_4K, 0, node + FRAMES, 2);
    MUST(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space));
    MUST(seL4_X86_PDPT_Map(node + TABLES, space, MAPPED_AT, usual));
    MUST(seL4_X86_PageDirectory_Map(node + TABLES + 1, space, MAPPED_AT, usual));
    MUST(seL4_X86_PageTable_Map(node + TABLES + 2, space, MAPPED_AT, usual));
    for (word_t i = 0; i < 2; i++)
        MUST(seL4_X86_Page_Map(node + FRAMES + i, space, MAPPED_AT + i * PAGE_BYTES, seL4_ReadWrite,
                               usual));
}

/* Its CSpace is the node's CNode, which will hold the thread itself. */
static void make_sender(word_t node, word_t i)
{
    const word_t tcb = node + SENDER + i;

    MUST(seL4_CNode_Mint(node + NODE, BADGED + i, RADIX, ROOT, node + ENDPOINT, DEPTH,
                         seL4_AllRights, i + 1));
    MUST(seL4_TCB_Configure(tcb, 0, node + NODE, GUARD_BITS, SPACE, 0, 0, 0));
    MUST(seL4_TCB_SetPriority(tcb, MAIN, STARTING_PRIORITY));
    thread_light_again(tcb, send_forever, BADGED + i);
    MUST(seL4_TCB_SetPriority(tcb, MAIN, BLOCKED_PRIORITY));
}

/* The capability of the node's CNode stays in its slot of this level. */
static void build(word_t level)
{
    const word_t node = pieces + level * PIECES;

    make(seL4_CapTableObject, RADIX, node + NODE, 1);
    make(seL4_EndpointObject, 0, node + ENDPOINT, 1);
    make(seL4_TCBObject, 0, node + SENDER, SENDERS + 1);
    make_space(node);
    for (word_t i = 0; i < SENDERS; i++)
        make_sender(node, i);
    MUST(seL4_TCB_Configure(node + OWNER, 0, node + NODE, GUARD_BITS, node + NODE_SPACE, 0, 0, 0));
    for (word_t i = ENDPOINT; i < PIECES; i++)
        MUST(seL4_CNode_Move(node + NODE, i, RADIX, ROOT, node + i, DEPTH));
    for (word_t i = 0; i < 2 && level + 1 < LEVELS; i++) {
        build(level + 1);
        MUST(seL4_CNode_Move(node + NODE, CHILDREN + i, RADIX, ROOT, node + PIECES + NODE, DEPTH));
    }
}

/* ---- preemption ---- */

static bool is_thread(word_t slot)
{
    seL4_UserContext context;

    return seL4_TCB_ReadRegisters(slot, false, 0, 2, &context) == seL4_NoError;
}

static void __attribute__((noreturn)) watch(word_t unused, word_t unused_too)
{
    (void)unused;
    (void)unused_too;
    for (;;) {
        (void)recv(tick);
        const word_t begin = stamp();

        seen.interrupts++;
        seen.in_revoke += revoking;
        if (revoking && is_thread(probes[0]) != is_thread(probes[1]))
            seen.half_revoked++;
        MUST(seL4_IRQHandler_Ack(interrupt));
        watching_cost += stamp() - begin;
    }
}

static void start_timer(void)
{
    const word_t ports = slot_new();
    struct thread watcher = thread_new(SPACE, 0, WATCHER_PRIORITY);

    interrupt = slot_new();
    tick = object_new(seL4_NotificationObject, 0);
    MUST(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, interrupt, DEPTH, 0, PIT_PIN, 0, 0, 0));
    MUST(seL4_IRQHandler_SetNotification(interrupt, tick));
    thread_start(&watcher, watch, 0, 0);
    MUST(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, PIT_COUNTER, PIT_COMMAND, ROOT, ports,
                                      DEPTH));
    MUST(seL4_X86_IOPort_Out8(ports, PIT_COMMAND, PIT_RATE));
    MUST(seL4_X86_IOPort_Out8(ports, PIT_COUNTER, PIT_COUNTS & 0xff));
    MUST(seL4_X86_IOPort_Out8(ports, PIT_COUNTER, PIT_COUNTS >> 8));
}

/* ---- rounds ---- */

/* All of the memory can be given out in one piece only if nothing is left in it. */
static void must_be_free(void)
{
    make(seL4_UntypedObject, TOP_BITS, pieces, 1);
    MUST(cap_delete(pieces));
}

static word_t round_cost(void)
{
    const word_t watched = watching_cost, begin = stamp();

    make(seL4_TCBObject, 0, probes[0], 1);
    build(0);
    make(seL4_TCBObject, 0, probes[1], 1);
    revoking = 1;
    MUST(cap_revoke(top));
    revoking = 0;
    must_be_free();
    return stamp() - begin - (watching_cost - watched);
}

int main(void)
{
    console_start(seL4_GetBootInfo()->empty.end - 1);
    objects_start();
    top = object_new(seL4_UntypedObject, TOP_BITS);
    pieces = slot_range(LEVELS * PIECES);
    probes[0] = slot_new();
    probes[1] = slot_new();
    MUST(seL4_TCB_SetPriority(MAIN, MAIN, PRIORITY));
    start_timer();
    must_be_free();
    for (word_t i = 1; i <= ROUNDS; i++)
        console_print("ROUND %u %u\n", i, round_cost());
    console_print("PREEMPTED %u %u %u\nSTRESS DONE\n", seen.interrupts, seen.in_revoke,
                  seen.half_revoked);
    for (;;)
        (void)seL4_TCB_Suspend(MAIN);
}
