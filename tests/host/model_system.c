/* SPDX-License-Identifier: BSD-2-Clause */
/* The state is looked at from outside: by following the derivation list of the one untyped that
 * everything is made from.  Rules: capabilities 4 to 7, untyped. */
#include "model_system.h"
#include <arch/x86_64/capability.h>
#include <kernel/cnode.h>
#include <kernel/destruction.h>
#include <kernel/object.h>
#include <kernel/scheduler.h>
#include <kernel/tcb_spaces.h>
#include <kernel/untyped.h>
#include <string.h>

#define RADIX       5u
#define SLOTS       BIT(RADIX)
#define ARENA_BITS  15u
#define ARENA_BYTES BIT(ARENA_BITS)
#define LIVE_MAX    4096u
#define UNTYPED     1u /* slot of the untyped; 0 is the CNode of all these slots, which stays */

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(ARENA_BYTES)));
static struct slot slots[SLOTS] __attribute__((aligned(1 << (RADIX + SLOT_BITS))));

/* All slots that hold a capability with memory in the arena. */
static struct slot *live[LIVE_MAX];
static word_t live_count;

static bool is_root_slot(const struct slot *s)
{
    return s >= slots && s < slots + SLOTS;
}
static bool in_arena(struct region r)
{
    return r.base >= memory_physical(arena).at &&
           r.base + r.bytes <= memory_physical(arena).at + ARENA_BYTES;
}

/* ---- checks
 * -------------------------------------------------------------------------------------- */

static void collect(void)
{
    live_count = 0;
    for (struct slot *s = slot_next(&slots[UNTYPED]); s; s = slot_next(s)) {
        REQUIRE(live_count < LIVE_MAX);
        REQUIRE(!slot_is_empty(s));
        REQUIRE(s->prev && slot_next(s->prev) == s);
        REQUIRE(in_arena(cap_region(s->cap)));
        REQUIRE(slot_is_parent(&slots[UNTYPED], s));
        live[live_count++] = s;
    }
}

/* The slots of a container, which begin it. */
static struct slot *container(struct cap c, word_t *count)
{
    switch (cap_type(c)) {
    case CAP_CNODE:
        *count = BIT(cap_cnode_radix(c));
        return cap_cnode_slots(c);
    case CAP_TCB:
        *count = TCB_SLOTS;
        return cap_tcb_object(c)->slot;
    case CAP_ZOMBIE:
        *count = cap_zombie_is_tcb(c) ? TCB_SLOTS : BIT(cap_zombie_radix(c));
        return cap_zombie_slots(c);
    default:
        *count = 0;
        return NULL;
    }
}

/* Capabilities stand in slots of containers that exist. */
static void check_place(const struct slot *s)
{
    if (is_root_slot(s))
        return;
    for (word_t i = 0; i < live_count; i++) {
        word_t count;
        const struct slot *first = container(live[i]->cap, &count);
        if (count && s >= first && s < first + count)
            return;
    }
    REQUIRE(!"a capability outside of every container");
}

/* What stands in a container that exists is known; beyond a zombie's count there is nothing. */
static void check_contents(const struct slot *s)
{
    word_t count;
    struct slot *first = container(s->cap, &count);
    for (word_t i = 0; i < count; i++) {
        if (slot_is_empty(&first[i])) {
            REQUIRE(!first[i].prev && !slot_next(&first[i]) && !slot_marks(&first[i]));
            continue;
        }
        REQUIRE(cap_type(s->cap) != CAP_ZOMBIE || i < cap_zombie_count(s->cap));
        if (cap_type(first[i].cap) == CAP_REPLY)
            continue; /* names no memory of its own: in the list of its master */
        bool found = &first[i] == &slots[UNTYPED];
        for (word_t k = 0; k < live_count; k++)
            found = found || live[k] == &first[i];
        REQUIRE(found || !in_arena(cap_region(first[i].cap)));
    }
}

static bool is_zero(const uint8_t *p, word_t bytes)
{
    return bytes == 0 || (p[0] == 0 && memcmp(p, p + 1, bytes - 1) == 0);
}

static void check_untyped(struct cap c)
{
    word_t bytes = BIT(cap_untyped_bits(c)), used = cap_untyped_watermark(c);
    REQUIRE(used <= bytes);
    REQUIRE(is_zero((uint8_t *)memory_pointer(cap_untyped_base(c)) + used, bytes - used));
}

/* Different objects do not overlap; what was made of an untyped comes behind it. */
static void check_neighbours(const struct slot *a, const struct slot *b)
{
    struct region p = cap_region(a->cap), q = cap_region(b->cap);
    bool disjoint = p.base + p.bytes <= q.base || q.base + q.bytes <= p.base;
    bool same = cap_identical(a->cap, b->cap);
    if (cap_type(a->cap) == CAP_UNTYPED)
        REQUIRE(disjoint || slot_is_parent(a, b) || same);
    else
        REQUIRE(disjoint || same);
}

static bool is_alive(word_t type, const void *object)
{
    for (word_t i = 0; i < live_count; i++)
        if (cap_type(live[i]->cap) == type && cap_object(live[i]->cap) == object)
            return true;
    return false;
}

static void check_thread(const struct tcb *t)
{
    bool sends = t->state == THREAD_BLOCKED_ON_SEND,
         receives = t->state == THREAD_BLOCKED_ON_RECEIVE;
    if (sends || receives)
        REQUIRE(is_alive(CAP_ENDPOINT, t->blocked_on));
    if (t->state == THREAD_BLOCKED_ON_NOTIFICATION)
        REQUIRE(is_alive(CAP_NOTIFICATION, t->blocked_on));
    if (t->notification)
        REQUIRE(is_alive(CAP_NOTIFICATION, t->notification) &&
                notification_bound(t->notification) == t);
    REQUIRE(!t->queued || tcb_is_runnable(t));
    const struct slot *reply = slot_next(&t->slot[TCB_REPLY]);
    REQUIRE(!reply || (cap_type(reply->cap) == CAP_REPLY && cap_reply_caller(reply->cap) == t &&
                       !slot_next(reply)));
    REQUIRE(!reply || t->state == THREAD_BLOCKED_ON_REPLY);
}

static void check_queue(const struct tcb_queue *q, const void *object)
{
    const struct tcb *prev = NULL;
    for (const struct tcb *t = q->head; t; prev = t, t = t->next) {
        REQUIRE(is_alive(CAP_TCB, t));
        REQUIRE(t->prev == prev);
        REQUIRE(object ? t->blocked_on == object && t->state == q->head->state : t->queued);
    }
    REQUIRE(q->tail == prev);
}

static void check_object(const struct slot *s)
{
    struct cap c = s->cap;
    switch (cap_type(c)) {
    case CAP_UNTYPED:
        check_untyped(c);
        break;
    case CAP_TCB:
        check_thread(cap_tcb_object(c));
        break;
    case CAP_ENDPOINT:
        check_queue(&cap_endpoint_object(c)->queue, cap_endpoint_object(c));
        break;
    case CAP_NOTIFICATION:
        check_queue(&cap_notification_object(c)->queue, cap_notification_object(c));
        break;
    default:
        break;
    }
}

static void check(void)
{
    collect();
    check_untyped(slots[UNTYPED].cap);
    for (word_t i = 0; i < SLOTS; i++)
        REQUIRE(!slot_is_empty(&slots[i]) || (!slots[i].prev && !slots[i].next_and_marks));
    for (word_t i = 0; i < live_count; i++) {
        check_place(live[i]);
        check_contents(live[i]);
        check_object(live[i]);
        for (word_t k = i + 1; k < live_count; k++)
            check_neighbours(live[i], live[k]);
    }
    for (word_t p = 0; p < PRIORITIES; p++)
        if (core.ready[0].queue[p].head)
            check_queue(&core.ready[0].queue[p], NULL);
}

/* ---- steps
 * --------------------------------------------------------------------------------------- */

/* A slot that user level could name: of the common CNode, or of a CNode in it. */
static struct slot *any_slot(struct input *in)
{
    struct slot *s = &slots[2 + input_below(in, SLOTS - 2)];
    if (cap_type(s->cap) == CAP_CNODE && input_byte(in) % 2)
        s = cap_cnode_slots(s->cap) + input_below(in, BIT(cap_cnode_radix(s->cap)));
    return s;
}

static struct slot *pick(struct input *in, word_t type)
{
    word_t start = input_below(in, SLOTS);
    for (word_t i = 0; i < SLOTS; i++)
        if (cap_type(slots[(start + i) % SLOTS].cap) == type)
            return &slots[(start + i) % SLOTS];
    return NULL;
}

/* Calls a method until it is no longer preempted; gives up now and then. */
static void repeat(struct input *in, seL4_Error (*invoke)(struct invocation *),
                   const struct invocation *call)
{
    for (word_t tries = 0; tries < 5000; tries++) {
        struct invocation inv = *call;
        if (input_byte(in) % 2) { /* the next preemption point stops */
            host.irq_pending = true;
            work_units_left = 1 + input_below(in, 3);
        }
        inv.cap = inv.slot->cap;
        seL4_Error error = invoke(&inv);
        host.irq_pending = false;
        core.current->state = THREAD_RUNNING;
        check();
        if (error || inv.progress == DONE || input_byte(in) % 8 == 0)
            return;
    }
}

static void retype(struct input *in)
{
    static const uint8_t types[] = { OBJECT_UNTYPED,      OBJECT_TCB,   OBJECT_ENDPOINT,
                                     OBJECT_NOTIFICATION, OBJECT_CNODE, OBJECT_CNODE,
                                     OBJECT_TCB,          seL4_X86_4K };
    struct slot *untyped = pick(in, CAP_UNTYPED), *node = pick(in, CAP_CNODE);
    word_t type = types[input_below(in, sizeof(types))];
    word_t bits = type == OBJECT_UNTYPED ? 8 + input_below(in, 6) : 1 + input_below(in, 4);
    if (!untyped)
        return;
    struct invocation inv = host_call(
        untyped, UntypedRetype,
        WORDS(type, bits, 0, 0, 2 + input_below(in, SLOTS), 1 + input_below(in, 3)), EXTRA(node));
    repeat(in, untyped_invoke, &inv);
}

/* Copy, Mint, Move, Mutate; on slots as user level would have found them. */
static void transfer(struct input *in)
{
    struct slot *to = any_slot(in), *from = any_slot(in);
    struct cap cap = from->cap;
    struct invocation inv = { .caller = core.current };
    if (!slot_is_empty(to) || slot_is_empty(from))
        return;
    switch (input_below(in, 4)) {
    case 0:
        if (!object_derive(&inv, from, &cap) && !cap_is_null(cap))
            slot_insert_derived(to, cap, from);
        break;
    case 1:
        cap = cap_update_data(cap, input_below(in, 3), false);
        if (!object_derive(&inv, from, &cap) && !cap_is_null(cap))
            slot_insert_derived(to, cap, from);
        break;
    default:
        slot_move(to, from, cap);
        break;
    }
}

static void swap(struct input *in)
{
    struct slot *a = any_slot(in), *b = any_slot(in);
    if (a != b && !slot_is_empty(a) && !slot_is_empty(b))
        slot_swap(a, a->cap, b, b->cap);
}

/* The slot is reached directly: a method with these arguments could do the same. */
static enum progress (*doing)(struct slot *);
static struct slot *doing_on;
static seL4_Error invoke_doing(struct invocation *inv)
{
    inv->progress = doing(doing_on);
    return seL4_NoError;
}

static void destroy(struct input *in, enum progress (*what)(struct slot *))
{
    struct slot *s = any_slot(in);
    struct invocation inv = { .caller = core.current, .slot = &slots[0] };
    if (s == &slots[UNTYPED] && what == slot_delete)
        return;
    doing = what;
    doing_on = s;
    repeat(in, invoke_doing, &inv);
}

static void delete_one(struct input *in)
{
    destroy(in, slot_delete);
}
static void revoke_one(struct input *in)
{
    destroy(in, slot_revoke);
}

/* A thread gets a capability space, so that CNodes hang on threads too. */
static void give_space(struct input *in)
{
    struct slot *thread = pick(in, CAP_TCB), *node = pick(in, CAP_CNODE);
    if (!thread || !node || node == &slots[0])
        return;
    struct slot *space = &cap_tcb_object(thread->cap)->slot[TCB_CSPACE];
    if (slot_is_empty(space))
        input_byte(in) % 3 ? slot_insert_derived(space, node->cap, node)
                           : slot_move(space, node, node->cap);
}

static void communicate(struct input *in)
{
    struct slot *thread = pick(in, CAP_TCB), *e = pick(in, CAP_ENDPOINT);
    if (!thread || !e)
        return;
    struct tcb *t = cap_tcb_object(thread->cap), *current = core.current;
    if (t->state != THREAD_INACTIVE && t->state != THREAD_RUNNING && t->state != THREAD_RESTART)
        return;
    scheduler_dequeue(t);
    tcb_make_reply_master(t);
    t->state = THREAD_RUNNING;
    core.current = t;
    struct send how = { .badge = cap_badge(e->cap),
                        .blocking = true,
                        .is_call = input_byte(in) % 2,
                        .grant = CAP_RIGHT(RIGHT_GRANT),
                        .can_grant_reply = true };
    switch (input_below(in, 3)) {
    case 0:
        slot_delete_simple(&t->slot[TCB_CALLER]);
        endpoint_receive(cap_endpoint_object(e->cap), t, CAP_RIGHT(RIGHT_GRANT), true);
        break;
    default:
        endpoint_send(cap_endpoint_object(e->cap), t, &how);
        break;
    }
    if (t->state == THREAD_RUNNING)
        scheduler_enqueue_back(t);
    core.current = current;
    scheduler_force();
    core.action = SCHEDULE_RESUME;
}

static void use_notification(struct input *in)
{
    struct slot *thread = pick(in, CAP_TCB), *of_n = pick(in, CAP_NOTIFICATION);
    if (!thread || !of_n)
        return;
    struct tcb *t = cap_tcb_object(thread->cap);
    struct notification *n = cap_notification_object(of_n->cap);
    switch (input_below(in, 3)) {
    case 0:
        if (!t->notification && !notification_bound(n) && !n->queue.head)
            notification_bind(n, t);
        break;
    case 1:
        if (t->state == THREAD_INACTIVE)
            notification_wait(n, t, true);
        break;
    default:
        notification_signal(n, 1);
        scheduler_force();
        core.action = SCHEDULE_RESUME;
        break;
    }
}

static void control_thread(struct input *in)
{
    struct slot *thread = pick(in, CAP_TCB);
    if (!thread)
        return;
    struct tcb *t = cap_tcb_object(thread->cap);
    if (input_byte(in) % 2)
        tcb_suspend(t);
    else
        tcb_resume(t);
    scheduler_force();
    core.action = SCHEDULE_RESUME;
}

/* Something to talk to and to talk with. */
static void begin(void)
{
    const struct {
        word_t type, bits, count;
    } objects[] = {
        { OBJECT_TCB, 0, 3 },          { OBJECT_CNODE, 3, 2 },    { OBJECT_ENDPOINT, 0, 1 },
        { OBJECT_NOTIFICATION, 0, 1 }, { OBJECT_UNTYPED, 13, 1 },
    };
    word_t at = 2;
    for (word_t i = 0; i < sizeof(objects) / sizeof(objects[0]); at += objects[i++].count) {
        struct invocation inv = host_call(
            &slots[UNTYPED], UntypedRetype,
            WORDS(objects[i].type, objects[i].bits, 0, 0, at, objects[i].count), EXTRA(&slots[0]));
        REQUIRE(untyped_invoke(&inv) == seL4_NoError);
    }
    core.current->state = THREAD_RUNNING;
    check();
}

static void revoke_everything(void)
{
    for (word_t tries = 0; slot_revoke(&slots[UNTYPED]) == PREEMPTED; tries++)
        REQUIRE(tries < 100);
    check();
    REQUIRE(live_count == 0);
    for (word_t i = 2; i < SLOTS; i++)
        REQUIRE(slot_is_empty(&slots[i]));
    REQUIRE(core.ready[0].summary == 0);
}

void model_system(struct input *in)
{
    static void (*const steps[])(struct input *) = {
        retype,      retype,      retype,           transfer,       transfer,
        swap,        delete_one,  delete_one,       revoke_one,     give_space,
        communicate, communicate, use_notification, control_thread,
    };
    host_setup(NULL);
    memset(arena, 0, sizeof(arena));
    memset(slots, 0, sizeof(slots));
    slot_insert_root(&slots[0], cap_cnode(slots, RADIX, 0, 0));
    slot_insert_root(&slots[UNTYPED], cap_untyped(memory_physical(arena), ARENA_BITS, false));
    core.current->priority = 255;
    begin();
    while (!input_is_empty(in)) {
        steps[input_below(in, sizeof(steps) / sizeof(steps[0]))](in);
        check();
    }
    revoke_everything();
}
