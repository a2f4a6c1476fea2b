/* SPDX-License-Identifier: BSD-2-Clause */
/* Debug system calls, names of threads, reports to the developer.  Rules: docs/rules.md, ipc 10. */
#pragma once
#include <kernel/invocation.h>

/* Serves a debug system call of the current thread.  False: no such call in this variant. */
bool debug_syscall(word_t number);

/* Debug kernels know all threads by name; in release kernels these do nothing. */
void debug_thread_created(struct tcb *t);
void debug_thread_deleted(struct tcb *t);
void debug_thread_name(struct tcb *t, const char *name);
const char *debug_name(const struct tcb *t);

/* One line about a refused invocation. */
void debug_refused(const struct invocation *inv, seL4_Error error, const char *why);
