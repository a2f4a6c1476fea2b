/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by number, the general path.  Rules: docs/rules.md, ipc 2, 3, 5. */
#pragma once
#include <kernel/types.h>

/* Serves the current thread's system call.  The caller schedules afterwards. */
void syscall_handle(word_t number);
