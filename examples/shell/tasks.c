/* SPDX-License-Identifier: BSD-2-Clause */
#include "tasks.h"

enum { TASK_BITS = 17, TASK_SLOTS = 24 };

struct task tasks[TASKS];

bool tasks_start(void)
{
    for (struct task *t = tasks; t < tasks + TASKS; t++)
        if (!pool_split(&root_pool, &t->pool, "task", TASK_BITS, TASK_SLOTS))
            return false;
    return true;
}

static void count(void *argument)
{
    struct task *t = argument;

    for (;;) {
        t->count = t->count + 1;
        seL4_Yield();
    }
}

struct task *task_spawn(seL4_Word priority)
{
    struct task *t = tasks;

    while (t < tasks + TASKS && t->alive)
        t++;
    if (t == tasks + TASKS)
        return NULL;
    if (!thread_make(&t->thread, &t->pool, "counter", priority, 0)) {
        pool_reset(&t->pool);
        return NULL;
    }
    t->priority = priority;
    t->alive = true;
    t->suspended = false;
    t->count = 0;
    thread_start(&t->thread, count, t);
    return t;
}

void task_kill(struct task *t)
{
    pool_reset(&t->pool);
    thread_forget(&t->thread);
    t->alive = false;
}

void task_suspend(struct task *t)
{
    (void)seL4_TCB_Suspend(t->thread.tcb);
    t->suspended = true;
}

void task_resume(struct task *t)
{
    (void)seL4_TCB_Resume(t->thread.tcb);
    t->suspended = false;
}
