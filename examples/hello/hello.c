/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest root task that works on every kernel: it drives the serial port itself. */
#include <sel4/sel4.h>

enum { COM1 = 0x3f8, LINE_STATUS = COM1 + 5, CAN_SEND = 0x20 };

int main(void)
{
    const seL4_CPtr ports = seL4_GetBootInfo()->empty.start;

    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + 7,
                                       seL4_CapInitThreadCNode, ports, seL4_WordBits);
    for (const char *text = "Hello from the root task.\r\n"; *text; text++) {
        while (!(seL4_X86_IOPort_In8(ports, LINE_STATUS).result & CAN_SEND))
            ;
        (void)seL4_X86_IOPort_Out8(ports, COM1, (seL4_Uint8)*text);
    }
    return 0;
}
