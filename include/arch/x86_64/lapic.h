/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC: the kernel's tick, and what include/arch/irq.h needs.  Intel SDM vol. 3A, 11. */
#pragma once
#include <kernel/types.h>

#define VECTOR_IRQ0 32u
#define IRQ_FIRST_USER 16u
#define IRQ_LAST_USER 123u
#define IRQ_TIMER_LINE 125u
#define VECTOR_SPURIOUS 255u

/* Registers, by their numbers: times 16 in the page, plus 0x800 as MSR. */
enum lapic_register {
    LAPIC_ID = 0x02, LAPIC_VERSION = 0x03, LAPIC_TASK_PRIORITY = 0x08, LAPIC_EOI = 0x0b, LAPIC_SPURIOUS = 0x0f,
    LAPIC_SERVICE = 0x10, LAPIC_REQUEST = 0x20, /* 8 registers of 32 vectors each */
    LAPIC_LVT_CMCI = 0x2f, LAPIC_LVT_TIMER = 0x32, LAPIC_LVT_THERMAL = 0x33, LAPIC_LVT_PERFORMANCE = 0x34,
    LAPIC_LVT_LINT0 = 0x35, LAPIC_LVT_LINT1 = 0x36, LAPIC_LVT_ERROR = 0x37,
    LAPIC_TIMER_START = 0x38, LAPIC_TIMER_NOW = 0x39, LAPIC_TIMER_DIVIDER = 0x3e,
    LAPIC_EXTENDED_FEATURES = 0x40, LAPIC_LVT_EXTENDED = 0x50,
};
enum { TASK_PRIORITY_NO_EXCEPTIONS = 0x10, SPURIOUS_ENABLE = 1 << 8, LVT_NMI = 4 << 8, LVT_MASKED = 1 << 16, LVT_PERIODIC = 1 << 17 };

uint32_t lapic_read(enum lapic_register reg);
uint32_t lapic_extended_sources(void);

/* The registers are mapped at DEVICE_LAPIC.  All local sources are masked afterwards, but for the NMIs of LINT1. */
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
/* Whether one waits to be taken. */
bool lapic_timer_came(void);
