/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker: slots, derivation lists, untyped memory.  Finds every capability from the threads
 * and interrupt lines on, through CNodes and along derivation lists, and checks the invariants of
 * what it meets.  Changes nothing.  Kernels built with CHECK=1 only.
 *
 * A check costs some hundred instructions for each capability, and comes after every kernel entry
 * as long as there are no more than FULL_KEYS things to remember; beyond, after every second entry,
 * third, and so on.  Three things are only sampled, since their cost does not depend on what
 * exists: that the empty slots of a large CNode are zero, memory above watermarks beyond its first
 * bytes, and address spaces other than the loaded one.  A window over them moves on with each
 * check. */
#include <arch/check.h>
#include <arch/vspace.h>
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/debug.h>
#include <kernel/fatal.h>
#include <kernel/print.h>
#include <kernel/untyped.h>

#define SET_BITS     16
#define SET_ENTRIES  BIT(SET_BITS)
#define SET_LIMIT    (SET_ENTRIES / 4 * 3)
#define FULL_KEYS    2048u
#define CONTAINERS   4096u
#define WINDOW_SLOTS 256u
#define WINDOW_BYTES 1024u
#define FIRST_BYTES  64u

/* Kinds of keys, where word 1 of a capability or NULL would stand: mapped addresses are below. */
#define KEY_SLOT   (~(word_t)0)
#define KEY_OBJECT (~(word_t)1)

struct key {
    word_t a, b;
    word_t round; /* when it was put in: others do not count */
};

struct container {
    struct slot *first;
    word_t count, occupied; /* slots from `occupied` on are empty */
};

/* No object and not per core: it describes the whole system, and exists in these kernels only. */
static struct checker {
    word_t round;
    word_t keys;
    word_t due; /* entries until the next check */
    struct key set[SET_ENTRIES];
    word_t containers;
    struct container container[CONTAINERS];
    struct {
        word_t cursor;     /* memory below has been looked at */
        word_t start, end; /* of the next free memory behind it */
        const struct slot *untyped;
    } sweep;
    bool overflow_reported;
    struct {
        const char *what, *after;
        word_t a, b, c;
        const struct tcb *by;
        char name[32];
    } entry;
} checker;

/* ---- report --------------------------------------------------------------------------------- */

void check_entry(const char *what, word_t a, word_t b, word_t c)
{
    const struct tcb *by = core_this()->current;
    checker.entry.what = what;
    checker.entry.a = a;
    checker.entry.b = b;
    checker.entry.c = c;
    checker.entry.by = by;
    for (word_t i = 0; i < sizeof checker.entry.name - 1; i++)
        checker.entry.name[i] = by->name[i];
}

noreturn void check_broken(const char *structure, word_t number, const void *where)
{
    const word_t *at = where;
    print("\nINVARIANT %s %lu is broken at %p: %lx %lx %lx %lx\n", structure, number, where, at[0],
          at[1], at[2], at[3]);
    print("after %s, entered by thread %p \"%s\" for %s %lx %lx %lx, in check %lu\n",
          checker.entry.after, (const void *)checker.entry.by, checker.entry.name,
          checker.entry.what ? checker.entry.what : "?", checker.entry.a, checker.entry.b,
          checker.entry.c, checker.round);
    fatal("an invariant does not hold");
}

/* ---- the set of what has been met ----------------------------------------------------------- */

static struct key *set_find(word_t a, word_t b)
{
    word_t i = ((a ^ b * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u) >> (WORD_BITS - SET_BITS);
    for (;; i = (i + 1) % SET_ENTRIES) {
        struct key *k = &checker.set[i];
        if (k->round != checker.round || (k->a == a && k->b == b))
            return k;
    }
}

static bool set_has(word_t a, word_t b)
{
    return set_find(a, b)->round == checker.round;
}

/* False: it was there already. */
static bool set_add(word_t a, word_t b)
{
    struct key *k = set_find(a, b);
    if (k->round == checker.round)
        return false;
    if (++checker.keys > SET_LIMIT)
        fatal("check: more capabilities than the checker has room for");
    *k = (struct key){ a, b, checker.round };
    return true;
}

/* What tells the object: untypeds of any size can begin at one address. */
static word_t identity(struct cap c)
{
    return cap_type(c) == CAP_UNTYPED ? c.word[0] : c.word[0] & CAP_IDENTITY;
}

bool check_exists(struct cap c)
{
    return set_has(identity(c), KEY_OBJECT);
}

bool check_exists_mapped(struct cap c)
{
    return set_has(c.word[0] & (CAP_IDENTITY | CAP_RIGHT(RIGHT_WRITE)), c.word[1]);
}

/* ---- capabilities and their place in the lists ---------------------------------------------- */

#define KNOWN_TYPES                                                                                \
    (BIT(CAP_UNTYPED) | BIT(CAP_ENDPOINT) | BIT(CAP_NOTIFICATION) | BIT(CAP_REPLY) |               \
     BIT(CAP_CNODE) | BIT(CAP_TCB) | BIT(CAP_IRQ_CONTROL) | BIT(CAP_IRQ_HANDLER) |                 \
     BIT(CAP_ZOMBIE) | BIT(CAP_DOMAIN))

static void push(struct slot *first, word_t count, word_t occupied)
{
    if (checker.containers == CONTAINERS) {
        if (!checker.overflow_reported)
            print("check: some of more than %u containers are not looked into\n", CONTAINERS);
        checker.overflow_reported = true;
        return;
    }
    checker.container[checker.containers++] = (struct container){ first, count, occupied };
}

static void check_zeros(const struct slot *untyped, word_t start, word_t end)
{
    for (const word_t *p = memory_pointer((paddr_t){ start }); start < end; start += sizeof *p, p++)
        check(*p == 0, "untyped", 1, untyped);
}

static void check_untyped(const struct slot *s)
{
    word_t watermark = cap_untyped_watermark(s->cap), size = BIT(cap_untyped_bits(s->cap));
    check(watermark <= size && watermark % BIT(UNTYPED_MIN_BITS) == 0, "untyped", 2, s);
    check(s->next_and_marks & SLOT_REVOCABLE, "untyped", 4, s);
    if (cap_untyped_is_device(s->cap) || watermark == size)
        return;
    word_t start = cap_untyped_base(s->cap).at + watermark,
           end = cap_untyped_base(s->cap).at + size;
    check_zeros(s, start, end - start < FIRST_BYTES ? end : start + FIRST_BYTES);
    if (start < checker.sweep.cursor)
        start = checker.sweep.cursor;
    if (start < end && start < checker.sweep.start) {
        checker.sweep.start = start;
        checker.sweep.end = end;
        checker.sweep.untyped = s;
    }
}

static void check_cnode(const struct slot *s)
{
    word_t level = cap_cnode_level(s->cap), radix = cap_cnode_radix(s->cap), guard = s->cap.word[1];
    check(1 <= radix && radix <= level && level <= WORD_BITS, "capability", 4, s);
    check(guard % BIT(radix) == 0 && (level == WORD_BITS || guard >> level == 0), "capability", 4, s);
}

/* Once for each object.  Slots of living threads are looked into anyway. */
static void check_object(struct slot *s)
{
    struct cap c = s->cap;
    switch (cap_type(c)) {
    case CAP_ENDPOINT:
        check_endpoint(c);
        break;
    case CAP_NOTIFICATION:
        check_notification(c);
        break;
    case CAP_CNODE:
        push(cap_cnode_slots(c), BIT(cap_cnode_radix(c)), BIT(cap_cnode_radix(c)));
        break;
    case CAP_ZOMBIE:
        push(cap_zombie_slots(c), cap_zombie_is_tcb(c) ? TCB_SLOTS : BIT(cap_zombie_radix(c)),
             cap_zombie_count(c));
        break;
    default:
        if (cap_is_arch(c))
            arch_check_object(s);
        break;
    }
}

static void check_reply(const struct slot *s)
{
    struct tcb *caller = cap_reply_caller(s->cap);
    const struct slot *master = &caller->slot[TCB_REPLY];
    if (cap_reply_is_master(s->cap)) {
        check(s == master && !s->prev, "reply", 1, s);
    } else {
        check(caller->state == THREAD_BLOCKED_ON_REPLY, "reply", 2, s);
        check(s->prev == master && !slot_next(s), "reply", 2, s);
    }
}

/* Both name memory, the first directly before the second in a list. */
static void check_neighbours(const struct slot *s, struct region before, struct region own)
{
    const struct slot *prev = s->prev;
    bool untyped = cap_type(prev->cap) == CAP_UNTYPED;
    if (identity(prev->cap) == identity(s->cap)) {
        check(!untyped || cap_untyped_watermark(prev->cap) == before.bytes, "untyped", 3, prev);
    } else if (untyped && own.base - before.base < before.bytes) {
        check(slot_is_parent(prev, s), "slot", 6, s);
        check(own.base + own.bytes - before.base <= cap_untyped_watermark(prev->cap), "untyped", 2,
              s);
    } else {
        check(own.base + own.bytes <= before.base, "slot", 6, s);
    }
}

/* Returns the memory of its object. */
static struct region check_slot(struct slot *s, struct region before)
{
    struct cap c = s->cap;
    check(cap_is_arch(c) ? arch_check_knows(cap_type(c)) : (KNOWN_TYPES & BIT(cap_type(c))) != 0,
          "capability", 1, s);
    check(slot_marks(s) != SLOT_REVOCABLE, "slot", 5, s);
    struct region own = cap_region(c);
    check(own.bytes == 0 || own.base % own.bytes == 0, "capability", 2, s);
    if (s->prev && own.bytes && before.bytes)
        check_neighbours(s, before, own);
    else
        check(!s->prev || own.bytes == before.bytes, "slot", 6, s);
    if (!s->prev || identity(s->prev->cap) != identity(c)) {
        check(set_add(identity(c), KEY_OBJECT), "slot", 4, s);
        check_object(s);
    }
    if (cap_type(c) == CAP_UNTYPED)
        check_untyped(s);
    else if (cap_type(c) == CAP_CNODE)
        check_cnode(s);
    else if (cap_type(c) == CAP_REPLY)
        check_reply(s);
    else if (cap_is_arch(c) && c.word[1])
        set_add(c.word[0] & (CAP_IDENTITY | CAP_RIGHT(RIGHT_WRITE)), c.word[1]);
    return own;
}

static bool plausible(const struct slot *s)
{
    return (word_t)s >= MEMORY_WINDOW && !slot_is_empty(s);
}

/* The whole list of which s is a part. */
static void check_list(struct slot *s)
{
    for (word_t steps = 0; s->prev; s = s->prev)
        check(steps++ < SET_ENTRIES && plausible(s->prev) && slot_next(s->prev) == s, "slot", 2, s);
    struct region region = { 0, 0 };
    while (s) {
        struct slot *next = slot_next(s);
        check(set_add((word_t)s, KEY_SLOT), "slot", 2, s);
        check(!next || (plausible(next) && next->prev == s), "slot", 2, s);
        region = check_slot(s, region);
        s = next;
    }
}

/* Empty slots are zero. */
static void check_empty(const struct slot *s, word_t count)
{
    for (const struct slot *end = s + count; s < end; s++)
        if (slot_is_empty(s))
            check(!(s->cap.word[0] | s->cap.word[1] | (word_t)s->prev | s->next_and_marks), "slot",
                  1, s);
}

static struct slot *skip_empty(struct slot *s, const struct slot *end)
{
    while (
        s + 4 <= end &&
        !((s[0].cap.word[0] | s[1].cap.word[0] | s[2].cap.word[0] | s[3].cap.word[0]) & CAP_TYPE))
        s += 4;
    while (s < end && slot_is_empty(s))
        s++;
    return s;
}

static void check_container(const struct container *c)
{
    word_t window = checker.round * WINDOW_SLOTS % c->count;
    struct slot *s = c->first, *end = s + c->count;
    for (;;) {
        s = skip_empty(s, end);
        if (s == end)
            break;
        check(s < c->first + c->occupied, "capability", 3, s);
        if (!s->prev && !slot_next(s))
            check_slot(s, (struct region){ 0, 0 }); /* nobody else leads here */
        else if (!set_has((word_t)s, KEY_SLOT))
            check_list(s);
        s++;
    }
    if (c->count <= WINDOW_SLOTS)
        check_empty(c->first, c->count);
    else
        check_empty(c->first + window, WINDOW_SLOTS);
}

/* A window of memory above the watermarks. */
static void check_sweep(void)
{
    word_t start = checker.sweep.start, end = checker.sweep.end;
    if (end == 0) {
        checker.sweep.cursor = 0;
        return;
    }
    if (end - start > WINDOW_BYTES)
        end = start + WINDOW_BYTES;
    check_zeros(checker.sweep.untyped, start, end);
    checker.sweep.cursor = end;
}

void check_all(const char *after)
{
    if (checker.due > 0) {
        checker.due--;
        return;
    }
    checker.round++;
    checker.entry.after = after;
    checker.keys = checker.containers = 0;
    checker.sweep.start = ~(word_t)0;
    checker.sweep.end = 0;

    check_threads_begin();
    for (struct tcb *t = debug_threads; t; t = t->debug_next)
        push(t->slot, TCB_SLOTS, TCB_SLOTS);
    for (word_t i = 0; i < IRQ_COUNT; i++)
        if (irq_lines[i].state == IRQ_SIGNAL)
            push(&irq_lines[i].notification, 1, 1);
    for (word_t i = 0; i < checker.containers; i++)
        check_container(&checker.container[i]);
    check_sweep();
    check_threads_end();
    arch_check();
    checker.due = checker.keys / FULL_KEYS;
}
