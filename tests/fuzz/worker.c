/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers: threads that draw steps and do them.  They write nothing but `shared` and their IPC
 * buffers, and may be stopped, restarted or destroyed anywhere. */
#include "fuzz.h"

struct shared shared __attribute__((aligned(4096)));

/* RDI: number of the worker; stacks are one page each. */
__asm__(".globl worker_start\n"
        "worker_start:\n"
        "    xorl %edx, %edx\n"
        "    movq %rdi, %rax\n"
        "    movl $6, %ecx\n"
        "    divq %rcx\n"
        "    movq %rdx, %rdi\n"
        "    incq %rdx\n"
        "    shlq $12, %rdx\n"
        "    leaq shared+4096(%rip), %rsp\n"
        "    addq %rdx, %rsp\n"
        "    call worker_main\n"
        "    ud2\n");
_Static_assert(WORKERS == 6, "worker_start divides by it");
_Static_assert(offsetof(struct shared, stack) == 4096, "worker_start finds the stacks there");

/* ---- things that are no call to an object --------------------------------------------------- */

static void fault(struct random *r)
{
    volatile word_t *place = (volatile word_t *)(PLAY_ADDRESS + (random_below(r, 4) << 12));
    switch (random_below(r, 7)) {
    case 0:
        (void)*place;
        break;
    case 1:
        *place = random_word(r);
        break;
    case 2:
        __asm__ volatile("ud2");
        break;
    case 3:
        __asm__ volatile("int $0xa0");
        break;
    case 4:
        __asm__ volatile("int3");
        break;
    case 5: {
        static const word_t none[4];
        (void)system_call(random_chance(r, 50) ? random_below(r, 100)
                                               : (word_t)-40 - random_below(r, 100),
                          0, 0, none);
        break;
    }
    default:
        __asm__ volatile("hlt");
        break;
    }
}

static void small_thing(struct random *r)
{
    word_t words[4] = { random_word(r), random_word(r), random_word(r), random_word(r) };
    switch (random_below(r, 4)) {
    case 0:
        (void)system_call((word_t)(int64_t)seL4_SysYield, 0, 0, words);
        break;
    case 1:
        (void)system_call((word_t)(int64_t)seL4_SysSetTLSBase,
                          random_below(r, 2) ? words[0] : PLAY_ADDRESS, 0, words);
        break;
    case 2:
        (void)system_call((word_t)(int64_t)seL4_SysDebugCapIdentify, random_below(r, 200), 0,
                          words);
        break;
    default:
        __asm__ volatile("cvtsi2sd %0, %%xmm1" : : "r"(words[1]) : "xmm1");
        break;
    }
}

/* Where a capability that comes with a message shall go. */
static void set_receive_slot(struct random *r, seL4_IPCBuffer *buffer)
{
    buffer->receiveCNode = PLAY_SELF;
    buffer->receiveIndex = PLAY_EMPTY + random_below(r, PLAY_EMPTY_END - PLAY_EMPTY);
    buffer->receiveDepth = PLAY_RADIX;
}

static void do_step(word_t step, word_t worker)
{
    struct random r = random_of(shared.batch, step);
    seL4_IPCBuffer *buffer = (seL4_IPCBuffer *)IPC_ADDRESS(worker);
    switch (step_kind(&r)) {
    case STEP_FAULT:
        fault(&r);
        break;
    case STEP_SMALL:
        small_thing(&r);
        break;
    case STEP_CALL: {
        struct call c = call_random(&r);
        if (random_chance(&r, 30))
            set_receive_slot(&r, buffer);
        if (call_perform(&c, buffer) == 0 && c.label != 0)
            shared.succeeded++;
        break;
    }
    }
}

void worker_main(word_t worker)
{
    for (;;) {
        word_t step = __atomic_fetch_add(&shared.next_step, 1, __ATOMIC_SEQ_CST);
        shared.progress[worker]++;
        if (step >= parameters.steps) {
            static const word_t none[4];
            (void)system_call((word_t)(int64_t)seL4_SysYield, 0, 0, none);
        } else if (!step_is_skipped(step)) {
            do_step(step, worker);
        }
    }
}
