/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of threads, linked through the TCBs.
 *   1  head == NULL exactly when tail == NULL
 *   2  a thread is in at most one queue: a ready queue exactly when t->queued, otherwise that of the
 *      object it is blocked on
 *   3  all members of an object's queue wait in the same direction
 *   4  the links of each member agree with its neighbours', those of the ends with head and tail */
#pragma once
#include <kernel/types.h>

struct tcb;

struct tcb_queue {
    struct tcb *head, *tail;
};

void queue_append(struct tcb_queue *queue, struct tcb *t);
void queue_prepend(struct tcb_queue *queue, struct tcb *t);
void queue_remove(struct tcb_queue *queue, struct tcb *t);
