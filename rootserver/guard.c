/* SPDX-License-Identifier: BSD-2-Clause */
/* Supervisor and watcher.  Both end the current test by sending the tester back to the suite; they
 * cannot help when a test takes the tester's spaces away or spins above its priority. */
#include "guard.h"
#include "clock.h"
#include "memory.h"
#include "suite.h"
#include "thread.h"

enum {
    WATCHER_PRIORITY = 0,
    SUPERVISOR_PRIORITY = 254,
    REGISTERS_WITHOUT_BASES = 18, /* FS and GS stay the tester's own */
    GUARD_STACK_BYTES = 4096,
};

/* Milliseconds: longer than any interruption of the watcher by others, and the sum after which the
 * system counts as stuck. */
enum { PAUSE_MS = 2, STUCK_MS = 1000 };

struct guard {
    unsigned char stack[GUARD_STACK_BYTES] __attribute__((aligned(16)));
    unsigned char ipc[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
    word_t tls[64] __attribute__((aligned(64)));
    word_t tcb;
};

static struct guard watcher, supervisor;
static unsigned char abort_stack[GUARD_STACK_BYTES] __attribute__((aligned(16)));
static word_t fault_endpoint;

/* Make the tester go on in suite_abort_pending(), whatever it is doing. */
static void end_test(const char *reason)
{
    seL4_UserContext context = {
        .rip = (word_t)suite_abort_pending,
        .rsp = (word_t)abort_stack + GUARD_STACK_BYTES - sizeof(word_t),
        .rflags = 0x202,
    };

    suite_abort_later(reason);
    (void)seL4_TCB_Suspend(SELF);
    (void)seL4_TCB_WriteRegisters(SELF, true, 0, REGISTERS_WITHOUT_BASES, &context);
}

static void __attribute__((noreturn)) watcher_main(void)
{
    word_t last = clock_stamp();
    word_t idle = 0;
    word_t seen = suite_progress();

    for (;;) {
        const word_t now = clock_stamp();

        if (seen != suite_progress()) {
            seen = suite_progress();
            idle = 0;
        }
        if (now - last < clock_from_ms(PAUSE_MS)) {
            idle += now - last;
        }
        if (idle > clock_from_ms(STUCK_MS)) {
            idle = 0;
            end_test("the tester is blocked and nobody runs");
        }
        last = now;
    }
}

static void __attribute__((noreturn)) supervisor_main(void)
{
    for (;;) {
        const struct message fault = message_recv(fault_endpoint);

        suite_expect_pair(false, "tester", 0, "fault of the tester (label, address)",
                          info_label(fault.info), fault.mr[0]);
        if (info_label(fault.info) == seL4_Fault_VMFault) {
            suite_expect_pair(false, "tester", 0, "fault address and code", fault.mr[1],
                              fault.mr[3]);
        }
        end_test("the tester faulted");
    }
}

static void guard_make(struct guard *guard, void (*entry)(void), word_t priority)
{
    const word_t tcb = object_permanent(seL4_TCBObject, 0);
    word_t own_tp;

    __asm__("movq %%fs:0, %0" : "=r"(own_tp));
    const word_t offset = own_tp - (word_t)&__sel4_ipc_buffer;
    word_t *const tp = &guard->tls[ARRAY_COUNT(guard->tls) / 2];

    *tp = (word_t)tp;
    *(seL4_IPCBuffer **)((word_t)tp - offset) = (seL4_IPCBuffer *)guard->ipc;
    seL4_UserContext context = {
        .rip = (word_t)entry,
        .rsp = (word_t)guard->stack + GUARD_STACK_BYTES - sizeof(word_t),
        .rflags = 0x202,
        .fs_base = (word_t)tp,
    };

    (void)seL4_TCB_Configure(tcb, 0, ROOT, 0, SPACE, 0, (word_t)guard->ipc,
                             image_frame(guard->ipc));
    guard->tcb = tcb;
    (void)seL4_TCB_SetPriority(tcb, SELF, priority);
    (void)seL4_TCB_WriteRegisters(tcb, true, 0, 20, &context);
}

void guard_start(void)
{
    fault_endpoint = object_permanent(seL4_EndpointObject, 0);
    guard_make(&supervisor, supervisor_main, SUPERVISOR_PRIORITY);
    guard_make(&watcher, watcher_main, WATCHER_PRIORITY);
    (void)seL4_TCB_SetSpace(SELF, fault_endpoint, ROOT, 0, SPACE, 0);
    (void)seL4_TCB_SetPriority(SELF, SELF, TESTER_PRIORITY);
}

void guard_watch(bool watch)
{
    (void)(watch ? seL4_TCB_Resume(watcher.tcb) : seL4_TCB_Suspend(watcher.tcb));
}

void guard_stop(void)
{
    (void)seL4_TCB_Suspend(watcher.tcb);
    (void)seL4_TCB_Suspend(supervisor.tcb);
}
