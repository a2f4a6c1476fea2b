/* SPDX-License-Identifier: BSD-2-Clause */
/* System call numbers.  A kernel may lack calls behind the first group; using one of those is an
 * UnknownSyscall fault. */
#pragma once

#include <sel4/config.h>
#include <sel4/macros.h>

typedef enum seL4_Syscall_ID {
#ifdef CONFIG_KERNEL_MCS
    seL4_SysCall = -1,
    seL4_SysReplyRecv = -2,
    seL4_SysNBSendRecv = -3,
    seL4_SysNBSendWait = -4,
    seL4_SysSend = -5,
    seL4_SysNBSend = -6,
    seL4_SysRecv = -7,
    seL4_SysNBRecv = -8,
    seL4_SysWait = -9,
    seL4_SysNBWait = -10,
    seL4_SysYield = -11,
    SEL4_LAST_API_SYSCALL = seL4_SysYield,
#else
    seL4_SysCall = -1,
    seL4_SysReplyRecv = -2,
    seL4_SysSend = -3,
    seL4_SysNBSend = -4,
    seL4_SysRecv = -5,
    seL4_SysReply = -6,
    seL4_SysYield = -7,
    seL4_SysNBRecv = -8,
    SEL4_LAST_API_SYSCALL = seL4_SysNBRecv,
#endif
    seL4_SysDebugPutChar = SEL4_LAST_API_SYSCALL - 1,
    seL4_SysDebugDumpScheduler = SEL4_LAST_API_SYSCALL - 2,
    seL4_SysDebugHalt = SEL4_LAST_API_SYSCALL - 3,
    seL4_SysDebugCapIdentify = SEL4_LAST_API_SYSCALL - 4,
    seL4_SysDebugSnapshot = SEL4_LAST_API_SYSCALL - 5,
    seL4_SysDebugNameThread = SEL4_LAST_API_SYSCALL - 6,
    seL4_SysDebugSendIPI = SEL4_LAST_API_SYSCALL - 7,
    seL4_SysDebugGetThreadAffinity = SEL4_LAST_API_SYSCALL - 8,
    seL4_SysDebugRun = SEL4_LAST_API_SYSCALL - 9,
    seL4_SysBenchmarkFlushCaches = SEL4_LAST_API_SYSCALL - 10,
    seL4_SysBenchmarkResetLog = SEL4_LAST_API_SYSCALL - 11,
    seL4_SysBenchmarkFinalizeLog = SEL4_LAST_API_SYSCALL - 12,
    seL4_SysBenchmarkSetLogBuffer = SEL4_LAST_API_SYSCALL - 13,
    seL4_SysBenchmarkNullSyscall = SEL4_LAST_API_SYSCALL - 14,
    seL4_SysBenchmarkGetThreadUtilisation = SEL4_LAST_API_SYSCALL - 15,
    seL4_SysBenchmarkResetThreadUtilisation = SEL4_LAST_API_SYSCALL - 16,
    seL4_SysBenchmarkDumpAllThreadsUtilisation = SEL4_LAST_API_SYSCALL - 17,
    seL4_SysBenchmarkResetAllThreadsUtilisation = SEL4_LAST_API_SYSCALL - 18,
    seL4_SysX86DangerousWRMSR = SEL4_LAST_API_SYSCALL - 19,
    seL4_SysX86DangerousRDMSR = SEL4_LAST_API_SYSCALL - 20,
    seL4_SysVMEnter = SEL4_LAST_API_SYSCALL - 21,
    seL4_SysSetTLSBase = SEL4_LAST_API_SYSCALL - 22,
    SEL4_FORCE_LONG_ENUM(seL4_Syscall_ID)
} seL4_Syscall_ID;
