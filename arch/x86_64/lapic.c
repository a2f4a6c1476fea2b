/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, through its page (xAPIC) or through MSRs (x2APIC).  Intel SDM vol. 3A, 11. */
#include <arch/irq.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>

/* Register numbers: times 16 in the page, plus 0x800 as MSR. */
enum {
    LAPIC_ID = 0x02, LAPIC_TASK_PRIORITY = 0x08, LAPIC_EOI = 0x0b, LAPIC_SPURIOUS = 0x0f,
    LAPIC_SERVICE = 0x10, LAPIC_REQUEST = 0x20, /* 8 registers of 32 vectors each */
    LAPIC_LVT_TIMER = 0x32, LAPIC_LVT_LINT0 = 0x35, LAPIC_LVT_LINT1 = 0x36, LAPIC_LVT_ERROR = 0x37,
    LAPIC_TIMER_START = 0x38, LAPIC_TIMER_NOW = 0x39, LAPIC_TIMER_DIVIDER = 0x3e,
};
enum { SPURIOUS_ENABLE = 1 << 8, LVT_NMI = 4 << 8, LVT_MASKED = 1 << 16, LVT_PERIODIC = 1 << 17, DIVIDE_BY_1 = 0xb };
enum { APIC_BASE_X2APIC = 1 << 10, APIC_BASE_ENABLE = 1 << 11 };
#define MSR_X2APIC 0x800u
#define REQUEST_REGISTERS 8u

static inline volatile uint32_t *lapic_register(uint32_t reg)
{
    return (volatile uint32_t *)(DEVICE_LAPIC + reg * 16u);
}

static inline uint32_t lapic_read(uint32_t reg)
{
    return cpu.has.x2apic ? (uint32_t)rdmsr(MSR_X2APIC + reg) : *lapic_register(reg);
}

static inline void lapic_write(uint32_t reg, uint32_t value)
{
    if (cpu.has.x2apic)
        wrmsr(MSR_X2APIC + reg, value);
    else
        *lapic_register(reg) = value;
}

void lapic_init(void)
{
    word_t base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;
    wrmsr(MSR_APIC_BASE, base);
    if (cpu.has.x2apic)
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);

    lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    lapic_write(LAPIC_TASK_PRIORITY, 0);
    lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT0, LVT_MASKED | VECTOR_SPURIOUS);
    lapic_write(LAPIC_LVT_LINT1, LVT_NMI); /* errors that the chipset reports */
    lapic_write(LAPIC_LVT_ERROR, LVT_MASKED | VECTOR_SPURIOUS);
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

bool irq_pending(void)
{
    uint32_t pending = 0;
    for (uint32_t i = VECTOR_IRQ0 / 32; i < REQUEST_REGISTERS; i++)
        pending |= lapic_read(LAPIC_REQUEST + i);
    return pending != 0;
}

bool lapic_dismiss(word_t vector)
{
    bool serving = lapic_read(LAPIC_SERVICE + (uint32_t)vector / 32) >> vector % 32 & 1;
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
