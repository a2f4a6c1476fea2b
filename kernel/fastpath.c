/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of system calls, and short ways through the common ones.  Each is a list of conditions, then
 * straight-line work; while a condition fails nothing has been changed, and the general path serves the
 * call with the same result.  Rules: docs/rules.md, fastpath.
 *
 * Compiled with all registers caller-saved: nothing here returns to a C caller. */
#include <kernel/abi.h>
#include <kernel/core.h>
#include <kernel/endpoint.h>
#include <kernel/entry.h>
#include <kernel/message.h>
#include <kernel/notification.h>
#include <kernel/scheduler.h>

#define TAG_CAPS (MASK(2) << TAG_CAPS_SHIFT)
#define TAG_UNWRAPPED (MASK(3) << TAG_UNWRAPPED_SHIFT)

/* The capability that cptr names, or the null capability: then the general path finds out why. */
static hot_inline struct cap lookup(const struct tcb *t, word_t cptr)
{
    struct cap root = t->slot[TCB_CSPACE].cap;
    word_t bits = WORD_BITS;
    if (unlikely(cap_type(root) != CAP_CNODE))
        return cap_null();
    const struct slot *slot = cspace_walk(&root, cptr, &bits);
    return likely(slot != NULL) ? slot->cap : cap_null();
}

static hot_inline bool is_type(struct cap c, enum cap_type type, word_t right)
{
    return (c.word[0] & (CAP_TYPE | CAP_RIGHT(right))) == (type | CAP_RIGHT(right));
}

/* A message that needs the buffers of both sides.  NULL in either means the general path. */
struct words {
    const word_t *from;
    word_t *to;
};

/* The message can be transferred here: no capabilities, no recorded fault in its way, and if it is long,
 * buffers on both sides. */
static hot_inline bool transferable(const struct tcb *from, const struct tcb *to, word_t tag, struct words *words)
{
    if (likely((tag & TAG_LENGTH_MASK) <= MESSAGE_REGISTERS))
        return true;
    if (unlikely((tag & TAG_LENGTH_MASK) > MESSAGE_MAX_LENGTH))
        return false;
    words->from = tcb_buffer_readable(from);
    words->to = tcb_buffer_writable(to);
    return words->from && words->to;
}

static hot_inline void transfer(const struct tcb *from, struct tcb *to, word_t tag, word_t badge, struct words words)
{
    word_t length = tag & TAG_LENGTH_MASK;
    if (length) {
        to->context.message[0] = from->context.message[0];
        if (length > 1) {
            to->context.message[1] = from->context.message[1];
            if (length > 2)
                to->context.message[2] = from->context.message[2];
            if (length > 3)
                to->context.message[3] = from->context.message[3];
        }
        if (unlikely(length > MESSAGE_REGISTERS))
            memory_copy(words.to + BUFFER_MESSAGE + MESSAGE_REGISTERS,
                        words.from + BUFFER_MESSAGE + MESSAGE_REGISTERS, length - MESSAGE_REGISTERS);
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

static hot_inline bool in_current_domain(const struct tcb *t) { return NUM_DOMAINS == 1 || t->domain == domain.current; }

/* A thread was woken that is more urgent than the current one: it runs at once. */
static noreturn void preempt_with(struct core *c, struct tcb *t, struct tcb *woken)
{
    scheduler_enqueue_front(t);
    c->current = woken;
    arch_switch_to(woken);
}

/* The current thread goes on; the woken one is not more urgent (rules: threads 5.3). */
static noreturn void go_on(struct tcb *t, struct tcb *woken)
{
    if (woken->priority == t->priority)
        scheduler_enqueue_back(woken);
    else
        scheduler_enqueue_front(woken);
    arch_resume(&t->context);
}

/* Conditions under which waking a thread leaves only those two to choose from. */
static hot_inline bool simple_wake(struct core *c, const struct tcb *t, const struct tcb *woken)
{
    return in_current_domain(woken) && in_current_domain(t) && !scheduler_has_above(c, t->priority);
}

static hot_inline void call(struct core *c, struct tcb *t, word_t cptr, word_t tag)
{
    struct words words = { NULL, NULL };
    if (unlikely(tag & TAG_CAPS) || unlikely(has_fault(t)))
        return;
    struct cap cap = lookup(t, cptr);
    if (unlikely(!is_type(cap, CAP_ENDPOINT, RIGHT_WRITE)) ||
        unlikely(!(cap.word[0] & CAP_RIGHT(RIGHT_GRANT | RIGHT_GRANT_REPLY))))
        return;
    struct endpoint *e = cap_endpoint_object(cap);
    struct tcb *r = e->queue.head;
    if (unlikely(!r) || unlikely(r->state != THREAD_BLOCKED_ON_RECEIVE))
        return;
    /* The receiver runs at once if it is at least as urgent, or nobody ready is more urgent. */
    if (unlikely(r->priority < t->priority) && scheduler_has_above(c, r->priority))
        return;
    if (unlikely(!in_current_domain(r)) || !transferable(t, r, tag, &words))
        return;

    dequeue_head(&e->queue, r);
    t->state = THREAD_BLOCKED_ON_REPLY;
    struct slot *reply = &r->slot[TCB_CALLER], *master = &t->slot[TCB_REPLY];
    reply->cap.word[0] = cap_reply(t, r->can_grant).word[0];
    reply->prev = master;
    master->next_and_marks = (word_t)reply | SLOT_MARKS;
    transfer(t, r, tag, cap_badge(cap), words);
    r->state = THREAD_RUNNING;
    c->current = r;
    arch_switch_to(r);
}

static hot_inline void reply_receive(struct core *c, struct tcb *t, word_t cptr, word_t tag)
{
    struct words words = { NULL, NULL };
    if (unlikely(tag & TAG_CAPS) || unlikely(has_fault(t)))
        return;
    struct cap cap = lookup(t, cptr);
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
    if (scheduler_has_above(c, caller->priority) || !transferable(t, caller, tag, &words))
        return;

    t->state = THREAD_BLOCKED_ON_RECEIVE;
    t->blocked_on = e;
    t->can_grant = cap_has_right(cap, RIGHT_GRANT);
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
    transfer(t, caller, tag, 0, words);
    caller->state = THREAD_RUNNING;
    c->current = caller;
    arch_switch_to(caller);
}

static hot_inline void send_message(struct core *c, struct tcb *t, struct cap cap, word_t tag, bool blocking)
{
    struct words words = { NULL, NULL };
    struct endpoint *e = cap_endpoint_object(cap);
    struct tcb *r = e->queue.head;
    if (!r || r->state != THREAD_BLOCKED_ON_RECEIVE) {
        if (!blocking)
            arch_resume(&t->context);
        return;
    }
    if (unlikely(has_fault(t)) || !simple_wake(c, t, r) || !transferable(t, r, tag, &words))
        return;
    dequeue_head(&e->queue, r);
    transfer(t, r, tag, cap_badge(cap), words);
    r->state = THREAD_RUNNING;
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
        arch_resume(&t->context);
    }
    if (notification_is_active(n)) {
        n->badges |= cap_badge(cap);
        arch_resume(&t->context);
    }
}

/* Send and NBSend without capabilities, to endpoints and notifications. */
static hot_inline void send(struct core *c, struct tcb *t, word_t cptr, word_t tag, bool blocking)
{
    if (unlikely(tag & TAG_CAPS))
        return;
    struct cap cap = lookup(t, cptr);
    if (is_type(cap, CAP_NOTIFICATION, RIGHT_WRITE))
        signal(c, t, cap);
    else if (is_type(cap, CAP_ENDPOINT, RIGHT_WRITE))
        send_message(c, t, cap, tag, blocking);
}

/* The receiver has to wait, and others can run without being compared with anybody. */
static noreturn void block(struct core *c, struct tcb *t, struct tcb_queue *queue, void *object,
                           enum thread_state state)
{
    t->state = (uint8_t)state;
    t->blocked_on = object;
    queue_append(queue, t);
    c->action = SCHEDULE_CHOOSE;
    entry_exit();
}

/* Recv and NBRecv, where there is something to take or nothing to be woken. */
static hot_inline void receive(struct core *c, struct tcb *t, word_t cptr, bool blocking)
{
    struct cap cap = lookup(t, cptr);
    if (is_type(cap, CAP_NOTIFICATION, RIGHT_READ)) {
        struct notification *n = cap_notification_object(cap);
        word_t bound = n->bound_and_active & ~NOTIFICATION_ACTIVE;
        if (unlikely(bound && bound != (word_t)t))
            return;
        if (n->bound_and_active & NOTIFICATION_ACTIVE) {
            t->context.badge = n->badges;
            n->bound_and_active = bound;
            arch_resume(&t->context);
        }
        if (blocking)
            block(c, t, &n->queue, n, THREAD_BLOCKED_ON_NOTIFICATION);
        t->context.badge = 0;
        arch_resume(&t->context);
    }
    if (is_type(cap, CAP_ENDPOINT, RIGHT_READ)) {
        struct endpoint *e = cap_endpoint_object(cap);
        struct tcb *head = e->queue.head;
        if (t->notification || !slot_is_empty(&t->slot[TCB_CALLER]) ||
            (head && head->state != THREAD_BLOCKED_ON_RECEIVE))
            return;
        if (blocking) {
            t->can_grant = cap_has_right(cap, RIGHT_GRANT);
            block(c, t, &e->queue, e, THREAD_BLOCKED_ON_RECEIVE);
        }
        t->context.badge = 0;
        arch_resume(&t->context);
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
        arch_resume(&t->context);
    dequeue_head(queue, next);
    next->queued = false;
    queue_append(queue, t);
    t->queued = true;
    c->current = next;
    if (next->state == THREAD_RESTART)
        entry_exit();
    arch_switch_to(next);
}

noreturn void entry_syscall(word_t cptr, word_t tag, word_t number)
{
    struct core *c = core_this();
    struct tcb *t = c->current;
    switch ((int64_t)number) {
    case seL4_SysCall:
        call(c, t, cptr, tag);
        break;
    case seL4_SysReplyRecv:
        reply_receive(c, t, cptr, tag);
        break;
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
    default:
        break;
    }
    entry_syscall_general(number);
}
