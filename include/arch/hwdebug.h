/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints and single-stepping of threads.  Kernels without the interface (VARIANT_HW_DEBUG is
 * 0) have neither the state nor the code.  Rules: docs/rules.md, x86_64 10. */
#pragma once
#include <kernel/abi.h>
#include <kernel/config.h>
#include <kernel/types.h>

#define BREAKPOINTS 4u

/* What a thread is watched for.  hwdebug.c owns it.
 *   1  the address of a breakpoint that is not armed is 0 */
struct breakpoints {
    word_t address[BREAKPOINTS];
    word_t control; /* which are armed, and for what: a word of the processor; 0 if none is */
    word_t steps;   /* instructions until a report */
    bool stepping;  /* trap after each instruction */
};

struct hwdebug {
    struct breakpoints of[VARIANT_HW_DEBUG];
};

struct invocation;
struct tcb;

/* The debug methods of a TCB. */
seL4_Error hwdebug_invoke(struct invocation *inv);

/* The message of t's recorded debug exception.  Returns its length. */
word_t hwdebug_fault_words(const struct tcb *t, word_t *words);

/* The answer to it: length words, of which the first is given. */
void hwdebug_fault_reply(struct tcb *t, word_t length, word_t first);

/* t's registers were copied from another thread: what that one is watched for is not inherited. */
void hwdebug_registers_copied(struct tcb *t);
