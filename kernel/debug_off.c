/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel/debug.h for release kernels: nothing. */
#include <kernel/debug.h>

bool debug_syscall(word_t number)
{
    (void)number;
    return false;
}

void debug_thread_created(struct tcb *t) { (void)t; }
void debug_thread_deleted(struct tcb *t) { (void)t; }
void debug_thread_name(struct tcb *t, const char *name)
{
    (void)t;
    (void)name;
}
const char *debug_name(const struct tcb *t)
{
    (void)t;
    return "";
}
void debug_refused(const struct invocation *inv, seL4_Error error, const char *why)
{
    (void)inv;
    (void)error;
    (void)why;
}
