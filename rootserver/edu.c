/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's PCI device "edu" (docs/specs/edu.txt there).  Configuration: PCI Local Bus Specification 3.0, 3.2.2.3.2,
 * 6.1, 6.8.1. */
#include "edu.h"
#include "memory.h"
#include "vspace.h"

enum {
    CONFIG_PORTS = 0xcf8,
    CONFIG_DATA = 0xcfc,
    CONFIG_ID = 0x00,
    CONFIG_COMMAND = 0x04,
    CONFIG_BAR0 = 0x10,
    CONFIG_CAPABILITIES = 0x34,
    COMMAND_MEMORY = 1 << 1,
    COMMAND_MASTER = 1 << 2,
    CAPABILITY_MSI = 5,
    MSI_ADDRESS = 4,
    MSI_ADDRESS_HIGH = 8,
    MSI_DATA = 12, /* of a device with 64-bit addresses */
    MSI_ENABLE = 1 << 16,
    DEVICES = 32,
    EDU_RAISE = 0x60 / 4,
    EDU_ACKNOWLEDGE = 0x64 / 4,
};
#define CONFIG_ENABLE ((uint32_t)1 << 31)
#define EDU_ID 0x11e81234
#define MESSAGES 0xfee00000

static struct {
    word_t ports, device, msi;
} edu;

static volatile uint32_t *const registers = (volatile uint32_t *)FREE_ADDRESS;

static void config_select(word_t at)
{
    const uint32_t address = CONFIG_ENABLE | (uint32_t)(edu.device << 11 | at);

    (void)seL4_X86_IOPort_Out32(edu.ports, CONFIG_PORTS, address);
}

static uint32_t config_read(word_t at)
{
    config_select(at);
    return seL4_X86_IOPort_In32(edu.ports, CONFIG_DATA).result;
}

static void config_write(word_t at, uint32_t value)
{
    config_select(at);
    (void)seL4_X86_IOPort_Out32(edu.ports, CONFIG_DATA, value);
}

static bool find_device(void)
{
    for (edu.device = 0; edu.device < DEVICES; edu.device++) {
        if (config_read(CONFIG_ID) == EDU_ID) {
            return true;
        }
    }
    return false;
}

static bool find_msi(void)
{
    for (edu.msi = config_read(CONFIG_CAPABILITIES) & 0xfc; edu.msi;
         edu.msi = config_read(edu.msi) >> 8 & 0xfc) {
        if ((config_read(edu.msi) & 0xff) == CAPABILITY_MSI) {
            return true;
        }
    }
    return false;
}

/* Pieces are cut off the untyped's front until the page is next. */
static bool map_registers(word_t to)
{
    word_t base, bits;
    const word_t device = device_untyped_at(to, &base, &bits);
    const word_t page = slot_new();

    while (device && base < to) {
        for (bits = seL4_PageBits; base % BIT(bits + 1) == 0 && base + BIT(bits + 1) <= to;) {
            bits++;
        }
        if (seL4_Untyped_Retype(device, seL4_UntypedObject, bits, ROOT, 0, 0, slot_new(), 1)) {
            return false;
        }
        base += BIT(bits);
    }
    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    return device && !seL4_Untyped_Retype(device, seL4_X86_4K, 0, ROOT, 0, 0, page, 1) &&
           !seL4_X86_Page_Map(page, SPACE, FREE_ADDRESS, seL4_ReadWrite, seL4_X86_Uncacheable);
}

bool edu_start(void)
{
    edu.ports = slot_new();
    if (seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, CONFIG_PORTS, CONFIG_DATA + 3, ROOT,
                                     edu.ports, DEPTH) ||
        !find_device() || !find_msi()) {
        return false;
    }
    config_write(CONFIG_COMMAND, COMMAND_MEMORY | COMMAND_MASTER);
    return map_registers(config_read(CONFIG_BAR0) & ~(uint32_t)15);
}

void edu_interrupt(word_t vector)
{
    config_write(edu.msi + MSI_ADDRESS, MESSAGES);
    config_write(edu.msi + MSI_ADDRESS_HIGH, 0);
    config_write(edu.msi + MSI_DATA, (uint32_t)(EDU_FIRST_VECTOR + vector));
    config_write(edu.msi, MSI_ENABLE);
    registers[EDU_RAISE] = 1;
    registers[EDU_ACKNOWLEDGE] = 1;
}
