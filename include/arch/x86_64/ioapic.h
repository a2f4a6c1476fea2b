/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APICs: which pin raises which irq.  Pins are raw: no override of the firmware is used. */
#pragma once
#include <kernel/types.h>

#define IOAPIC_MAX 16u
#define IOAPIC_LISTED_MAX 64u

/* The page of the registers at listed[i] is mapped at DEVICE_IOAPIC(i).  Masks the pins of every controller that is
 * there; the first IOAPIC_MAX of them, in this order, are those below. */
void ioapic_init(const word_t *listed, word_t count);

word_t ioapic_count(void);
word_t ioapic_pins(word_t ioapic);

/* Lets the pin raise irq, masked; its former irq loses it.
 * level: level triggered, else edge.  polarity: active low, else high. */
void ioapic_route(word_t ioapic, word_t pin, word_t irq, bool level, bool polarity);

/* An irq that is masked comes from no pin any more. */
void ioapic_disconnect(word_t irq);

/* No effect on an irq without a pin. */
void ioapic_mask(word_t irq, bool masked);
