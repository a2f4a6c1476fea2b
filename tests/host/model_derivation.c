/* SPDX-License-Identifier: BSD-2-Clause */
/* The naive tree: every capability knows its parent; nothing is deduced from positions.
 * Rules: capabilities 4.4. */
#include "model_derivation.h"
#include <arch/capability.h>
#include <arch/x86_64/capability.h>
#include <kernel/untyped.h>
#include <string.h>

#define NODES       48u
#define REGION_BITS 24u
#define BADGES      3u

struct node {
    bool used, original; /* original: what is derived from it is its child, else its sibling */
    word_t parent;       /* NODES: none */
    struct cap cap;
};

static struct slot slots[NODES];
static struct node nodes[NODES];
static word_t regions; /* made by insert_root() */

static bool is_descendant(word_t child, word_t of)
{
    for (word_t n = nodes[child].parent; n != NODES; n = nodes[n].parent)
        if (n == of)
            return true;
    return false;
}

static bool has_child(word_t of)
{
    for (word_t n = 0; n < NODES; n++)
        if (nodes[n].used && nodes[n].parent == of)
            return true;
    return false;
}

/* Same object, by type and what the constructor was given. */
static bool same_object(struct cap a, struct cap b)
{
    if (cap_type(a) != cap_type(b))
        return false;
    switch (cap_type(a)) {
    case CAP_CNODE:
        return cap_cnode_slots(a) == cap_cnode_slots(b) && cap_cnode_radix(a) == cap_cnode_radix(b);
    case CAP_IO_PORT:
        return cap_io_port_first(a) == cap_io_port_first(b) &&
               cap_io_port_last(a) == cap_io_port_last(b);
    case CAP_FRAME:
        return cap_frame_base(a).at == cap_frame_base(b).at &&
               cap_frame_bits(a) == cap_frame_bits(b);
    case CAP_IRQ_HANDLER:
        return cap_irq(a) == cap_irq(b);
    default:
        return cap_object(a) == cap_object(b);
    }
}

static bool is_only_capability(word_t n)
{
    for (word_t other = 0; other < NODES; other++)
        if (other != n && nodes[other].used && same_object(nodes[other].cap, nodes[n].cap))
            return false;
    return true;
}

static void check_links(word_t n)
{
    const struct slot *s = &slots[n], *next = slot_next(s);
    REQUIRE(nodes[n].used == !slot_is_empty(s));
    if (!nodes[n].used) {
        REQUIRE(!s->prev && s->next_and_marks == 0);
        return;
    }
    REQUIRE(s->cap.word[0] == nodes[n].cap.word[0] && s->cap.word[1] == nodes[n].cap.word[1]);
    REQUIRE(!s->prev || slot_next(s->prev) == s);
    REQUIRE(!next || next->prev == s);
    REQUIRE(((slot_marks(s) & SLOT_REVOCABLE) != 0) == nodes[n].original);
}

/* The run behind the slot is the set of its descendants. */
static void check_descendants(word_t n)
{
    word_t in_run = 0, in_tree = 0;
    for (const struct slot *s = slot_next(&slots[n]); s && slot_is_parent(&slots[n], s);
         s = slot_next(s)) {
        REQUIRE(is_descendant((word_t)(s - slots), n));
        in_run++;
    }
    for (word_t other = 0; other < NODES; other++)
        in_tree += nodes[other].used && is_descendant(other, n);
    REQUIRE(in_run == in_tree);
    REQUIRE(slot_has_children(&slots[n]) == (in_tree != 0));
}

static void check(void)
{
    for (word_t n = 0; n < NODES; n++) {
        check_links(n);
        if (!nodes[n].used)
            continue;
        check_descendants(n);
        /* Untypeds and IRQ control share memory or names with others: finality means nothing there.
         */
        word_t type = cap_type(nodes[n].cap);
        if (type != CAP_UNTYPED && type != CAP_IRQ_CONTROL)
            REQUIRE(slot_is_final(&slots[n]) == is_only_capability(n));
    }
}

static word_t pick_empty(struct input *in)
{
    word_t start = input_below(in, NODES);
    for (word_t i = 0; i < NODES; i++)
        if (!nodes[(start + i) % NODES].used)
            return (start + i) % NODES;
    return NODES;
}

static word_t pick_used(struct input *in)
{
    word_t start = input_below(in, NODES);
    for (word_t i = 0; i < NODES; i++)
        if (nodes[(start + i) % NODES].used)
            return (start + i) % NODES;
    return NODES;
}

static void place(word_t n, struct cap cap, word_t parent, bool original)
{
    nodes[n] = (struct node){ .used = true, .original = original, .parent = parent, .cap = cap };
}

static void insert_root(struct input *in)
{
    word_t n = pick_empty(in);
    struct cap cap;
    if (n == NODES)
        return;
    regions++;
    void *at = (void *)(MEMORY_WINDOW + (regions % 1000 << REGION_BITS));
    switch (input_below(in, 4)) {
    case 0:
        cap = cap_endpoint(at, 0, RIGHTS_ALL);
        break;
    case 1:
        cap = cap_tcb(at);
        break;
    default:
        cap = cap_untyped(memory_physical(at), REGION_BITS, false);
        break;
    }
    for (word_t other = 0; other < NODES; other++) {
        struct region used = cap_region(nodes[other].cap);
        if (nodes[other].used && used.base >> REGION_BITS == memory_physical(at).at >> REGION_BITS)
            return;
    }
    slot_insert_root(&slots[n], cap);
    place(n, cap, NODES, true);
}

static struct cap created_cap(struct input *in, paddr_t at)
{
    switch (input_below(in, 6)) {
    case 0:
        return cap_untyped(at, 14 + input_below(in, 4), false);
    case 1:
        return cap_endpoint(memory_pointer(at), 0, RIGHTS_ALL);
    case 2:
        return cap_notification(memory_pointer(at), 0, 3);
    case 3:
        return cap_cnode(memory_pointer(at), 1 + input_below(in, 8), 0, 0);
    case 4:
        return cap_frame(at, 12, false);
    default:
        return cap_tcb(memory_pointer(at));
    }
}

/* As Retype: from the beginning if there are no children, else behind what is used. */
static void create(struct input *in)
{
    word_t untyped = pick_used(in), n = pick_empty(in);
    if (untyped == NODES || n == NODES || cap_type(nodes[untyped].cap) != CAP_UNTYPED)
        return;
    struct cap u = nodes[untyped].cap;
    word_t used = has_child(untyped) ? cap_untyped_watermark(u) : 0;
    struct cap cap = created_cap(in, cap_untyped_base(u));
    word_t bytes = cap_region(cap).bytes, start = (used + bytes - 1) / bytes * bytes;
    if (start + bytes > BIT(cap_untyped_bits(u)))
        return;
    paddr_t at = { cap_untyped_base(u).at + start };
    if (cap_type(cap) == CAP_UNTYPED || cap_type(cap) == CAP_FRAME)
        cap.word[0] += start << CAP_OBJECT_SHIFT;
    else
        cap.word[0] += cap_object_word(memory_pointer(at)) -
                       cap_object_word(memory_pointer(cap_untyped_base(u)));
    u.word[1] = start + bytes;
    slots[untyped].cap = nodes[untyped].cap = u;
    slot_insert_created(&slots[n], cap, &slots[untyped]);
    place(n, cap, untyped, true);
}

/* A capability derived from c, or null if it cannot be. */
static struct cap derived_cap(struct input *in, word_t from)
{
    struct cap c = nodes[from].cap;
    switch (cap_type(c)) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return cap_badge(c) ? c : cap_update_data(c, input_below(in, BADGES), false);
    case CAP_UNTYPED:
        return has_child(from) ? cap_null() : c;
    default:
        return c;
    }
}

static void derive(struct input *in)
{
    word_t from = pick_used(in), n = pick_empty(in);
    if (from == NODES || n == NODES)
        return;
    struct cap c = derived_cap(in, from);
    if (cap_is_null(c) || cap_type(c) == CAP_IRQ_CONTROL || cap_type(c) == CAP_IO_PORT_CONTROL)
        return;
    bool original = cap_type(c) == CAP_UNTYPED;
    if (cap_type(c) == CAP_ENDPOINT || cap_type(c) == CAP_NOTIFICATION)
        original = cap_badge(c) != cap_badge(nodes[from].cap);
    slot_insert_derived(&slots[n], c, &slots[from]);
    place(n, c, nodes[from].original ? from : nodes[from].parent, original);
    if (cap_type(c) == CAP_UNTYPED)
        nodes[from].cap.word[1] = BIT(cap_untyped_bits(c));
}

/* A handler or a port range that nobody has. */
static void issue(struct input *in)
{
    word_t control = pick_used(in), n = pick_empty(in);
    if (control == NODES || n == NODES)
        return;
    word_t type = cap_type(nodes[control].cap), number = input_below(in, 100);
    struct cap c =
        type == CAP_IRQ_CONTROL ? cap_irq_handler(number) : cap_io_port(number * 8, number * 8 + 7);
    if (type != CAP_IRQ_CONTROL && type != CAP_IO_PORT_CONTROL)
        return;
    for (word_t other = 0; other < NODES; other++)
        if (nodes[other].used && same_object(nodes[other].cap, c))
            return;
    slot_insert_derived(&slots[n], c, &slots[control]);
    place(n, c, control, true);
}

static void reparent(word_t from, word_t to)
{
    for (word_t n = 0; n < NODES; n++)
        if (nodes[n].used && nodes[n].parent == from)
            nodes[n].parent = to;
}

static void remove_one(struct input *in)
{
    word_t n = pick_used(in);
    if (n == NODES)
        return;
    slot_remove(&slots[n]);
    reparent(n, nodes[n].parent);
    nodes[n] = (struct node){ 0 };
}

static struct cap changed(struct input *in, struct cap c)
{
    struct cap with_guard = cap_update_data(c, input_below(in, 0x1000), true);
    return cap_type(c) == CAP_CNODE && !cap_is_null(with_guard) ? with_guard : c;
}

static void move(struct input *in)
{
    word_t from = pick_used(in), to = pick_empty(in);
    if (from == NODES || to == NODES)
        return;
    struct cap c = changed(in, nodes[from].cap);
    slot_move(&slots[to], &slots[from], c);
    nodes[to] = nodes[from];
    nodes[to].cap = c;
    nodes[from] = (struct node){ 0 };
    reparent(from, to);
}

static void swap(struct input *in)
{
    word_t a = pick_used(in), b = pick_used(in);
    if (a == NODES || a == b)
        return;
    struct cap for_b = changed(in, nodes[a].cap), for_a = changed(in, nodes[b].cap);
    slot_swap(&slots[a], for_b, &slots[b], for_a);
    struct node old = nodes[a];
    nodes[a] = nodes[b];
    nodes[b] = old;
    nodes[a].cap = for_a;
    nodes[b].cap = for_b;
    for (word_t n = 0; n < NODES; n++)
        if (nodes[n].used)
            nodes[n].parent = nodes[n].parent == a ? b : nodes[n].parent == b ? a : nodes[n].parent;
}

void model_derivation(struct input *in)
{
    static void (*const operations[])(struct input *) = { insert_root, create, create, derive,
                                                          derive,      derive, issue,  remove_one,
                                                          remove_one,  move,   swap };
    memset(slots, 0, sizeof(slots));
    memset(nodes, 0, sizeof(nodes));
    regions = 0;
    slot_insert_root(&slots[0], cap_irq_control());
    place(0, slots[0].cap, NODES, true);
    slot_insert_root(&slots[1], cap_simple(CAP_IO_PORT_CONTROL));
    place(1, slots[1].cap, NODES, true);
    slot_insert_root(&slots[2], cap_untyped((paddr_t){ BIT(36) }, REGION_BITS, false));
    place(2, slots[2].cap, NODES, true);
    while (!input_is_empty(in)) {
        operations[input_below(in, sizeof(operations) / sizeof(operations[0]))](in);
        check();
    }
}
