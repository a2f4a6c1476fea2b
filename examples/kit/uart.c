/* SPDX-License-Identifier: BSD-2-Clause */
/* Output by polling the first serial port.  The capability to its ports is made by the first
 * output, from the IOPortControl capability of a root task. */
#include "memory.h"
#include "print.h"

enum { COM1 = 0x3f8, PORTS = 8, LINE_STATUS = 5, CAN_SEND = 0x20 };

static seL4_CPtr ports;

static void put(char c)
{
    while (!(seL4_X86_IOPort_In8(ports, COM1 + LINE_STATUS).result & CAN_SEND))
        ;
    (void)seL4_X86_IOPort_Out8(ports, COM1, (seL4_Uint8)c);
}

static void open_port(void)
{
    ports = pool_slot(&root_pool);
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + PORTS - 1,
                                       seL4_CapInitThreadCNode, ports, seL4_WordBits);
}

void print_out(const char *text, size_t length)
{
    if (!ports)
        open_port();
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            put('\r');
        put(text[i]);
    }
}
