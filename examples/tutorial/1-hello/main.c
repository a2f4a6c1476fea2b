/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 1: what a root task is given. */
#include <kit/memory.h>
#include <kit/print.h>

static const char *yes_no(seL4_Word value)
{
    return value ? "yes" : "no";
}

static void show_boot_info(const seL4_BootInfo *info)
{
    print("slots of my capability space: %lu\n", 1ul << info->initThreadCNodeSizeBits);
    print("pages of my program: %lu\n", info->userImageFrames.end - info->userImageFrames.start);
    print("my IPC buffer is where libsel4 says: %s\n",
          yes_no(info->ipcBuffer == seL4_GetIPCBuffer()));
}

static void show_memory(const seL4_BootInfo *info)
{
    seL4_Word ordinary = 0, device = 0, bytes = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        if (info->untypedList[i].isDevice) {
            device++;
        } else {
            ordinary++;
            bytes += 1ul << info->untypedList[i].sizeBits;
        }
    }
    print("untyped capabilities: %lu for memory, %lu for devices\n", ordinary, device);
    print("free memory: %lu MiB\n", bytes >> 20);
}

int main(void)
{
    kit_start();
    print("Hello!\n");
    show_boot_info(seL4_GetBootInfo());
    show_memory(seL4_GetBootInfo());
    print("End of the chapter.\n");
    return 0;
}
