/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of system calls, and short ways through the common ones.  Each is a list of conditions, then
 * straight-line work; while a condition fails nothing has been changed, and the general path serves the
 * call with the same result.  Rules: docs/rules.md, fastpath.
 *
 * Compiled with all registers caller-saved: nothing here returns to a C caller. */
#include <kernel/abi.h>
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/endpoint.h>
#include <kernel/entry.h>
#include <kernel/message.h>
#include <kernel/notification.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>

#define TAG_CAPS (MASK(2) << TAG_CAPS_SHIFT)
#define TAG_UNWRAPPED (MASK(3) << TAG_UNWRAPPED_SHIFT)

static struct slot nothing; /* always empty */

static __attribute__((noinline)) struct slot *lookup_levels(const struct cap *root, word_t cptr)
{
    word_t bits = WORD_BITS;
    if (unlikely(cap_type(*root) != CAP_CNODE))
        return &nothing;
    struct slot *slot = cspace_walk(&root, cptr, &bits);
    return likely(slot != NULL) ? slot : &nothing;
}

/* The slot that cptr names, or an empty one: then the general path finds out why. */
static hot_inline struct slot *lookup(const struct tcb *t, word_t cptr)
{
    const struct cap *root = &t->slot[TCB_CSPACE].cap;
    if (unlikely(!cap_cnode_resolves_all(root)))
        return lookup_levels(root, cptr);
    word_t index = cap_cnode_index(root, cptr);
    return cap_cnode_has(root, index) ? cap_cnode_slots(*root) + index : &nothing;
}

static hot_inline bool is_type(struct cap c, enum cap_type type, word_t right)
{
    return (c.word[0] & (CAP_TYPE | CAP_RIGHT(right))) == (type | CAP_RIGHT(right));
}

/* How long a message may be on a path: the two kinds are compiled apart. */
enum size { SHORT, LONG };

/* No capabilities, and all words in registers. */
static hot_inline bool is_short(word_t tag)
{
    return likely((tag & (TAG_CAPS | TAG_LENGTH_MASK)) <= MESSAGE_REGISTERS);
}

/* The words of a long message behind the registers, from buffer to buffer. */
struct words {
    const word_t *from;
    word_t *to;
    word_t count;
};

/* The last condition of a long message: both sides have a buffer. */
static hot_inline bool find_words(const struct tcb *from, const struct tcb *to, word_t tag, struct words *words)
{
    const word_t *source = tcb_buffer_quick(from);
    word_t *dest = tcb_buffer_quick(to);
    if (unlikely(!source) || unlikely(!dest) || unlikely((tag & TAG_LENGTH_MASK) > MESSAGE_MAX_LENGTH))
        return false;
    words->count = (tag & TAG_LENGTH_MASK) - MESSAGE_REGISTERS;
    words->from = source + BUFFER_MESSAGE + MESSAGE_REGISTERS;
    words->to = dest + BUFFER_MESSAGE + MESSAGE_REGISTERS;
    return true;
}

/* Registers, tag and badge. */
static hot_inline void transfer(const struct tcb *from, struct tcb *to, word_t tag, word_t badge,
                                enum size size)
{
    /* There are no capabilities: the same word that is_short() has looked at. */
    word_t length = size == LONG ? MESSAGE_REGISTERS : tag & (TAG_CAPS | TAG_LENGTH_MASK);
    if (length) {
        to->context.message[0] = from->context.message[0];
        if (length > 1) {
            to->context.message[1] = from->context.message[1];
            if (length > 2)
                to->context.message[2] = from->context.message[2];
            if (length > 3)
                to->context.message[3] = from->context.message[3];
        }
    }
    to->context.info = tag & ~TAG_UNWRAPPED;
    to->context.badge = badge;
}

/* Takes the head, which is known, out of a queue. */
static hot_inline void dequeue_head(struct tcb_queue *queue, struct tcb *head)
{
    struct tcb *next = head->next;
    queue->head = next;
    if (next)
        next->prev = NULL;
    else
        queue->tail = NULL;
}

static hot_inline bool has_fault(const struct tcb *t) { return t->fault.type != seL4_Fault_NullFault; }

/* The ways out. */
static hot_inline noreturn void leave_for(struct tcb *t)
{
    if (VARIANT_CHECK)
        check_all("fast path");
    arch_switch_to(t);
}

static hot_inline noreturn void go_on_with(struct tcb *t)
{
    if (VARIANT_CHECK)
        check_all("fast path");
    arch_resume(t);
}

static hot_inline bool in_current_domain(const struct tcb *t) { return NUM_DOMAINS == 1 || t->domain == domain.current; }

/* A thread was woken that is more urgent than the current one: it runs at once. */
static noreturn __attribute__((noinline)) void preempt_with(struct core *c, struct tcb *t, struct tcb *woken)
{
    scheduler_enqueue_front(t);
    c->current = woken;
    leave_for(woken);
}

/* The current thread goes on; the woken one is not more urgent (rules: threads 5.3). */
static noreturn void go_on(struct tcb *t, struct tcb *woken)
{
    if (woken->priority == t->priority)
        scheduler_enqueue_back(woken);
    else
        scheduler_enqueue_front(woken);
    go_on_with(t);
}

/* Conditions under which waking a thread leaves only those two to choose from. */
static hot_inline bool simple_wake(struct core *c, const struct tcb *t, const struct tcb *woken)
{
    return in_current_domain(woken) && in_current_domain(t) && !scheduler_has_above(c, t->priority);
}

static hot_inline void call(struct core *c, struct tcb *t, word_t cptr, word_t tag, enum size size)
{
    struct words words;
    if (unlikely(has_fault(t)))
        return;
    struct slot *slot = lookup(t, cptr);
    struct cap cap = slot->cap;
    if (unlikely(!is_type(cap, CAP_ENDPOINT, RIGHT_WRITE))) {
        if (slot != &nothing)
            entry_call_through(slot, tag);
        return;
    }
    if (size == LONG && unlikely(tag & TAG_CAPS))
        entry_call_through(slot, tag);
    if (unlikely(!(cap.word[0] & CAP_RIGHT(RIGHT_GRANT | RIGHT_GRANT_REPLY))))
        return;
    struct endpoint *e = cap_endpoint_object(cap);
    struct tcb *r = e->queue.head;
    if (unlikely(!r) || unlikely(r->state != THREAD_BLOCKED_ON_RECEIVE))
        return;
    /* The receiver runs at once if it is at least as urgent, or nobody ready is more urgent. */
    if (unlikely(r->priority < t->priority) && scheduler_has_above(c, r->priority))
        return;
    if (unlikely(!in_current_domain(r)) || (size == LONG && !find_words(t, r, tag, &words)))
        return;

    dequeue_head(&e->queue, r);
    t->state = THREAD_BLOCKED_ON_REPLY;
    reply_link(t, r, r->grant);
    transfer(t, r, tag, cap_badge(cap), size);
    r->state = THREAD_RUNNING;
    c->current = r;
    if (size == LONG)
        memory_copy(words.to, words.from, words.count);
    leave_for(r);
}

static hot_inline void reply_receive(struct core *c, struct tcb *t, word_t cptr, word_t tag,
                                     enum size size)
{
    struct words words;
    if ((size == LONG && unlikely(tag & TAG_CAPS)) || unlikely(has_fault(t)))
        return;
    struct cap cap = lookup(t, cptr)->cap;
    if (unlikely(!is_type(cap, CAP_ENDPOINT, RIGHT_READ)))
        return;
    if (unlikely(t->notification != NULL) && notification_is_active(t->notification))
        return;
    struct endpoint *e = cap_endpoint_object(cap);
    struct tcb *tail = e->queue.tail;
    if (tail && unlikely(tail->state != THREAD_BLOCKED_ON_RECEIVE))
        return;
    struct slot *reply = &t->slot[TCB_CALLER];
    if (unlikely(cap_type(reply->cap) != CAP_REPLY))
        return;
    struct tcb *caller = cap_reply_caller(reply->cap);
    if (unlikely(has_fault(caller)) || unlikely(!in_current_domain(caller)))
        return;
    if (scheduler_has_above(c, caller->priority) || (size == LONG && !find_words(t, caller, tag, &words)))
        return;

    t->state = THREAD_BLOCKED_ON_RECEIVE;
    t->blocked_on = &e->queue;
    t->grant = cap_grant(cap);
    t->prev = tail;
    t->next = NULL;
    if (tail)
        tail->next = t;
    else
        e->queue.head = t;
    e->queue.tail = t;
    reply->cap.word[0] = 0;
    reply->prev = NULL;
    caller->slot[TCB_REPLY].next_and_marks = SLOT_MARKS;
    transfer(t, caller, tag, 0, size);
    caller->state = THREAD_RUNNING;
    c->current = caller;
    if (size == LONG)
        memory_copy(words.to, words.from, words.count);
    leave_for(caller);
}

static hot_inline void send_message(struct core *c, struct tcb *t, struct cap cap, word_t tag, bool blocking,
                                    enum size size)
{
    struct words words;
    struct endpoint *e = cap_endpoint_object(cap);
    struct tcb *r = e->queue.head;
    if (!r || r->state != THREAD_BLOCKED_ON_RECEIVE) {
        if (!blocking)
            go_on_with(t);
        return;
    }
    if (unlikely(has_fault(t)) || !simple_wake(c, t, r) ||
        (size == LONG && !find_words(t, r, tag, &words)))
        return;
    dequeue_head(&e->queue, r);
    transfer(t, r, tag, cap_badge(cap), size);
    r->state = THREAD_RUNNING;
    if (size == LONG)
        memory_copy(words.to, words.from, words.count);
    if (r->priority > t->priority)
        preempt_with(c, t, r);
    go_on(t, r);
}

static hot_inline void signal(struct core *c, struct tcb *t, struct cap cap)
{
    struct notification *n = cap_notification_object(cap);
    struct tcb *w = n->queue.head;
    if (w) {
        if (!simple_wake(c, t, w))
            return;
        dequeue_head(&n->queue, w);
        w->context.badge = cap_badge(cap);
        w->state = THREAD_RUNNING;
        if (w->priority > t->priority)
            preempt_with(c, t, w);
        go_on(t, w);
    }
    if (n->bound_and_active == 0) {
        n->badges = cap_badge(cap);
        n->bound_and_active = NOTIFICATION_ACTIVE;
        go_on_with(t);
    }
    if (notification_is_active(n)) {
        n->badges |= cap_badge(cap);
        go_on_with(t);
    }
}

/* Send and NBSend without capabilities, to endpoints and notifications. */
static hot_inline void send(struct core *c, struct tcb *t, word_t cptr, word_t tag, bool blocking)
{
    if (unlikely(tag & TAG_CAPS))
        return;
    struct cap cap = lookup(t, cptr)->cap;
    if (is_type(cap, CAP_NOTIFICATION, RIGHT_WRITE)) {
        signal(c, t, cap);
    } else if (is_type(cap, CAP_ENDPOINT, RIGHT_WRITE)) {
        if (is_short(tag))
            send_message(c, t, cap, tag, blocking, SHORT);
        else
            send_message(c, t, cap, tag, blocking, LONG);
    }
}

/* The receiver has to wait, and others can run without being compared with anybody. */
static noreturn void block(struct core *c, struct tcb *t, struct tcb_queue *queue, enum thread_state state)
{
    t->state = (uint8_t)state;
    t->blocked_on = queue;
    queue_append(queue, t);
    c->action = SCHEDULE_CHOOSE;
    entry_exit();
}

/* Recv and NBRecv, where there is something to take or nothing to be woken. */
static hot_inline void receive(struct core *c, struct tcb *t, word_t cptr, bool blocking)
{
    struct cap cap = lookup(t, cptr)->cap;
    if (is_type(cap, CAP_NOTIFICATION, RIGHT_READ)) {
        struct notification *n = cap_notification_object(cap);
        word_t bound = n->bound_and_active & ~NOTIFICATION_ACTIVE;
        if (unlikely(bound && bound != (word_t)t))
            return;
        if (n->bound_and_active & NOTIFICATION_ACTIVE) {
            t->context.badge = n->badges;
            n->bound_and_active = bound;
            go_on_with(t);
        }
        if (blocking)
            block(c, t, &n->queue, THREAD_BLOCKED_ON_NOTIFICATION);
        t->context.badge = 0;
        go_on_with(t);
    }
    if (is_type(cap, CAP_ENDPOINT, RIGHT_READ)) {
        struct endpoint *e = cap_endpoint_object(cap);
        struct tcb *head = e->queue.head;
        if (t->notification || !slot_is_empty(&t->slot[TCB_CALLER]) ||
            (head && head->state != THREAD_BLOCKED_ON_RECEIVE))
            return;
        if (blocking) {
            t->grant = cap_grant(cap);
            block(c, t, &e->queue, THREAD_BLOCKED_ON_RECEIVE);
        }
        t->context.badge = 0;
        go_on_with(t);
    }
}

/* Yield to the next thread of the same priority, or to nobody. */
static hot_inline void yield(struct core *c, struct tcb *t)
{
    struct tcb_queue *queue = &core_ready(c)->queue[t->priority];
    struct tcb *next = queue->head;
    if (!in_current_domain(t) || scheduler_has_above(c, t->priority))
        return;
    if (!next)
        go_on_with(t);
    dequeue_head(queue, next);
    next->queued = false;
    queue_append(queue, t);
    t->queued = true;
    c->current = next;
    if (next->state == THREAD_RESTART)
        entry_exit();
    leave_for(next);
}

static noreturn __attribute__((noinline)) void entry_call_long(word_t cptr, word_t tag)
{
    call(core_this(), core_this()->current, cptr, tag, LONG);
    entry_syscall_general((word_t)seL4_SysCall);
}

noreturn void entry_call(word_t cptr, word_t tag)
{
    if (VARIANT_CHECK)
        check_entry("Call", (word_t)seL4_SysCall, cptr, tag);
    if (!is_short(tag))
        entry_call_long(cptr, tag);
    call(core_this(), core_this()->current, cptr, tag, SHORT);
    entry_syscall_general((word_t)seL4_SysCall);
}

static noreturn __attribute__((noinline)) void entry_reply_receive_long(word_t cptr, word_t tag)
{
    reply_receive(core_this(), core_this()->current, cptr, tag, LONG);
    entry_syscall_general((word_t)seL4_SysReplyRecv);
}

noreturn void entry_reply_receive(word_t cptr, word_t tag)
{
    if (VARIANT_CHECK)
        check_entry("ReplyRecv", (word_t)seL4_SysReplyRecv, cptr, tag);
    if (!is_short(tag))
        entry_reply_receive_long(cptr, tag);
    reply_receive(core_this(), core_this()->current, cptr, tag, SHORT);
    entry_syscall_general((word_t)seL4_SysReplyRecv);
}

noreturn void entry_syscall(word_t cptr, word_t tag, word_t number)
{
    struct core *c = core_this();
    struct tcb *t = c->current;
    if (VARIANT_CHECK)
        check_entry("system call", number, cptr, tag);
    switch ((int64_t)number) {
    case seL4_SysSend:
        send(c, t, cptr, tag, true);
        break;
    case seL4_SysNBSend:
        send(c, t, cptr, tag, false);
        break;
    case seL4_SysRecv:
        receive(c, t, cptr, true);
        break;
    case seL4_SysNBRecv:
        receive(c, t, cptr, false);
        break;
    case seL4_SysYield:
        yield(c, t);
        break;
    case seL4_SysSetTLSBase:
        if (context_is_tls_base(cptr))
            tcb_set_tls_base(t, cptr);
        go_on_with(t);
    default:
        break;
    }
    entry_syscall_general(number);
}
