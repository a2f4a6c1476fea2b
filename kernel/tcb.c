/* SPDX-License-Identifier: BSD-2-Clause */
/* Life of a thread: creation, suspend and resume, the end.  Rules: docs/rules.md, threads. */
#include <kernel/abi.h>
#include <kernel/config.h>
#include <kernel/debug.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/reply.h>
#include <kernel/scheduler.h>
#include <kernel/tcb.h>

void tcb_create(struct tcb *t)
{
    t->time_slice = TIME_SLICE;
    t->domain = (uint8_t)domain.current;
    context_create(&t->context);
    fpu_create(t);
}

void tcb_buffer_changed(struct tcb *t)
{
    t->buffer = vspace_buffer_writable(t->slot[TCB_BUFFER].cap, t->buffer_address);
    t->buffer_frame = t->slot[TCB_BUFFER].cap.word[0];
}

void tcb_make_reply_master(struct tcb *t)
{
    if (slot_is_empty(&t->slot[TCB_REPLY]))
        slot_insert_root(&t->slot[TCB_REPLY], cap_reply_master(t));
}

void tcb_cancel_ipc(struct tcb *t)
{
    switch (t->state) {
    case THREAD_BLOCKED_ON_SEND:
    case THREAD_BLOCKED_ON_RECEIVE:
    case THREAD_BLOCKED_ON_NOTIFICATION:
        thread_leave_queue(t);
        break;
    case THREAD_BLOCKED_ON_REPLY:
        t->fault.type = seL4_Fault_NullFault;
        reply_revoke(t);
        break;
    default:
        break;
    }
}

void tcb_suspend(struct tcb *t)
{
    tcb_cancel_ipc(t);
    if (t->state == THREAD_RUNNING)
        context_settle(&t->context);
    scheduler_dequeue(t);
    thread_block(t, THREAD_INACTIVE);
}

void tcb_resume(struct tcb *t)
{
    if (tcb_is_runnable(t) || t->state == THREAD_IDLE)
        return;
    tcb_cancel_ipc(t);
    tcb_make_reply_master(t);
    t->state = THREAD_RESTART;
    scheduler_enqueue_front(t);
    scheduler_wake_behind(t);
}

void tcb_set_tls_base(struct tcb *t, word_t base)
{
    arch_bases_save(t);
    t->context.tls_base = base;
    arch_bases_load(t);
}

void tcb_finalise(struct tcb *t)
{
    if (t->notification)
        notification_unbind(t);
    tcb_suspend(t);
    fpu_forget(t);
    debug_thread_deleted(t);
}
