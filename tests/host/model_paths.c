/* SPDX-License-Identifier: BSD-2-Clause */
/* A few threads that talk to each other, all in memory that can be put back.  Rules: fastpath. */
#include "model_paths.h"
#include <kernel/destruction.h>
#include <kernel/entry.h>
#include <kernel/scheduler.h>
#include <string.h>

#define THREADS           5u
#define RADIX             4u
#define OBJECTS           2u
#define ENDPOINT_SLOT     0u /* two capabilities to each endpoint, then to each notification */
#define NOTIFICATION_SLOT 4u
#define THREAD_SLOT       8u
#define INNER_SLOT        14u /* a CNode, for longer addresses */
#define SAVED_SLOT        15u /* a reply capability, now and then */
#define PAGE              4096u

static struct world {
    union {
        struct tcb tcb;
        char bytes[TCB_BYTES];
    } thread[THREADS] __attribute__((aligned(TCB_BYTES)));
    struct slot slots[1 << RADIX] __attribute__((aligned(1 << (RADIX + SLOT_BITS))));
    struct slot inner[1 << RADIX] __attribute__((aligned(1 << (RADIX + SLOT_BITS))));
    struct endpoint endpoint[OBJECTS] __attribute__((aligned(64)));
    struct notification notification[OBJECTS];
    char buffer[THREADS][PAGE] __attribute__((aligned(PAGE)));
} world __attribute__((aligned(PAGE)));

/* Everything that a system call may change. */
struct state {
    struct world world;
    char core[sizeof(struct core)];
    struct domain_state domain;
};

word_t paths_calls;

static void save(struct state *s)
{
    memcpy(&s->world, &world, sizeof(world));
    memcpy(s->core, &core, sizeof(core));
    s->domain = domain;
}

static void restore(const struct state *s)
{
    memcpy(&world, &s->world, sizeof(world));
    memcpy(&core, s->core, sizeof(core));
    domain = s->domain;
}

/* Clears fields that mean nothing in the thread's state. */
static void normalise_thread(struct tcb *t)
{
    bool sends = t->state == THREAD_BLOCKED_ON_SEND,
         receives = t->state == THREAD_BLOCKED_ON_RECEIVE;
    bool waits = sends || receives || t->state == THREAD_BLOCKED_ON_NOTIFICATION;
    if (!waits)
        t->blocked_on = NULL;
    if (!waits && !t->queued)
        t->next = t->prev = NULL;
    if (!sends) {
        t->badge = 0;
        t->can_grant_reply = t->is_call = false;
    }
    if (!sends && !receives)
        t->grant = 0;
    t->context.entry = 0;
}

static void normalise(void)
{
    for (word_t i = 0; i < THREADS; i++)
        normalise_thread(&world.thread[i].tcb);
    for (word_t i = 0; i < OBJECTS; i++)
        if (!notification_is_active(&world.notification[i]))
            world.notification[i].badges = 0;
    core.candidate = NULL;
    core.idle.next = core.idle.prev = NULL;
}

/* What every call leaves behind. */
static void check(enum left how)
{
    REQUIRE(how != LEFT_NOT && how != LEFT_STOPPED);
    REQUIRE(core.action == SCHEDULE_RESUME);
    REQUIRE((how == LEFT_IDLE) == (core.current == &core.idle));
    REQUIRE(how == LEFT_IDLE || core.current->state == THREAD_RUNNING);
    REQUIRE(!core.current->queued);
}

static struct tcb *any_thread(struct input *in)
{
    return &world.thread[input_below(in, THREADS)].tcb;
}

static word_t any_rights(struct input *in)
{
    return input_byte(in) % 4 ? RIGHTS_ALL : input_below(in, 16);
}

static void make_caps(struct input *in)
{
    for (word_t i = 0; i < OBJECTS; i++) {
        struct cap e = cap_endpoint(&world.endpoint[i], 0, RIGHTS_ALL);
        struct cap n = cap_notification(&world.notification[i], 0, RIGHT_READ | RIGHT_WRITE);
        struct slot *of_e = &world.slots[ENDPOINT_SLOT + 2 * i],
                    *of_n = &world.slots[NOTIFICATION_SLOT + 2 * i];
        slot_insert_root(of_e, cap_mask_rights(e, any_rights(in)));
        slot_insert_derived(of_e + 1, cap_endpoint(&world.endpoint[i], 5 + i, any_rights(in)),
                            of_e);
        slot_insert_root(of_n, cap_mask_rights(n, any_rights(in)));
        slot_insert_derived(
            of_n + 1, cap_notification(&world.notification[i], 16 << i, any_rights(in) & 3), of_n);
    }
    slot_insert_root(&world.slots[INNER_SLOT], cap_cnode(world.inner, RADIX, 0, 0));
    slot_insert_derived(&world.inner[0], world.slots[ENDPOINT_SLOT].cap,
                        &world.slots[ENDPOINT_SLOT]);
}

/* Most have the common space at addresses 0..15; some one where addresses are of eight bits. */
static void make_thread(struct input *in, word_t i)
{
    static const uint8_t priorities[] = { 10, 10, 20, 20, 30, 9 };
    struct tcb *t = &world.thread[i].tcb;
    bool shared = input_byte(in) % 4 != 0;
    t->priority = priorities[input_below(in, sizeof(priorities))];
    t->mcp = 255;
    t->time_slice = TIME_SLICE;
    t->state = THREAD_RUNNING;
    t->domain = DOMAINS > 1 && input_byte(in) % 8 == 0 ? 1 : 0;
    t->fault_handler = input_below(in, 8);
    context_create(&t->context);
    struct cap space =
        cap_cnode(world.slots, RADIX, 0, shared ? WORD_BITS - RADIX : WORD_BITS - 2 * RADIX);
    slot_insert_root(&t->slot[TCB_CSPACE], space);
    tcb_make_reply_master(t);
    t->slot[TCB_BUFFER].cap = cap_frame(memory_physical(world.buffer[i]), 12, false);
    t->buffer_address = 0x400 * i;
    tcb_buffer_changed(t);
    slot_insert_root(&world.slots[THREAD_SLOT + i], cap_tcb(t));
    if (i)
        scheduler_enqueue_back(t);
}

static void make_world(struct input *in)
{
    memset(&world, 0, sizeof(world));
    host_setup(NULL);
    make_caps(in);
    for (word_t i = 0; i < THREADS; i++)
        make_thread(in, i);
    core.current = &world.thread[0].tcb;
    core.action = SCHEDULE_CHOOSE;
    schedule();
}

static void bind_or_unbind(struct input *in, struct tcb *t)
{
    struct notification *n = &world.notification[input_below(in, OBJECTS)];
    if (t->notification)
        notification_unbind(t);
    else if (!notification_bound(n) && !n->queue.head)
        notification_bind(n, t);
}

/* Things that other threads, interrupts and faults do in between. */
static void disturb(struct input *in)
{
    word_t i = input_below(in, THREADS);
    struct tcb *t = &world.thread[i].tcb;
    switch (input_below(in, 11)) {
    case 0:
        tcb_suspend(t);
        break;
    case 1:
        tcb_resume(t);
        break;
    case 2:
        scheduler_set_priority(t, 9 + input_below(in, 30));
        break;
    case 3:
        bind_or_unbind(in, t);
        break;
    case 4:
        notification_signal(&world.notification[input_below(in, OBJECTS)], input_byte(in));
        break;
    case 5: { /* the buffer goes, or comes back */
        struct cap frame = cap_frame(memory_physical(world.buffer[i]), 12, false);
        t->slot[TCB_BUFFER].cap = cap_mask_rights(frame, input_below(in, 4));
        tcb_buffer_changed(t);
        break;
    }
    case 6: /* a fault left over (rules: ipc 8.6) */
        if (t->state == THREAD_RUNNING || t->state == THREAD_INACTIVE)
            t->fault.type = input_byte(in) % 3 ? seL4_Fault_NullFault : seL4_Fault_VMFault;
        break;
    case 7: /* SaveCaller, and the saved one is gone */
        slot_delete_simple(&t->slot[TCB_CALLER]);
        break;
    case 8:
        scheduler_tick();
        break;
    case 9: /* SaveCaller */
        if (slot_is_empty(&world.slots[SAVED_SLOT]) && !slot_is_empty(&t->slot[TCB_CALLER]))
            slot_move(&world.slots[SAVED_SLOT], &t->slot[TCB_CALLER], t->slot[TCB_CALLER].cap);
        break;
    default: /* the space goes, or comes back */
        if (slot_is_empty(&t->slot[TCB_CSPACE]))
            slot_insert_root(&t->slot[TCB_CSPACE],
                             cap_cnode(world.slots, RADIX, 0, WORD_BITS - RADIX));
        else if (input_byte(in) % 4 == 0)
            slot_remove(&t->slot[TCB_CSPACE]);
        break;
    }
    schedule();
}

/* The address of a capability, now and then of nothing. */
static word_t any_name(struct input *in)
{
    word_t byte = input_byte(in);
    return byte < 0xf0 ? byte % (1 << RADIX) : byte | BIT(40);
}

/* The registers of the call, as the entry code stores them. */
static void set_registers(struct input *in, struct tcb *t, word_t number)
{
    static const uint8_t lengths[] = { 0, 0, 1, 2, 3, 4, 4, 5, 9, 60, 119, 120, 121, 127 };
    word_t caps = input_byte(in) % 8 ? 0 : input_below(in, 4);
    t->context.info = tag_new(input_byte(in), input_byte(in) % 4 ? 0 : input_below(in, 8), caps,
                              lengths[input_below(in, sizeof(lengths))]);
    t->context.badge = input_byte(in) % 8 ? input_below(in, 8) : input_below(in, 16);
    if (input_byte(in) % 32 == 0)
        t->context.badge |= BIT(input_below(in, WORD_BITS));
    t->context.number = number;
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++)
        t->context.message[i] = input_byte(in);
    word_t *words = tcb_buffer_writable(t);
    for (word_t i = MESSAGE_REGISTERS; words && i < 128; i++)
        words[i] = i < BUFFER_CAPS ? i * 1000 + (word_t)t : any_name(in);
}

static void enter_short(word_t number, word_t cptr, word_t tag)
{
    if ((int64_t)number == seL4_SysCall)
        entry_call(cptr, tag);
    if ((int64_t)number == seL4_SysReplyRecv)
        entry_reply_receive(cptr, tag);
    entry_syscall(cptr, tag, number);
}

static void compare_call(struct input *in)
{
    static const int8_t numbers[] = { seL4_SysCall,
                                      seL4_SysCall,
                                      seL4_SysReplyRecv,
                                      seL4_SysReplyRecv,
                                      seL4_SysSend,
                                      seL4_SysNBSend,
                                      seL4_SysRecv,
                                      seL4_SysRecv,
                                      seL4_SysNBRecv,
                                      seL4_SysReply,
                                      seL4_SysYield,
                                      seL4_SysSetTLSBase,
                                      -77 };
    static struct state before, general;
    word_t number = (word_t)(int64_t)numbers[input_below(in, sizeof(numbers))];
    struct tcb *t = core.current;
    enum left how;
    set_registers(in, t, number);
    normalise();
    save(&before);
    HOST_LEAVE(&how, entry_syscall_general(number));
    check(how);
    normalise();
    save(&general);
    restore(&before);
    HOST_LEAVE(&how, enter_short(number, t->context.badge, t->context.info));
    check(how);
    normalise();
    REQUIRE(memcmp(&world, &general.world, sizeof(world)) == 0);
    REQUIRE(memcmp(&core, general.core, sizeof(core)) == 0);
    REQUIRE(memcmp(&domain, &general.domain, sizeof(domain)) == 0);
    paths_calls++;
}

void model_paths(struct input *in)
{
    make_world(in);
    while (!input_is_empty(in)) {
        if (core.current == &core.idle) {
            tcb_resume(any_thread(in));
            schedule();
        }
        if (core.current != &core.idle)
            compare_call(in);
        for (word_t count = input_byte(in) % 4 ? 0 : input_below(in, 4); count; count--)
            disturb(in);
    }
}
