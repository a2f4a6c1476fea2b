/* SPDX-License-Identifier: BSD-2-Clause */
/* The calibration on a simulated machine: every access to a clock takes some of its time, and before any of them the
 * machine may stand still while all clocks go on.  Whatever happens, what is measured is right within 1 %, or boot
 * refuses in a sentence. */
#include "host.h"
#include <arch/x86_64/boot.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>

/* Time is in nanoseconds. */
#define MS 1000000u
#define PIT_HERTZ 1193182u
#define STOPS 400

static struct sim {
    word_t tsc_mhz, lapic_mhz; /* how fast they count; 0: not at all */
    bool pit, tick;            /* they are there */
    uint32_t version;
    uint8_t floating;          /* what reads of a missing PIT give */
    uint16_t pm_timer;         /* port of the ACPI timer, or 0 */
    struct { word_t access, time; } stops[STOPS]; /* ascending by access */
    word_t stop_count, stop_next, noise;
    struct cpuid leaf[4]; /* 0, 0x15, 0x16; 0x40000010 */

    word_t now, accesses;
    word_t pit_start, pit_count, latch, bytes;
    word_t lapic_start, period;
} sim;

static uint64_t seed = 1;
static word_t random_below(word_t limit)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (seed >> 33) % limit;
}

static void spend(word_t time)
{
    sim.now += time + random_below(sim.noise + 1);
    if (sim.stop_next < sim.stop_count && sim.accesses >= sim.stops[sim.stop_next].access)
        sim.now += sim.stops[sim.stop_next++].time;
    sim.accesses++;
}

static word_t pit_elapsed(void)
{
    return (word_t)((unsigned __int128)(sim.now - sim.pit_start) * PIT_HERTZ / 1000000000);
}

static void sim_out8(uint16_t port, uint8_t value)
{
    spend(800);
    if (port == 0x43 && value == 0x30)
        sim.bytes = 0;
    else if (port == 0x43)
        sim.latch = (sim.pit_count - pit_elapsed()) & 0xffff;
    else if (port == 0x40) {
        sim.pit_count = sim.bytes++ ? sim.pit_count | (word_t)value << 8 : value;
        sim.pit_start = sim.now;
    }
}

static uint8_t sim_in8(uint16_t port)
{
    assert_int_equal(port, 0x40);
    spend(800);
    if (!sim.pit)
        return sim.floating;
    uint8_t value = (uint8_t)sim.latch;
    sim.latch >>= 8;
    return value;
}

static word_t sim_rdtsc(void)
{
    spend(20);
    return sim.now * sim.tsc_mhz / 1000;
}

bool boot_msr_read(uint32_t msr, word_t *value)
{
    assert_int_equal(msr, MSR_PLATFORM_INFO);
    *value = 30 << 8;
    return true;
}

static struct cpuid sim_cpuid(uint32_t leaf, uint32_t subleaf)
{
    (void)subleaf;
    switch (leaf) {
    case 0: return sim.leaf[0];
    case 0x15: return sim.leaf[1];
    case 0x16: return sim.leaf[2];
    case 0x40000000: return (struct cpuid){ sim.leaf[3].a ? 0x40000010 : 0x40000001, 0, 0, 0 };
    case 0x40000010: return sim.leaf[3];
    default: fail_msg("leaf %x", leaf); return (struct cpuid){ 0, 0, 0, 0 };
    }
}

static uint32_t sim_in32(uint16_t port)
{
    spend(800);
    assert_int_equal(port, sim.pm_timer);
    return (uint32_t)((unsigned __int128)sim.now * 3579545 / 1000000000 + 0xfffff0) & 0xffffff; /* it wraps */
}

void lapic_timer_measure(void)
{
    spend(100);
    sim.lapic_start = sim.now;
}

/* Not reloaded: it stops at 0. */
uint32_t lapic_timer_now(void)
{
    spend(100);
    word_t elapsed = (sim.now - sim.lapic_start) * sim.lapic_mhz / 1000;
    return elapsed > UINT32_MAX ? 0 : (uint32_t)(UINT32_MAX - elapsed);
}

void lapic_timer_start(uint32_t counts) { sim.period = counts; }

bool lapic_timer_came(void) { return sim.tick; }

uint32_t lapic_read(enum lapic_register reg)
{
    assert_int_equal(reg, LAPIC_VERSION);
    return sim.version;
}

struct cpu cpu;

#define in8 sim_in8
#define in32 sim_in32
#define out8 sim_out8
#define rdtsc sim_rdtsc
#define cpuid(leaf, subleaf) sim_cpuid(leaf, subleaf)
#include "../../arch/x86_64/boot_timer.c"

static int setup(void **state)
{
    (void)state;
    sim = (struct sim){ .tsc_mhz = 2496, .lapic_mhz = 1000, .pit = true, .tick = true, .version = 0x50014, .noise = 100,
                        .leaf = { [0] = { .a = 0xd } } };
    cpu = (struct cpu){ .has.hypervisor = true };
    return 0;
}

static bool is_right(word_t value, word_t wanted) { return value * 100 >= wanted * 99 && value * 100 <= wanted * 101; }

static void expect_right(void)
{
    assert_null(boot_timer_init(sim.pm_timer));
    if (!is_right(cpu.tsc_mhz, sim.tsc_mhz) || !is_right(sim.period, sim.lapic_mhz * 2000))
        fail_msg("%lu MHz for %lu, period %lu at %lu MHz", cpu.tsc_mhz, sim.tsc_mhz, sim.period, sim.lapic_mhz);
}

static void expect_refusal(const char *sentence)
{
    const char *failure = boot_timer_init(sim.pm_timer);
    assert_non_null(failure);
    assert_non_null(strstr(failure, sentence));
    assert_int_equal(sim.period, 0);
}

static void clocks_of_any_speed_are_measured(void **state)
{
    static const word_t mhz[] = { 4, 24, 100, 1000, 2496, 5800 };
    for (word_t i = 0; i < 6; i++)
        for (word_t j = 0; j < 6; j++) {
            (void)setup(state);
            sim.tsc_mhz = mhz[i];
            sim.lapic_mhz = mhz[j];
            sim.noise = 0;
            assert_null(boot_timer_init(sim.pm_timer));
            assert_in_range(cpu.tsc_mhz, mhz[i] - 1, mhz[i] + mhz[i] / 1000);
            assert_true(is_right(sim.period, mhz[j] * 2000));
        }
}

/* At each access of a calibration, for times that bring every counter to any place. */
static void one_stop_anywhere_changes_nothing(void **state)
{
    static const word_t times[] = { 1, 6, 7, 20, 48, 55, 62, 500, 1000, 3000, 4290, 5000, 60000 };
    setup(state);
    expect_right();
    word_t accesses = sim.accesses;
    for (word_t access = 0; access < accesses; access += access % 9000 < 40 ? 1 : 211)
        for (word_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            setup(state);
            sim.stop_count = 1;
            sim.stops[0].access = access;
            sim.stops[0].time = times[i] * MS + random_below(MS);
            expect_right();
        }
}

/* Stops as a busy host makes them, and worse: right, or not believed. */
static void many_stops_are_right_or_refused(void **state)
{
    word_t refused = 0, rounds = 1500;
    for (word_t round = 0; round < rounds; round++) {
        setup(state);
        sim.stop_count = random_below(STOPS);
        sim.noise = random_below(3) ? 100 : 5000;
        word_t access = 0, longest = 1 + random_below(round % 2 ? 60 : 3000), apart = 1 + random_below(20000);
        for (word_t i = 0; i < sim.stop_count; i++) {
            sim.stops[i].access = access += random_below(apart);
            sim.stops[i].time = random_below(longest * MS);
        }
        const char *failure = boot_timer_init(sim.pm_timer);
        refused += failure != NULL;
        if (!failure && (!is_right(cpu.tsc_mhz, sim.tsc_mhz) || !is_right(sim.period, sim.lapic_mhz * 2000)))
            fail_msg("round %lu: %lu MHz for %lu, period %lu", round, cpu.tsc_mhz, sim.tsc_mhz, sim.period);
    }
    assert_in_range(refused, 0, rounds / 10);
}

static void processor_of_a_known_model_knows_better(void **state)
{
    (void)state;
    cpu = (struct cpu){ .is_intel = true, .family = 6, .model = 0x3c };
    assert_null(boot_timer_init(sim.pm_timer));
    assert_int_equal(cpu.tsc_mhz, 3000);
    assert_true(is_right(sim.period, 2000000));
}

/* A missing PIT reads as all ones or as nothing. */
static void another_clock_is_enough(void **state)
{
    static const struct { bool intel, hypervisor; struct cpuid leaf[4]; word_t mhz; } known[] = {
        { true, false, { { .a = 0x15 }, { 2, 208, 24000000, 0 } }, 2496 },
        { true, false, { { .a = 0x16 }, { 2, 208, 0, 0 }, { .a = 2500 } }, 2500 },
        { false, true, { { .a = 0xd }, [3] = { 2496123, 1000000, 0, 0 } }, 2496 },
        { true, true, { { .a = 0x16 }, { 2, 216, 24000000, 0 }, { 0 }, { 2496123, 1000000, 0, 0 } }, 2496 },
    };
    for (word_t i = 0; i < 8; i++) {
        setup(state);
        sim.pit = false;
        sim.floating = i % 2 ? 0xff : 0;
        cpu.is_intel = known[i / 2].intel;
        cpu.has.hypervisor = known[i / 2].hypervisor;
        memcpy(sim.leaf, known[i / 2].leaf, sizeof sim.leaf);
        sim.stop_count = 1;
        sim.stops[0].access = 1u << 22 | random_below(3000);
        sim.stops[0].time = 3000 * MS;
        expect_right();
        assert_int_equal(cpu.tsc_mhz, known[i / 2].mhz);
    }
}

static void acpi_timer_does_for_the_pit(void **state)
{
    for (word_t i = 0; i < 40; i++) {
        setup(state);
        sim.pit = false;
        sim.floating = i % 2 ? 0xff : 0;
        sim.pm_timer = 0x608;
        sim.stop_count = 1;
        sim.stops[0].access = random_below(60000);
        sim.stops[0].time = 100 * MS + random_below(6000) * MS;
        expect_right();
    }
}

static void no_clock_at_all_is_said(void **state)
{
    for (word_t i = 0; i < 5; i++) {
        setup(state);
        sim.pit = false;
        sim.floating = i % 2 ? 0xff : 0;
        cpu.is_intel = i >= 2;
        sim.leaf[0].a = i == 4 ? 0x16 : 0x15; /* where there is nothing */
        expect_refusal("no clock");
    }
    setup(state);
    sim.tsc_mhz = 0;
    expect_refusal("no clock");
}

static void timer_that_does_not_tick_is_said(void **state)
{
    static const uint32_t versions[] = { 0, UINT32_MAX, 0x8086a201, 0x50004 };
    for (word_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        setup(state);
        sim.version = versions[i];
        expect_refusal("no local APIC");
    }
    setup(state);
    sim.lapic_mhz = 0;
    expect_refusal("does not count");
    setup(state);
    sim.tick = false;
    assert_string_equal(boot_timer_init(sim.pm_timer), "the local APIC's timer does not interrupt.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clocks_of_any_speed_are_measured, setup),
        cmocka_unit_test_setup(one_stop_anywhere_changes_nothing, setup),
        cmocka_unit_test_setup(many_stops_are_right_or_refused, setup),
        cmocka_unit_test_setup(processor_of_a_known_model_knows_better, setup),
        cmocka_unit_test_setup(another_clock_is_enough, setup),
        cmocka_unit_test_setup(acpi_timer_does_for_the_pit, setup),
        cmocka_unit_test_setup(no_clock_at_all_is_said, setup),
        cmocka_unit_test_setup(timer_that_does_not_tick_is_said, setup),
    };
    return RUN(tests);
}
