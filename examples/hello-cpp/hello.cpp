/* SPDX-License-Identifier: BSD-2-Clause */
/* hello in C++: a class for the serial port, a global object with a constructor. */
extern "C" {
#include <sel4/sel4.h>
}

namespace {

/* The first serial port, through a capability that the constructor makes. */
class Serial {
public:
    Serial() : ports(seL4_GetBootInfo()->empty.start)
    {
        (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, com1, com1 + 7,
                                           seL4_CapInitThreadCNode, ports, seL4_WordBits);
    }

    Serial &operator<<(const char *text)
    {
        for (; *text; text++)
            put(*text);
        return *this;
    }

private:
    static constexpr seL4_Uint16 com1 = 0x3f8, line_status = com1 + 5;
    static constexpr seL4_Word can_send = 0x20;
    seL4_CPtr ports;

    void put(char c)
    {
        while (!(seL4_X86_IOPort_In8(ports, line_status).result & can_send)) {
        }
        (void)seL4_X86_IOPort_Out8(ports, com1, static_cast<seL4_Uint8>(c));
    }
};

Serial serial;      /* made before main() */

}

int main()
{
    serial << "Hello from " << "C++.\r\n";
    return 0;
}
