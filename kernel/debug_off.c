/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel/debug.h for release kernels: nothing, but for the one call of kernels built with COUNT=1. */
#include <arch/count.h>
#include <kernel/core.h>
#include <kernel/debug.h>

/* Which of the counters goes in, its value and its name come back. */
static bool read_count(struct context *c)
{
    c->badge = count_of(c->badge, &c->info);
    return true;
}

bool debug_syscall(word_t number)
{
    return VARIANT_COUNT && (int64_t)number == COUNT_SYSCALL && read_count(&core_this()->current->context);
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
