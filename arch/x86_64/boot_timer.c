/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast the TSC and the local APIC timer count, measured with the PIT, and the start of the
 * kernel's tick.  Rules: boot 7, x86_64 9. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>
#include <kernel/config.h>

/* 8254 channel 2: its output can be read, and it raises no interrupt. */
enum {
    PIT_CHANNEL2 = 0x42,
    PIT_COMMAND = 0x43,
    PIT_GATE = 0x61,
    COMMAND_CHANNEL2_ONE_SHOT = 0xb0, /* low byte, high byte, mode 0 */
    COMMAND_CHANNEL2_LATCH = 0x80,
    GATE_ON = 1 << 0,
    GATE_SPEAKER = 1 << 1,
    GATE_OUTPUT = 1 << 5,
};
#define PIT_HZ 1193182u
#define MEASURE_MS 7u
#define MEASUREMENTS 3
#define ATTEMPTS 20
#define PIT_COUNTS (PIT_HZ * MEASURE_MS / 1000)
#define PATIENCE BIT(24) /* reads of a port: each takes a microsecond or so where there is a bus */

static bool wait_for_pit(void)
{
    for (word_t i = 0; i < PATIENCE; i++)
        if (in8(PIT_GATE) & GATE_OUTPUT)
            return true;
    return false;
}

static void start_pit(void)
{
    uint8_t gate = in8(PIT_GATE) & (uint8_t)~(GATE_ON | GATE_SPEAKER);
    out8(PIT_GATE, gate | GATE_ON);
    out8(PIT_COMMAND, COMMAND_CHANNEL2_ONE_SHOT);
    out8(PIT_CHANNEL2, PIT_COUNTS & 0xff);
    out8(PIT_CHANNEL2, PIT_COUNTS >> 8);
}

/* It counts down, and on from 0xffff when its time is over. */
static word_t pit_now(void)
{
    out8(PIT_COMMAND, COMMAND_CHANNEL2_LATCH);
    word_t low = in8(PIT_CHANNEL2);
    return low | (word_t)in8(PIT_CHANNEL2) << 8;
}

/* Intel models whose MSR_PLATFORM_INFO says at which multiple of their bus clock the TSC counts. */
static const uint8_t models_133mhz[] = { 0x1a, 0x1e, 0x1f, 0x25, 0x2c, 0x2e, 0x2f };
static const uint8_t models_100mhz[] = { 0x2a, 0x2d, 0x3a, 0x3c, 0x3d, 0x3e, 0x3f, 0x45, 0x46,
                                         0x47, 0x4e, 0x4f, 0x55, 0x56, 0x5e, 0x8e, 0x9e };

static bool is_listed(const uint8_t *models, word_t count)
{
    for (word_t i = 0; i < count; i++)
        if (models[i] == cpu.model)
            return true;
    return false;
}

/* 0 if it is not known that way.  Emulated processors may not have the MSR. */
static word_t tsc_mhz_of_model(void)
{
    if (!cpu.is_intel || cpu.family != 6 || cpu.has.hypervisor)
        return 0;
    word_t ten_khz = is_listed(models_133mhz, sizeof models_133mhz)   ? 13333
                     : is_listed(models_100mhz, sizeof models_100mhz) ? 10000
                                                                      : 0;
    return ten_khz ? (rdmsr(MSR_PLATFORM_INFO) >> 8 & 0xff) * ten_khz / 100 : 0;
}

struct counts {
    word_t tsc;
    word_t lapic;
    word_t pit; /* that it took: less than PIT_COUNTS if the start was disturbed */
};

/* What all count until the PIT's time is over; false if it does not count.  It is read within the
 * period of the others: they may count too much for it, never too little. */
static bool measure(struct counts *counts)
{
    start_pit();
    (void)pit_now(); /* the count takes effect a period of the PIT later */
    word_t tsc = rdtsc();
    uint32_t lapic = lapic_timer_now();
    word_t first = pit_now();
    if (!wait_for_pit())
        return false;
    counts->pit = (first - pit_now()) & MASK(16);
    counts->tsc = rdtsc() - tsc;
    counts->lapic = lapic - lapic_timer_now();
    return true;
}

/* An emulator that is not scheduled, and system management code, disturb a measurement only where
 * one clock is read after the other, and then make it too large. */
const char *boot_timer_init(void)
{
    struct counts least = { .tsc = ~(word_t)0, .lapic = ~(word_t)0 };

    lapic_timer_measure();
    for (word_t i = 0, good = 0; good < MEASUREMENTS; i++) {
        struct counts counts;
        if (i == ATTEMPTS || !measure(&counts))
            return "the timer (PIT) does not count.";
        if (counts.pit < PIT_COUNTS / 2)
            continue;
        good++;
        counts.tsc = counts.tsc * PIT_COUNTS / counts.pit;
        counts.lapic = counts.lapic * PIT_COUNTS / counts.pit;
        if (counts.tsc < least.tsc)
            least.tsc = counts.tsc;
        if (counts.lapic < least.lapic)
            least.lapic = counts.lapic;
    }

    cpu.tsc_mhz = tsc_mhz_of_model();
    if (cpu.tsc_mhz == 0)
        cpu.tsc_mhz = least.tsc / (MEASURE_MS * 1000);
    lapic_timer_start((uint32_t)(least.lapic * TIMER_TICK_MS / MEASURE_MS));
    return NULL;
}
