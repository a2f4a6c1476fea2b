/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task outside of the Capella tree: says how much memory there is, on the serial line. */
#include <sel4/sel4.h>

enum { COM1 = 0x3f8, LINE_STATUS = COM1 + 5, CAN_SEND = 0x20 };

static seL4_CPtr ports;

static void put(const char *text)
{
    for (; *text; text++) {
        while (!(seL4_X86_IOPort_In8(ports, LINE_STATUS).result & CAN_SEND))
            ;
        (void)seL4_X86_IOPort_Out8(ports, COM1, (seL4_Uint8)*text);
    }
}

static void put_number(seL4_Word number)
{
    char text[21];
    char *first = text + sizeof(text) - 1;

    *first = 0;
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    put(first);
}

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word bytes = 0;

    ports = info->empty.start;
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + 7,
                                       seL4_CapInitThreadCNode, ports, seL4_WordBits);
    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice)
            bytes += 1ul << info->untypedList[i].sizeBits;
    put("Hello from out of tree: ");
    put_number(bytes >> 20);
    put(" MiB of untyped memory.\r\n");
    return 0;
}
