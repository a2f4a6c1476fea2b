/* SPDX-License-Identifier: BSD-2-Clause */
/* The benchmark root task.  A thread of its own measures, so that it shares nothing with the
 * start-up code: it has never used the FPU, and it prints nothing itself.  Under QEMU's -icount
 * shift=0 the time stamp counter counts executed instructions.
 *
 * Lines on COM1:    BENCH name min median max        instructions of one operation
 *                   WRITES name kind number ...      kernels built with COUNT=1 instead
 *                   LATENCY name longest duration    longest delay of an interrupt in an operation
 *                   BENCH DONE */
#pragma once

#include "../../rootserver/types.h"

#define ALWAYS static inline __attribute__((always_inline))
#define MAIN   SELF /* the main thread, in calls that the measuring thread makes */

enum {
    WARM = 8, /* runs before the measured ones */
    RUNS = 64,
    PRIORITY = 100, /* of the measuring thread and its equals */
    COUNTERS_MAX = 16,
    SCRATCH_SLOTS = 1000,
};

/* ---- measuring ---- */

ALWAYS word_t stamp(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (word_t)high << 32 | low;
}

extern word_t samples[WARM + RUNS];
extern word_t overhead; /* of two stamps without anything in between */

/* The cost of an empty measurement. */
void measure_overhead(void);

/* Report the samples under this name, which must not go away.  The suffix marks a second round of
 * the same measurements. */
void report(const char *name);
extern const char *report_suffix;

/* Report the longest delay of an interrupt in an operation of this duration. */
void report_latency(const char *name, word_t longest, word_t duration);

/* Counters of privileged writes around an operation; nothing unless the kernel counts. */
void count_before(void);
void count_after(word_t run);

/* Measure `operation` RUNS times.  What stands before and after it is not measured. */
#define MEASURE_INTO(samples_, before, operation, after)                                           \
    for (word_t run = 0; run < WARM + RUNS; run++) {                                               \
        before;                                                                                    \
        count_before();                                                                            \
        const word_t begin_ = stamp();                                                             \
        operation;                                                                                 \
        const word_t end_ = stamp();                                                               \
        count_after(run);                                                                          \
        after;                                                                                     \
        (samples_)[run] = end_ - begin_ - overhead;                                                \
    }
#define MEASURE(name, before, operation, after)                                                    \
    do {                                                                                           \
        MEASURE_INTO(samples, before, operation, after)                                            \
        report(name);                                                                              \
    } while (0)
#define NOTHING (void)0

/* ---- system calls and messages ---- */

/* A system call whose message registers do not matter.  Returns the tag. */
ALWAYS word_t syscall_plain(word_t number, word_t cptr, word_t tag)
{
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+D"(cptr), "+S"(tag), "+d"(number)
                     :
                     : "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r15", "memory");
    return tag;
}

ALWAYS word_t call(word_t cptr, word_t tag)
{
    return syscall_plain((word_t)seL4_SysCall, cptr, tag);
}
ALWAYS word_t reply_recv(word_t cptr, word_t tag)
{
    return syscall_plain((word_t)seL4_SysReplyRecv, cptr, tag);
}
ALWAYS word_t recv(word_t cptr)
{
    return syscall_plain((word_t)seL4_SysRecv, cptr, 0);
}
ALWAYS void nbrecv(word_t cptr)
{
    (void)syscall_plain((word_t)seL4_SysNBRecv, cptr, 0);
}
ALWAYS void send(word_t cptr)
{
    (void)syscall_plain((word_t)seL4_SysSend, cptr, 0);
}
ALWAYS void nbsend(word_t cptr)
{
    (void)syscall_plain((word_t)seL4_SysNBSend, cptr, 0);
}
ALWAYS void yield(void)
{
    (void)syscall_plain((word_t)seL4_SysYield, 0, 0);
}

ALWAYS word_t tag_of(word_t label, word_t caps, word_t length)
{
    return label << 12 | caps << 7 | length;
}
ALWAYS word_t tag_label(word_t tag)
{
    return tag >> 12;
}
ALWAYS word_t tag_length(word_t tag)
{
    return tag & 127;
}

/* ---- what must not fail ---- */

void __attribute__((noreturn)) give_up(const char *what, word_t error);
#define MUST(call)                                                                                 \
    do {                                                                                           \
        const word_t error_ = (word_t)(call);                                                      \
        if (error_)                                                                                \
            give_up(#call, error_);                                                                \
    } while (0)

/* ---- objects ---- */

void objects_start(void);
word_t slot_range(word_t count);
word_t slot_new(void);

/* SCRATCH_SLOTS slots that every measurement may use and leaves empty. */
word_t scratch_slots(void);

word_t object_new(word_t type, word_t bits);
void objects_new(word_t type, word_t bits, word_t first, word_t count);
word_t cap_copy(word_t slot);
word_t cap_mint(word_t slot, word_t badge);

/* SCRATCH_SLOTS copies of a capability in the slots from `first` of a CNode. */
void cap_copies(word_t cnode, word_t depth, word_t first, word_t slot);
ALWAYS word_t cap_delete(word_t slot)
{
    return seL4_CNode_Delete(ROOT, slot, DEPTH);
}
ALWAYS word_t cap_revoke(word_t slot)
{
    return seL4_CNode_Revoke(ROOT, slot, DEPTH);
}

/* An address space that shares the whole image, and the tables that a page at `address` needs. */
word_t space_new(void);
void space_tables(word_t space, word_t address);

/* ---- threads ---- */

struct thread {
    word_t tcb, frame, stack, thread_pointer;
    seL4_IPCBuffer *buffer;
};

/* A thread with a stack, an IPC buffer and thread-local variables; not started. */
struct thread thread_new(word_t space, word_t fault_handler, word_t priority);

/* The same with a CSpace of its own, whose root capability gets this guard. */
struct thread thread_new_in(word_t cspace, word_t guard, word_t space, word_t fault_handler,
                            word_t priority);

/* Start at a function of two arguments that never returns. */
void thread_start(const struct thread *t, void (*function)(word_t, word_t), word_t a, word_t b);
void thread_stop(const struct thread *t);

/* Start, let run until it blocks, then set the priority. */
void thread_serve(const struct thread *t, void (*function)(word_t, word_t), word_t a,
                  word_t priority);

/* A started thread without stack, buffer and thread-local variables, for the routines below. */
word_t thread_light(void (*routine)(word_t, word_t), word_t a, word_t priority);

/* Start such a thread anew. */
void thread_light_again(word_t tcb, void (*routine)(word_t, word_t), word_t a);

/* Let every thread run that is more urgent than nearly nothing. */
void let_run(void);

/* The measuring thread. */
extern struct thread measurer;

/* Assembler routines without a stack. */
void spin(word_t, word_t);
void send_forever(word_t endpoint, word_t);
void read_forever(word_t address, word_t);
void unknown_forever(word_t, word_t);

/* ---- the measurements ---- */
void bench_messages(void);     /* messages, signals, yield: with whatever threads are ready */
void bench_capabilities(void); /* CNodes, untyped, mappings */
void bench_threads(void);      /* TCB methods, faults */
void bench_suspend(void);      /* Suspend and Resume: with whatever threads are ready */
void bench_many(void);         /* long operations */
void bench_latency(void);      /* the longest kernel entries */
