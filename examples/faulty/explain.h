/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults in words. */
#pragma once

#include <sel4/sel4.h>

/* Say what the fault message in the IPC buffer means. */
void explain_fault(const char *who, seL4_MessageInfo_t info);
