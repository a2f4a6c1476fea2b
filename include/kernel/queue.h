/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of threads, linked through the TCBs.
 *   1  head == NULL exactly when tail == NULL
 *   2  a thread is in at most one queue: a ready queue exactly when t->queued, otherwise that of the
 *      object it is blocked on
 *   3  all members of an object's queue wait in the same direction
 *   4  the links of each member agree with its neighbours', those of the ends with head and tail */
#pragma once
#include <kernel/tcb.h>

struct tcb_queue {
    struct tcb *head, *tail;
};

static hot_inline void queue_append(struct tcb_queue *queue, struct tcb *t)
{
    t->prev = queue->tail;
    t->next = NULL;
    if (queue->tail)
        queue->tail->next = t;
    else
        queue->head = t;
    queue->tail = t;
}

static hot_inline void queue_prepend(struct tcb_queue *queue, struct tcb *t)
{
    t->next = queue->head;
    t->prev = NULL;
    if (queue->head)
        queue->head->prev = t;
    else
        queue->tail = t;
    queue->head = t;
}

static hot_inline void queue_remove(struct tcb_queue *queue, struct tcb *t)
{
    if (t->prev)
        t->prev->next = t->next;
    else
        queue->head = t->next;
    if (t->next)
        t->next->prev = t->prev;
    else
        queue->tail = t->prev;
}
