/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to the IPC buffer of the calling thread. */
#pragma once

#include <sel4/config.h>
#include <sel4/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the IPC buffer is.  Start-up code of every thread sets it. */
extern LIBSEL4_THREAD_LOCAL seL4_IPCBuffer *__sel4_ipc_buffer;

/* Say where the IPC buffer of this thread is. */
LIBSEL4_INLINE_FUNC void seL4_SetIPCBuffer(seL4_IPCBuffer *ipc_buffer)
{
    __sel4_ipc_buffer = ipc_buffer;
}

/* The IPC buffer of this thread. */
LIBSEL4_INLINE_FUNC seL4_IPCBuffer *seL4_GetIPCBuffer(void)
{
    return __sel4_ipc_buffer;
}

/* Message word i, 0 to seL4_MsgMaxLength - 1, as it stands in the buffer. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_GetMR(int i)
{
    return seL4_GetIPCBuffer()->msg[i];
}

/* Set message word i, 0 to seL4_MsgMaxLength - 1, for the next message. */
LIBSEL4_INLINE_FUNC void seL4_SetMR(int i, seL4_Word mr)
{
    seL4_GetIPCBuffer()->msg[i] = mr;
}

/* The word of the buffer that is the program's own. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_GetUserData(void)
{
    return seL4_GetIPCBuffer()->userData;
}

LIBSEL4_INLINE_FUNC void seL4_SetUserData(seL4_Word data)
{
    seL4_GetIPCBuffer()->userData = data;
}

/* Badge of received capability i, if bit i of capsUnwrapped says that it came as one. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_GetBadge(int i)
{
    return seL4_GetIPCBuffer()->caps_or_badges[i];
}

/* Capability i of the next message, 0 to seL4_MsgMaxExtraCaps - 1. */
LIBSEL4_INLINE_FUNC seL4_CPtr seL4_GetCap(int i)
{
    return (seL4_CPtr)seL4_GetIPCBuffer()->caps_or_badges[i];
}

LIBSEL4_INLINE_FUNC void seL4_SetCap(int i, seL4_CPtr cptr)
{
    seL4_GetIPCBuffer()->caps_or_badges[i] = (seL4_Word)cptr;
}

/* Where a received capability goes, see seL4_SetCapReceivePath().  Null pointers are skipped. */
LIBSEL4_INLINE_FUNC void seL4_GetCapReceivePath(seL4_CPtr *receiveCNode, seL4_CPtr *receiveIndex,
                                                seL4_Word *receiveDepth)
{
    const seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    if (receiveCNode)
        *receiveCNode = buffer->receiveCNode;
    if (receiveIndex)
        *receiveIndex = buffer->receiveIndex;
    if (receiveDepth)
        *receiveDepth = buffer->receiveDepth;
}

/* Choose the slot for received capabilities: receiveDepth bits of receiveIndex, resolved from the
 * CNode at receiveCNode. */
LIBSEL4_INLINE_FUNC void seL4_SetCapReceivePath(seL4_CPtr receiveCNode, seL4_CPtr receiveIndex,
                                                seL4_Word receiveDepth)
{
    seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    buffer->receiveCNode = receiveCNode;
    buffer->receiveIndex = receiveIndex;
    buffer->receiveDepth = receiveDepth;
}

#ifdef CONFIG_KERNEL_INVOCATION_REPORT_ERROR_IPC
extern LIBSEL4_THREAD_LOCAL char __sel4_print_error;

/* The kernel's text about the invocation that failed last. */
LIBSEL4_INLINE_FUNC char *seL4_GetDebugError(void)
{
    return (char *)&seL4_GetIPCBuffer()->msg[DEBUG_MESSAGE_START];
}

/* Whether programs want such texts printed. */
LIBSEL4_INLINE_FUNC void seL4_SetPrintError(char print)
{
    __sel4_print_error = print;
}

LIBSEL4_INLINE_FUNC char seL4_CanPrintError(void)
{
    return __sel4_print_error;
}
#endif

#ifdef CONFIG_KERNEL_MCS
/* Refills beyond two that a scheduling context of 2^size bytes holds, for size from
 * seL4_MinSchedContextBits. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_MaxExtraRefills(seL4_Word size)
{
    return (LIBSEL4_BIT(size) - seL4_CoreSchedContextBytes) / seL4_RefillSizeBytes;
}
#endif

#ifdef __cplusplus
}
#endif
