/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt numbers and their lines.  Rules: x86_64 8, interrupts. */
#pragma once
#include <kernel/types.h>

#define IRQ_COUNT 128u

/* No effect on an irq without a line of its own (message-signalled ones). */
void irq_mask(word_t irq);
void irq_unmask(word_t irq);

/* Some interrupt waits to be taken.  Cheap: asked at every preemption point. */
bool irq_pending(void);

/* The interrupt being served is done with, as far as the controller is concerned. */
void irq_end(word_t irq);
