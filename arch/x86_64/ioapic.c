/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APICs.  82093AA data sheet, 3.0. */
#include <arch/irq.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>
#include <kernel/print.h>

enum { IOAPIC_VERSION = 1, IOAPIC_REDIRECTION = 0x10 };
enum { WINDOW_SELECT = 0x00 / 4, WINDOW_DATA = 0x10 / 4 };
enum { ENTRY_ACTIVE_LOW = 1 << 13, ENTRY_LEVEL = 1 << 15, ENTRY_MASKED = 1 << 16 };
#define DESTINATION_SHIFT 24
#define PINS_MAX 240u
#define VERSION_MAX 0x2fu /* 3: VIA, 0x11: 82093AA, 0x20: ICH, 0x21: AMD */

/* Where an irq comes from: a pin, with the low half of its redirection entry; 0: from no pin. */
struct route {
    uint8_t ioapic, pin;
    uint32_t entry;
};

/* Where its registers are mapped. */
typedef volatile uint32_t *window_t;

static struct {
    word_t count;
    window_t window[IOAPIC_MAX];
    word_t pins[IOAPIC_MAX];
    struct route route[IRQ_COUNT];
} ioapics;

static uint32_t read(window_t window, word_t reg)
{
    window[WINDOW_SELECT] = (uint32_t)reg;
    return window[WINDOW_DATA];
}

static void write(window_t window, word_t reg, uint32_t value)
{
    window[WINDOW_SELECT] = (uint32_t)reg;
    window[WINDOW_DATA] = value;
}

static bool is_in_use(window_t window)
{
    for (word_t i = 0; i < ioapics.count; i++) {
        ioapics.window[i][WINDOW_SELECT] = 0;
        window[WINDOW_SELECT] = IOAPIC_VERSION;
        if ((ioapics.window[i][WINDOW_SELECT] & MASK(8)) == IOAPIC_VERSION)
            return true;
    }
    return false;
}

/* Masks the pins of what is there, if it is an I/O APIC.  Returns why it cannot be used. */
static const char *add(window_t window)
{
    uint32_t value = read(window, IOAPIC_VERSION), version = value & MASK(8), pins = (value >> 16 & MASK(8)) + 1;
    if (version == 0 || version > VERSION_MAX || pins == 1 || pins > PINS_MAX)
        return "none answers";
    if (is_in_use(window))
        return "it is an earlier one";
    for (word_t pin = 0; pin < pins; pin++)
        write(window, IOAPIC_REDIRECTION + 2 * pin, ENTRY_MASKED);
    if (ioapics.count == IOAPIC_MAX)
        return "there are too many";
    ioapics.window[ioapics.count] = window;
    ioapics.pins[ioapics.count++] = pins;
    return NULL;
}

void ioapic_init(const word_t *listed, word_t count)
{
    for (word_t i = 0; i < count; i++) {
        const char *why_not = add((window_t)(DEVICE_IOAPIC(i) + (listed[i] & MASK(PAGE_BITS))));
        if (why_not)
            print("ioapic at %lx is not used: %s\n", listed[i], why_not);
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
    write(ioapics.window[ioapic], IOAPIC_REDIRECTION + 2 * pin + 1, lapic_id() << DESTINATION_SHIFT);
    write(ioapics.window[ioapic], IOAPIC_REDIRECTION + 2 * pin, r->entry);
}

void ioapic_disconnect(word_t irq) { ioapics.route[irq].entry = 0; }

void ioapic_mask(word_t irq, bool masked)
{
    struct route *r = &ioapics.route[irq];
    if (!r->entry)
        return;
    r->entry = masked ? r->entry | ENTRY_MASKED : r->entry & ~(uint32_t)ENTRY_MASKED;
    write(ioapics.window[r->ioapic], IOAPIC_REDIRECTION + 2u * r->pin, r->entry);
}
