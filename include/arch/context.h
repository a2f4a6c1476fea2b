/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of a user thread, named by the part they play in the interface. */
#pragma once
#include <kernel/types.h>

#define CONTEXT_REGISTERS 20u /* words of ReadRegisters and WriteRegisters */

/* The processor stores the last five words itself on an interrupt; entry code stores the rest.
 * The order is known to the entry code through generated offsets. */
struct context {
    word_t message[4];      /* MR0..MR3 */
    word_t badge;           /* capability on entry, badge on exit */
    word_t info;            /* message tag */
    word_t number;          /* system call number */
    word_t general[8];      /* the other general registers: context.c names them */
    word_t tls_base;        /* thread pointer */
    word_t other_base;
    word_t entry;           /* CONTEXT_* below */
    word_t error_code;
    word_t ip;              /* where the thread continues: "next IP" */
    word_t code_segment;
    word_t flags;
    word_t sp;
    word_t stack_segment;
} __attribute__((aligned(64)));

/* entry: how the thread last came into the kernel, and so how it leaves.  Entering by an interrupt or
 * exception stores neither bit. */
#define CONTEXT_BY_SYSCALL BIT(0) /* leave by the short way: sp and two more are not restored */
#define CONTEXT_STEP_BACK BIT(1)  /* "fault IP" is the two-byte instruction before ip, else ip */

static inline word_t context_fault_ip(const struct context *c)
{
    return c->ip - (c->entry & CONTEXT_STEP_BACK);
}

/* next IP := fault IP (restart), for a thread that is not running. */
static inline void context_rewind(struct context *c)
{
    c->ip = context_fault_ip(c);
    c->entry &= ~CONTEXT_STEP_BACK;
}

/* fault IP := next IP (suspended while running). */
static inline void context_settle(struct context *c) { c->entry &= ~CONTEXT_STEP_BACK; }

/* All registers are restored when the thread runs next: they were written from outside. */
static inline void context_restore_all(struct context *c) { c->entry &= ~CONTEXT_BY_SYSCALL; }

void context_create(struct context *c);

/* A list of registers, as messages have them.  One of them is the fault IP, the last but one after it the
 * flags; writing the fault IP sets next IP as well. */
struct register_list {
    uint8_t count, ip, flags;          /* how many; the places of the two */
    uint8_t word[CONTEXT_REGISTERS];   /* where each is in struct context */
};
extern const struct register_list context_registers; /* ReadRegisters, WriteRegisters */
extern const struct register_list context_syscall_message, context_exception_message;

/* Reads count registers of a list, from number first on, into words. */
void context_read(const struct context *c, const struct register_list *list, word_t first, word_t count,
                  word_t *words);

/* Writes count registers of a list, from number first on, sanitised (rules: threads 1.3). */
void context_write(struct context *c, const struct register_list *list, word_t first, word_t count,
                   const word_t *words);

#define CONTEXT_FRAME_REGISTERS 18u /* of them: instruction pointer to last general register */
/* CopyRegisters: unsanitised.  frame: the first 18 of context_registers, integer: the other two. */
void context_copy(struct context *to, const struct context *from, bool frame, bool integer);

/* An address that the thread pointer can hold.  Others in a context (CopyRegisters and SetTLSBase do
 * not look) load with their upper bits made to fit. */
bool context_is_tls_base(word_t base);
