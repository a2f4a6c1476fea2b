/* SPDX-License-Identifier: BSD-2-Clause */
/* The model knows for each capability its parent, and for each untyped what is used.
 * Rules: untyped 4 to 6, 8. */
#include "model_untyped.h"
#include <arch/object.h>
#include <arch/x86_64/capability.h>
#include <kernel/untyped.h>
#include <string.h>

#define RADIX       6u
#define NODES       BIT(RADIX)
#define ARENA_BITS  15u
#define ARENA_BYTES BIT(ARENA_BITS)
#define DIRT        0xa5

struct node {
    bool used;
    word_t parent; /* NODES: none */
};

static uint8_t arena[ARENA_BYTES] __attribute__((aligned(ARENA_BYTES)));
static struct slot slots[NODES] __attribute__((aligned(1 << (RADIX + SLOT_BITS))));
static struct node nodes[NODES];
static struct slot root;

struct request {
    word_t untyped, type, size_bits, offset, count;
};

static word_t base_of(word_t n)
{
    return cap_region(slots[n].cap).base;
}
static word_t bytes_of(word_t n)
{
    return cap_region(slots[n].cap).bytes;
}
static bool is_untyped(word_t n)
{
    return cap_type(slots[n].cap) == CAP_UNTYPED;
}

static bool has_child(word_t of)
{
    for (word_t n = 0; n < NODES; n++)
        if (nodes[n].used && nodes[n].parent == of)
            return true;
    return false;
}

/* Log2 bytes of an object.  Rules: untyped 2. */
static word_t bits_of_type(word_t type, word_t size_bits)
{
    static const uint8_t fixed[] = { 0, 11, 4, 5, 0, 12, 12, 30, 12, 21, 12, 12 };
    return type == 0 ? size_bits : type == 4 ? size_bits + 5 : fixed[type];
}

/* The table of rules: untyped 4 from check 3 on, for a destination that needs no lookup. */
static seL4_Error naive_decode(const struct request *r)
{
    struct cap u = slots[r->untyped].cap;
    if (r->type > 11)
        return seL4_InvalidArgument;
    if (r->size_bits >= 64 || bits_of_type(r->type, r->size_bits) > 47)
        return seL4_RangeError;
    if ((r->type == 4 && r->size_bits == 0) || (r->type == 0 && r->size_bits < 4))
        return seL4_InvalidArgument;
    if (r->offset > NODES - 1 || r->count < 1 || r->count > 256 || r->count > NODES - r->offset)
        return seL4_RangeError;
    for (word_t i = 0; i < r->count; i++)
        if (nodes[r->offset + i].used)
            return seL4_DeleteFirst;
    word_t bytes_free =
        bytes_of(r->untyped) - (has_child(r->untyped) ? cap_untyped_watermark(u) : 0);
    if ((unsigned __int128)r->count << bits_of_type(r->type, r->size_bits) > bytes_free)
        return seL4_NotEnoughMemory;
    bool for_devices = r->type == 0 || r->type == 7 || r->type == 8 || r->type == 9;
    return cap_untyped_is_device(u) && !for_devices ? seL4_InvalidArgument : seL4_NoError;
}

static bool is_zero(const void *at, word_t bytes)
{
    const uint8_t *p = at;
    return bytes == 0 || (p[0] == 0 && memcmp(p, p + 1, bytes - 1) == 0);
}

/* Memory of an object that is as Retype leaves it all zero. */
static bool begins_as_zero(word_t n)
{
    word_t type = cap_type(slots[n].cap);
    return type != CAP_TCB && type != CAP_PML4;
}

static bool is_device(word_t n)
{
    struct cap c = slots[n].cap;
    return cap_type(c) == CAP_FRAME ? cap_frame_is_device(c)
                                    : is_untyped(n) && cap_untyped_is_device(c);
}

static void check_untyped(word_t n)
{
    struct cap c = slots[n].cap;
    word_t used = cap_untyped_watermark(c);
    REQUIRE(used <= bytes_of(n));
    if (!cap_untyped_is_device(c))
        REQUIRE(is_zero((uint8_t *)memory_pointer(cap_untyped_base(c)) + used, bytes_of(n) - used));
}

static bool is_descendant(word_t n, word_t of)
{
    for (n = nodes[n].parent; n != NODES; n = nodes[n].parent)
        if (n == of)
            return true;
    return false;
}

/* Two objects are one inside the other only if one was made from the other. */
static void check_pair(word_t a, word_t b)
{
    bool disjoint =
        base_of(a) + bytes_of(a) <= base_of(b) || base_of(b) + bytes_of(b) <= base_of(a);
    bool inside = base_of(a) >= base_of(b) && base_of(a) + bytes_of(a) <= base_of(b) + bytes_of(b);
    REQUIRE(is_descendant(a, b) ? inside : is_descendant(b, a) || disjoint);
}

static void check(void)
{
    for (word_t n = 0; n < NODES; n++) {
        REQUIRE(nodes[n].used == !slot_is_empty(&slots[n]));
        if (!nodes[n].used)
            continue;
        REQUIRE(slot_has_children(&slots[n]) == has_child(n));
        REQUIRE(base_of(n) % bytes_of(n) == 0);
        REQUIRE(base_of(n) >= memory_physical(arena).at);
        REQUIRE(base_of(n) + bytes_of(n) <= memory_physical(arena).at + ARENA_BYTES);
        if (is_untyped(n))
            check_untyped(n);
        for (word_t other = 0; other < n; other++)
            if (nodes[other].used)
                check_pair(n, other);
    }
}

static void accept(const struct request *r)
{
    word_t bytes = BIT(bits_of_type(r->type, r->size_bits));
    for (word_t i = 0; i < r->count; i++) {
        word_t n = r->offset + i;
        REQUIRE(!slot_is_empty(&slots[n]));
        nodes[n] = (struct node){ .used = true, .parent = r->untyped };
        REQUIRE(bytes_of(n) == bytes);
        REQUIRE(base_of(n) == base_of(r->offset) + i * bytes);
        REQUIRE(is_device(n) == cap_untyped_is_device(slots[r->untyped].cap));
        if (begins_as_zero(n) && !is_device(n))
            REQUIRE(is_zero(memory_pointer((paddr_t){ base_of(n) }), bytes));
        if (!is_untyped(n)) /* what its owner does with it */
            memset(memory_pointer((paddr_t){ base_of(n) }), DIRT, bytes);
    }
}

static word_t pick(struct input *in, bool used)
{
    word_t start = input_below(in, NODES);
    for (word_t i = 0; i < NODES; i++)
        if (nodes[(start + i) % NODES].used == used)
            return (start + i) % NODES;
    return NODES;
}

/* Most requests are sensible; some have a number that is not. */
static struct request any_request(struct input *in, word_t untyped)
{
    static const uint8_t types[] = { 0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 8, 10, 11, 7, 9, 12, 255 };
    struct request r = { .untyped = untyped };
    r.type = types[input_below(in, sizeof(types))];
    r.size_bits = input_below(in, 14);
    r.offset = input_below(in, NODES);
    r.count = 1 + input_below(in, 4);
    switch (input_byte(in)) {
    case 1:
        r.size_bits = input_word(in);
        break;
    case 2:
        r.size_bits = input_below(in, 64);
        break;
    case 3:
        r.count = input_word(in);
        break;
    case 4:
        r.count = input_below(in, 300);
        break;
    case 5:
        r.offset = input_word(in);
        break;
    default:
        break;
    }
    return r;
}

static void retype(struct input *in)
{
    static uint8_t memory_before[ARENA_BYTES];
    static struct slot slots_before[NODES];
    word_t untyped = pick(in, true);
    if (untyped == NODES || !is_untyped(untyped))
        return;
    struct request r = any_request(in, untyped);
    seL4_Error expected = naive_decode(&r);
    memcpy(memory_before, arena, sizeof(arena));
    memcpy(slots_before, slots, sizeof(slots));
    struct slot *extra[] = { &root };
    const word_t words[] = { r.type, r.size_bits, 123, 0, r.offset, r.count };
    host.irq_pending = input_byte(in) % 2;
    for (;;) {
        struct invocation inv = host_call(&slots[untyped], UntypedRetype, 6, words, 1, extra);
        REQUIRE(untyped_invoke(&inv) == expected);
        if (expected != seL4_NoError) {
            REQUIRE(memcmp(memory_before, arena, sizeof(arena)) == 0);
            REQUIRE(memcmp(slots_before, slots, sizeof(slots)) == 0);
            return;
        }
        if (inv.progress == DONE)
            break;
        REQUIRE(host.irq_pending && !has_child(untyped));
        check();
        host.irq_pending = input_byte(in) % 2;
    }
    accept(&r);
}

static void remove_one(struct input *in)
{
    word_t n = pick(in, true);
    if (n == 0) /* the arena itself */
        return;
    slot_remove(&slots[n]);
    for (word_t other = 0; other < NODES; other++)
        if (nodes[other].used && nodes[other].parent == n)
            nodes[other].parent = nodes[n].parent;
    nodes[n].used = false;
}

static void copy_untyped(struct input *in)
{
    word_t from = pick(in, true), to = pick(in, false);
    if (to == NODES || !is_untyped(from) || has_child(from))
        return;
    slot_insert_derived(&slots[to], slots[from].cap, &slots[from]);
    nodes[to] = (struct node){ .used = true, .parent = from };
}

void model_untyped(struct input *in)
{
    static void (*const operations[])(
        struct input *) = { retype, retype, retype, retype, remove_one, remove_one, copy_untyped };
    memset(arena, 0, sizeof(arena));
    memset(slots, 0, sizeof(slots));
    memset(nodes, 0, sizeof(nodes));
    root.cap = cap_cnode(slots, RADIX, 0, 0);
    bool device = input_byte(in) % 8 == 0;
    slot_insert_root(&slots[0], cap_untyped(memory_physical(arena), ARENA_BITS, device));
    nodes[0] = (struct node){ .used = true, .parent = NODES };
    while (!input_is_empty(in)) {
        operations[input_below(in, sizeof(operations) / sizeof(operations[0]))](in);
        check();
    }
}
