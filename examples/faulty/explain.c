/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain.h"
#include <kit/print.h>

/* Bits of a page fault's error code.  Intel SDM vol. 3A, 4.7. */
enum { PRESENT = 1, WRITE = 2 };

static const char *const exceptions[] = {
    [0] = "divided by zero",
    [1] = "ran into a debug exception",
    [3] = "ran into a breakpoint",
    [4] = "overflowed",
    [5] = "exceeded a bound",
    [6] = "executed an instruction that does not exist or is not allowed",
    [7] = "used the floating-point unit without leave",
    [12] = "used a bad stack address",
    [13] = "broke a protection rule of the processor",
    [16] = "had a floating-point error",
    [17] = "used a misaligned address",
    [19] = "had a floating-point error",
};

static void explain_memory(const char *who)
{
    seL4_Word address = seL4_GetMR(seL4_VMFault_Addr);
    seL4_Word code = seL4_GetMR(seL4_VMFault_FSR);
    const char *what = seL4_GetMR(seL4_VMFault_PrefetchFault) ? "executed"
                       : code & WRITE                         ? "wrote to"
                                                              : "read from";

    print("%s: stopped: the instruction at 0x%lx %s address 0x%lx, %s\n", who,
          seL4_GetMR(seL4_VMFault_IP), what, address,
          address < 4096   ? "a null pointer"
          : code & PRESENT ? "where it may not"
                           : "where there is no memory");
}

static void explain_exception(const char *who)
{
    seL4_Word number = seL4_GetMR(seL4_UserException_Number);
    const char *what = number < sizeof(exceptions) / sizeof(exceptions[0]) ? exceptions[number]
                                                                           : NULL;

    print("%s: stopped: the instruction at 0x%lx %s (exception %lu)\n", who,
          seL4_GetMR(seL4_UserException_FaultIP), what ? what : "failed", number);
}

void explain_fault(const char *who, seL4_MessageInfo_t info)
{
    switch (seL4_MessageInfo_get_label(info)) {
    case seL4_Fault_VMFault:
        explain_memory(who);
        break;
    case seL4_Fault_UserException:
        explain_exception(who);
        break;
    case seL4_Fault_CapFault:
        print("%s: stopped: it used capability address 0x%lx, where it has none\n", who,
              seL4_GetMR(seL4_CapFault_Addr));
        break;
    case seL4_Fault_UnknownSyscall:
        print("%s: stopped: system call %ld does not exist\n", who,
              seL4_GetMR(seL4_UnknownSyscall_Syscall));
        break;
    default:
        print("%s: stopped: it sent label %lu, which means nothing here\n", who,
              seL4_MessageInfo_get_label(info));
    }
}
