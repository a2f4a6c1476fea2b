/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the network device on the PCI bus. */
#pragma once

#include <sel4/sel4.h>
#include <stdbool.h>

struct pci_device {
    seL4_Word number;           /* device on bus 0 */
    seL4_Uint16 port;           /* first of its I/O ports */
    seL4_Word interrupt;        /* input of the I/O APIC */
};

/* Find a virtio network device with the I/O port interface, and let it use memory by itself. */
bool pci_find_network(struct pci_device *device);
