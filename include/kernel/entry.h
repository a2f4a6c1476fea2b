/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways from the processor's entry code into the kernel.  Interrupts are off; the registers of the
 * current thread are in its context.  None returns: each ends by leaving for whoever is current. */
#pragma once
#include <kernel/fault.h>

/* A system call: number, capability and tag as they were in the registers.  Call and ReplyRecv have
 * entries of their own. */
noreturn void entry_call(word_t cptr, word_t tag);
noreturn void entry_reply_receive(word_t cptr, word_t tag);
noreturn void entry_syscall(word_t cptr, word_t tag, word_t number);

/* A Call whose capability has been found in slot. */
noreturn void entry_call_through(struct slot *slot, word_t tag);

/* Any system call on the general path. */
noreturn void entry_syscall_general(word_t number);

/* An interrupt, while a thread or the idle loop ran. */
noreturn void entry_interrupt(word_t irq);

/* A fault of the current thread. */
noreturn void entry_fault(const struct fault *fault);

/* Nothing to be done but to go on. */
noreturn void entry_exit(void);
