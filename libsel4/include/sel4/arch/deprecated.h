/* SPDX-License-Identifier: BSD-2-Clause */
/* Old names of x86 processors. */
#pragma once

#include <sel4/config.h>
#include <sel4/sel4_arch/deprecated.h>

#define SEL4_VMENTER_CALL_CONTROL_ENTRY_MR SEL4_DEPRECATE_MACRO(SEL4_VMENTER_CALL_INTERRUPT_INFO_MR)
