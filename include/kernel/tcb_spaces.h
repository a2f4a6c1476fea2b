/* SPDX-License-Identifier: BSD-2-Clause */
/* TCB methods that give a thread its capability space, address space and IPC buffer.
 * Rules: docs/rules.md, threads 3.4. */
#pragma once
#include <kernel/invocation.h>

seL4_Error tcb_invoke_configure(struct invocation *inv);
seL4_Error tcb_invoke_set_space(struct invocation *inv);
seL4_Error tcb_invoke_set_buffer(struct invocation *inv);
