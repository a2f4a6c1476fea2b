/* SPDX-License-Identifier: BSD-2-Clause */
/* Message words of seL4_VMEnter(). */
#pragma once

#include <sel4/config.h>

/* Results. */
#define SEL4_VMENTER_RESULT_NOTIF 0
#define SEL4_VMENTER_RESULT_FAULT 1

/* Words that are valid after a signal: the first three below. */
#define SEL4_VMENTER_RESULT_NOTIF_LEN 3

/* In, and out in both cases. */
#define SEL4_VMENTER_CALL_EIP_MR            0
#define SEL4_VMENTER_CALL_CONTROL_PPC_MR    1
#define SEL4_VMENTER_CALL_INTERRUPT_INFO_MR 2

/* Out after an exit of the guest. */
#define SEL4_VMENTER_FAULT_REASON_MR          3
#define SEL4_VMENTER_FAULT_QUALIFICATION_MR   4
#define SEL4_VMENTER_FAULT_INSTRUCTION_LEN_MR 5
#define SEL4_VMENTER_FAULT_GUEST_PHYSICAL_MR  6
#define SEL4_VMENTER_FAULT_RFLAGS_MR          7
#define SEL4_VMENTER_FAULT_GUEST_INT_MR       8
#define SEL4_VMENTER_FAULT_CR3_MR             9
#define SEL4_VMENTER_FAULT_EAX                10
#define SEL4_VMENTER_FAULT_EBX                11
#define SEL4_VMENTER_FAULT_ECX                12
#define SEL4_VMENTER_FAULT_EDX                13
#define SEL4_VMENTER_FAULT_ESI                14
#define SEL4_VMENTER_FAULT_EDI                15
#define SEL4_VMENTER_FAULT_EBP                16

#ifdef CONFIG_X86_64_VTX_64BIT_GUESTS
#define SEL4_VMENTER_FAULT_R8       17
#define SEL4_VMENTER_FAULT_R9       18
#define SEL4_VMENTER_FAULT_R10      19
#define SEL4_VMENTER_FAULT_R11      20
#define SEL4_VMENTER_FAULT_R12      21
#define SEL4_VMENTER_FAULT_R13      22
#define SEL4_VMENTER_FAULT_R14      23
#define SEL4_VMENTER_FAULT_R15      24
#define SEL4_VMENTER_NUM_FAULT_MSGS 25
#else
#define SEL4_VMENTER_NUM_FAULT_MSGS 17
#endif

#define SEL4_VMENTER_RESULT_FAULT_LEN SEL4_VMENTER_NUM_FAULT_MSGS
