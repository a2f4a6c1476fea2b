/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug system calls, names of threads, reports of refused invocations.  Debug kernels only.
 * Rules: docs/rules.md, ipc 10. */
#include <arch/console.h>
#include <kernel/abi.h>
#include <kernel/core.h>
#include <kernel/debug.h>
#include <kernel/fatal.h>
#include <kernel/method_names.h>
#include <kernel/print.h>

static const char *const state_names[] = {
    [THREAD_INACTIVE] = "inactive",
    [THREAD_RUNNING] = "running",
    [THREAD_RESTART] = "restart",
    [THREAD_BLOCKED_ON_RECEIVE] = "blocked on receive",
    [THREAD_BLOCKED_ON_SEND] = "blocked on send",
    [THREAD_BLOCKED_ON_REPLY] = "blocked on reply",
    [THREAD_BLOCKED_ON_NOTIFICATION] = "blocked on notification",
    [THREAD_IDLE] = "idle",
};

static const char *const error_names[] = {
    "no error",        "invalid argument", "invalid capability", "illegal operation",
    "range error",     "alignment error",  "failed lookup",      "truncated message",
    "delete first",    "revoke first",     "not enough memory",
};

/* By type number, the processor's types with the names they have in the interface. */
static const char *const type_names[] = {
    "null capability", "frame",          "untyped", "page table",        "endpoint",        "page directory",
    "notification",    "PDPT",           "reply",   "PML4",              "CNode",           "ASID control",
    "TCB",             "ASID pool",      "IRQ control", "",              "IRQ handler",     "",
    "zombie",          "I/O ports",      "domain",
};

static const char *type_name(struct cap c)
{
    return cap_type(c) < sizeof(type_names) / sizeof(type_names[0]) ? type_names[cap_type(c)] : "I/O port control";
}

/* Appends text to a name as far as there is room.  Returns the new length. */
static word_t append(struct tcb *t, word_t length, const char *text)
{
    while (*text && length < TCB_NAME_BYTES - 1)
        t->name[length++] = *text++;
    t->name[length] = '\0';
    return length;
}

void debug_thread_name(struct tcb *t, const char *name) { append(t, 0, name); }
const char *debug_name(const struct tcb *t) { return t->name; }

void debug_thread_created(struct tcb *t)
{
    const struct tcb *creator = core_this()->current; /* none at boot */
    word_t length = append(t, 0, "child of: '");
    length = append(t, length, creator ? creator->name : "");
    append(t, length, "'");
    t->debug_prev = NULL;
    t->debug_next = debug_threads;
    if (debug_threads)
        debug_threads->debug_prev = t;
    debug_threads = t;
}

void debug_thread_deleted(struct tcb *t)
{
    if (t->debug_prev)
        t->debug_prev->debug_next = t->debug_next;
    else
        debug_threads = t->debug_next;
    if (t->debug_next)
        t->debug_next->debug_prev = t->debug_prev;
}

void debug_refused(const struct invocation *inv, seL4_Error error, const char *why)
{
    bool named = inv->label < sizeof(method_names) / sizeof(method_names[0]);
    print("refused: \"%s\" %s, %s at %lx: %s", debug_name(inv->caller),
          named ? method_names[inv->label] : method_names[0], type_name(inv->cap), inv->caller->context.badge,
          error_names[error]);
    for (word_t i = 0; i < inv->error_length; i++)
        print(" %lx", inv->error_word[i]);
    print(" (%s)\n", why);
}

static void dump_scheduler(void)
{
    for (const struct tcb *t = debug_threads; t; t = t->debug_next)
        print("thread \"%s\": %s, priority %u, domain %u, at %lx\n", t->name, state_names[t->state], t->priority,
              t->domain, context_fault_ip(&t->context));
}

/* The capability that this one was derived from, or NULL. */
static const struct slot *parent_of(const struct slot *slot)
{
    const struct slot *above = slot->prev;
    while (above && !slot_is_parent(above, slot))
        above = above->prev;
    return above;
}

/* A line of the snapshot.  The holder is a CNode or a thread, whose slots are TCB_CSPACE and so on. */
static void snapshot_slot(const void *holder, word_t index, const struct slot *slot)
{
    const struct slot *parent = parent_of(slot);
    if (!slot_is_empty(slot))
        print("slot %p in %p at %lu type %lu words %lx %lx parent %p\n", (const void *)slot, holder, index,
              cap_type(slot->cap), slot->cap.word[0], slot->cap.word[1], (const void *)parent);
}

/* The first capability to an object stands before all others to it. */
static bool is_first_to_object(const struct slot *slot)
{
    return !slot->prev || !cap_identical(slot->prev->cap, slot->cap);
}

/* A CNode being walked through. */
struct walk {
    const struct slot *slots;
    word_t count, next;
};

static struct walk walk_cnode(struct cap cnode)
{
    return (struct walk){ cap_cnode_slots(cnode), BIT(cap_cnode_radix(cnode)), 0 };
}

/* The slots of a CNode, and of CNodes to which it holds the first capability, some levels deep. */
static void snapshot_cnode(struct cap cnode)
{
    struct walk level[4] = { walk_cnode(cnode) };
    word_t depth = 1;
    while (depth > 0) {
        struct walk *at = &level[depth - 1];
        if (at->next == at->count) {
            depth--;
            continue;
        }
        const struct slot *slot = &at->slots[at->next];
        snapshot_slot(at->slots, at->next++, slot);
        if (depth < sizeof(level) / sizeof(level[0]) && cap_type(slot->cap) == CAP_CNODE &&
            cap_cnode_slots(slot->cap) != at->slots && is_first_to_object(slot))
            level[depth++] = walk_cnode(slot->cap);
    }
}

/* No thread further up in the list has the same root. */
static bool is_first_with_cspace(const struct tcb *t)
{
    const struct tcb *other = debug_threads;
    while (other != t && !cap_identical(other->slot[TCB_CSPACE].cap, t->slot[TCB_CSPACE].cap))
        other = other->debug_next;
    return other == t;
}

/* For tools/capgraph.py: every thread with its own slots, and the capability spaces.  A slot may be told
 * twice. */
static void snapshot(void)
{
    print("snapshot begins\n");
    for (const struct tcb *t = debug_threads; t; t = t->debug_next) {
        print("thread %p \"%s\" %s priority %u\n", (const void *)t, t->name, state_names[t->state], t->priority);
        for (word_t i = 0; i < TCB_SLOTS; i++)
            snapshot_slot(t, i, &t->slot[i]);
        if (cap_type(t->slot[TCB_CSPACE].cap) == CAP_CNODE && is_first_with_cspace(t))
            snapshot_cnode(t->slot[TCB_CSPACE].cap);
    }
    print("snapshot ends\n");
}

static word_t identify(const struct tcb *t)
{
    struct lookup_failure failure;
    struct slot *slot = cspace_lookup(&t->slot[TCB_CSPACE].cap, (cptr_t){ t->context.badge }, &failure);
    return slot ? cap_type(slot->cap) : CAP_NULL;
}

/* The name is in the caller's message words.  What user level gets wrong here stops the machine, as the
 * interface has it. */
static void name_thread(const struct tcb *t)
{
    struct lookup_failure failure;
    struct slot *slot = cspace_lookup(&t->slot[TCB_CSPACE].cap, (cptr_t){ t->context.badge }, &failure);
    const word_t *buffer = tcb_buffer_readable(t);
    if (!slot || cap_type(slot->cap) != CAP_TCB)
        fatal("DebugNameThread: not a TCB");
    if (!buffer)
        fatal("DebugNameThread: the caller has no IPC buffer");
    const char *name = (const char *)(buffer + BUFFER_MESSAGE);
    word_t length = 0;
    while (length < MESSAGE_MAX_LENGTH * sizeof(word_t) && name[length])
        length++;
    if (length == MESSAGE_MAX_LENGTH * sizeof(word_t))
        fatal("DebugNameThread: the name does not end");
    debug_thread_name(cap_tcb_object(slot->cap), name);
}

bool debug_syscall(word_t number)
{
    struct tcb *t = core_this()->current;
    switch ((int64_t)number) {
    case seL4_SysDebugPutChar:
        console_put((char)t->context.badge);
        return true;
    case seL4_SysDebugDumpScheduler:
        dump_scheduler();
        return true;
    case seL4_SysDebugHalt:
        fatal("DebugHalt");
    case seL4_SysDebugCapIdentify:
        t->context.badge = identify(t);
        return true;
    case seL4_SysDebugSnapshot:
        snapshot();
        return true;
    case seL4_SysDebugNameThread:
        name_thread(t);
        return true;
    default:
        return false;
    }
}
