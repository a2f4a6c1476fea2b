/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault messages: what a fault handler received, and how it answers a timeout. */
#pragma once

#include <sel4/config.h>
#include <sel4/functions.h>
#include <sel4/sel4_arch/faults.h>

#ifdef __cplusplus
extern "C" {
#endif

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isNullFault_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_NullFault;
}

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isCapFault_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_CapFault;
}

#ifdef CONFIG_KERNEL_MCS
LIBSEL4_INLINE_FUNC seL4_Bool seL4_isTimeoutFault_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_Timeout;
}

/* The fault in the message words. */
LIBSEL4_INLINE seL4_Fault_t sel4_timeout_fault(void)
{
    return seL4_Fault_Timeout_new(seL4_GetMR(seL4_Timeout_Data), seL4_GetMR(seL4_Timeout_Consumed));
}

/* Prepare the answer to a timeout fault.
 *    resume: whether the thread goes on
 *    regs: its registers; the first `length` of them go into the message words
 *    length: up to seL4_TimeoutReply_Length
 *    returns the message info to answer with */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_TimeoutReply_new(seL4_Bool resume,
                                                             seL4_UserContext regs,
                                                             seL4_Word length)
{
    const seL4_Word *words = (const seL4_Word *)&regs;

    for (seL4_Word i = 0; i < length && i < seL4_TimeoutReply_Length; i++)
        seL4_SetMR((int)i, words[i]);
    return seL4_MessageInfo_new(!resume, 0, 0, length);
}
#endif

/* The fault in the message words. */
LIBSEL4_INLINE seL4_Fault_t sel4_cap_fault(void)
{
    return seL4_Fault_CapFault_new(
        seL4_GetMR(seL4_CapFault_IP), seL4_GetMR(seL4_CapFault_Addr),
        seL4_GetMR(seL4_CapFault_InRecvPhase), seL4_GetMR(seL4_CapFault_LookupFailureType),
        seL4_GetMR(seL4_CapFault_BitsLeft), seL4_GetMR(seL4_CapFault_GuardMismatch_GuardFound),
        seL4_GetMR(seL4_CapFault_GuardMismatch_BitsFound));
}

/* The fault that a received message reports, from its message info and the message words in the IPC
 * buffer; NullFault if its label is not that of a fault. */
LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_getFault(seL4_MessageInfo_t tag)
{
    switch (seL4_MessageInfo_get_label(tag)) {
    case seL4_Fault_NullFault:
        return seL4_Fault_NullFault_new();
    case seL4_Fault_CapFault:
        return sel4_cap_fault();
#ifdef CONFIG_KERNEL_MCS
    case seL4_Fault_Timeout:
        return sel4_timeout_fault();
#endif
    default:
        return seL4_getArchFault(tag);
    }
}

#ifdef __cplusplus
}
#endif
