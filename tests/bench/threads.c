/* SPDX-License-Identifier: BSD-2-Clause */
/* TCB methods, and faults delivered to a handler that replies at once. */
#include "bench.h"

/* An address that nothing is mapped at. */
#define UNMAPPED ((word_t)0x7f0000000000)

static void bench_fault(const char *name, void (*routine)(word_t, word_t), word_t label)
{
    const word_t handler = object_new(seL4_EndpointObject, 0);
    const struct thread t = thread_new(SPACE, handler, PRIORITY);
    word_t tag;

    thread_start(&t, routine, UNMAPPED, 0);
    tag = recv(handler);
    MEASURE(name, NOTHING, tag = reply_recv(handler, 0), NOTHING);
    if (tag_label(tag) != label)
        give_up(name, tag_label(tag));
    thread_stop(&t);
}

static void bench_methods(void)
{
    const struct thread t = thread_new(SPACE, 0, PRIORITY - 10);
    const word_t untyped = object_new(seL4_UntypedObject, 13), slot = slot_new();
    seL4_UserContext context;
    const word_t count = sizeof(context) / sizeof(word_t);

#define CREATE    MUST(seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, ROOT, 0, 0, slot, 1))
#define CONFIGURE MUST(seL4_TCB_Configure(slot, 0, ROOT, 0, SPACE, 0, (word_t)t.buffer, t.frame))
    MEASURE("tcb_configure", CREATE, CONFIGURE, MUST(cap_delete(slot)));
    MEASURE("tcb_read", NOTHING, MUST(seL4_TCB_ReadRegisters(t.tcb, 0, 0, count, &context)),
            NOTHING);
    MEASURE("tcb_write", NOTHING, MUST(seL4_TCB_WriteRegisters(t.tcb, 0, 0, count, &context)),
            NOTHING);
    MEASURE("tcb_life", NOTHING, CREATE; CONFIGURE; MUST(cap_delete(slot)), NOTHING);
#undef CREATE
#undef CONFIGURE
    thread_start(&t, spin, 0, 0);
    MEASURE("tcb_priority", NOTHING, MUST(seL4_TCB_SetPriority(t.tcb, MAIN, 50 + run % 2)),
            NOTHING);
    thread_stop(&t);
}

void bench_threads(void)
{
    bench_fault("fault_page", read_forever, seL4_Fault_VMFault);
    bench_fault("fault_syscall", unknown_forever, seL4_Fault_UnknownSyscall);
    bench_methods();
}

void bench_suspend(void)
{
    const struct thread t = thread_new(SPACE, 0, 40);

    thread_start(&t, spin, 0, 0);
    MEASURE("tcb_suspend", MUST(seL4_TCB_Resume(t.tcb)), MUST(seL4_TCB_Suspend(t.tcb)), NOTHING);
    MEASURE("tcb_resume", MUST(seL4_TCB_Suspend(t.tcb)), MUST(seL4_TCB_Resume(t.tcb)), NOTHING);
    thread_stop(&t);
}
