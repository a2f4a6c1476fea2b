/* SPDX-License-Identifier: BSD-2-Clause */
/* Helper threads of the suite: made from the test's slice, run on memory of the image. */
#include "thread.h"
#include "memory.h"
#include "suite.h"

enum { STACK_BYTES = 8192, TLS_BYTES = 512, USER_FLAGS = 0x202, CONTEXT_WORDS = 20 };

/* A thread-local block: variables below the thread pointer, which holds its own address. */
struct tls_block {
    unsigned char variables[TLS_BYTES];
    word_t self;
    word_t padding[7];
} __attribute__((aligned(64)));

struct workplace {
    unsigned char stack[STACK_BYTES];
    unsigned char ipc[PAGE_BYTES];
} __attribute__((aligned(PAGE_BYTES)));

static struct workplace places[THREADS_MAX];
static struct tls_block tls_blocks[THREADS_MAX];
static struct thread threads[THREADS_MAX];
static word_t thread_count;

/* order_entry: RDI = struct order.  Loads the registers of one system call, stores what came back,
 * counts, and parks.  Uses no stack; RBP keeps the order across the call. */
__asm__(".pushsection .text\n"
        ".globl order_entry, order_instruction\n"
        "order_entry:\n\t"
        "movq %rdi, %rbp\n\t"
        "movq 0(%rbp), %rdx\n\t"
        "movq 8(%rbp), %rdi\n\t"
        "movq 16(%rbp), %rsi\n\t"
        "movq 24(%rbp), %r10\n\t"
        "movq 32(%rbp), %r8\n\t"
        "movq 40(%rbp), %r9\n\t"
        "movq 48(%rbp), %r15\n"
        "order_instruction:\n\t"
        "syscall\n\t"
        "movq %rdi, 56(%rbp)\n\t"
        "movq %rsi, 64(%rbp)\n\t"
        "movq %r10, 72(%rbp)\n\t"
        "movq %r8, 80(%rbp)\n\t"
        "movq %r9, 88(%rbp)\n\t"
        "movq %r15, 96(%rbp)\n\t"
        "incq 120(%rbp)\n"
        "order_park:\n\t"
        "movq 104(%rbp), %rdi\n\t"
        "movq 112(%rbp), %rsi\n\t"
        "movq $-1, %rdx\n\t"
        "syscall\n\t"
        "ud2\n"
        ".popsection\n");

extern char order_entry[], order_park[];

_Static_assert(offsetof(struct order, mr) == 24, "known to order_entry");
_Static_assert(offsetof(struct order, out_badge) == 56, "known to order_entry");
_Static_assert(offsetof(struct order, park) == 104, "known to order_entry");
_Static_assert(offsetof(struct order, finished) == 120, "known to order_entry");
_Static_assert(seL4_SysCall == -1, "known to order_entry");
_Static_assert(offsetof(struct thread, order) == 0, "order_park gets the thread");

word_t image_frame(const void *address)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const word_t frames = info->userImageFrames.end - info->userImageFrames.start;
    const word_t start = (word_t)info->ipcBuffer - frames * PAGE_BYTES;

    return info->userImageFrames.start + ((word_t)address - start) / PAGE_BYTES;
}

/* The pointer to the IPC buffer is the only thread-local variable a helper needs. */
static word_t tls_setup(struct tls_block *block, seL4_IPCBuffer *ipc)
{
    word_t own_tp;

    __asm__("movq %%fs:0, %0" : "=r"(own_tp));
    const word_t below = own_tp - (word_t)&__sel4_ipc_buffer;

    block->self = (word_t)&block->self;
    *(seL4_IPCBuffer **)((word_t)&block->self - below) = ipc;
    return block->self;
}

void threads_begin(void)
{
    thread_count = 0;
}

/* A helper freed by the destruction of what it waits for would run on: stop all of them first. */
void threads_stop(void)
{
    while (thread_count) {
        (void)seL4_TCB_Suspend(threads[--thread_count].tcb);
    }
}

static struct thread *thread_make(void)
{
    if (thread_count == THREADS_MAX) {
        suite_abort("the test has too many threads");
    }
    struct workplace *place = &places[thread_count];
    struct thread *t = &threads[thread_count];

    *t = (struct thread){
        .tcb = tcb_new(),
        .frame = image_frame(place->ipc),
        .ipc = (seL4_IPCBuffer *)place->ipc,
        .stack_top = (word_t)place->stack + STACK_BYTES,
        .tls = tls_setup(&tls_blocks[thread_count], (seL4_IPCBuffer *)place->ipc),
    };
    t->order.park = t->tcb;
    t->order.park_info = info_word(TCBSuspend, 0, 0);
    *t->ipc = (seL4_IPCBuffer){ 0 };
    thread_count++;
    return t;
}

static void thread_configure(struct thread *t, word_t fault, word_t cspace, word_t vspace,
                             bool buffer)
{
    if (seL4_TCB_Configure(t->tcb, fault, cspace, 0, vspace, 0, buffer ? (word_t)t->ipc : 0,
                           t->frame)) {
        suite_abort("a thread cannot be configured");
    }
    thread_set_priority(t, HELPER_PRIORITY);
}

struct thread *thread_new(void)
{
    return thread_with_handler(0);
}

struct thread *thread_with_handler(word_t fault_endpoint)
{
    struct thread *t = thread_make();

    thread_configure(t, fault_endpoint, ROOT, SPACE, true);
    return t;
}

struct thread *thread_without_buffer(void)
{
    struct thread *t = thread_make();

    thread_configure(t, 0, ROOT, SPACE, false);
    return t;
}

struct thread *thread_with_priority(word_t priority)
{
    struct thread *t = thread_new();

    thread_set_priority(t, priority);
    return t;
}

struct thread *thread_in(word_t cspace, word_t vspace, word_t park, word_t fault_endpoint)
{
    struct thread *t = thread_make();

    t->order.park = park;
    thread_configure(t, fault_endpoint, cspace, vspace, true);
    return t;
}

void thread_set_priority(const struct thread *t, word_t priority)
{
    if (seL4_TCB_SetPriority(t->tcb, SELF, priority)) {
        suite_abort("the priority of a thread cannot be set");
    }
}

void threads_let_run(void)
{
    (void)seL4_TCB_SetPriority(SELF, SELF, 1);
    (void)seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY);
}

static void thread_write(struct thread *t, const void *ip, word_t argument, bool resume)
{
    seL4_UserContext context = {
        .rip = (word_t)ip,
        .rsp = t->stack_top - sizeof(word_t), /* as a call leaves it */
        .rflags = USER_FLAGS,
        .rdi = argument,
        .fs_base = t->tls,
    };

    if (seL4_TCB_WriteRegisters(t->tcb, resume, 0, CONTEXT_WORDS, &context)) {
        suite_abort("the registers of a thread cannot be written");
    }
}

void thread_start_at(struct thread *t, const void *ip, word_t argument)
{
    thread_write(t, ip, argument, true);
}

void thread_prepare_at(struct thread *t, const void *ip, word_t argument)
{
    thread_write(t, ip, argument, false);
}

/* Where a helper begins that runs a C function. */
static void __attribute__((noreturn)) thread_main(struct thread *t)
{
    t->function(t->argument);
    t->order.finished++;
    __asm__ volatile("movq %0, %%rbp\n\t"
                     "jmp order_park"
                     :
                     : "r"(&t->order)
                     : "memory");
    __builtin_unreachable();
}

void thread_prepare(struct thread *t, void (*function)(word_t), word_t argument)
{
    t->function = function;
    t->argument = argument;
    t->order.finished = 0;
    thread_prepare_at(t, (const void *)(word_t)thread_main, (word_t)t);
}

void thread_run(struct thread *t, void (*function)(word_t), word_t argument)
{
    thread_prepare(t, function, argument);
    (void)seL4_TCB_Resume(t->tcb);
}

void thread_order(struct thread *t, seL4_Syscall_ID number, word_t cptr, struct message m)
{
    struct order *order = &t->order;

    order->number = (word_t)number;
    order->cptr = cptr;
    order->info = m.info;
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        order->mr[i] = m.mr[i];
    }
    order->finished = 0;
    thread_start_at(t, order_entry, (word_t)order);
}

void thread_call(struct thread *t, word_t cptr, struct message m)
{
    thread_order(t, seL4_SysCall, cptr, m);
}

void thread_send(struct thread *t, word_t cptr, struct message m)
{
    thread_order(t, seL4_SysSend, cptr, m);
}

void thread_recv(struct thread *t, word_t cptr)
{
    thread_order(t, seL4_SysRecv, cptr, UNTOUCHED_MESSAGE);
}

void thread_reply_recv(struct thread *t, word_t cptr, struct message m)
{
    thread_order(t, seL4_SysReplyRecv, cptr, m);
}

bool thread_finished(const struct thread *t)
{
    return t->order.finished != 0;
}

struct message thread_result(const struct thread *t)
{
    const volatile struct order *order = &t->order;
    struct message m = { .badge = order->out_badge, .info = order->out_info };

    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        m.mr[i] = order->out_mr[i];
    }
    return m;
}

seL4_UserContext thread_registers(const struct thread *t)
{
    seL4_UserContext context = { 0 };

    (void)seL4_TCB_ReadRegisters(t->tcb, false, 0, CONTEXT_WORDS, &context);
    return context;
}
