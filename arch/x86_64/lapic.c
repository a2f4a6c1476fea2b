/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, through its page (xAPIC) or through MSRs (x2APIC).  Intel SDM vol. 3A, 11. */
#include <arch/irq.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>

enum { APIC_BASE_X2APIC = 1 << 10, APIC_BASE_ENABLE = 1 << 11 };
enum { DIVIDE_BY_1 = 0xb };
#define MSR_X2APIC 0x800u
#define REQUEST_REGISTERS 8u

static inline volatile uint32_t *at(enum lapic_register reg)
{
    return (volatile uint32_t *)(DEVICE_LAPIC + reg * 16u);
}

uint32_t lapic_read(enum lapic_register reg)
{
    return cpu.has.x2apic ? (uint32_t)rdmsr(MSR_X2APIC + reg) : *at(reg);
}

static inline void lapic_write(enum lapic_register reg, uint32_t value)
{
    if (cpu.has.x2apic)
        wrmsr(MSR_X2APIC + reg, value);
    else
        *at(reg) = value;
}

/* AMD's processors have more of them.  AMD APM vol. 2, 16.7. */
uint32_t lapic_extended_sources(void)
{
    return lapic_read(LAPIC_VERSION) >> 31 ? lapic_read(LAPIC_EXTENDED_FEATURES) >> 16 & 15 : 0;
}

void lapic_init(void)
{
    word_t base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;
    wrmsr(MSR_APIC_BASE, base);
    if (cpu.has.x2apic)
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);

    lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    /* An interrupt of vectors 16 to 31, left pending or sent by a device, would look like an exception. */
    lapic_write(LAPIC_TASK_PRIORITY, TASK_PRIORITY_NO_EXCEPTIONS);
    /* Which of the local sources there are tells the number of the last: Intel SDM vol. 3A, 11.5.1. */
    static const enum lapic_register sources[] = {
        LAPIC_LVT_TIMER, LAPIC_LVT_LINT0, LAPIC_LVT_LINT1, LAPIC_LVT_ERROR, LAPIC_LVT_PERFORMANCE,
        LAPIC_LVT_THERMAL, LAPIC_LVT_CMCI,
    };
    uint32_t last = lapic_read(LAPIC_VERSION) >> 16 & 0xff;
    for (uint32_t i = 0; i <= last && i < sizeof sources / sizeof sources[0]; i++)
        lapic_write(sources[i], LVT_MASKED | VECTOR_SPURIOUS);
    for (uint32_t i = 0; i < lapic_extended_sources(); i++)
        lapic_write(LAPIC_LVT_EXTENDED + i, LVT_MASKED | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT1, LVT_NMI); /* errors that the chipset reports */
    /* What the firmware may have left unanswered would block its priority class. */
    for (word_t i = 0; i < REQUEST_REGISTERS * 32; i++)
        lapic_write(LAPIC_EOI, 0);
}

uint32_t lapic_id(void)
{
    uint32_t id = lapic_read(LAPIC_ID);
    return cpu.has.x2apic ? id : id >> 24;
}

void lapic_timer_measure(void)
{
    lapic_write(LAPIC_TIMER_DIVIDER, DIVIDE_BY_1);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_SPURIOUS);
    lapic_write(LAPIC_TIMER_START, UINT32_MAX);
}

uint32_t lapic_timer_now(void) { return lapic_read(LAPIC_TIMER_NOW); }

void lapic_timer_start(uint32_t counts)
{
    lapic_write(LAPIC_LVT_TIMER, LVT_PERIODIC | (VECTOR_IRQ0 + IRQ_TIMER_LINE));
    lapic_write(LAPIC_TIMER_START, counts);
}

bool lapic_timer_came(void)
{
    word_t vector = VECTOR_IRQ0 + IRQ_TIMER_LINE;
    return lapic_read((enum lapic_register)(LAPIC_REQUEST + vector / 32)) >> vector % 32 & 1;
}

bool irq_pending(void)
{
    uint32_t pending = 0;
    for (uint32_t i = VECTOR_IRQ0 / 32; i < REQUEST_REGISTERS; i++)
        pending |= lapic_read((enum lapic_register)(LAPIC_REQUEST + i));
    return pending != 0;
}

bool lapic_dismiss(word_t vector)
{
    bool serving = lapic_read((enum lapic_register)(LAPIC_SERVICE + vector / 32)) >> vector % 32 & 1;
    if (serving)
        lapic_write(LAPIC_EOI, 0);
    return serving;
}

void irq_end(word_t irq)
{
    (void)irq;
    lapic_write(LAPIC_EOI, 0);
}

void irq_mask(word_t irq) { ioapic_mask(irq, true); }
void irq_unmask(word_t irq) { ioapic_mask(irq, false); }
