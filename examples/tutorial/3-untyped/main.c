/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 3: all objects are made from untyped memory, and give it back. */
#include <kit/memory.h>
#include <kit/print.h>

enum { ROOT = seL4_CapInitThreadCNode, DEPTH = seL4_WordBits, REGION_BITS = 14, SLOTS = 32 };

static seL4_CPtr region;        /* 16 KiB of untyped memory */
static seL4_CPtr slots;         /* first of SLOTS empty slots */

static seL4_Error retype(seL4_Word type, seL4_Word bits, seL4_Word at, seL4_Word count)
{
    return seL4_Untyped_Retype(region, type, bits, ROOT, 0, 0, slots + at, count);
}

static void show(const char *text, seL4_Error error)
{
    if (error == seL4_NotEnoughMemory)
        print("%s: not enough memory, %lu bytes are left\n", text, seL4_GetMR(0));
    else
        print("%s: %s\n", text, error ? "refused" : "it is done");
}

static void use_up(void)
{
    show("make a thread (2048 bytes)", retype(seL4_TCBObject, 0, 0, 1));
    show("make a page (4096 bytes)", retype(seL4_X86_4K, 0, 1, 1));
    show("make 16 endpoints (16 bytes each)", retype(seL4_EndpointObject, 0, 2, 16));
    show("make a page table (4096 bytes)", retype(seL4_X86_PageTableObject, 0, 18, 1));
    show("make another", retype(seL4_X86_PageTableObject, 0, 19, 1));
}

static void give_back(void)
{
    (void)seL4_CNode_Delete(ROOT, slots, DEPTH);
    show("delete the thread, then make a page table", retype(seL4_X86_PageTableObject, 0, 19, 1));
    (void)seL4_CNode_Revoke(ROOT, region, DEPTH);
    show("revoke all, then make four page tables", retype(seL4_X86_PageTableObject, 0, 0, 4));
}

int main(void)
{
    kit_start();
    region = pool_object(&root_pool, seL4_UntypedObject, REGION_BITS);
    slots = pool_slot(&root_pool);
    for (int i = 1; i < SLOTS; i++)
        (void)pool_slot(&root_pool);
    use_up();
    give_back();
    print("End of the chapter.\n");
    return 0;
}
