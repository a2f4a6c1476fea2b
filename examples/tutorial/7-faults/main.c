/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 7: faults are messages; answering one lets the thread go on. */
#include <kit/print.h>
#include <kit/space.h>
#include <kit/thread.h>

enum { PRIORITY = 100, DONE = 64, DIVIDE_BYTES = 2, DIVIDE_ERROR = 0 };

#define HEAP 0x30000000ul

static seL4_CPtr endpoint;

/* Touches three pages that are not there, then divides by zero. */
static void worker(void *unused)
{
    (void)unused;
    for (unsigned long page = 0; page < 3; page++)
        *(volatile unsigned long *)(HEAP + page * PAGE_BYTES) = page;
    __asm__ volatile("xorl %%edx, %%edx\n\txorl %%ecx, %%ecx\n\tdivl %%ecx"
                     : : : "eax", "ecx", "edx");
    seL4_Send(endpoint, seL4_MessageInfo_new(DONE, 0, 0, 0));
}

/* Memory on demand: give the page and answer; the worker tries its instruction again. */
static void give_page(void)
{
    seL4_Word address = seL4_GetMR(seL4_VMFault_Addr) & ~(PAGE_BYTES - 1ul);

    print("no memory at 0x%lx: giving a page\n", address);
    (void)space_map(&root_space, pool_object(&root_pool, seL4_X86_4K, 0), address, seL4_ReadWrite,
                    seL4_X86_Default_VMAttributes);
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
}

/* The answer to an exception sets instruction pointer, stack pointer and flags: go on behind it. */
static void skip_instruction(void)
{
    print("exception %lu: going on behind the instruction\n",
          seL4_GetMR(seL4_UserException_Number));
    seL4_SetMR(seL4_UserException_FaultIP, seL4_GetMR(seL4_UserException_FaultIP) + DIVIDE_BYTES);
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, seL4_UserException_FLAGS + 1));
}

static void handle_faults(void)
{
    for (;;) {
        switch (seL4_MessageInfo_get_label(seL4_Recv(endpoint, NULL))) {
        case seL4_Fault_VMFault:
            give_page();
            break;
        case seL4_Fault_UserException:
            skip_instruction();
            break;
        default:
            print("the worker is done\n");
            return;
        }
    }
}

int main(void)
{
    struct thread thread;

    kit_start();
    endpoint = pool_object(&root_pool, seL4_EndpointObject, 0);
    (void)thread_make(&thread, &root_pool, "worker", PRIORITY, endpoint);
    thread_start(&thread, worker, NULL);
    handle_faults();
    print("End of the chapter.\n");
    return 0;
}
