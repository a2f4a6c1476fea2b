/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads.  A thread's whole state is its TCB.  Rules: docs/rules.md, threads 1 to 4. */
#pragma once
#include <arch/context.h>
#include <arch/fpu.h>
#include <arch/hwdebug.h>
#include <arch/vspace.h>
#include <kernel/config.h>
#include <kernel/cspace.h>
#include <kernel/fault.h>
#include <kernel/slot.h>

enum thread_state {
    THREAD_INACTIVE,
    THREAD_RUNNING,
    THREAD_RESTART, /* runnable; continues at its fault IP */
    THREAD_BLOCKED_ON_RECEIVE,
    THREAD_BLOCKED_ON_SEND,
    THREAD_BLOCKED_ON_REPLY,
    THREAD_BLOCKED_ON_NOTIFICATION,
    THREAD_IDLE,
};

/* Capability slots of a TCB, in the order in which they are destroyed last to first. */
enum tcb_slot {
    TCB_CSPACE,
    TCB_VSPACE,
    TCB_REPLY,  /* the master reply capability: parent of the reply capability to this thread */
    TCB_CALLER, /* the reply capability to the thread that this one is serving */
    TCB_BUFFER, /* frame that holds the IPC buffer */
    TCB_SLOTS,
};

#define TCB_FLAG_FPU_DISABLED BIT(0)
#define TCB_FLAGS_KNOWN TCB_FLAG_FPU_DISABLED

/* The order keeps what a short IPC touches in few cache lines: two of slots, one of state and
 * addresses, three of registers (docs/internals.md, "The TCB").
 *   1  while the thread lives, its slots hold what their names say or nothing; a capability space may be
 *      a zombie, an address space has an ASID, the buffer's frame is unmapped
 *   2  what it waits for and what it is bound to exists, and there is a capability to the thread itself
 *   3  it is in a ready queue exactly when it is runnable and not current
 *   4  if it can run or waits for a reply it has its master reply capability
 *   5  domain and time slice are in range
 *   6  the address of the buffer, if good, is what the capability and buffer_address give */
struct tcb {
    struct slot slot[TCB_SLOTS];

    struct tcb *next, *prev; /* queue.c: ready queue, or queue of the object blocked on */
    uint8_t state;           /* enum thread_state */
    uint8_t priority, mcp;
    uint8_t domain;
    bool queued;             /* scheduler.c: in a ready queue */
    uint8_t grant;           /* blocked on send or receive: cap_grant() of the endpoint capability */
    bool can_grant_reply;    /* blocked on send */
    bool is_call;            /* blocked on send */
    struct tcb_queue *blocked_on; /* of an endpoint or notification */

    word_t badge;                       /* blocked on send: of the endpoint capability */
    struct notification *notification;  /* bound notification, or NULL */
    struct fault fault;                 /* recorded until its reply (rules: ipc 8.6) */
    struct vspace_cache space;          /* vspace.c: address space to load */
    word_t fault_handler;               /* cptr in this thread's own capability space */
    word_t buffer_address;              /* user address of the IPC buffer */
    word_t *buffer;                     /* the same as a kernel address, good while the frame capability's */
    word_t buffer_frame;                /* word 0 is still this */
    word_t time_slice;                  /* ticks left */
    word_t flags;                       /* TCB_FLAG_* */
    word_t fpu_in_use;                  /* fpu.c: 1 from the first use of the FPU on */

    struct context context;
    struct hwdebug hwdebug;
    struct fpu fpu;

    struct tcb *debug_next, *debug_prev; /* debug.c: list of all threads, debug kernels only */
    char name[];                         /* debug.c: the rest of the object */
};

#define TCB_BYTES BIT(TCB_BITS)
#define TCB_NAME_BYTES (TCB_BYTES - offsetof(struct tcb, name))
_Static_assert(sizeof(struct tcb) + 64 <= TCB_BYTES, "registers, FPU area and slots fit the object");

static inline bool tcb_is_runnable(const struct tcb *t)
{
    return t->state == THREAD_RUNNING || t->state == THREAD_RESTART;
}

/* Makes a thread of zeroed memory: untyped.md 7. */
void tcb_create(struct tcb *t);

/* Takes a thread out of whatever it is blocked on (rules: ipc 9, "cancel IPC"). */
void tcb_cancel_ipc(struct tcb *t);

/* Suspend and Resume (rules: threads 3.7, 3.9).  Idempotent. */
void tcb_suspend(struct tcb *t);
void tcb_resume(struct tcb *t);

/* Sets the thread pointer, which is in effect when t runs on.  Not sanitised (rules: threads 3.10). */
void tcb_set_tls_base(struct tcb *t, word_t base);

/* The last capability to the thread is gone: nothing refers to it any more after this. */
void tcb_finalise(struct tcb *t);

/* The master reply capability exists from the first resume on. */
void tcb_make_reply_master(struct tcb *t);

/* The IPC buffer's words if they can be both read and written; NULL says nothing. */
static hot_inline word_t *tcb_buffer_quick(const struct tcb *t)
{
    return likely(t->slot[TCB_BUFFER].cap.word[0] == t->buffer_frame) ? t->buffer : NULL;
}

/* Kernel addresses of the IPC buffer's words, or NULL (rules: ipc 1). */
static hot_inline word_t *tcb_buffer_readable(const struct tcb *t)
{
    word_t *quick = tcb_buffer_quick(t);
    return likely(quick != NULL) ? quick : vspace_buffer_readable(t->slot[TCB_BUFFER].cap, t->buffer_address);
}
static hot_inline word_t *tcb_buffer_writable(const struct tcb *t)
{
    word_t *quick = tcb_buffer_quick(t);
    return likely(quick != NULL) ? quick : vspace_buffer_writable(t->slot[TCB_BUFFER].cap, t->buffer_address);
}

/* The buffer slot or address has changed. */
void tcb_buffer_changed(struct tcb *t);

struct invocation;
/* TCB methods: labels of the TCB group of the interface table. */
seL4_Error tcb_invoke(struct invocation *inv);

/* Results of such a method, as far as the caller's message has room, like invocation_return_word(). */
void tcb_return_words(struct invocation *inv, const word_t *words, word_t count);
