/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults as values: what seL4_getFault() makes of a fault message.  For each kind K with fields F
 * there are seL4_Fault_K_new(), _ptr_new(), _get_F(), _set_F(), _ptr_get_F() and _ptr_set_F().
 * The fields are the words of the message, see sel4/sel4_arch/constants.h. */
#pragma once

#include <sel4/config.h>
#include <sel4/bitfield.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of fault: the labels of fault messages. */
#ifdef CONFIG_KERNEL_MCS
typedef enum seL4_Fault_tag {
    seL4_Fault_NullFault = 0,
    seL4_Fault_CapFault = 1,
    seL4_Fault_UnknownSyscall = 2,
    seL4_Fault_UserException = 3,
#ifdef CONFIG_HARDWARE_DEBUG_API
    seL4_Fault_DebugException = 4,
#endif
    seL4_Fault_Timeout = 5,
    seL4_Fault_VMFault = 6
} seL4_Fault_tag_t;
#else
typedef enum seL4_Fault_tag {
    seL4_Fault_NullFault = 0,
    seL4_Fault_CapFault = 1,
    seL4_Fault_UnknownSyscall = 2,
    seL4_Fault_UserException = 3,
#ifdef CONFIG_HARDWARE_DEBUG_API
    seL4_Fault_DebugException = 4,
#endif
    seL4_Fault_VMFault = 5
} seL4_Fault_tag_t;
#endif

/* words[0] holds the kind; the last field of a kind is in words[1], the others follow backwards. */
typedef struct seL4_Fault {
    seL4_Uint64 words[20];
} seL4_Fault_t;

LIBSEL4_INLINE_FUNC seL4_Uint64 seL4_Fault_get_seL4_FaultType(seL4_Fault_t fault)
{
    return SEL4_CUT(fault.words[0], 4);
}

LIBSEL4_INLINE_FUNC seL4_Uint64 seL4_Fault_ptr_get_seL4_FaultType(seL4_Fault_t *pointer)
{
    return SEL4_CUT(pointer->words[0], 4);
}

LIBSEL4_INLINE_FUNC int seL4_Fault_seL4_FaultType_equals(seL4_Fault_t fault, seL4_Uint64 kind)
{
    return seL4_Fault_get_seL4_FaultType(fault) == kind;
}

/* The accessors of one field; seL4_Fault_<kind>_<verb>_<field>. */
#define SEL4_FAULT_FIELD(K, F, word)                                                               \
    LIBSEL4_INLINE_FUNC seL4_Uint64 seL4_Fault_##K##_get_##F(seL4_Fault_t fault)                   \
    {                                                                                              \
        return fault.words[word];                                                                  \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_##K##_set_##F(seL4_Fault_t fault,                  \
                                                              seL4_Uint64 value)                   \
    {                                                                                              \
        fault.words[word] = value;                                                                 \
        return fault;                                                                              \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC seL4_Uint64 seL4_Fault_##K##_ptr_get_##F(seL4_Fault_t *pointer)            \
    {                                                                                              \
        return pointer->words[word];                                                               \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC void seL4_Fault_##K##_ptr_set_##F(seL4_Fault_t *pointer,                   \
                                                          seL4_Uint64 value)                       \
    {                                                                                              \
        pointer->words[word] = value;                                                              \
    }                                                                                              \
    struct seL4_Fault_##K##_##F

/* ---- NullFault ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_NullFault_ptr_new(seL4_Fault_t *pointer)
{
    seL4_Fault_t fault = { { seL4_Fault_NullFault } };

    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_NullFault_new(void)
{
    seL4_Fault_t fault;

    seL4_Fault_NullFault_ptr_new(&fault);
    return fault;
}

/* ---- CapFault ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_CapFault_ptr_new(seL4_Fault_t *pointer, seL4_Uint64 IP,
                                                     seL4_Uint64 Addr, seL4_Uint64 InRecvPhase,
                                                     seL4_Uint64 LookupFailureType, seL4_Uint64 MR4,
                                                     seL4_Uint64 MR5, seL4_Uint64 MR6)
{
    seL4_Fault_t fault = { { seL4_Fault_CapFault } };

    fault.words[7] = IP;
    fault.words[6] = Addr;
    fault.words[5] = InRecvPhase;
    fault.words[4] = LookupFailureType;
    fault.words[3] = MR4;
    fault.words[2] = MR5;
    fault.words[1] = MR6;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_CapFault_new(seL4_Uint64 IP, seL4_Uint64 Addr,
                                                         seL4_Uint64 InRecvPhase,
                                                         seL4_Uint64 LookupFailureType,
                                                         seL4_Uint64 MR4, seL4_Uint64 MR5,
                                                         seL4_Uint64 MR6)
{
    seL4_Fault_t fault;

    seL4_Fault_CapFault_ptr_new(&fault, IP, Addr, InRecvPhase, LookupFailureType, MR4, MR5, MR6);
    return fault;
}

SEL4_FAULT_FIELD(CapFault, IP, 7);
SEL4_FAULT_FIELD(CapFault, Addr, 6);
SEL4_FAULT_FIELD(CapFault, InRecvPhase, 5);
SEL4_FAULT_FIELD(CapFault, LookupFailureType, 4);
SEL4_FAULT_FIELD(CapFault, MR4, 3);
SEL4_FAULT_FIELD(CapFault, MR5, 2);
SEL4_FAULT_FIELD(CapFault, MR6, 1);

/* ---- UnknownSyscall ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_UnknownSyscall_ptr_new(
    seL4_Fault_t *pointer, seL4_Uint64 RAX, seL4_Uint64 RBX, seL4_Uint64 RCX, seL4_Uint64 RDX,
    seL4_Uint64 RSI, seL4_Uint64 RDI, seL4_Uint64 RBP, seL4_Uint64 R8, seL4_Uint64 R9,
    seL4_Uint64 R10, seL4_Uint64 R11, seL4_Uint64 R12, seL4_Uint64 R13, seL4_Uint64 R14,
    seL4_Uint64 R15, seL4_Uint64 FaultIP, seL4_Uint64 RSP, seL4_Uint64 FLAGS, seL4_Uint64 Syscall)
{
    seL4_Fault_t fault = { { seL4_Fault_UnknownSyscall } };

    fault.words[19] = RAX;
    fault.words[18] = RBX;
    fault.words[17] = RCX;
    fault.words[16] = RDX;
    fault.words[15] = RSI;
    fault.words[14] = RDI;
    fault.words[13] = RBP;
    fault.words[12] = R8;
    fault.words[11] = R9;
    fault.words[10] = R10;
    fault.words[9] = R11;
    fault.words[8] = R12;
    fault.words[7] = R13;
    fault.words[6] = R14;
    fault.words[5] = R15;
    fault.words[4] = FaultIP;
    fault.words[3] = RSP;
    fault.words[2] = FLAGS;
    fault.words[1] = Syscall;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_UnknownSyscall_new(
    seL4_Uint64 RAX, seL4_Uint64 RBX, seL4_Uint64 RCX, seL4_Uint64 RDX, seL4_Uint64 RSI,
    seL4_Uint64 RDI, seL4_Uint64 RBP, seL4_Uint64 R8, seL4_Uint64 R9, seL4_Uint64 R10,
    seL4_Uint64 R11, seL4_Uint64 R12, seL4_Uint64 R13, seL4_Uint64 R14, seL4_Uint64 R15,
    seL4_Uint64 FaultIP, seL4_Uint64 RSP, seL4_Uint64 FLAGS, seL4_Uint64 Syscall)
{
    seL4_Fault_t fault;

    seL4_Fault_UnknownSyscall_ptr_new(&fault, RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11,
                                      R12, R13, R14, R15, FaultIP, RSP, FLAGS, Syscall);
    return fault;
}

SEL4_FAULT_FIELD(UnknownSyscall, RAX, 19);
SEL4_FAULT_FIELD(UnknownSyscall, RBX, 18);
SEL4_FAULT_FIELD(UnknownSyscall, RCX, 17);
SEL4_FAULT_FIELD(UnknownSyscall, RDX, 16);
SEL4_FAULT_FIELD(UnknownSyscall, RSI, 15);
SEL4_FAULT_FIELD(UnknownSyscall, RDI, 14);
SEL4_FAULT_FIELD(UnknownSyscall, RBP, 13);
SEL4_FAULT_FIELD(UnknownSyscall, R8, 12);
SEL4_FAULT_FIELD(UnknownSyscall, R9, 11);
SEL4_FAULT_FIELD(UnknownSyscall, R10, 10);
SEL4_FAULT_FIELD(UnknownSyscall, R11, 9);
SEL4_FAULT_FIELD(UnknownSyscall, R12, 8);
SEL4_FAULT_FIELD(UnknownSyscall, R13, 7);
SEL4_FAULT_FIELD(UnknownSyscall, R14, 6);
SEL4_FAULT_FIELD(UnknownSyscall, R15, 5);
SEL4_FAULT_FIELD(UnknownSyscall, FaultIP, 4);
SEL4_FAULT_FIELD(UnknownSyscall, RSP, 3);
SEL4_FAULT_FIELD(UnknownSyscall, FLAGS, 2);
SEL4_FAULT_FIELD(UnknownSyscall, Syscall, 1);

/* ---- UserException ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_UserException_ptr_new(seL4_Fault_t *pointer,
                                                          seL4_Uint64 FaultIP, seL4_Uint64 Stack,
                                                          seL4_Uint64 FLAGS, seL4_Uint64 Number,
                                                          seL4_Uint64 Code)
{
    seL4_Fault_t fault = { { seL4_Fault_UserException } };

    fault.words[5] = FaultIP;
    fault.words[4] = Stack;
    fault.words[3] = FLAGS;
    fault.words[2] = Number;
    fault.words[1] = Code;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_UserException_new(seL4_Uint64 FaultIP,
                                                              seL4_Uint64 Stack, seL4_Uint64 FLAGS,
                                                              seL4_Uint64 Number, seL4_Uint64 Code)
{
    seL4_Fault_t fault;

    seL4_Fault_UserException_ptr_new(&fault, FaultIP, Stack, FLAGS, Number, Code);
    return fault;
}

SEL4_FAULT_FIELD(UserException, FaultIP, 5);
SEL4_FAULT_FIELD(UserException, Stack, 4);
SEL4_FAULT_FIELD(UserException, FLAGS, 3);
SEL4_FAULT_FIELD(UserException, Number, 2);
SEL4_FAULT_FIELD(UserException, Code, 1);

/* ---- VMFault ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_VMFault_ptr_new(seL4_Fault_t *pointer, seL4_Uint64 IP,
                                                    seL4_Uint64 Addr, seL4_Uint64 PrefetchFault,
                                                    seL4_Uint64 FSR)
{
    seL4_Fault_t fault = { { seL4_Fault_VMFault } };

    fault.words[4] = IP;
    fault.words[3] = Addr;
    fault.words[2] = PrefetchFault;
    fault.words[1] = FSR;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_VMFault_new(seL4_Uint64 IP, seL4_Uint64 Addr,
                                                        seL4_Uint64 PrefetchFault, seL4_Uint64 FSR)
{
    seL4_Fault_t fault;

    seL4_Fault_VMFault_ptr_new(&fault, IP, Addr, PrefetchFault, FSR);
    return fault;
}

SEL4_FAULT_FIELD(VMFault, IP, 4);
SEL4_FAULT_FIELD(VMFault, Addr, 3);
SEL4_FAULT_FIELD(VMFault, PrefetchFault, 2);
SEL4_FAULT_FIELD(VMFault, FSR, 1);

#ifdef CONFIG_KERNEL_MCS
/* ---- Timeout ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_Timeout_ptr_new(seL4_Fault_t *pointer, seL4_Uint64 data,
                                                    seL4_Uint64 consumed)
{
    seL4_Fault_t fault = { { seL4_Fault_Timeout } };

    fault.words[2] = data;
    fault.words[1] = consumed;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_Timeout_new(seL4_Uint64 data, seL4_Uint64 consumed)
{
    seL4_Fault_t fault;

    seL4_Fault_Timeout_ptr_new(&fault, data, consumed);
    return fault;
}

SEL4_FAULT_FIELD(Timeout, data, 2);
SEL4_FAULT_FIELD(Timeout, consumed, 1);
#endif

#ifdef CONFIG_HARDWARE_DEBUG_API
/* ---- DebugException ---- */

LIBSEL4_INLINE_FUNC void seL4_Fault_DebugException_ptr_new(seL4_Fault_t *pointer,
                                                           seL4_Uint64 FaultIP,
                                                           seL4_Uint64 ExceptionReason,
                                                           seL4_Uint64 TriggerAddress,
                                                           seL4_Uint64 BreakpointNumber)
{
    seL4_Fault_t fault = { { seL4_Fault_DebugException } };

    fault.words[4] = FaultIP;
    fault.words[3] = ExceptionReason;
    fault.words[2] = TriggerAddress;
    fault.words[1] = BreakpointNumber;
    *pointer = fault;
}

LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_Fault_DebugException_new(seL4_Uint64 FaultIP,
                                                               seL4_Uint64 ExceptionReason,
                                                               seL4_Uint64 TriggerAddress,
                                                               seL4_Uint64 BreakpointNumber)
{
    seL4_Fault_t fault;

    seL4_Fault_DebugException_ptr_new(&fault, FaultIP, ExceptionReason, TriggerAddress,
                                      BreakpointNumber);
    return fault;
}

SEL4_FAULT_FIELD(DebugException, FaultIP, 4);
SEL4_FAULT_FIELD(DebugException, ExceptionReason, 3);
SEL4_FAULT_FIELD(DebugException, TriggerAddress, 2);
SEL4_FAULT_FIELD(DebugException, BreakpointNumber, 1);
#endif

#ifdef CONFIG_IOMMU
/* ---- seL4_X86_IOSpace_CapData_t: the data word of an I/O space capability ----
 *   domainID the device's number for the IOMMU, not 0
 *   pciBus, pciDev, pciFun the device */

typedef struct seL4_X86_IOSpace_CapData {
    seL4_Uint64 words[1];
} seL4_X86_IOSpace_CapData_t;

LIBSEL4_INLINE_FUNC seL4_X86_IOSpace_CapData_t seL4_X86_IOSpace_CapData_new(seL4_Uint64 domainID,
                                                                            seL4_Uint64 pciBus,
                                                                            seL4_Uint64 pciDev,
                                                                            seL4_Uint64 pciFun)
{
    seL4_X86_IOSpace_CapData_t t;

    t.words[0] = SEL4_CUT(domainID, 16) << 16 | SEL4_CUT(pciBus, 8) << 8 |
                 SEL4_CUT(pciDev, 5) << 3 | SEL4_CUT(pciFun, 3);
    return t;
}

LIBSEL4_INLINE_FUNC void seL4_X86_IOSpace_CapData_ptr_new(seL4_X86_IOSpace_CapData_t *pointer,
                                                          seL4_Uint64 domainID, seL4_Uint64 pciBus,
                                                          seL4_Uint64 pciDev, seL4_Uint64 pciFun)
{
    *pointer = seL4_X86_IOSpace_CapData_new(domainID, pciBus, pciDev, pciFun);
}

SEL4_FIELD(seL4_X86_IOSpace_CapData, domainID, 0, 16, 16);
SEL4_FIELD(seL4_X86_IOSpace_CapData, pciBus, 0, 8, 8);
SEL4_FIELD(seL4_X86_IOSpace_CapData, pciDev, 0, 3, 5);
SEL4_FIELD(seL4_X86_IOSpace_CapData, pciFun, 0, 0, 3);
#endif

#ifdef __cplusplus
}
#endif
