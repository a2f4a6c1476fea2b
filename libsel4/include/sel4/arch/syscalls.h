/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls of x86 processors. */
#pragma once

#include <sel4/config.h>
#include <sel4/messages.h>
#include <sel4/sel4_arch/syscalls.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CONFIG_VTX
/* Run the virtual processor bound to this thread until it exits or a signal arrives.  Message words
 * in and out: see sel4/arch/vmenter.h.
 *    sender: receives the signals if that ended it; may be null
 *    returns SEL4_VMENTER_RESULT_FAULT or SEL4_VMENTER_RESULT_NOTIF */
LIBSEL4_INLINE_FUNC seL4_Word seL4_VMEnter(seL4_Word *sender)
{
    seL4_Word badge, result, mr[4];

    sel4_words_load(mr);
    x64_sys_send_recv(seL4_SysVMEnter, 0, &badge, 0, &result, &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    if (!result)
        sel4_word_out(sender, badge);
    return result;
}
#endif

#ifdef CONFIG_KERNEL_X86_DANGEROUS_MSR
/* Write a model-specific register of the processor. */
LIBSEL4_INLINE_FUNC void seL4_X86DangerousWRMSR(seL4_Uint32 msr, seL4_Uint64 value)
{
    x64_sys_send(seL4_SysX86DangerousWRMSR, msr, 0, value, 0, 0, 0);
}

/* Read a model-specific register of the processor. */
LIBSEL4_INLINE_FUNC seL4_Uint64 seL4_X86DangerousRDMSR(seL4_Uint32 msr)
{
    seL4_Word badge, info, mr[4] = { 0, 0, 0, 0 };

    x64_sys_send_recv(seL4_SysX86DangerousRDMSR, msr, &badge, 0, &info, &mr[0], &mr[1], &mr[2],
                      &mr[3], 0);
    return mr[0];
}
#endif

#ifdef __cplusplus
}
#endif
