/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads for the measurements, on memory of the image. */
#include <sel4/start.h>
#include "bench.h"

enum { THREADS_MAX = 40, STACK_BYTES = 4096, LOCAL_BYTES = 256, USER_FLAGS = 0x202 };

static struct workplace {
    unsigned char stack[STACK_BYTES];
    unsigned char buffer[PAGE_BYTES];
} __attribute__((aligned(PAGE_BYTES))) workplaces[THREADS_MAX];
static unsigned char locals[THREADS_MAX][LOCAL_BYTES] __attribute__((aligned(64)));
static word_t thread_count;

__asm__(".pushsection .text\n"
        ".globl spin, send_forever, read_forever, unknown_forever\n"
        "spin: jmp spin\n"
        "send_forever:\n\t"
        "movq %rdi, %rbx\n"
        "1:\tmovq %rbx, %rdi\n\t"
        "xorl %esi, %esi\n\t"
        "movq $-3, %rdx\n\t"
        "syscall\n\t"
        "jmp 1b\n"
        "read_forever:\n\t"
        "movq (%rdi), %rax\n\t"
        "jmp read_forever\n"
        "unknown_forever:\n\t"
        "movq $100, %rdx\n\t"
        "syscall\n\t"
        "jmp unknown_forever\n"
        ".popsection\n");

_Static_assert(seL4_SysSend == -3, "known to send_forever");

static word_t image_frame(const void *address)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    return info->userImageFrames.end - ((word_t)info->ipcBuffer - (word_t)address) / PAGE_BYTES;
}

struct thread thread_new_in(word_t cspace, word_t guard, word_t space, word_t fault_handler,
                            word_t priority)
{
    if (thread_count == THREADS_MAX || sel4_tls_bytes() > LOCAL_BYTES)
        give_up("thread_new", thread_count);

    struct workplace *place = &workplaces[thread_count];
    struct thread t = {
        .tcb = object_new(seL4_TCBObject, 0),
        .frame = image_frame(place->buffer),
        .stack = (word_t)(place->stack + STACK_BYTES) - sizeof(word_t),
        .buffer = (seL4_IPCBuffer *)place->buffer,
    };

    t.thread_pointer = sel4_tls_make(locals[thread_count++], t.buffer);
    MUST(seL4_TCB_Configure(t.tcb, fault_handler, cspace, guard, space, 0, (word_t)t.buffer,
                            t.frame));
    MUST(seL4_TCB_SetPriority(t.tcb, MAIN, priority));
    return t;
}

struct thread thread_new(word_t space, word_t fault_handler, word_t priority)
{
    return thread_new_in(ROOT, 0, space, fault_handler, priority);
}

static void start(word_t tcb, seL4_UserContext context)
{
    context.rflags = USER_FLAGS;
    MUST(seL4_TCB_WriteRegisters(tcb, true, 0, sizeof(context) / sizeof(word_t), &context));
}

void thread_start(const struct thread *t, void (*function)(word_t, word_t), word_t a, word_t b)
{
    start(t->tcb, (seL4_UserContext){ .rip = (word_t)function,
                                      .rsp = t->stack,
                                      .rdi = a,
                                      .rsi = b,
                                      .fs_base = t->thread_pointer });
}

void thread_stop(const struct thread *t)
{
    MUST(seL4_TCB_Suspend(t->tcb));
}

void thread_serve(const struct thread *t, void (*function)(word_t, word_t), word_t a,
                  word_t priority)
{
    MUST(seL4_TCB_SetPriority(t->tcb, MAIN, PRIORITY + 10));
    thread_start(t, function, a, 0);
    MUST(seL4_TCB_SetPriority(t->tcb, MAIN, priority));
}

void thread_light_again(word_t tcb, void (*routine)(word_t, word_t), word_t a)
{
    start(tcb, (seL4_UserContext){ .rip = (word_t)routine, .rdi = a });
}

word_t thread_light(void (*routine)(word_t, word_t), word_t a, word_t priority)
{
    const word_t tcb = object_new(seL4_TCBObject, 0);

    MUST(seL4_TCB_Configure(tcb, 0, ROOT, 0, SPACE, 0, 0, 0));
    MUST(seL4_TCB_SetPriority(tcb, MAIN, priority));
    thread_light_again(tcb, routine, a);
    return tcb;
}

void let_run(void)
{
    MUST(seL4_TCB_SetPriority(measurer.tcb, MAIN, 1));
    MUST(seL4_TCB_SetPriority(measurer.tcb, MAIN, PRIORITY));
}
