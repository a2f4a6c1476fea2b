/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast the TSC and the local APIC timer count, and the start of the kernel's tick.  Rules: boot 7, x86_64 9.
 *
 * Both are counted in short windows of a clock whose frequency is known: the PIT, or else the ACPI timer, or else the
 * TSC itself if the processor or a hypervisor tells its frequency.  The machine may stand still at any moment for any
 * time (an emulator that is stopped, system management code), so one window proves nothing: only what several windows
 * agree on is believed.  For example, of 2496 10913 2496 2611 2497 MHz the second and the fourth are such accidents. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>
#include <kernel/config.h>

/* 8254 channel 0: it counts whatever else there is, and its interrupt is masked. */
enum {
    PIT_CHANNEL = 0x40,
    PIT_COMMAND = 0x43,
    COMMAND_ONE_SHOT = 0x30, /* low byte, high byte, mode 0 */
    COMMAND_LATCH = 0x00,
};
#define PIT_HZ 1193182u
#define PM_TIMER_HZ 3579545u /* ACPI 4.8.3.3 */
#define MEASURE_MS 7u
#define PIT_COUNTS (PIT_HZ * MEASURE_MS / 1000)
#define ATTEMPTS 200u
#define WINDOWS 8u  /* the last ones: so many of them have to be */
#define AGREEING 3u /* as near as this: */
#define NEAR 500u   /* one part in so many */
#define MHZ_MAX 20000u
#define PATIENCE BIT(22) /* reads of a clock: more than a window takes even if each is a few instructions */

#define LEAF_CRYSTAL 0x15u
#define LEAF_FREQUENCY 0x16u
#define LEAF_HYPERVISOR_TSC 0x40000010u
enum { VERSION_INTEGRATED = 1 };

static void start_pit(void)
{
    out8(PIT_COMMAND, COMMAND_ONE_SHOT);
    out8(PIT_CHANNEL, PIT_COUNTS & 0xff);
    out8(PIT_CHANNEL, PIT_COUNTS >> 8);
}

/* It counts down, and on from 0xffff when its time is over. */
static word_t pit_now(void)
{
    out8(PIT_COMMAND, COMMAND_LATCH);
    word_t low = in8(PIT_CHANNEL);
    return low | (word_t)in8(PIT_CHANNEL) << 8;
}

/* The PIT's count when its time is over, which is above PIT_COUNTS since it counts on from 0xffff.  At most PIT_COUNTS:
 * it stands still. */
static word_t wait_for_pit(void)
{
    word_t now = 0;
    for (word_t i = 0; i < PATIENCE >> 4 && now <= PIT_COUNTS; i++) /* slow reads */
        now = pit_now();
    return now;
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

/* 0 if it is not known that way. */
static word_t tsc_mhz_of_model(void)
{
    if (!cpu.is_intel || cpu.family != 6 || cpu.has.hypervisor)
        return 0;
    word_t ten_khz = is_listed(models_133mhz, sizeof models_133mhz)   ? 13333
                     : is_listed(models_100mhz, sizeof models_100mhz) ? 10000
                                                                      : 0;
    word_t info;
    return ten_khz && boot_msr_read(MSR_PLATFORM_INFO, &info) ? (info >> 8 & 0xff) * ten_khz / 100 : 0;
}

/* 0 if nobody says so.  Intel SDM vol. 2A, CPUID; without the crystal's frequency, the base frequency is near. */
static word_t tsc_mhz_of_cpuid(void)
{
    word_t last = cpuid(0, 0).a;
    if (cpu.has.hypervisor && cpuid(LEAF_HYPERVISOR, 0).a >= LEAF_HYPERVISOR_TSC)
        return cpuid(LEAF_HYPERVISOR_TSC, 0).a / 1000;
    if (!cpu.is_intel || last < LEAF_CRYSTAL)
        return 0;
    struct cpuid crystal = cpuid(LEAF_CRYSTAL, 0);
    if (crystal.a && crystal.b && crystal.c)
        return (word_t)crystal.c * crystal.b / crystal.a / 1000000;
    return last < LEAF_FREQUENCY ? 0 : cpuid(LEAF_FREQUENCY, 0).a & 0xffff;
}

/* Counts in MEASURE_MS. */
struct window {
    word_t tsc, lapic;
};

/* A clock that runs freely: the TSC, or at a port. */
struct counter {
    word_t counts, mask; /* in MEASURE_MS; 0: nobody knows, or there is none */
    uint16_t port;
};

static word_t now(const struct counter *counter) { return counter->port ? in32(counter->port) : rdtsc(); }

/* What both count until the PIT's time is over.  False: the PIT answers, but stands still.  A window of 0, which agrees
 * with none: there is no PIT, or the machine stood still before it was read first.  The PIT is read within the period
 * of the others: a disturbance makes their counts too large for it, never too small. */
static bool measure_by_pit(struct window *window)
{
    start_pit();
    lapic_timer_measure();
    (void)pit_now(); /* the count takes effect a period of the PIT later */
    word_t tsc = rdtsc();
    uint32_t lapic = lapic_timer_now();
    word_t first = pit_now();
    *window = (struct window){ 0, 0 };
    if (first < PIT_COUNTS / 2 || first > PIT_COUNTS) /* it stood still already, or there is no PIT */
        return true;
    word_t last = wait_for_pit(), pit = (first - last) & MASK(16);
    tsc = rdtsc() - tsc;
    lapic -= lapic_timer_now();
    if (last > PIT_COUNTS)
        *window = (struct window){ tsc * PIT_COUNTS / pit, lapic * (word_t)PIT_COUNTS / pit };
    return last > PIT_COUNTS;
}

/* What both count in as many counts of a clock that runs freely.  False: there is none, or it stands still. */
static bool measure_by_counter(const struct counter *counter, struct window *window)
{
    word_t elapsed = 0;
    lapic_timer_measure();
    uint32_t lapic = lapic_timer_now();
    word_t tsc = rdtsc(), start = now(counter);
    for (word_t i = 0; i < PATIENCE && elapsed < counter->counts; i++)
        elapsed = (now(counter) - start) & counter->mask;
    if (counter->counts == 0 || elapsed < counter->counts)
        return false;
    tsc = rdtsc() - tsc;
    lapic -= lapic_timer_now();
    *window = (struct window){ tsc * counter->counts / elapsed, lapic * counter->counts / elapsed };
    return true;
}

static bool is_plausible(word_t counts) { return counts / (MEASURE_MS * 1000) - 1 < MHZ_MAX; }

static bool are_near(word_t a, word_t b) { return (a > b ? a - b : b - a) <= b / NEAR; }

/* Whether enough windows, unless they are 0, agree with this one of them: if so, the least of them, for noise only
 * adds. */
static bool agree(const struct window *windows, const struct window *with, struct window *least)
{
    word_t count = 0;
    *least = *with;
    for (const struct window *w = windows; w < windows + WINDOWS; w++) {
        if (!are_near(w->tsc, with->tsc) || !are_near(w->lapic, with->lapic))
            continue;
        count++;
        least->tsc = w->tsc < least->tsc ? w->tsc : least->tsc;
        least->lapic = w->lapic < least->lapic ? w->lapic : least->lapic;
    }
    return count >= AGREEING && is_plausible(with->tsc) && is_plausible(with->lapic);
}

/* By a counter, or by the PIT. */
static bool calibrate(const struct counter *by, struct window *result)
{
    struct window windows[WINDOWS] = { { 0, 0 } };
    for (word_t i = 0; i < ATTEMPTS; i++) {
        struct window *newest = &windows[i % WINDOWS];
        if (by ? !measure_by_counter(by, newest) : !measure_by_pit(newest))
            return false;
        if (agree(windows, newest, result))
            return true;
    }
    return false;
}

static bool tick_comes(void)
{
    for (word_t i = 0; i < PATIENCE; i++)
        if (lapic_timer_came())
            return true;
    return false;
}

const char *boot_timer_init(uint16_t pm_timer)
{
    struct window window;
    struct counter acpi = { pm_timer ? PM_TIMER_HZ * MEASURE_MS / 1000 : 0, MASK(24), pm_timer };

    if ((lapic_read(LAPIC_VERSION) >> 4 & 15) != VERSION_INTEGRATED)
        return "there is no local APIC where the processor says it is.";
    cpu.tsc_mhz = tsc_mhz_of_model();
    if (calibrate(NULL, &window) || calibrate(&acpi, &window)) {
        if (cpu.tsc_mhz == 0)
            cpu.tsc_mhz = window.tsc / (MEASURE_MS * 1000);
    } else {
        if (cpu.tsc_mhz == 0)
            cpu.tsc_mhz = tsc_mhz_of_cpuid();
        if (!calibrate(&(struct counter){ cpu.tsc_mhz * 1000 * MEASURE_MS, ~(word_t)0, 0 }, &window))
            return lapic_timer_now() == UINT32_MAX
                       ? "the local APIC's timer does not count."
                       : "no clock counts evenly whose frequency is known (PIT, ACPI timer, TSC by CPUID).";
    }
    lapic_timer_start((uint32_t)(window.lapic * TIMER_TICK_MS / MEASURE_MS));
    return tick_comes() ? NULL : "the local APIC's timer does not interrupt.";
}
