/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task for any compiler: initialised, zeroed and thread-local data, functions that run before
 * main, boot information, invocations, and with -DWITH_LIBC functions of a C library. */
#include <sel4/sel4.h>
#ifdef WITH_LIBC
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif

enum { COM1 = 0x3f8, READY = 1 << 5, DEPTH = 64 };

static seL4_CPtr ports;
static int zeroed[1000];
static int set[] = { 7, 3, 9, 1, 5 };
static __thread int local = 42;
static __thread int local_zeroed;
static int constructed;
static const char *const texts[] = { "not ok ", "ok " };

__attribute__((constructor)) static void construct(void)
{
    constructed = set[0] + 1;
}

static void print(const char *text)
{
    for (; *text; text++) {
        while (!(seL4_X86_IOPort_In8(ports, COM1 + 5).result & READY))
            continue;
        (void)seL4_X86_IOPort_Out8(ports, COM1, (seL4_Word)(unsigned char)*text);
    }
}

static void check(const char *name, int right)
{
    print(texts[right != 0]);
    print(name);
    print("\n");
}

static double half(double x)
{
    return x / 2;
}

static void check_objects(const seL4_BootInfo *info)
{
    const seL4_CPtr slot = info->empty.start + 1;
    seL4_CPtr untyped = 0;
    seL4_Word done = 0;

    for (seL4_CPtr i = info->untyped.start; i < info->untyped.end; i++)
        if (!info->untypedList[i - info->untyped.start].isDevice)
            untyped = i;
    done += seL4_Untyped_Retype(untyped, seL4_TCBObject, 0, seL4_CapInitThreadCNode, 0, 0, slot,
                                1) == seL4_NoError;
    done += seL4_TCB_SetPriority(slot, seL4_CapInitThreadTCB, 10) == seL4_NoError;
    done += seL4_CNode_Revoke(seL4_CapInitThreadCNode, untyped, DEPTH) == seL4_NoError;
    done += seL4_TCB_SetPriority(slot, seL4_CapInitThreadTCB, 10) == seL4_InvalidCapability;
    check("invocations", done == 4);
}

#ifdef WITH_LIBC
static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void check_libc(void)
{
    char text[64];

    qsort(set, sizeof(set) / sizeof(set[0]), sizeof(set[0]), compare);
    snprintf(text, sizeof(text), "%d %d %s %.2f %zu", set[0], set[4], "five", half(5), strlen("ab"));
    check("libc", strcmp(text, "1 9 five 2.50 2") == 0);
}
#else
static void check_libc(void) {}
#endif

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    extern char __executable_start[];
    int sum = 0;

    ports = info->empty.start;
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + 7,
                                       seL4_CapInitThreadCNode, ports, DEPTH);
    for (int i = 0; i < 1000; i++)
        sum += zeroed[i];
    check("data", sum == 0 && set[1] == 3);
    check("thread-local data", local == 42 && local_zeroed == 0);
    check("constructor", constructed == 8);
    check("floating point", half(set[0]) == 3.5);
    check("linked at 4 MiB", (seL4_Word)__executable_start == 0x400000);
    check("boot information", info->ipcBuffer == seL4_GetIPCBuffer() && info->numNodes == 1);
    check_objects(info);
    check_libc();
    print("TASK DONE\n");
    (void)seL4_TCB_Suspend(seL4_CapInitThreadTCB);
    return 0;
}
