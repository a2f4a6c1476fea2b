/* SPDX-License-Identifier: BSD-2-Clause */
/* Thread-local variables.  crt0.o gives the root task its own; a program that makes threads gives
 * each a block of memory:
 *
 *     regs.fs_base = sel4_tls_make(memory, buffer);     memory of sel4_tls_bytes() bytes
 *
 * Threads without one must not use thread-local variables, which includes the IPC buffer. */
#pragma once

#include <sel4/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that the thread-local variables of one thread take, with the room to align them. */
seL4_Word sel4_tls_bytes(void);

/* Make thread-local variables with their initial values, and the IPC buffer's address in theirs.
 *    memory: sel4_tls_bytes() bytes, all 0, in this address space
 *    buffer: the thread's IPC buffer; may be null
 *    returns the thread pointer, for seL4_TCB_SetTLSBase() or fs_base */
seL4_Word sel4_tls_make(void *memory, seL4_IPCBuffer *buffer);

#ifdef __cplusplus
}
#endif
