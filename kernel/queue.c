/* SPDX-License-Identifier: BSD-2-Clause */
/* Doubly linked queues of threads. */
#include <kernel/queue.h>
#include <kernel/tcb.h>

void queue_append(struct tcb_queue *queue, struct tcb *t)
{
    t->prev = queue->tail;
    t->next = NULL;
    if (queue->tail)
        queue->tail->next = t;
    else
        queue->head = t;
    queue->tail = t;
}

void queue_prepend(struct tcb_queue *queue, struct tcb *t)
{
    t->next = queue->head;
    t->prev = NULL;
    if (queue->head)
        queue->head->prev = t;
    else
        queue->tail = t;
    queue->head = t;
}

void queue_remove(struct tcb_queue *queue, struct tcb *t)
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
