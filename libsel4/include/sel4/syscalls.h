/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that all kernels have, and those for debugging and measuring.  Those for receiving
 * and answering are in sel4/syscalls_master.h (classic) and sel4/syscalls_mcs.h. */
#pragma once

#include <sel4/config.h>
#include <sel4/messages.h>
#include <sel4/sel4_arch/syscalls.h>
#include <sel4/syscalls_master.h>
#ifdef CONFIG_KERNEL_MCS
#include <sel4/syscalls_mcs.h>
#endif
#include <sel4/arch/syscalls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Send a message and wait until it is received, or invoke an object without an answer.
 *    dest: endpoint with write right, or any object
 *    msgInfo: what the message is */
LIBSEL4_INLINE_FUNC void seL4_Send(seL4_CPtr dest, seL4_MessageInfo_t msgInfo)
{
    x64_sys_send(seL4_SysSend, dest, msgInfo.words[0], seL4_GetMR(0), seL4_GetMR(1), seL4_GetMR(2),
                 seL4_GetMR(3));
}

/* The same with the first message words from the arguments; a null pointer stands for 0. */
LIBSEL4_INLINE_FUNC void seL4_SendWithMRs(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                          seL4_Word *mr0, seL4_Word *mr1, seL4_Word *mr2,
                                          seL4_Word *mr3)
{
    x64_sys_send(seL4_SysSend, dest, msgInfo.words[0], sel4_word_in(msgInfo, 0, mr0),
                 sel4_word_in(msgInfo, 1, mr1), sel4_word_in(msgInfo, 2, mr2),
                 sel4_word_in(msgInfo, 3, mr3));
}

/* Send a message if somebody waits for it; otherwise it is lost. */
LIBSEL4_INLINE_FUNC void seL4_NBSend(seL4_CPtr dest, seL4_MessageInfo_t msgInfo)
{
    x64_sys_send(seL4_SysNBSend, dest, msgInfo.words[0], seL4_GetMR(0), seL4_GetMR(1),
                 seL4_GetMR(2), seL4_GetMR(3));
}

/* The same with the first message words from the arguments; a null pointer stands for 0. */
LIBSEL4_INLINE_FUNC void seL4_NBSendWithMRs(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                            seL4_Word *mr0, seL4_Word *mr1, seL4_Word *mr2,
                                            seL4_Word *mr3)
{
    x64_sys_send(seL4_SysNBSend, dest, msgInfo.words[0], sel4_word_in(msgInfo, 0, mr0),
                 sel4_word_in(msgInfo, 1, mr1), sel4_word_in(msgInfo, 2, mr2),
                 sel4_word_in(msgInfo, 3, mr3));
}

/* Send a message and wait for its answer, or invoke an object.
 *    dest: endpoint with write and grant or grant-reply right, or any object
 *    msgInfo: what the message is
 *    returns what the answer is; its label is the seL4_Error of an invocation */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Call(seL4_CPtr dest, seL4_MessageInfo_t msgInfo)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    sel4_words_load(mr);
    x64_sys_send_recv(seL4_SysCall, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0], &mr[1],
                      &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    return info;
}

/* The same with the first message words from and into the arguments; a null pointer sends 0. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_CallWithMRs(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                                        seL4_Word *mr0, seL4_Word *mr1,
                                                        seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;
    seL4_Word mr[4] = { sel4_word_in(msgInfo, 0, mr0), sel4_word_in(msgInfo, 1, mr1),
                        sel4_word_in(msgInfo, 2, mr2), sel4_word_in(msgInfo, 3, mr3) };

    x64_sys_send_recv(seL4_SysCall, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0], &mr[1],
                      &mr[2], &mr[3], 0);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    return info;
}

/* Signal a notification.
 *    dest: notification with write right; its badge is or-ed into the pending signals */
LIBSEL4_INLINE_FUNC void seL4_Signal(seL4_CPtr dest)
{
    x64_sys_send_null(seL4_SysSend, dest, seL4_MessageInfo_new(0, 0, 0, 1).words[0]);
}

/* Let other threads of the same priority run. */
LIBSEL4_INLINE_FUNC void seL4_Yield(void)
{
    x64_sys_null(seL4_SysYield);
}

#ifdef CONFIG_SET_TLS_BASE_SELF
/* Set the base of this thread's local storage.  An address that is not canonical has no effect. */
LIBSEL4_INLINE_FUNC void seL4_SetTLSBase(seL4_Word tls_base)
{
    x64_sys_send_null(seL4_SysSetTLSBase, tls_base, 0);
}
#endif

/* ---- debugging ---- */

#ifdef CONFIG_PRINTING
/* Print a character on the kernel's console. */
LIBSEL4_INLINE_FUNC void seL4_DebugPutChar(char c)
{
    x64_sys_send_null(seL4_SysDebugPutChar, (seL4_Word)(unsigned char)c, 0);
}

/* Print a string on the kernel's console. */
LIBSEL4_INLINE_FUNC void seL4_DebugPutString(char *str)
{
    while (*str)
        seL4_DebugPutChar(*str++);
}

/* Print a table of all threads on the kernel's console. */
LIBSEL4_INLINE_FUNC void seL4_DebugDumpScheduler(void)
{
    x64_sys_null(seL4_SysDebugDumpScheduler);
}
#endif

#ifdef CONFIG_DEBUG_BUILD
/* Stop the machine. */
LIBSEL4_INLINE_FUNC void seL4_DebugHalt(void)
{
    x64_sys_null(seL4_SysDebugHalt);
}

/* Print all capabilities on the kernel's console. */
LIBSEL4_INLINE_FUNC void seL4_DebugSnapshot(void)
{
    x64_sys_null(seL4_SysDebugSnapshot);
}

/* The kernel's number for the type of a capability; 0 if there is none. */
LIBSEL4_INLINE_FUNC seL4_Uint32 seL4_DebugCapIdentify(seL4_CPtr cap)
{
    seL4_Word type, info, mr[4] = { 0, 0, 0, 0 };

    x64_sys_send_recv(seL4_SysDebugCapIdentify, cap, &type, 0, &info, &mr[0], &mr[1], &mr[2],
                      &mr[3], 0);
    return (seL4_Uint32)type;
}

/* Name a thread for the kernel's reports.  The name goes through the IPC buffer and is cut to its
 * message words.  The kernel may cut it further; it halts if `tcb` is not a thread. */
LIBSEL4_INLINE_FUNC void seL4_DebugNameThread(seL4_CPtr tcb, const char *name)
{
    char *text = (char *)seL4_GetIPCBuffer()->msg;
    seL4_Word length = 0;

    for (; name[length] && length < seL4_MsgMaxLength * sizeof(seL4_Word) - 1; length++)
        text[length] = name[length];
    text[length] = 0;
    x64_sys_send_null(seL4_SysDebugNameThread, tcb, 0);
}

#ifdef CONFIG_ENABLE_SMP_SUPPORT
/* The node on which a thread runs.  The kernel halts if `tcb` is not a thread. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_DebugGetThreadAffinity(seL4_CPtr tcb)
{
    seL4_Word node, info, mr[4] = { 0, 0, 0, 0 };

    x64_sys_send_recv(seL4_SysDebugGetThreadAffinity, tcb, &node, 0, &info, &mr[0], &mr[1], &mr[2],
                      &mr[3], 0);
    return node;
}
#endif
#endif

#ifdef CONFIG_DANGEROUS_CODE_INJECTION
/* Have the kernel call a function of this program in kernel mode. */
LIBSEL4_INLINE_FUNC void seL4_DebugRun(void (*userfn)(void *), void *userarg)
{
    x64_sys_send_null(seL4_SysDebugRun, (seL4_Word)userfn, (seL4_Word)userarg);
}
#endif

/* ---- measuring ---- */

#ifdef CONFIG_ENABLE_BENCHMARKS
/* A measuring call with one argument and one result. */
LIBSEL4_INLINE seL4_Word sel4_benchmark_call(seL4_Syscall_ID sys, seL4_Word argument)
{
    seL4_Word result, info, mr[4] = { 0, 0, 0, 0 };

    x64_sys_send_recv(sys, argument, &result, 0, &info, &mr[0], &mr[1], &mr[2], &mr[3], 0);
    return result;
}

/* Empty the log and start logging. */
LIBSEL4_INLINE_FUNC seL4_Error seL4_BenchmarkResetLog(void)
{
    return (seL4_Error)sel4_benchmark_call(seL4_SysBenchmarkResetLog, 0);
}

/* Stop logging; returns the number of entries. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_BenchmarkFinalizeLog(void)
{
    return sel4_benchmark_call(seL4_SysBenchmarkFinalizeLog, 0);
}

/* Give the kernel a 2-MiB frame for its log. */
LIBSEL4_INLINE_FUNC seL4_Error seL4_BenchmarkSetLogBuffer(seL4_Word frame_cptr)
{
    return (seL4_Error)sel4_benchmark_call(seL4_SysBenchmarkSetLogBuffer, frame_cptr);
}

/* Do nothing, in the kernel. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkNullSyscall(void)
{
    x64_sys_null(seL4_SysBenchmarkNullSyscall);
}

/* Empty the processor's caches. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkFlushCaches(void)
{
    x64_sys_null(seL4_SysBenchmarkFlushCaches);
}

#ifdef CONFIG_BENCHMARK_TRACK_UTILISATION
/* Read the use of the processor by a thread into the message words of the IPC buffer, in the order
 * of enum benchmark_track_util_ipc_index. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkGetThreadUtilisation(seL4_Word tcb_cptr)
{
    x64_sys_send_null(seL4_SysBenchmarkGetThreadUtilisation, tcb_cptr, 0);
}

/* Set the counters of a thread to zero. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkResetThreadUtilisation(seL4_Word tcb_cptr)
{
    x64_sys_send_null(seL4_SysBenchmarkResetThreadUtilisation, tcb_cptr, 0);
}

#ifdef CONFIG_DEBUG_BUILD
/* Print the counters of all threads on the kernel's console. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkDumpAllThreadsUtilisation(void)
{
    x64_sys_null(seL4_SysBenchmarkDumpAllThreadsUtilisation);
}

/* Set the counters of all threads to zero. */
LIBSEL4_INLINE_FUNC void seL4_BenchmarkResetAllThreadsUtilisation(void)
{
    x64_sys_null(seL4_SysBenchmarkResetAllThreadsUtilisation);
}
#endif
#endif
#endif

#ifdef __cplusplus
}
#endif
