/* SPDX-License-Identifier: BSD-2-Clause */
/* The root task that drives the test suite: allocator, serial line, guards, tests, end. */
#include "console.h"
#include "guard.h"
#include "memory.h"
#include "suite.h"

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    /* The last slot: the allocator counts from the first. */
    console_start(info->empty.end - 1);
    if (memory_start(info)) {
        guard_start();
        suite_run();
        guard_stop();
    } else {
        console_print("Bail out! the machine has too little memory or too few slots\n");
    }
    console_print("SUITE DONE\n");
#ifdef COVERAGE
    seL4_DebugHalt(); /* the kernel then writes its counters */
#endif
    for (;;) {
        (void)seL4_TCB_Suspend(SELF);
    }
}
