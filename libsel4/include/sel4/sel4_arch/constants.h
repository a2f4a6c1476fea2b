/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes, limits and message layouts of x86-64. */
#pragma once

#include <sel4/config.h>
#include <sel4/macros.h>
#include <sel4/mode/types.h>

#define seL4_WordBits     64
#define seL4_WordSizeBits 3

/* Message words that travel in registers. */
#define seL4_FastMessageRegisters 4

#define seL4_IPCBufferSizeBits 10

/* ---- objects: log2 bytes ---- */

#define seL4_SlotBits     5
#define seL4_EndpointBits 4
#define seL4_VCPUBits     14
#define seL4_X86_VCPUBits seL4_VCPUBits

#if CONFIG_XSAVE_SIZE >= 832
#define seL4_TCBBits 12
#else
#define seL4_TCBBits 11
#endif

#ifdef CONFIG_KERNEL_MCS
#define seL4_NotificationBits 6
#define seL4_ReplyBits        5

/* A scheduling context of 2^n bytes: a fixed part, the rest are refills. */
#define seL4_MinSchedContextBits   7
#define seL4_CoreSchedContextBytes 128
#define seL4_RefillSizeBytes       16
#else
#define seL4_NotificationBits 5
#endif

#define seL4_MinUntypedBits 4
#define seL4_MaxUntypedBits 47

#define seL4_PageBits      12
#define seL4_LargePageBits 21
#define seL4_HugePageBits  30

/* ---- paging structures: tables of 2^index entries of 2^entry bytes ---- */

#define seL4_PageTableBits      12
#define seL4_PageTableEntryBits 3
#define seL4_PageTableIndexBits 9

#define seL4_PageDirBits      12
#define seL4_PageDirEntryBits 3
#define seL4_PageDirIndexBits 9

#define seL4_PDPTBits      12
#define seL4_PDPTEntryBits 3
#define seL4_PDPTIndexBits 9

#define seL4_PML4Bits      12
#define seL4_PML4EntryBits 3
#define seL4_PML4IndexBits 9
#define seL4_VSpaceBits    seL4_PML4Bits

#define seL4_IOPageTableBits      12
#define seL4_IOPageTableEntryBits 3
#define seL4_IOPageTableIndexBits 9

#define seL4_X86_EPTPML4Bits      12
#define seL4_X86_EPTPML4EntryBits 3
#define seL4_X86_EPTPML4IndexBits 9

#define seL4_X86_EPTPDPTBits      12
#define seL4_X86_EPTPDPTEntryBits 3
#define seL4_X86_EPTPDPTIndexBits 9

#define seL4_X86_EPTPDBits      12
#define seL4_X86_EPTPDEntryBits 3
#define seL4_X86_EPTPDIndexBits 9

#define seL4_X86_EPTPTBits      12
#define seL4_X86_EPTPTEntryBits 3
#define seL4_X86_EPTPTIndexBits 9

#define seL4_NumASIDPoolsBits  3
#define seL4_ASIDPoolBits      12
#define seL4_ASIDPoolIndexBits 9

SEL4_SIZE_SANITY(seL4_PageTableIndexBits, seL4_PageTableEntryBits, seL4_PageTableBits);
SEL4_SIZE_SANITY(seL4_PageDirIndexBits, seL4_PageDirEntryBits, seL4_PageDirBits);
SEL4_SIZE_SANITY(seL4_PDPTIndexBits, seL4_PDPTEntryBits, seL4_PDPTBits);
SEL4_SIZE_SANITY(seL4_PML4IndexBits, seL4_PML4EntryBits, seL4_PML4Bits);
SEL4_SIZE_SANITY(seL4_ASIDPoolIndexBits, seL4_WordSizeBits, seL4_ASIDPoolBits);

/* The first address that user programs cannot map, and the last that they can. */
#define seL4_UserTop       0x00007ffffffff000ul
#define seL4_UserVSpaceTop (seL4_UserTop - 1)

/* ---- fault messages: message word of each value ---- */

/* A capability was not found or not usable in a system call. */
typedef enum seL4_CapFault_Msg {
    seL4_CapFault_IP,
    seL4_CapFault_Addr,
    seL4_CapFault_InRecvPhase,
    seL4_CapFault_LookupFailureType, /* what follows depends on it, see errors.h */
    seL4_CapFault_BitsLeft,
    seL4_CapFault_DepthMismatch_BitsFound,
    seL4_CapFault_GuardMismatch_GuardFound = seL4_CapFault_DepthMismatch_BitsFound,
    seL4_CapFault_GuardMismatch_BitsFound,
    SEL4_FORCE_LONG_ENUM(seL4_CapFault_Msg)
} seL4_CapFault_Msg;

/* A system call that the kernel does not have.  The answer may set all but Syscall. */
typedef enum seL4_UnknownSyscall_Msg {
    seL4_UnknownSyscall_RAX,
    seL4_UnknownSyscall_RBX,
    seL4_UnknownSyscall_RCX,
    seL4_UnknownSyscall_RDX,
    seL4_UnknownSyscall_RSI,
    seL4_UnknownSyscall_RDI,
    seL4_UnknownSyscall_RBP,
    seL4_UnknownSyscall_R8,
    seL4_UnknownSyscall_R9,
    seL4_UnknownSyscall_R10,
    seL4_UnknownSyscall_R11,
    seL4_UnknownSyscall_R12,
    seL4_UnknownSyscall_R13,
    seL4_UnknownSyscall_R14,
    seL4_UnknownSyscall_R15,
    seL4_UnknownSyscall_FaultIP,
    seL4_UnknownSyscall_SP,
    seL4_UnknownSyscall_FLAGS,
    seL4_UnknownSyscall_Syscall,
    seL4_UnknownSyscall_Length,
    SEL4_FORCE_LONG_ENUM(seL4_UnknownSyscall_Msg)
} seL4_UnknownSyscall_Msg;

/* A processor exception.  The answer may set the first three. */
typedef enum seL4_UserException_Msg {
    seL4_UserException_FaultIP,
    seL4_UserException_SP,
    seL4_UserException_FLAGS,
    seL4_UserException_Number, /* processor vector */
    seL4_UserException_Code,   /* the processor's error code */
    seL4_UserException_Length,
    SEL4_FORCE_LONG_ENUM(seL4_UserException_Msg)
} seL4_UserException_Msg;

/* A memory access that the mappings do not allow. */
typedef enum seL4_VMFault_Msg {
    seL4_VMFault_IP,
    seL4_VMFault_Addr,
    seL4_VMFault_PrefetchFault, /* seL4_InstructionFault or seL4_DataFault */
    seL4_VMFault_FSR,           /* the processor's error code */
    seL4_VMFault_Length,
    SEL4_FORCE_LONG_ENUM(seL4_VMFault_Msg)
} seL4_VMFault_Msg;

enum { seL4_DataFault = 0, seL4_InstructionFault = 1 };

#ifdef CONFIG_KERNEL_MCS
/* A thread used up its budget. */
typedef enum seL4_Timeout_Msg {
    seL4_Timeout_Data,     /* badge given to seL4_SchedControl_ConfigureFlags() */
    seL4_Timeout_Consumed, /* microseconds since the last report */
    seL4_Timeout_Length,
    SEL4_FORCE_LONG_ENUM(seL4_Timeout_Msg)
} seL4_Timeout_Msg;

/* The answer to a timeout. */
typedef enum seL4_TimeoutReply_Msg {
    seL4_TimeoutReply_FaultIP,
    seL4_TimeoutReply_RSP,
    seL4_TimeoutReply_FLAGS,
    seL4_TimeoutReply_RAX,
    seL4_TimeoutReply_RBX,
    seL4_TimeoutReply_RCX,
    seL4_TimeoutReply_RDX,
    seL4_TimeoutReply_RSI,
    seL4_TimeoutReply_RDI,
    seL4_TimeoutReply_RBP,
    seL4_TimeoutReply_R8,
    seL4_TimeoutReply_R9,
    seL4_TimeoutReply_R10,
    seL4_TimeoutReply_R11,
    seL4_TimeoutReply_R12,
    seL4_TimeoutReply_R13,
    seL4_TimeoutReply_R14,
    seL4_TimeoutReply_R15,
    seL4_TimeoutReply_TLS_BASE,
    seL4_TimeoutReply_Length,
    SEL4_FORCE_LONG_ENUM(seL4_TimeoutReply_Msg)
} seL4_TimeoutReply_Msg;
#endif

/* A breakpoint or step, with the hardware debug methods. */
typedef enum seL4_DebugException_Msg {
    seL4_DebugException_FaultIP,
    seL4_DebugException_ExceptionReason, /* a seL4_BreakpointType */
    seL4_DebugException_TriggerAddress,
    seL4_DebugException_BreakpointNumber,
    seL4_DebugException_Length,
    SEL4_FORCE_LONG_ENUM(seL4_DebugException_Msg)
} seL4_DebugException_Msg;
