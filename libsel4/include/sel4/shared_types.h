/* SPDX-License-Identifier: BSD-2-Clause */
/* The IPC buffer and names of common rights. */
#pragma once

#include <sel4/constants.h>
#include <sel4/shared_types_gen.h>

/* The memory of a thread that the kernel reads and writes in system calls: message words that do
 * not fit registers, and capabilities. */
typedef struct seL4_IPCBuffer_ {
    seL4_MessageInfo_t tag;                         /* for programs; the kernel does not use it */
    seL4_Word msg[seL4_MsgMaxLength];               /* words 0 to 3 are copies of registers */
    seL4_Word userData;                             /* for programs */
    seL4_Word caps_or_badges[seL4_MsgMaxExtraCaps]; /* sent: addresses; received: badges */
    seL4_CPtr receiveCNode;                         /* where a received capability goes: root, */
    seL4_CPtr receiveIndex;                         /* address from there */
    seL4_Word receiveDepth;                         /* and its number of bits */
} __attribute__((aligned(1 << seL4_IPCBufferSizeBits))) seL4_IPCBuffer;

SEL4_COMPILE_ASSERT(seL4_IPCBuffer_size, sizeof(seL4_IPCBuffer) == 1 << seL4_IPCBufferSizeBits);

#ifdef CONFIG_KERNEL_INVOCATION_REPORT_ERROR_IPC
/* The text about a failed invocation: first word of msg and most words. */
#define DEBUG_MESSAGE_START  6
#define DEBUG_MESSAGE_MAXLEN 50
#endif

#define seL4_NoRights      seL4_CapRights_new(0, 0, 0, 0)
#define seL4_AllRights     seL4_CapRights_new(1, 1, 1, 1)
#define seL4_ReadWrite     seL4_CapRights_new(0, 0, 1, 1)
#define seL4_CanRead       seL4_CapRights_new(0, 0, 1, 0)
#define seL4_CanWrite      seL4_CapRights_new(0, 0, 0, 1)
#define seL4_CanGrant      seL4_CapRights_new(0, 1, 0, 0)
#define seL4_CanGrantReply seL4_CapRights_new(1, 0, 0, 0)
#define seL4_NoWrite       seL4_CapRights_new(1, 1, 1, 0)
#define seL4_NoRead        seL4_CapRights_new(1, 1, 0, 1)
