/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC: the kernel's tick, and what include/arch/irq.h needs.  Intel SDM vol. 3A, 11. */
#pragma once
#include <kernel/types.h>

#define VECTOR_IRQ0 32u
#define IRQ_FIRST_USER 16u
#define IRQ_LAST_USER 123u
#define IRQ_TIMER_LINE 125u
#define VECTOR_SPURIOUS 255u

/* The registers are mapped at DEVICE_LAPIC.  All local sources are masked afterwards. */
void lapic_init(void);

/* A vector that no interrupt has: false if a program raised it by INT n, else it was a device that has been
 * told a wrong number, and it is answered, for it would hold up all less urgent ones. */
bool lapic_dismiss(word_t vector);

/* Number of this core in the messages of interrupt controllers. */
uint32_t lapic_id(void);

/* Lets the timer count down from 2^32 - 1, without interrupts, for lapic_timer_now(). */
void lapic_timer_measure(void);
uint32_t lapic_timer_now(void);

/* An interrupt IRQ_TIMER_LINE every so many counts. */
void lapic_timer_start(uint32_t counts);
