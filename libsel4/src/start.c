/* SPDX-License-Identifier: BSD-2-Clause */
/* Start of a root task, between crt0.S and main(). */
#include <sel4/sel4.h>
#include <sel4/start.h>

typedef void constructor_t(void);

/* Of root.ld. */
extern constructor_t *const __preinit_array_start[], *const __preinit_array_end[];
extern constructor_t *const __init_array_start[], *const __init_array_end[];
extern char __root_tls[];

int main(void);

void sel4_start(seL4_BootInfo *info) __attribute__((noreturn));

static void run_constructors(constructor_t *const *first, constructor_t *const *end)
{
    for (; first < end; first++)
        (*first)();
}

/* Where the headers are for processors with FSGSBASE (the build variable), there is no system call for it. */
#ifdef CONFIG_SET_TLS_BASE_SELF
static void set_thread_pointer(seL4_Word base) { seL4_SetTLSBase(base); }
#else
static void set_thread_pointer(seL4_Word base)
{
    __asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
}
#endif

/* Called on the root task's stack, with nothing else set up.  Until the thread pointer is set there
 * are no thread-local variables, and no IPC buffer. */
void sel4_start(seL4_BootInfo *info)
{
    set_thread_pointer(sel4_tls_make(__root_tls, info->ipcBuffer));
    seL4_SetUserData((seL4_Word)info->ipcBuffer);
    seL4_InitBootInfo(info);
    run_constructors(__preinit_array_start, __preinit_array_end);
    run_constructors(__init_array_start, __init_array_end);
    (void)main();
    for (;;)
        (void)seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}
