/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault messages whose contents are x86-64 registers. */
#pragma once

#include <sel4/config.h>
#include <sel4/functions.h>

#ifdef __cplusplus
extern "C" {
#endif

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isVMFault_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_VMFault;
}

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isUnknownSyscall_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_UnknownSyscall;
}

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isUserException_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_UserException;
}

#ifdef CONFIG_HARDWARE_DEBUG_API
LIBSEL4_INLINE_FUNC seL4_Bool seL4_isDebugException_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_DebugException;
}

/* The fault in the message words. */
LIBSEL4_INLINE seL4_Fault_t sel4_debug_exception(void)
{
    return seL4_Fault_DebugException_new(seL4_GetMR(seL4_DebugException_FaultIP),
                                         seL4_GetMR(seL4_DebugException_ExceptionReason),
                                         seL4_GetMR(seL4_DebugException_TriggerAddress),
                                         seL4_GetMR(seL4_DebugException_BreakpointNumber));
}
#endif

/* The fault in the message words. */
LIBSEL4_INLINE seL4_Fault_t sel4_unknown_syscall(void)
{
    return seL4_Fault_UnknownSyscall_new(
        seL4_GetMR(seL4_UnknownSyscall_RAX), seL4_GetMR(seL4_UnknownSyscall_RBX),
        seL4_GetMR(seL4_UnknownSyscall_RCX), seL4_GetMR(seL4_UnknownSyscall_RDX),
        seL4_GetMR(seL4_UnknownSyscall_RSI), seL4_GetMR(seL4_UnknownSyscall_RDI),
        seL4_GetMR(seL4_UnknownSyscall_RBP), seL4_GetMR(seL4_UnknownSyscall_R8),
        seL4_GetMR(seL4_UnknownSyscall_R9), seL4_GetMR(seL4_UnknownSyscall_R10),
        seL4_GetMR(seL4_UnknownSyscall_R11), seL4_GetMR(seL4_UnknownSyscall_R12),
        seL4_GetMR(seL4_UnknownSyscall_R13), seL4_GetMR(seL4_UnknownSyscall_R14),
        seL4_GetMR(seL4_UnknownSyscall_R15), seL4_GetMR(seL4_UnknownSyscall_FaultIP),
        seL4_GetMR(seL4_UnknownSyscall_SP), seL4_GetMR(seL4_UnknownSyscall_FLAGS),
        seL4_GetMR(seL4_UnknownSyscall_Syscall));
}

LIBSEL4_INLINE seL4_Fault_t sel4_user_exception(void)
{
    return seL4_Fault_UserException_new(
        seL4_GetMR(seL4_UserException_FaultIP), seL4_GetMR(seL4_UserException_SP),
        seL4_GetMR(seL4_UserException_FLAGS), seL4_GetMR(seL4_UserException_Number),
        seL4_GetMR(seL4_UserException_Code));
}

LIBSEL4_INLINE seL4_Fault_t sel4_vm_fault(void)
{
    return seL4_Fault_VMFault_new(seL4_GetMR(seL4_VMFault_IP), seL4_GetMR(seL4_VMFault_Addr),
                                  seL4_GetMR(seL4_VMFault_PrefetchFault),
                                  seL4_GetMR(seL4_VMFault_FSR));
}

/* The part of seL4_getFault() for faults that every processor has its own words for. */
LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_getArchFault(seL4_MessageInfo_t tag)
{
    switch (seL4_MessageInfo_get_label(tag)) {
    case seL4_Fault_UnknownSyscall:
        return sel4_unknown_syscall();
    case seL4_Fault_UserException:
        return sel4_user_exception();
    case seL4_Fault_VMFault:
        return sel4_vm_fault();
#ifdef CONFIG_HARDWARE_DEBUG_API
    case seL4_Fault_DebugException:
        return sel4_debug_exception();
#endif
    default:
        return seL4_Fault_NullFault_new();
    }
}

#ifdef __cplusplus
}
#endif
