/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads in the root task's own address and capability space. */
#pragma once

#include "memory.h"

enum { THREADS_MAX = 64 };

struct thread {
    seL4_CPtr tcb;
    seL4_Word place;            /* number of its stack and IPC buffer */
    void (*function)(void *);
    void *argument;
};

/* Make a thread with a stack of 28 KiB and an IPC buffer from the pool.
 *    name: for debug kernels
 *    fault: endpoint that its faults go to, or 0
 *    returns false if there is not enough memory */
bool thread_make(struct thread *t, struct pool *pool, const char *name, seL4_Word priority,
                 seL4_CPtr fault);

/* Let it run function(argument); after that it stops. */
void thread_start(struct thread *t, void (*function)(void *), void *argument);

/* Forget a thread whose pool has been reset: its place is free again. */
void thread_forget(struct thread *t);

/* Name a thread for a debug kernel; nothing in a release kernel. */
void thread_name(seL4_CPtr tcb, const char *name);
