/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_acpi.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include <arch/x86_64/boot.h>

#define RSDP 0xf5a30u
#define RSDT 0x120000u
#define OTHER 0x121000u
#define MADT 0x122000u

static char *memory;
static struct boot_machine machine;

static void put(word_t at, word_t value, size_t bytes) { memcpy(memory + at, &value, bytes); }

/* Sets the byte at `at` so that the sum of a table is 0. */
static void fix_sum(word_t table, word_t bytes, word_t at)
{
    unsigned char sum = 0;
    memory[table + at] = 0;
    for (word_t i = 0; i < bytes; i++)
        sum = (unsigned char)(sum + (unsigned char)memory[table + i]);
    memory[table + at] = (char)-sum;
}

static void put_entry(word_t type, word_t length, const char *rest)
{
    uint32_t old;
    memcpy(&old, memory + MADT + 4, 4);
    put(MADT + old, type, 1);
    put(MADT + old + 1, length, 1);
    memcpy(memory + MADT + old + 2, rest, length - 2);
    put(MADT + 4, old + length, 4);
}

static int setup(void **state)
{
    (void)state;
    memory = calloc(1, 0x130000);
    memset(&machine, 0, sizeof machine);
    memcpy(memory + RSDP, "RSD PTR ", 8);
    put(RSDP + 16, RSDT, 4);
    put(RSDP + 20, 0xaa, 1); /* beyond the checksum */
    fix_sum(RSDP, 20, 8);
    memcpy(memory + RSDT, "RSDT", 4);
    put(RSDT + 4, 36 + 8, 4);
    put(RSDT + 36, OTHER, 4);
    put(RSDT + 40, MADT, 4);
    fix_sum(RSDT, 44, 9);
    memcpy(memory + OTHER, "FACP", 4);
    memcpy(memory + MADT, "APIC", 4);
    put(MADT + 4, 44, 4);
    put(MADT + 36, 0xfee00000, 4);
    put_entry(0, 8, "\0\0\1\0\0\0");
    put_entry(1, 12, "\1\0\0\0\300\376\0\0\0\0");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static void tables_are_found_from_the_bios_area(void **state)
{
    (void)state;
    assert_null(boot_acpi_read(memory, &machine));
    assert_true(machine.has_rsdp);
    assert_int_equal(machine.rsdp[20], 0xaa);
    assert_int_equal(machine.lapic, 0xfee00000);
    assert_int_equal(machine.cpu_count, 1);
    assert_int_equal(machine.ioapic_count, 1);
    assert_int_equal(machine.ioapic[0], 0xfec00000);
}

static void the_loaders_rsdp_is_preferred(void **state)
{
    (void)state;
    memcpy(machine.rsdp, memory + RSDP, 36);
    machine.has_rsdp = true;
    memset(memory + RSDP, 0, 36);
    assert_null(boot_acpi_read(memory, &machine));
}

static void a_wrong_sum_is_not_an_rsdp(void **state)
{
    (void)state;
    memory[RSDP + 10]++;
    assert_non_null(strstr(boot_acpi_read(memory, &machine), "RSDP"));
}

static void a_damaged_rsdt_is_refused(void **state)
{
    (void)state;
    memory[RSDT + 20]++;
    assert_non_null(strstr(boot_acpi_read(memory, &machine), "RSDT"));
    memory[RSDT + 20]--;
    put(RSDT + 4, 0x7fffffff, 4);
    assert_non_null(strstr(boot_acpi_read(memory, &machine), "RSDT"));
}

static void no_madt_is_refused(void **state)
{
    (void)state;
    memcpy(memory + MADT, "HPET", 4);
    assert_non_null(strstr(boot_acpi_read(memory, &machine), "MADT"));
}

static void only_enabled_processors_count(void **state)
{
    (void)state;
    put_entry(0, 8, "\1\1\0\0\0\0");                     /* disabled */
    put_entry(0, 8, "\1\1\3\0\0\0");                     /* flags not exactly 1 */
    put_entry(9, 16, "\0\0\7\0\0\0\1\0\0\0\7\0\0\0");    /* x2APIC */
    assert_null(boot_acpi_read(memory, &machine));
    assert_int_equal(machine.cpu_count, 2);
}

static void no_processor_is_refused(void **state)
{
    (void)state;
    memory[MADT + 44 + 4] = 0;
    assert_non_null(strstr(boot_acpi_read(memory, &machine), "no processor"));
}

static void a_local_apic_address_override_counts(void **state)
{
    (void)state;
    put_entry(5, 12, "\0\0\0\0\0\321\0\0\0\0");
    assert_null(boot_acpi_read(memory, &machine));
    assert_int_equal(machine.lapic, 0xd1000000);
}

static void ioapics_beyond_the_maximum_are_ignored(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        put_entry(1, 12, "\2\0\0\20\300\376\0\0\0\0");
    assert_null(boot_acpi_read(memory, &machine));
    assert_int_equal(machine.ioapic_count, IOAPIC_MAX);
}

static bool is_kept(word_t at)
{
    for (word_t i = 0; i < machine.registers.count; i++)
        if (machine.registers.at[i].start <= at && at < machine.registers.at[i].end)
            return true;
    return false;
}

static void registers_of_every_controller_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        char entry[] = "\2\0\0\4\0\376\0\0\0\0"; /* not at the start of its page */
        entry[4] = (char)(2 * i);
        put_entry(1, 12, entry);
    }
    assert_null(boot_acpi_read(memory, &machine));
    for (word_t i = 0; i < 40; i++)
        assert_true(is_kept(0xfe000000 + (i << 17)) && !is_kept(0xfe001000 + (i << 17)));
    assert_true(is_kept(0xfee00000) && is_kept(0xfee00fff) && !is_kept(0xfee01000));
    assert_true(is_kept(0xfec00000) && !is_kept(0xfec01000));
}

/* The second table of the RSDT, in the place of one that nobody looks for. */
static void put_units(const char *signature, word_t bytes)
{
    memcpy(memory + OTHER, signature, 4);
    put(OTHER + 4, 48 + bytes, 4);
}

static void registers_of_vtd_units_are_kept(void **state)
{
    (void)state;
    put_units("DMAR", 16 + 24 + 16 + 4);
    put(OTHER + 48, 0, 2); /* DRHD of one page, an RMRR, a DRHD of four pages, and one that is cut off */
    put(OTHER + 50, 16, 2);
    put(OTHER + 56, 0xfed90000, 8);
    put(OTHER + 64, 1, 2);
    put(OTHER + 66, 24, 2);
    put(OTHER + 72, 0x7b000000, 8);
    put(OTHER + 88, 0, 2);
    put(OTHER + 90, 16, 2);
    put(OTHER + 93, 2, 1);
    put(OTHER + 96, 0x20000000000, 8);
    put(OTHER + 104, 0, 2);
    put(OTHER + 106, 16, 2);
    put(OTHER + 112, 0xfeb00000, 8);
    assert_null(boot_acpi_read(memory, &machine));
    assert_true(is_kept(0xfed90000) && !is_kept(0xfed91000));
    assert_true(!is_kept(0x7b000000) && !is_kept(0xfeb00000));
    assert_true(is_kept(0x20000000000) && is_kept(0x20000003fff) && !is_kept(0x20000004000));
}

static void registers_of_amd_units_are_kept(void **state)
{
    (void)state;
    put_units("IVRS", 24 + 40 + 24);
    put(OTHER + 48, 0x10, 1);
    put(OTHER + 50, 24, 2);
    put(OTHER + 56, 0xfeb80000, 8);
    put(OTHER + 72, 0x40, 1);
    put(OTHER + 74, 40, 2);
    put(OTHER + 80, 0x10000000000, 8);
    put(OTHER + 112, 0x20, 1); /* memory of a device, no unit */
    put(OTHER + 114, 24, 2);
    put(OTHER + 120, 0xfea00000, 8);
    assert_null(boot_acpi_read(memory, &machine));
    assert_true(is_kept(0xfeb80000) && is_kept(0xfeb83fff) && !is_kept(0xfeb84000));
    assert_true(is_kept(0x10000000000) && !is_kept(0xfea00000));
}

static void short_entries_do_not_end_the_table(void **state)
{
    (void)state;
    put_entry(4, 6, "\377\0\0\1"); /* NMI of a local APIC */
    put_entry(2, 2, "");
    put_entry(0, 7, "\2\2\1\0\0"); /* too short to be a processor */
    put_entry(1, 12, "\2\0\0\20\300\376\0\0\0\0");
    assert_null(boot_acpi_read(memory, &machine));
    assert_int_equal(machine.cpu_count, 1);
    assert_int_equal(machine.ioapic_count, 2);
}

static void a_damaged_entry_ends_the_table(void **state)
{
    (void)state;
    put_entry(1, 12, "\2\0\0\20\300\376\0\0\0\0");
    memory[MADT + 44 + 8 + 12 + 1] = 0;
    assert_null(boot_acpi_read(memory, &machine));
    assert_int_equal(machine.ioapic_count, 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tables_are_found_from_the_bios_area),
        TEST(the_loaders_rsdp_is_preferred),
        TEST(a_wrong_sum_is_not_an_rsdp),
        TEST(a_damaged_rsdt_is_refused),
        TEST(no_madt_is_refused),
        TEST(only_enabled_processors_count),
        TEST(no_processor_is_refused),
        TEST(a_local_apic_address_override_counts),
        TEST(ioapics_beyond_the_maximum_are_ignored),
        TEST(registers_of_every_controller_are_kept),
        TEST(registers_of_vtd_units_are_kept),
        TEST(registers_of_amd_units_are_kept),
        TEST(short_entries_do_not_end_the_table),
        TEST(a_damaged_entry_ends_the_table),
    };
    return RUN(tests);
}
