/* SPDX-License-Identifier: BSD-2-Clause */
/* Helper threads.  They are more urgent than the tester unless told otherwise: a helper that is
 * started runs at once, and when the tester goes on it has finished, blocked or died.  Each has a
 * stack, an IPC buffer and thread-local storage in the image. */
#pragma once
#include "message.h"
#include "types.h"

enum { TESTER_PRIORITY = 100, HELPER_PRIORITY = 150, LOW_PRIORITY = 50, THREADS_MAX = 16 };

/* One system call, as the assembler routine executes it: field offsets are known there. */
struct order {
    word_t number, cptr, info, mr[MESSAGE_REGISTERS];
    word_t out_badge, out_info, out_mr[MESSAGE_REGISTERS];
    word_t park, park_info;   /* Suspend of the own TCB, called when the order is done */
    volatile word_t finished; /* orders and functions completed */
};

struct thread {
    struct order order; /* first: the assembler routine gets its address */
    word_t tcb;         /* slot in the root CNode */
    word_t frame;       /* frame capability of the IPC buffer */
    seL4_IPCBuffer *ipc;
    word_t stack_top, tls;
    void (*function)(word_t);
    word_t argument;
};

/* The address of the system call instruction that orders execute. */
extern char order_instruction[];

/* Forget the helpers of the last test; stop those that still run. */
void threads_begin(void);
void threads_stop(void);

/* A helper with the tester's spaces, priority HELPER_PRIORITY, no fault handler.  The second form
 * names one, the third leaves out the IPC buffer. */
struct thread *thread_new(void);
struct thread *thread_with_handler(word_t fault_endpoint);
struct thread *thread_without_buffer(void);

/* A helper of another priority. */
struct thread *thread_with_priority(word_t priority);

/* A helper in spaces of its own.  `park` is its name for its own TCB, 0 if it has none; it then
 * ends in an undefined instruction after each order. */
struct thread *thread_in(word_t cspace, word_t vspace, word_t park, word_t fault_endpoint);

void thread_set_priority(const struct thread *t, word_t priority);

/* Step back below all other threads until they have blocked, finished or died. */
void threads_let_run(void);

/* Write instruction pointer and first argument, and start. */
void thread_start_at(struct thread *t, const void *ip, word_t argument);

/* The same without starting. */
void thread_prepare_at(struct thread *t, const void *ip, word_t argument);

/* Run a C function; thread_finished() tells when it has returned. */
void thread_run(struct thread *t, void (*function)(word_t), word_t argument);
void thread_prepare(struct thread *t, void (*function)(word_t), word_t argument);

/* Execute one system call in the helper with these registers. */
void thread_order(struct thread *t, seL4_Syscall_ID number, word_t cptr, struct message m);

/* The usual orders.  Extra words of longer messages go into t->ipc->msg[] beforehand. */
void thread_call(struct thread *t, word_t cptr, struct message m);
void thread_send(struct thread *t, word_t cptr, struct message m);
void thread_recv(struct thread *t, word_t cptr);
void thread_reply_recv(struct thread *t, word_t cptr, struct message m);

/* Whether the last order or function has come to its end. */
bool thread_finished(const struct thread *t);

/* What the last order got: badge, tag and message registers. */
struct message thread_result(const struct thread *t);

/* Registers of a stopped helper. */
seL4_UserContext thread_registers(const struct thread *t);

/* The frame capability that backs an address of the image. */
word_t image_frame(const void *address);
