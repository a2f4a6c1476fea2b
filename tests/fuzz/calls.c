/* SPDX-License-Identifier: BSD-2-Clause */
/* Random system calls: mostly a method of the object that a slot was made for, with arguments that
 * are mostly plausible. */
#include "fuzz.h"

/* ---- kinds of objects ----------------------------------------------------------------------- */

enum kind {
    KIND_TCB,
    KIND_ENDPOINT,
    KIND_NOTIFICATION,
    KIND_UNTYPED,
    KIND_FRAME,
    KIND_TABLE,
    KIND_DIRECTORY,
    KIND_PDPT,
    KIND_SPACE,
    KIND_POOL,
    KIND_ASID_CONTROL,
    KIND_DOMAIN,
    KIND_PORT,
    KIND_IRQ,
    KIND_CNODE,
    KINDS
};

static const struct {
    uint8_t first, end;
    uint8_t weight; /* how often it is invoked */
    uint8_t type;   /* of objects that are made */
} kinds[KINDS] = {
    [KIND_TCB] = { PLAY_TCB, PLAY_TCB_END, 14, seL4_TCBObject },
    [KIND_ENDPOINT] = { PLAY_ENDPOINT, PLAY_ENDPOINT_END, 18, seL4_EndpointObject },
    [KIND_NOTIFICATION] = { PLAY_NOTIFICATION, PLAY_NOTIFICATION_END, 6, seL4_NotificationObject },
    [KIND_UNTYPED] = { PLAY_UNTYPED, PLAY_UNTYPED_END, 10 },
    [KIND_FRAME] = { PLAY_FRAME, PLAY_FRAME_END, 10, seL4_X86_4K },
    [KIND_TABLE] = { PLAY_TABLE, PLAY_DIRECTORY, 4, seL4_X86_PageTableObject },
    [KIND_DIRECTORY] = { PLAY_DIRECTORY, PLAY_PDPT, 3, seL4_X86_PageDirectoryObject },
    [KIND_PDPT] = { PLAY_PDPT, PLAY_PDPT_END, 3, seL4_X86_PDPTObject },
    [KIND_SPACE] = { PLAY_SPACE, PLAY_SPACE_END, 1, seL4_X64_PML4Object },
    [KIND_POOL] = { PLAY_POOL, PLAY_POOL + 1, 2 },
    [KIND_ASID_CONTROL] = { PLAY_ASID_CONTROL, PLAY_ASID_CONTROL + 1, 2 },
    [KIND_DOMAIN] = { PLAY_DOMAIN, PLAY_DOMAIN + 1, 2 },
    [KIND_PORT] = { PLAY_PORT, PLAY_PORT + 1, 1 },
    [KIND_IRQ] = { PLAY_IRQ, PLAY_IRQ_END, 3 },
    [KIND_CNODE] = { PLAY_CNODE, PLAY_CNODE_END, 24, seL4_CapTableObject },
};

/* What belongs together: an episode is about one of these, one in four about everything. */
static const uint16_t themes[] = {
    BIT(KIND_TCB) | BIT(KIND_NOTIFICATION) | BIT(KIND_CNODE),
    BIT(KIND_TCB) | BIT(KIND_NOTIFICATION) | BIT(KIND_CNODE) | BIT(KIND_UNTYPED),
    BIT(KIND_TCB) | BIT(KIND_FRAME) | BIT(KIND_CNODE),
    BIT(KIND_TCB) | BIT(KIND_ENDPOINT),
    BIT(KIND_TCB) | BIT(KIND_ENDPOINT) | BIT(KIND_CNODE),
    BIT(KIND_ENDPOINT) | BIT(KIND_NOTIFICATION) | BIT(KIND_CNODE) | BIT(KIND_UNTYPED),
    BIT(KIND_IRQ) | BIT(KIND_NOTIFICATION) | BIT(KIND_CNODE),
    BIT(KIND_UNTYPED) | BIT(KIND_CNODE),
    BIT(KIND_UNTYPED) | BIT(KIND_NOTIFICATION) | BIT(KIND_CNODE),
    BIT(KIND_UNTYPED) | BIT(KIND_TCB) | BIT(KIND_CNODE),
    BIT(KIND_FRAME) | BIT(KIND_TABLE) | BIT(KIND_DIRECTORY) | BIT(KIND_PDPT) | BIT(KIND_SPACE),
    BIT(KIND_FRAME) | BIT(KIND_TABLE) | BIT(KIND_CNODE),
    BIT(KIND_SPACE) | BIT(KIND_POOL) | BIT(KIND_ASID_CONTROL) | BIT(KIND_UNTYPED) | BIT(KIND_CNODE),
    BIT(KIND_PORT) | BIT(KIND_CNODE),
    BIT(KIND_TCB) | BIT(KIND_DOMAIN) | BIT(KIND_UNTYPED),
};
enum { EPISODE = 1 << 24, WINDOW = 4, THEMES = sizeof themes / sizeof themes[0] };

static word_t episode_kinds(word_t episode)
{
    return episode % 4 == 0 ? 0 : themes[episode / 4 % THEMES];
}

static word_t episode_window(word_t episode)
{
    return PLAY_EMPTY + (episode >> 32) % ((PLAY_EMPTY_END - PLAY_EMPTY) / WINDOW) * WINDOW;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static word_t mix(word_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

struct random random_of(word_t batch, word_t step)
{
    word_t start = mix(mix(parameters.seed) + batch);
    word_t episode = mix(start + EPISODE + step / EPISODE_STEPS);
    return (struct random){ mix(start + step), episode_kinds(episode), episode_window(episode) };
}

word_t random_word(struct random *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    return mix(r->state);
}

word_t random_below(struct random *r, word_t n)
{
    return random_word(r) % n;
}
bool random_chance(struct random *r, word_t percent)
{
    return random_below(r, 100) < percent;
}

/* ---- system calls --------------------------------------------------------------------------- */

word_t system_call(word_t number, word_t cptr, word_t info, const word_t mr[4])
{
    register word_t mr0 __asm__("r10") = mr[0];
    register word_t mr1 __asm__("r8") = mr[1];
    register word_t mr2 __asm__("r9") = mr[2];
    register word_t mr3 __asm__("r15") = mr[3];

    /* The kernel need not preserve RSP. */
    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "syscall\n\t"
                     "movq %%rbx, %%rsp"
                     : "+D"(cptr), "+S"(info), "+r"(mr0), "+r"(mr1), "+r"(mr2), "+r"(mr3)
                     : "d"(number)
                     : "rbx", "rcx", "r11", "memory");
    return info;
}

word_t call_perform(const struct call *c, seL4_IPCBuffer *buffer)
{
    for (word_t i = 0; i < c->caps; i++)
        buffer->caps_or_badges[i] = c->cap[i];
    for (word_t i = 4; i < c->length && i < CALL_WORDS; i++)
        buffer->msg[i] = c->mr[i];
    return system_call(c->number, c->cptr, c->label << 12 | c->caps << 7 | (c->length & 127),
                       c->mr);
}

/* ---- slots ---------------------------------------------------------------------------------- */

/* Among those of the episode, or any. */
static word_t random_kind(struct random *r)
{
    word_t kind, among = r->kinds && random_chance(r, 70) ? r->kinds : BIT(KINDS) - 1;
    do
        kind = random_below(r, KINDS);
    while (!(among & BIT(kind)));
    return kind;
}

static word_t empty_slot(struct random *r)
{
    if (r->kinds && random_chance(r, 80))
        return r->window + random_below(r, WINDOW);
    return PLAY_EMPTY + random_below(r, PLAY_EMPTY_END - PLAY_EMPTY);
}

/* One that held such a capability at first: in an episode one of the same two, mostly, and no
 * worker. */
static word_t kind_slot(struct random *r, word_t kind)
{
    word_t first = kinds[kind].first, count = kinds[kind].end - first;
    if (!(r->kinds & BIT(kind)) || random_chance(r, 25))
        return first + random_below(r, count);
    word_t kept = kind == KIND_TCB ? WORKERS : 0;
    return first + kept + (r->window / WINDOW + random_below(r, 2)) % (count - kept);
}

static word_t any_slot(struct random *r)
{
    if (random_chance(r, r->kinds ? 40 : 20))
        return empty_slot(r);
    if (random_chance(r, 10))
        return random_below(r, random_chance(r, 95) ? PLAY_EMPTY_END : 300);
    word_t kind = random_kind(r);
    return kind_slot(r, kind);
}

/* A slot that held such a capability at first; but also any other, and in an episode one that may
 * hold a new one. */
static word_t slot_of(struct random *r, enum kind kind)
{
    if (random_chance(r, 15))
        return any_slot(r);
    if (random_chance(r, r->kinds & BIT(kind) ? 35 : 5))
        return empty_slot(r);
    return kind_slot(r, kind);
}

/* Where something new shall go. */
static word_t new_slot(struct random *r)
{
    return random_chance(r, 90) ? empty_slot(r) : any_slot(r);
}

static word_t depth(struct random *r)
{
    return random_chance(r, 92) ? PLAY_RADIX : random_below(r, 70);
}

/* Mostly the playground itself. */
static word_t root(struct random *r)
{
    return random_chance(r, 90) ? (word_t)PLAY_SELF : slot_of(r, KIND_CNODE);
}

/* Mostly one with an ASID. */
static word_t space(struct random *r)
{
    return random_chance(r, 80) ? PLAY_SPACE + 1 + random_below(r, 2) : slot_of(r, KIND_SPACE);
}

static word_t address(struct random *r)
{
    static const word_t bases[] = {
        PLAY_ADDRESS,   PLAY_ADDRESS,  PLAY_ADDRESS + BIT(39), IPC_ADDRESS(0), IPC_ADDRESS(0),
        IPC_ADDRESS(0), 0x400000,      FREE_ADDRESS,           FREE_ADDRESS,   0,
        0x7fffffffe000, 0x7fffffe00000
    };
    word_t base = bases[random_below(r, sizeof bases / sizeof bases[0])];
    if (random_chance(r, 5))
        return random_word(r);
    if (random_chance(r, 25))
        base += (random_below(r, 3) << 21) + (random_below(r, 2) << 30);
    return random_chance(r, 25) ? base : base + (random_below(r, 10) << 12);
}

/* ---- methods -------------------------------------------------------------------------------- */

static void argue(struct call *c, word_t value)
{
    c->mr[c->length++] = value;
}
static void pass(struct call *c, word_t cptr)
{
    c->cap[c->caps++] = cptr;
}

static void untyped_method(struct random *r, struct call *c)
{
    c->label = UntypedRetype;
    pass(c, root(r));
    bool fitting = r->kinds && random_chance(r, 70);
    word_t kind = random_kind(r);
    argue(c, fitting ? kinds[kind].type : random_below(r, seL4_ObjectTypeCount + 1));
    argue(c, random_chance(r, 90) ? random_below(r, 14) : random_below(r, 70));
    bool nested = random_chance(r, 15);
    argue(c, nested ? slot_of(r, KIND_CNODE) : 0);
    argue(c, nested ? depth(r) : 0);
    argue(c, fitting && random_chance(r, 50) ? kind_slot(r, kind) : new_slot(r));
    argue(c, random_chance(r, 90) ? 1 + random_below(r, fitting ? 2 : 5) : random_below(r, 300));
}

static void cnode_method(struct random *r, struct call *c)
{
    c->cptr = root(r);
    c->label = CNodeRevoke + random_below(r, CNodeSaveCaller - CNodeRevoke + 1);
    /* Taking things away is done less often than it could be; in an episode new ones come. */
    if (c->label <= CNodeDelete && random_chance(r, r->kinds ? 20 : 60))
        c->label = random_chance(r, 50) ? CNodeCopy : CNodeMint;
    if (r->kinds && random_chance(r, 20))
        c->label = random_chance(r, 30) ? CNodeRevoke : CNodeDelete;
    if (r->kinds & BIT(KIND_ENDPOINT) && random_chance(r, 20))
        c->label = CNodeCancelBadgedSends;
    bool makes = c->label >= CNodeCopy;
    if (c->label == CNodeCancelBadgedSends)
        argue(c, slot_of(r, KIND_ENDPOINT));
    else
        argue(c, makes ? new_slot(r) : any_slot(r));
    argue(c, depth(r));
    if (c->label == CNodeRotate) {
        pass(c, root(r));
        pass(c, root(r));
        argue(c, random_below(r, 64));
        argue(c, any_slot(r));
        argue(c, depth(r));
        argue(c, random_below(r, 64));
        argue(c, any_slot(r));
        argue(c, depth(r));
    } else if (makes && c->label != CNodeSaveCaller) {
        pass(c, root(r));
        argue(c, any_slot(r));
        argue(c, depth(r));
        if (c->label != CNodeMove && c->label != CNodeMutate)
            argue(c, random_chance(r, 60) ? 15 : random_below(r, 16));
        if (c->label != CNodeMove)
            argue(c, random_chance(r, 90) ? random_below(r, 5) : random_word(r));
    }
}

static void tcb_registers(struct random *r, struct call *c)
{
    word_t count = random_below(r, 21);
    argue(c, random_below(r, 2));
    argue(c, count);
    for (word_t i = 0; i < count && c->length < CALL_WORDS; i++)
        argue(c, random_chance(r, 50) ? random_word(r) : address(r));
    /* A place where it makes sense to run. */
    if (count > 0 && random_chance(r, 60))
        c->mr[2] = (word_t)worker_start;
}

static void tcb_spaces(struct random *r, struct call *c)
{
    argue(c, slot_of(r, KIND_ENDPOINT));
    argue(c, random_chance(r, 80) ? 64 - PLAY_RADIX : random_below(r, 70));
    argue(c, 0);
    pass(c, root(r));
    pass(c, space(r));
    if (c->label == TCBConfigure) {
        argue(c, random_chance(r, 20)
                     ? 0
                     : IPC_ADDRESS(random_below(r, WORKERS)) + random_below(r, 5) * 512);
        pass(c, slot_of(r, KIND_FRAME));
    }
}

static void tcb_method(struct random *r, struct call *c)
{
    c->label = TCBReadRegisters + random_below(r, TCBSetFlags - TCBReadRegisters + 1);
    if (r->kinds & BIT(KIND_NOTIFICATION) && random_chance(r, 40))
        c->label = random_chance(r, 75) ? (word_t)TCBBindNotification : TCBUnbindNotification;
    switch (c->label) {
    case TCBReadRegisters:
        argue(c, random_below(r, 2));
        argue(c, random_below(r, 23));
        break;
    case TCBWriteRegisters:
        tcb_registers(r, c);
        break;
    case TCBCopyRegisters:
        argue(c, random_below(r, 16));
        pass(c, slot_of(r, KIND_TCB));
        break;
    case TCBConfigure:
    case TCBSetSpace:
        tcb_spaces(r, c);
        break;
    case TCBSetPriority:
    case TCBSetMCPriority:
    case TCBSetSchedParams:
        argue(c, 95 + random_below(r, 10));
        argue(c, 95 + random_below(r, 10));
        pass(c, slot_of(r, KIND_TCB));
        break;
    case TCBSetIPCBuffer:
        argue(c, random_chance(r, 20) ? 0 : IPC_ADDRESS(random_below(r, WORKERS)));
        pass(c, slot_of(r, KIND_FRAME));
        break;
    case TCBBindNotification:
        pass(c, slot_of(r, KIND_NOTIFICATION));
        break;
    default:
        argue(c, random_chance(r, 50) ? random_below(r, 4) : address(r));
        argue(c, random_below(r, 4));
        break;
    }
}

static void frame_method(struct random *r, struct call *c)
{
    c->label = random_chance(r, 65) ? (word_t)X86PageMap : X86PageMap + random_below(r, 3);
    pass(c, space(r));
    bool large = c->cptr >= PLAY_LARGE_FRAME && c->cptr < PLAY_FRAME_END && random_chance(r, 80);
    argue(c, large ? FREE_ADDRESS + (random_below(r, 2) << 21) : address(r));
    argue(c, random_chance(r, 70) ? 3 : random_below(r, 8));
    argue(c, random_below(r, 8));
}

static void table_method(struct random *r, struct call *c, word_t map)
{
    /* Where the table above this one is, and nothing else. */
    word_t place = map == X86PageTableMap       ? FREE_ADDRESS + (random_below(r, 2) << 21)
                   : map == X86PageDirectoryMap ? BIT(30)
                                                : PLAY_ADDRESS;
    c->label = map + random_chance(r, 30);
    pass(c, space(r));
    argue(c, random_chance(r, 60) ? place : address(r));
    argue(c, random_below(r, 8));
}

static void pool_method(struct random *r, struct call *c)
{
    c->label = X86ASIDPoolAssign;
    pass(c, slot_of(r, KIND_SPACE));
}

static void asid_control_method(struct random *r, struct call *c)
{
    c->label = X86ASIDControlMakePool;
    pass(c, slot_of(r, KIND_UNTYPED));
    pass(c, root(r));
    argue(c, new_slot(r));
    argue(c, depth(r));
}

static void domain_method(struct random *r, struct call *c)
{
    c->label = DomainSetSet + random_below(r, 3);
    pass(c, slot_of(r, KIND_TCB));
    argue(c, random_below(r, 2));
    argue(c, random_below(r, 2));
    argue(c, random_below(r, 3) * 1000);
}

static void port_method(struct random *r, struct call *c)
{
    c->label = X86IOPortIn8 + random_below(r, 6);
    argue(c, PORT_FIRST + random_below(r, PORT_COUNT + 4));
    argue(c, random_word(r));
}

static void irq_method(struct random *r, struct call *c)
{
    c->label = IRQAckIRQ + random_below(r, 3);
    pass(c, slot_of(r, KIND_NOTIFICATION));
}

static void method(struct random *r, struct call *c, enum kind kind)
{
    switch (kind) {
    case KIND_TCB:
        tcb_method(r, c);
        break;
    case KIND_UNTYPED:
        untyped_method(r, c);
        break;
    case KIND_FRAME:
        frame_method(r, c);
        break;
    case KIND_TABLE:
        table_method(r, c, X86PageTableMap);
        break;
    case KIND_DIRECTORY:
        table_method(r, c, X86PageDirectoryMap);
        break;
    case KIND_PDPT:
        table_method(r, c, X86PDPTMap);
        break;
    case KIND_POOL:
        pool_method(r, c);
        break;
    case KIND_ASID_CONTROL:
        asid_control_method(r, c);
        break;
    case KIND_DOMAIN:
        domain_method(r, c);
        break;
    case KIND_PORT:
        port_method(r, c);
        break;
    case KIND_IRQ:
        irq_method(r, c);
        break;
    case KIND_CNODE:
        cnode_method(r, c);
        break;
    default:
        break;
    }
}

/* Messages between threads. */
static void message(struct random *r, struct call *c)
{
    static const int8_t numbers[] = { seL4_SysCall,      seL4_SysCall,  seL4_SysReplyRecv,
                                      seL4_SysReplyRecv, seL4_SysSend,  seL4_SysNBSend,
                                      seL4_SysRecv,      seL4_SysReply, seL4_SysNBRecv,
                                      seL4_SysNBRecv };
    c->number = (word_t)(int64_t)numbers[random_below(r, sizeof numbers)];
    c->label = random_below(r, 3);
    c->length = random_chance(r, 70) ? random_below(r, 5) : random_below(r, 128);
    if (random_chance(r, 30))
        for (word_t n = random_below(r, CALL_CAPS + 1); n > 0; n--)
            pass(c, any_slot(r));
    for (word_t i = 0; i < CALL_WORDS; i++)
        c->mr[i] = random_word(r);
}

/* What is wrong with a call on purpose. */
static void damage(struct random *r, struct call *c)
{
    switch (random_below(r, 5)) {
    case 0:
        c->label = random_below(r, 60);
        break;
    case 1:
        c->length = random_below(r, c->length + 1);
        break;
    case 2:
        c->caps = random_below(r, c->caps + 1);
        break;
    case 3:
        c->mr[random_below(r, 6)] = random_word(r);
        break;
    default:
        c->cptr = random_chance(r, 50) ? any_slot(r) : random_word(r);
        break;
    }
}

static word_t weighted_kind(struct random *r)
{
    word_t total = 0, kind = 0;
    for (word_t k = 0; k < KINDS; k++)
        total += kinds[k].weight;
    for (word_t at = random_below(r, total); at >= kinds[kind].weight; kind++)
        at -= kinds[kind].weight;
    return kind;
}

struct call call_random(struct random *r)
{
    struct call c = { .number = (word_t)(int64_t)seL4_SysCall };
    word_t kind = r->kinds ? random_kind(r) : weighted_kind(r);
    if (kind == KIND_SPACE)
        kind = KIND_POOL; /* a PML4 has no methods of its own */
    c.cptr = slot_of(r, (enum kind)kind);
    if (kind == KIND_ENDPOINT || kind == KIND_NOTIFICATION)
        message(r, &c);
    else
        method(r, &c, (enum kind)kind);
    if (random_chance(r, 8))
        damage(r, &c);
    if (random_chance(r, 5))
        c.number = (word_t)(int64_t)(random_chance(r, 50) ? seL4_SysSend : seL4_SysNBSend);
    return c;
}
