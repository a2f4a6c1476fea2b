/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 4: a thread made by hand, priorities, suspending and resuming. */
#include <kit/memory.h>
#include <kit/print.h>
#include <kit/space.h>
#include <sel4/start.h>

enum { FLAGS = 0x202, LOW = 10, HIGH = 254 };

#define BUFFER 0x20000000ul

static char stack[8192] __attribute__((aligned(16)));
static char variables[1024];
static volatile unsigned long rounds;

static void count_for_ever(void)
{
    for (;;)
        rounds++;
}

/* A TCB, a page for its IPC buffer, and this program's own capability and address space. */
static seL4_CPtr make_thread(void)
{
    seL4_CPtr tcb = pool_object(&root_pool, seL4_TCBObject, 0);
    seL4_CPtr buffer = pool_object(&root_pool, seL4_X86_4K, 0);

    (void)space_map(&root_space, buffer, BUFFER, seL4_ReadWrite, seL4_X86_Default_VMAttributes);
    seL4_Error error = seL4_TCB_Configure(tcb, 0, seL4_CapInitThreadCNode, 0,
                                          seL4_CapInitThreadVSpace, 0, BUFFER, buffer);
    print("the thread is configured: error %u\n", error);
    return tcb;
}

/* Where it begins, its stack, and the base of its thread-local variables. */
static void start(seL4_CPtr tcb)
{
    seL4_UserContext registers = {
        .rip = (seL4_Word)count_for_ever,
        .rsp = (seL4_Word)(stack + sizeof(stack) - 8),
        .rflags = FLAGS,
        .fs_base = sel4_tls_make(variables, (seL4_IPCBuffer *)BUFFER),
    };

    (void)seL4_TCB_WriteRegisters(tcb, true, 0, sizeof(registers) / sizeof(seL4_Word), &registers);
}

/* This thread has priority 255, so that the other one runs when this one yields only if it has the
 * same: there is no sharing between priorities. */
static void show_priorities(seL4_CPtr tcb)
{
    (void)seL4_TCB_SetPriority(tcb, seL4_CapInitThreadTCB, LOW);
    start(tcb);
    seL4_Yield();
    print("priority 10 under 255: it has %s\n", rounds ? "run" : "not run");
    (void)seL4_TCB_SetPriority(tcb, seL4_CapInitThreadTCB, seL4_MaxPrio);
    seL4_Yield();
    print("priority 255 beside 255: it has %s\n", rounds ? "run" : "not run");
}

static void show_suspend(seL4_CPtr tcb)
{
    (void)seL4_TCB_Suspend(tcb);
    unsigned long before = rounds;
    seL4_Yield();
    print("suspended: it has %s\n", rounds == before ? "not run" : "run");
    (void)seL4_TCB_Resume(tcb);
    seL4_Yield();
    print("resumed: it has %s\n", rounds == before ? "not run" : "run");
    (void)seL4_TCB_Suspend(tcb);
}

int main(void)
{
    kit_start();
    seL4_CPtr tcb = make_thread();

    show_priorities(tcb);
    show_suspend(tcb);
    print("End of the chapter.\n");
    return 0;
}
