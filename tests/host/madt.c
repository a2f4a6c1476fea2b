/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_acpi.c arch/x86_64/boot_ranges.c */
/* Tables of real machines, in tests/boot/madt, mean the same to the kernel as to an independent reader. */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/boot.h>

#define FOLDER "tests/boot/madt/"
#define TABLES 37
#define RSDT 0x200000u
#define RSDT_BYTES 40u
#define MADT 0x300000u

static char rsdt[RSDT_BYTES] = "RSDT\x28";
static char *madt;
static word_t madt_bytes;
static struct boot_machine machine;

const char *boot_memory_at(word_t at, word_t bytes)
{
    if (at == RSDT && bytes <= RSDT_BYTES)
        return rsdt;
    return at == MADT && bytes <= madt_bytes ? madt : NULL;
}

static void make_sum_zero(char *at, word_t bytes, word_t sum_at)
{
    for (word_t i = 0; i < bytes; i++)
        if (i != sum_at)
            at[sum_at] = (char)(at[sum_at] - at[i]);
}

/* Memory exactly as long as the table. */
static void load(const char *name)
{
    char path[80];
    snprintf(path, sizeof path, FOLDER "%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    madt_bytes = (word_t)ftell(file);
    rewind(file);
    madt = malloc(madt_bytes);
    assert_int_equal(fread(madt, 1, madt_bytes, file), madt_bytes);
    fclose(file);
}

static void describe(const char *name, char *line)
{
    memset(&machine, 0, sizeof machine);
    machine.has_rsdp = true;
    memcpy(machine.rsdp, "RSD PTR ", 8);
    uint32_t at = RSDT;
    memcpy(machine.rsdp + 16, &at, 4);
    make_sum_zero((char *)machine.rsdp, 20, 8);
    load(name);
    boot_acpi_read(&machine);
    free(madt);
    line += sprintf(line, "%s %lu lapic %lx ioapics", name, machine.cpu_count, machine.lapic);
    for (word_t i = 0; i < machine.ioapic_count; i++)
        line += sprintf(line, " %lx", machine.ioapic[i]);
    sprintf(line, "\n");
}

static void tables_of_real_machines_are_read_as_by_an_independent_reader(void **state)
{
    (void)state;
    uint32_t at = MADT;
    memcpy(rsdt + 36, &at, 4);
    make_sum_zero(rsdt, RSDT_BYTES, 9);
    FILE *reader = popen("python3 tests/boot/madt.py " FOLDER "*.bin", "r");
    assert_non_null(reader);
    char expected[1024], found[1024], name[16];
    int count = 0, wrong = 0;
    for (; fgets(expected, sizeof expected, reader) && sscanf(expected, "%15s", name) == 1; count++) {
        describe(name, found);
        wrong += strcmp(found, expected) != 0;
        if (strcmp(found, expected) != 0)
            print_error("expected %sbut it is %s", expected, found);
    }
    assert_int_equal(pclose(reader), 0);
    assert_int_equal(count, TABLES);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_real_machines_are_read_as_by_an_independent_reader),
    };
    return RUN(tests);
}
