/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the boot information again. */
#pragma once

#include <sel4/config.h>
#include <sel4/bootinfo_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Remember the address that the root task was started with.  Start-up code calls it. */
void seL4_InitBootInfo(seL4_BootInfo *bi);

/* The address remembered. */
seL4_BootInfo *seL4_GetBootInfo(void);

#ifdef __cplusplus
}
#endif
