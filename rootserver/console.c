/* SPDX-License-Identifier: BSD-2-Clause */
/* A polled driver of the first serial port.  Relies on the IOPortControl capability being in its
 * boot slot when console_start() is called. */
#include "console.h"
#include "format.h"

/* 16550 registers, as offsets from the base port. */
enum {
    DATA = 0,
    INTERRUPT_ENABLE = 1,
    LINE_CONTROL = 3,
    MODEM_CONTROL = 4,
    LINE_STATUS = 5,
    STATUS_EMPTY = 0x20,
    LINE_8N1 = 0x03,
    MODEM_READY = 0x0b,
    FIFO_BYTES = 16,
};

static word_t ports;

word_t console_ports(void)
{
    return ports;
}

static void uart_write(word_t reg, word_t value)
{
    (void)seL4_X86_IOPort_Out8(ports, CONSOLE_BASE + reg, value);
}

static void uart_wait(void)
{
    seL4_X86_IOPort_In8_t status;

    do {
        status = seL4_X86_IOPort_In8(ports, CONSOLE_BASE + LINE_STATUS);
    } while (!status.error && !(status.result & STATUS_EMPTY));
}

/* The kernel may have printed here before: speed and FIFOs stay as they are. */
void console_start(word_t slot)
{
    ports = slot;
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, CONSOLE_BASE,
                                       CONSOLE_BASE + CONSOLE_PORTS - 1, ROOT, slot, DEPTH);
    uart_write(INTERRUPT_ENABLE, 0);
    uart_write(LINE_CONTROL, LINE_8N1);
    uart_write(MODEM_CONTROL, MODEM_READY);
}

static void console_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (i % FIFO_BYTES == 0) {
            uart_wait();
        }
        uart_write(DATA, (unsigned char)text[i]);
    }
}

void console_print(const char *format, ...)
{
    static char text[8192];
    size_t length = 0;
    va_list values;

    va_start(values, format);
    format_append(text, sizeof(text), &length, format, values);
    va_end(values);
    console_write(text, length);
}
