/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APICs.  82093AA data sheet, 3.0. */
#include <arch/irq.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>

enum { IOAPIC_VERSION = 1, IOAPIC_REDIRECTION = 0x10 };
enum { WINDOW_SELECT = 0x00, WINDOW_DATA = 0x10 };
enum { ENTRY_ACTIVE_LOW = 1 << 13, ENTRY_LEVEL = 1 << 15, ENTRY_MASKED = 1 << 16 };
#define DESTINATION_SHIFT 24
#define PINS_MAX 240u

/* Where an irq comes from: a pin, with the low half of its redirection entry; 0: from no pin. */
struct route {
    uint8_t ioapic, pin;
    uint32_t entry;
};

static struct {
    word_t count;
    word_t pins[IOAPIC_MAX];
    struct route route[IRQ_COUNT];
} ioapics;

static volatile uint32_t *window(word_t ioapic, word_t at)
{
    return (volatile uint32_t *)(DEVICE_IOAPIC(ioapic) + at);
}

static uint32_t read(word_t ioapic, word_t reg)
{
    *window(ioapic, WINDOW_SELECT) = (uint32_t)reg;
    return *window(ioapic, WINDOW_DATA);
}

static void write(word_t ioapic, word_t reg, uint32_t value)
{
    *window(ioapic, WINDOW_SELECT) = (uint32_t)reg;
    *window(ioapic, WINDOW_DATA) = value;
}

void ioapic_init(word_t count)
{
    ioapics.count = count;
    for (word_t i = 0; i < count; i++) {
        word_t pins = (read(i, IOAPIC_VERSION) >> 16 & MASK(8)) + 1;
        ioapics.pins[i] = pins < PINS_MAX ? pins : PINS_MAX;
        for (word_t pin = 0; pin < ioapics.pins[i]; pin++)
            write(i, IOAPIC_REDIRECTION + 2 * pin, ENTRY_MASKED);
    }
}

word_t ioapic_count(void) { return ioapics.count; }
word_t ioapic_pins(word_t ioapic) { return ioapics.pins[ioapic]; }

static void forget(word_t ioapic, word_t pin)
{
    for (word_t irq = 0; irq < IRQ_COUNT; irq++) {
        struct route *r = &ioapics.route[irq];
        if (r->entry && r->ioapic == ioapic && r->pin == pin)
            r->entry = 0;
    }
}

void ioapic_route(word_t ioapic, word_t pin, word_t irq, bool level, bool polarity)
{
    forget(ioapic, pin);
    struct route *r = &ioapics.route[irq];
    *r = (struct route){
        .ioapic = (uint8_t)ioapic,
        .pin = (uint8_t)pin,
        .entry = (uint32_t)(VECTOR_IRQ0 + irq) | ENTRY_MASKED | (level ? ENTRY_LEVEL : 0) |
                 (polarity ? ENTRY_ACTIVE_LOW : 0),
    };
    write(ioapic, IOAPIC_REDIRECTION + 2 * pin + 1, lapic_id() << DESTINATION_SHIFT);
    write(ioapic, IOAPIC_REDIRECTION + 2 * pin, r->entry);
}

void ioapic_disconnect(word_t irq) { ioapics.route[irq].entry = 0; }

void ioapic_mask(word_t irq, bool masked)
{
    struct route *r = &ioapics.route[irq];
    if (!r->entry)
        return;
    r->entry = masked ? r->entry | ENTRY_MASKED : r->entry & ~(uint32_t)ENTRY_MASKED;
    write(r->ioapic, IOAPIC_REDIRECTION + 2u * r->pin, r->entry);
}
