/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by number, the general path.  Rules: docs/rules.md, ipc 2, 3, 5. */
#pragma once
#include <kernel/slot.h>

/* Serves the current thread's system call.  The caller schedules afterwards. */
void syscall_handle(word_t number);

/* Serves the current thread's Call, whose capability has been found in slot. */
void syscall_call_through(struct slot *slot, word_t tag);
