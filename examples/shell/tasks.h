/* SPDX-License-Identifier: BSD-2-Clause */
/* The threads that the visitor makes: each counts, in a pool of its own. */
#pragma once

#include <kit/thread.h>

enum { TASKS = 8, TASK_PRIORITY_MOST = 100 };

struct task {
    struct pool pool;
    struct thread thread;
    seL4_Word priority;
    bool alive, suspended;
    volatile seL4_Word count;
};

extern struct task tasks[TASKS];

/* Set aside the memory of all of them.  False if there is too little. */
bool tasks_start(void);

/* Start a thread.  Returns null if there is no more place. */
struct task *task_spawn(seL4_Word priority);

/* Destroy the thread and everything it was made of. */
void task_kill(struct task *t);

void task_suspend(struct task *t);
void task_resume(struct task *t);
