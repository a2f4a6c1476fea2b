/* SPDX-License-Identifier: BSD-2-Clause */
#include "pci.h"
#include <kit/memory.h>

/* PCI configuration by I/O ports: the address names bus, device and register.  PCI Local Bus
 * Specification 3.0, 3.2.2.3. */
enum {
    ADDRESS = 0xcf8, CONTENT = 0xcfc, LAST = 0xcff, DEVICES = 32,
    REG_ID = 0, REG_COMMAND = 4, REG_BAR0 = 0x10, REG_INTERRUPT = 0x3c,
    COMMAND_PORTS = 1, COMMAND_MASTER = 4, BAR_IS_PORTS = 1,
    VIRTIO_NETWORK = 0x10001af4,        /* device number, vendor number */
};
#define ADDRESS_VALID 0x80000000u

static seL4_CPtr ports;

static void select(seL4_Word device, seL4_Word reg)
{
    (void)seL4_X86_IOPort_Out32(ports, ADDRESS, (seL4_Word)(ADDRESS_VALID | device << 11 | reg));
}

static seL4_Uint32 config_read(seL4_Word device, seL4_Word reg)
{
    select(device, reg);
    return (seL4_Uint32)seL4_X86_IOPort_In32(ports, CONTENT).result;
}

static void config_write(seL4_Word device, seL4_Word reg, seL4_Uint32 value)
{
    select(device, reg);
    (void)seL4_X86_IOPort_Out32(ports, CONTENT, value);
}

bool pci_find_network(struct pci_device *device)
{
    seL4_Word number = 0;

    ports = pool_slot(&root_pool);
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, ADDRESS, LAST,
                                       seL4_CapInitThreadCNode, ports, seL4_WordBits);
    while (number < DEVICES && config_read(number, REG_ID) != VIRTIO_NETWORK)
        number++;
    if (number == DEVICES || !(config_read(number, REG_BAR0) & BAR_IS_PORTS))
        return false;
    config_write(number, REG_COMMAND,
                 config_read(number, REG_COMMAND) | COMMAND_PORTS | COMMAND_MASTER);
    *device = (struct pci_device){
        .number = number,
        .port = (seL4_Uint16)(config_read(number, REG_BAR0) & ~3u),
        .interrupt = config_read(number, REG_INTERRUPT) & 0xff,
    };
    return true;
}
