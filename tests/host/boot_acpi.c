/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_acpi.c arch/x86_64/boot_ranges.c */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/boot.h>

#define EBDA 0x9fc00u
#define RSDP 0xf5a30u
#define XSDT 0x11f000u
#define RSDT 0x120000u
#define OTHER 0x121000u
#define MADT 0x122000u
#define BYTES 0x130000u

static char *memory, *last;
static struct boot_machine machine;

/* A copy of exactly what is asked for, so that whoever reads more is caught. */
const char *boot_memory_at(word_t at, word_t bytes)
{
    if (at >= BYTES || bytes > BYTES - at)
        return NULL;
    char *copy = malloc(sizeof(char *) + bytes);
    memcpy(copy, &last, sizeof last);
    last = copy;
    return memcpy(copy + sizeof last, memory + at, bytes);
}

static void put(word_t at, word_t value, size_t bytes) { memcpy(memory + at, &value, bytes); }

static word_t get(word_t at, size_t bytes)
{
    word_t value = 0;
    memcpy(&value, memory + at, bytes);
    return value;
}

/* Sets the byte at `at` so that the sum of a table is 0. */
static void fix_sum(word_t table, word_t bytes, word_t at)
{
    unsigned char sum = 0;
    memory[table + at] = 0;
    for (word_t i = 0; i < bytes; i++)
        sum = (unsigned char)(sum + (unsigned char)memory[table + i]);
    memory[table + at] = (char)-sum;
}

static void fix_table(word_t table) { fix_sum(table, get(table + 4, 4), 9); }

/* Without a loader's pointer, and the tables' sums are right. */
static const char *read(void)
{
    if (!machine.has_rsdp)
        memset(machine.rsdp, 0, RSDP_BYTES);
    fix_table(OTHER);
    fix_table(MADT);
    host.output_length = 0;
    const char *failure = boot_acpi_read(&machine);
    machine.has_rsdp = false;
    return failure;
}

static void assert_says(const char *words)
{
    host.output[host.output_length] = '\0';
    if (!strstr(host.output, words))
        fail_msg("it says: %s", host.output);
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

static void put_root(word_t at, const char *signature, word_t width, word_t first, word_t second)
{
    memcpy(memory + at, signature, 4);
    put(at + 4, 36 + 2 * width, 4);
    put(at + 36, first, width);
    put(at + 36 + width, second, width);
    fix_table(at);
}

static void put_rsdp(word_t at, word_t rsdt)
{
    memcpy(memory + at, "RSD PTR ", 8);
    put(at + 16, rsdt, 4);
    put(at + 20, 0xaa, 1); /* beyond it */
    fix_sum(at, 20, 8);
}

static void put_rsdp2(word_t at, word_t rsdt, word_t xsdt)
{
    memory[at + 15] = 2;
    put_rsdp(at, rsdt);
    put(at + 20, 36, 4);
    put(at + 24, xsdt, 8);
    fix_sum(at, 36, 32);
}

static int setup(void **state)
{
    (void)state;
    memory = calloc(1, BYTES);
    memset(&machine, 0, sizeof machine);
    boot_ranges_add(&machine.ram, 0x100000, 0x8000000);
    put(0x40e, EBDA >> 4, 2);
    put_rsdp(RSDP, RSDT);
    put_root(RSDT, "RSDT", 4, OTHER, MADT);
    memcpy(memory + OTHER, "FACP", 4);
    put(OTHER + 4, 48, 4);
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
    while (last) {
        char *next;
        memcpy(&next, last, sizeof next);
        free(last);
        last = next;
    }
    free(memory);
    return 0;
}

static bool is_rsdp_of(word_t at, word_t bytes)
{
    for (word_t i = bytes; i < RSDP_BYTES; i++)
        if (machine.rsdp[i])
            return false;
    return memcmp(machine.rsdp, memory + at, bytes) == 0;
}

static void tables_are_found_from_the_bios_area(void **state)
{
    (void)state;
    assert_null(read());
    assert_true(is_rsdp_of(RSDP, 20));
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
    assert_null(read());
}

static void a_wrong_sum_is_not_an_rsdp(void **state)
{
    (void)state;
    memory[RSDP + 10]++;
    assert_non_null(strstr(read(), "RSDP"));
}

static void a_damaged_rsdt_is_refused(void **state)
{
    (void)state;
    memory[RSDT + 20]++;
    assert_non_null(strstr(read(), "RSDT"));
    memory[RSDT + 20]--;
    put(RSDT + 4, 0x7fffffff, 4);
    assert_non_null(strstr(read(), "RSDT"));
    put(RSDT + 4, 35, 4);
    assert_non_null(strstr(read(), "RSDT"));
    assert_null(strstr(read(), "4 GiB"));
}

static void a_loaders_damaged_rsdp_is_passed_over(void **state)
{
    (void)state;
    memcpy(machine.rsdp, memory + RSDP, 20);
    machine.rsdp[16]++;
    machine.has_rsdp = true;
    assert_null(read());
    assert_true(is_rsdp_of(RSDP, 20));
}

static void the_ebda_is_searched_before_the_bios_area(void **state)
{
    (void)state;
    put_root(XSDT, "RSDT", 4, OTHER, OTHER);
    put_rsdp(EBDA + 0x3f0, RSDT);
    put_rsdp(RSDP, XSDT);
    assert_null(read());
    memset(memory + EBDA, 0, 0x400);
    put_rsdp(EBDA + 0x400, RSDT); /* beyond what is searched */
    assert_non_null(strstr(read(), "MADT"));
}

static void the_last_place_of_the_bios_area_is_searched(void **state)
{
    (void)state;
    memset(memory + RSDP, 0, 36);
    put_rsdp2(0xffff0, RSDT, 0);
    assert_null(read());
    assert_true(is_rsdp_of(0xffff0, 36));
}

static void an_rsdp_that_leads_nowhere_does_not_end_the_search(void **state)
{
    (void)state;
    put_rsdp(EBDA, 0x1000);
    assert_null(read());
    assert_true(is_rsdp_of(RSDP, 20));
}

static void the_xsdt_alone_is_enough(void **state)
{
    (void)state;
    put_root(XSDT, "XSDT", 8, OTHER, MADT);
    put_rsdp2(RSDP, 0, XSDT);
    assert_null(read());
    assert_true(is_rsdp_of(RSDP, 36));
    put_rsdp2(RSDP, RSDT, XSDT);
    memory[RSDT + 20]++;
    assert_null(read());
}

static void the_xsdt_comes_first(void **state)
{
    (void)state;
    memcpy(memory + OTHER, memory + MADT, 64);
    put(OTHER + 36, 0xfee40000, 4);
    put_root(XSDT, "XSDT", 8, OTHER, MADT);
    put_rsdp2(RSDP, RSDT, XSDT);
    put_root(RSDT, "RSDT", 4, MADT, MADT);
    assert_null(read());
    assert_int_equal(machine.lapic, 0xfee40000);
}

static void the_xsdt_counts_only_by_a_right_pointer(void **state)
{
    (void)state;
    put_root(XSDT, "XSDT", 8, OTHER, MADT);
    put_root(RSDT, "RSDT", 4, OTHER, OTHER);
    put_rsdp2(RSDP, RSDT, XSDT);
    memory[RSDP + 33]++;
    assert_non_null(strstr(read(), "MADT"));
    put_rsdp2(RSDP, RSDT, XSDT);
    memory[RSDP + 15] = 1;
    fix_sum(RSDP, 20, 8);
    assert_non_null(strstr(read(), "MADT"));
}

static void an_rsdt_serves_beside_a_damaged_xsdt(void **state)
{
    (void)state;
    put_root(XSDT, "XSDT", 8, OTHER, OTHER);
    put_rsdp2(RSDP, RSDT, XSDT);
    assert_null(read()); /* only the RSDT lists a MADT */
    memory[XSDT + 20]++;
    assert_null(read());
    memory[RSDT + 20]++;
    assert_non_null(strstr(read(), "RSDT"));
}

static void unreadable_tables_do_not_end_the_others(void **state)
{
    (void)state;
    put_root(RSDT, "RSDT", 4, 0xfffffff0, MADT);
    assert_null(read());
    put_root(XSDT, "XSDT", 8, 0x100000000 + MADT, MADT);
    put_rsdp2(RSDP, RSDT, XSDT);
    assert_null(read());
    put_root(XSDT, "XSDT", 8, 0x100000000 + MADT, OTHER);
    put_root(RSDT, "RSDT", 4, OTHER, OTHER);
    assert_non_null(strstr(read(), "4 GiB"));
    put_rsdp2(RSDP, 0xfffffff0, 0xfffffffffffffff0);
    assert_non_null(strstr(read(), "4 GiB"));
    put(RSDT + 4, 0x20000, 4);
    put_rsdp2(RSDP, RSDT, 0); /* its length is possible, but there is no such memory */
    assert_non_null(strstr(read(), "4 GiB"));
}

static void a_right_madt_is_preferred(void **state)
{
    (void)state;
    memcpy(memory + OTHER, memory + MADT, 64);
    put(OTHER + 36, 0xfee40000, 4);
    fix_table(OTHER);
    fix_table(MADT);
    memory[OTHER + 30]++;
    assert_null(boot_acpi_read(&machine));
    assert_int_equal(machine.lapic, 0xfee00000);
    memory[MADT + 30]++;
    host.output_length = 0;
    assert_null(boot_acpi_read(&machine));
    assert_int_equal(machine.lapic, 0xfee40000);
    assert_says("ACPI table APIC has a wrong checksum");
}

static void no_madt_is_refused(void **state)
{
    (void)state;
    memcpy(memory + MADT, "HPET", 4);
    assert_non_null(strstr(read(), "MADT"));
}

static void only_enabled_processors_count(void **state)
{
    (void)state;
    put_entry(0, 8, "\1\1\0\0\0\0");                     /* disabled */
    put_entry(0, 8, "\1\1\2\0\0\0");                     /* could be enabled */
    put_entry(0, 8, "\1\1\3\0\0\0");                     /* enabled, whatever else */
    put_entry(9, 16, "\0\0\7\0\0\0\2\0\0\0\7\0\0\0");
    put_entry(9, 16, "\0\0\7\0\0\0\1\0\0\0\7\0\0\0");    /* x2APIC */
    put_entry(9, 16, "\0\0\7\0\0\0\3\0\0\0\7\0\0\0");
    assert_null(read());
    assert_int_equal(machine.cpu_count, 4);
}

static void no_processor_is_refused(void **state)
{
    (void)state;
    memory[MADT + 44 + 4] = 0;
    assert_non_null(strstr(read(), "no processor"));
}

static void a_local_apic_address_override_counts(void **state)
{
    (void)state;
    put_entry(5, 12, "\0\0\0\0\0\321\0\0\0\0");
    assert_null(read());
    assert_int_equal(machine.lapic, 0xd1000000);
}

static bool is_kept(word_t at)
{
    for (word_t i = 0; i < machine.registers.count; i++)
        if (machine.registers.at[i].start <= at && at < machine.registers.at[i].end)
            return true;
    return false;
}

static void put_ioapic(word_t at)
{
    char entry[] = "\2\0\0\0\0\0\0\0\0\0";
    memcpy(entry + 2, &at, 4);
    put_entry(1, 12, entry);
}

static void ioapics_beyond_the_table_are_named_and_kept(void **state)
{
    (void)state;
    for (word_t i = 1; i <= IOAPIC_LISTED_MAX; i++)
        put_ioapic(0xfd000000 + (i << 16));
    assert_null(read());
    assert_int_equal(machine.ioapic_count, IOAPIC_LISTED_MAX);
    assert_says("ioapic at fd400000 is not used: too many");
    assert_true(is_kept(0xfd400000));
}

static void an_ioapic_may_be_within_a_page(void **state)
{
    (void)state;
    put_ioapic(0xfec80400);
    assert_null(read());
    assert_int_equal(machine.ioapic_count, 2);
    assert_int_equal(machine.ioapic[1], 0xfec80400);
    assert_true(is_kept(0xfec80000) && !is_kept(0xfec81000));
}

/* Takes what is left out from the others' order. */
static void impossible(word_t at, const char *why, bool kept)
{
    put_ioapic(at);
    put_ioapic(0xfec80000);
    assert_null(read());
    assert_int_equal(machine.ioapic_count, 2);
    assert_int_equal(machine.ioapic[1], 0xfec80000);
    char line[80];
    sprintf(line, "ioapic at %lx is not used: %s", at, why);
    assert_says(line);
    assert_int_equal(is_kept(at), kept);
}

static void no_ioapic_is_at_address_0(void **state) { (void)state; impossible(0, "none can", false); }
static void no_ioapic_is_unaligned(void **state) { (void)state; impossible(0xfec20ff4, "none can", true); }
static void no_ioapic_is_in_memory(void **state) { (void)state; impossible(0x7fff000, "this is memory", false); }
static void no_ioapic_is_where_messages_go(void **state)
{
    static const word_t addresses[] = { 0xfee00000, 0xfee01000, 0xfeefff00 };
    for (word_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        teardown(state);
        setup(state);
        impossible(addresses[i], "none can have this", true);
    }
}

static void no_ioapic_is_at_the_local_apic_that_comes_later(void **state)
{
    (void)state;
    put_ioapic(0xfe000000);
    put_entry(5, 12, "\0\0\0\0\0\376\0\0\0\0");
    assert_null(read());
    assert_int_equal(machine.lapic, 0xfe000000);
    assert_int_equal(machine.ioapic_count, 1);
}

static void registers_of_every_controller_are_kept(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        char entry[] = "\2\0\0\4\0\376\0\0\0\0"; /* not at the start of its page */
        entry[4] = (char)(2 * i);
        put_entry(1, 12, entry);
    }
    assert_null(read());
    for (word_t i = 0; i < 40; i++)
        assert_true(is_kept(0xfe000000 + (i << 17)) && !is_kept(0xfe001000 + (i << 17)));
    assert_true(is_kept(0xfee00000) && is_kept(0xfeefffff) && !is_kept(0xfef00000));
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
    assert_null(read());
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
    assert_null(read());
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
    assert_null(read());
    assert_int_equal(machine.cpu_count, 1);
    assert_int_equal(machine.ioapic_count, 2);
}

static void a_damaged_entry_ends_the_table(void **state)
{
    (void)state;
    put_entry(1, 12, "\2\0\0\20\300\376\0\0\0\0");
    memory[MADT + 44 + 8 + 12 + 1] = 0;
    assert_null(read());
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
        TEST(a_loaders_damaged_rsdp_is_passed_over),
        TEST(the_ebda_is_searched_before_the_bios_area),
        TEST(the_last_place_of_the_bios_area_is_searched),
        TEST(an_rsdp_that_leads_nowhere_does_not_end_the_search),
        TEST(the_xsdt_alone_is_enough),
        TEST(the_xsdt_comes_first),
        TEST(the_xsdt_counts_only_by_a_right_pointer),
        TEST(an_rsdt_serves_beside_a_damaged_xsdt),
        TEST(unreadable_tables_do_not_end_the_others),
        TEST(a_right_madt_is_preferred),
        TEST(no_madt_is_refused),
        TEST(only_enabled_processors_count),
        TEST(no_processor_is_refused),
        TEST(a_local_apic_address_override_counts),
        TEST(ioapics_beyond_the_table_are_named_and_kept),
        TEST(an_ioapic_may_be_within_a_page),
        TEST(no_ioapic_is_at_address_0),
        TEST(no_ioapic_is_unaligned),
        TEST(no_ioapic_is_in_memory),
        TEST(no_ioapic_is_where_messages_go),
        TEST(no_ioapic_is_at_the_local_apic_that_comes_later),
        TEST(registers_of_every_controller_are_kept),
        TEST(registers_of_vtd_units_are_kept),
        TEST(registers_of_amd_units_are_kept),
        TEST(short_entries_do_not_end_the_table),
        TEST(a_damaged_entry_ends_the_table),
    };
    return RUN(tests);
}
