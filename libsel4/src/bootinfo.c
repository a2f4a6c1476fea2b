/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot information's address and the IPC buffer's, as the program remembers them. */
#include <sel4/bootinfo.h>
#include <sel4/functions.h>

extern seL4_BootInfo *bootinfo;

LIBSEL4_THREAD_LOCAL seL4_IPCBuffer *__sel4_ipc_buffer;

seL4_BootInfo *bootinfo;

void seL4_InitBootInfo(seL4_BootInfo *bi)
{
    bootinfo = bi;
}

seL4_BootInfo *seL4_GetBootInfo(void)
{
    return bootinfo;
}

#ifdef CONFIG_KERNEL_INVOCATION_REPORT_ERROR_IPC
LIBSEL4_THREAD_LOCAL char __sel4_print_error;
#endif
