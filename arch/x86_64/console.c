/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's output: a 16550-compatible serial line, if there is one, and the screen. */
#include <arch/console.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/instructions.h>

/* Registers, relative to the port; the divisor's are behind DATA and INTERRUPTS. */
enum {
    UART_DATA = 0, UART_INTERRUPTS = 1, UART_FIFO = 2, UART_LINE = 3, UART_MODEM = 4,
    UART_STATUS = 5,
};
enum {
    LINE_8N1 = 3, LINE_DIVISOR = 0x80, DIVISOR_115200 = 1, MODEM_READY = 3, STATUS_CAN_SEND = 0x20,
    FIFO_ON = 7,       /* and empty */
    PATIENCE = 100000, /* reads of the status: more than a character takes */
};

static uint16_t serial_port;

static uint16_t uart(uint16_t reg) { return (uint16_t)(serial_port + reg); }

void console_serial_init(uint16_t port)
{
    serial_port = port;
    if (!port)
        return;
    out8(uart(UART_INTERRUPTS), 0);
    out8(uart(UART_LINE), LINE_DIVISOR);
    out8(uart(UART_DATA), DIVISOR_115200);
    out8(uart(UART_INTERRUPTS), 0);
    out8(uart(UART_LINE), LINE_8N1);
    out8(uart(UART_FIFO), FIFO_ON);
    out8(uart(UART_MODEM), MODEM_READY);
}

/* A line that does not become ready is given up. */
static void serial_put(char c)
{
    if (!serial_port)
        return;
    for (word_t i = 0; i < PATIENCE; i++) {
        if (in8(uart(UART_STATUS)) & STATUS_CAN_SEND) {
            out8(uart(UART_DATA), (uint8_t)c);
            return;
        }
    }
    serial_port = 0;
}

void console_put(char c)
{
    if (c == '\n')
        serial_put('\r');
    serial_put(c);
    screen_put(c);
}
