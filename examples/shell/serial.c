/* SPDX-License-Identifier: BSD-2-Clause */
#include "serial.h"
#include <kit/print.h>
#include <kit/thread.h>

/* 16550 registers as offsets from the base port, and their bits. */
enum {
    COM1 = 0x3f8, PORTS = 8,
    DATA = 0, INTERRUPT_ENABLE = 1, FIFO_CONTROL = 2, MODEM_CONTROL = 4, LINE_STATUS = 5,
    ENABLE_INPUT = 1, ENABLE_OUTPUT = 2, FIFO_ON = 7, MODEM_INTERRUPTS = 0x0b,
    HAS_INPUT = 1, CAN_SEND = 0x20, ALL_SENT = 0x40, FIFO_BYTES = 16,
    SERIAL_PIN = 4, SERIAL_VECTOR = 24,
};

/* Bytes at taken, taken + 1, ... below added, modulo the size. */
struct ring {
    volatile unsigned added, taken;
    char byte[1024];
};

static struct {
    seL4_CPtr ports, handler, interrupt;
    seL4_CPtr input_there, output_room;     /* notifications of the driver to its user */
    struct ring input, output;
    struct thread thread;
} serial;

static bool ring_empty(const struct ring *r)
{
    return r->added == r->taken;
}

static bool ring_full(const struct ring *r)
{
    return r->added - r->taken == sizeof(r->byte);
}

static void ring_add(struct ring *r, char c)
{
    r->byte[r->added % sizeof(r->byte)] = c;
    r->added = r->added + 1;
}

static char ring_take(struct ring *r)
{
    char c = r->byte[r->taken % sizeof(r->byte)];

    r->taken = r->taken + 1;
    return c;
}

static seL4_Word reg_read(seL4_Uint16 reg)
{
    return seL4_X86_IOPort_In8(serial.ports, (seL4_Uint16)(COM1 + reg)).result;
}

static void reg_write(seL4_Word reg, seL4_Word value)
{
    (void)seL4_X86_IOPort_Out8(serial.ports, COM1 + reg, value);
}

/* Input that nobody reads is lost when the ring is full. */
static void take_input(void)
{
    if (!(reg_read(LINE_STATUS) & HAS_INPUT))
        return;
    while (reg_read(LINE_STATUS) & HAS_INPUT) {
        char c = (char)reg_read(DATA);
        if (!ring_full(&serial.input))
            ring_add(&serial.input, c);
    }
    seL4_Signal(serial.input_there);
}

static void give_output(void)
{
    if (!(reg_read(LINE_STATUS) & CAN_SEND))
        return;
    for (int i = 0; i < FIFO_BYTES && !ring_empty(&serial.output); i++)
        reg_write(DATA, (unsigned char)ring_take(&serial.output));
    seL4_Signal(serial.output_room);
}

/* The interrupt is an edge, and edges are lost while the line is masked.  So the device is made
 * silent before Ack unmasks the line; what it still wants when it may speak again makes a new edge.
 * The output interrupt is on only while there is something to send, or it would never end. */
static void driver(void *unused)
{
    (void)unused;
    for (;;) {
        reg_write(INTERRUPT_ENABLE, 0);
        (void)seL4_IRQHandler_Ack(serial.handler);
        take_input();
        give_output();
        reg_write(INTERRUPT_ENABLE,
                  ENABLE_INPUT | (ring_empty(&serial.output) ? 0 : ENABLE_OUTPUT));
        seL4_Wait(serial.interrupt, NULL);
    }
}

static bool take_device(void)
{
    serial.ports = pool_slot(&root_pool);
    serial.handler = pool_slot(&root_pool);
    return !seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + PORTS - 1,
                                         seL4_CapInitThreadCNode, serial.ports, seL4_WordBits) &&
           !seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode, serial.handler,
                                      seL4_WordBits, 0, SERIAL_PIN, 0, 0, SERIAL_VECTOR) &&
           !seL4_IRQHandler_SetNotification(serial.handler, serial.interrupt);
}

const char *serial_start(seL4_Word priority)
{
    serial.interrupt = pool_object(&root_pool, seL4_NotificationObject, 0);
    serial.input_there = pool_object(&root_pool, seL4_NotificationObject, 0);
    serial.output_room = pool_object(&root_pool, seL4_NotificationObject, 0);
    if (!serial.output_room || !take_device())
        return "the serial port is taken";
    if (!thread_make(&serial.thread, &root_pool, "serial driver", priority, 0))
        return "no memory for the driver";
    reg_write(FIFO_CONTROL, FIFO_ON);
    reg_write(MODEM_CONTROL, MODEM_INTERRUPTS);
    thread_start(&serial.thread, driver, NULL);
    return NULL;
}

char serial_read(void)
{
    while (ring_empty(&serial.input))
        seL4_Wait(serial.input_there, NULL);
    return ring_take(&serial.input);
}

/* Turning the interrupt on makes it come at once if the device can take bytes. */
static void add_output(char c)
{
    while (ring_full(&serial.output)) {
        reg_write(INTERRUPT_ENABLE, ENABLE_INPUT | ENABLE_OUTPUT);
        seL4_Wait(serial.output_room, NULL);
    }
    ring_add(&serial.output, c);
}

void serial_write(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            add_output('\r');
        add_output(text[i]);
    }
    reg_write(INTERRUPT_ENABLE, ENABLE_INPUT | ENABLE_OUTPUT);
}

void serial_drain(void)
{
    while (!ring_empty(&serial.output))
        seL4_Wait(serial.output_room, NULL);
    while (!(reg_read(LINE_STATUS) & ALL_SENT))
        ;
}

void print_out(const char *text, size_t length)
{
    serial_write(text, length);
}
