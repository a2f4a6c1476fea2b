/* SPDX-License-Identifier: BSD-2-Clause */
/* The legacy interrupt controllers (8259): not used.  They are moved off the vectors of exceptions,
 * for what they may already have under way, and masked for good.  Rules: x86_64 8. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>

enum { MASTER = 0x20, SLAVE = 0xa0, COMMAND = 0, DATA = 1 };
enum { INIT_WITH_FOURTH_WORD = 0x11, MODE_8086 = 1, CASCADE_LINE = 2, MASK_ALL = 0xff, LINES = 8 };

static void set_up(uint16_t port, uint8_t vector, uint8_t cascade)
{
    out8(port + COMMAND, INIT_WITH_FOURTH_WORD);
    out8(port + DATA, vector);
    out8(port + DATA, cascade);
    out8(port + DATA, MODE_8086);
    out8(port + DATA, MASK_ALL);
}

void boot_pic_disable(void)
{
    set_up(MASTER, VECTOR_IRQ0, 1 << CASCADE_LINE);
    set_up(SLAVE, VECTOR_IRQ0 + LINES, CASCADE_LINE);
}
