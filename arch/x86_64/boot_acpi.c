/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI tables: how many processors, and where the interrupt controllers are.
 * Rules: boot 1.1, 2.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>

/* Offsets in the structures of the ACPI specification, chapters 5.2.5 to 5.2.12. */
enum {
    RSDP_RSDT = 16, RSDP_CHECKED_BYTES = 20,
    TABLE_LENGTH = 4, TABLE_HEADER = 36,
    MADT_LAPIC = 36, MADT_ENTRIES = 44,
    ENTRY_TYPE = 0, ENTRY_LENGTH = 1, ENTRY_LAPIC_FLAGS = 4, ENTRY_X2APIC_FLAGS = 8,
    ENTRY_ADDRESS = 4, ENTRY_LEAST = 8,
};
enum { TYPE_LAPIC = 0, TYPE_IOAPIC = 1, TYPE_LAPIC_ADDRESS = 5, TYPE_X2APIC = 9 };
enum { PROCESSOR_ENABLED = 1 };

#define BIOS_START 0xe0000u
#define BIOS_END 0x100000u
#define TABLE_BYTES_MAX BIT(20)

static bool sums_to_zero(const char *at, word_t bytes)
{
    uint8_t sum = 0;
    for (word_t i = 0; i < bytes; i++)
        sum = (uint8_t)(sum + (uint8_t)at[i]);
    return sum == 0;
}

static bool has_signature(const char *at, const char *signature)
{
    while (*signature)
        if (*at++ != *signature++)
            return false;
    return true;
}

/* A Multiboot 1 loader does not say where it is. */
static void search_rsdp(const char *memory, struct boot_machine *machine)
{
    for (word_t at = BIOS_START; at < BIOS_END && !machine->has_rsdp; at += 16) {
        const char *rsdp = memory + at;
        if (has_signature(rsdp, "RSD PTR ") && sums_to_zero(rsdp, RSDP_CHECKED_BYTES)) {
            __builtin_memcpy(machine->rsdp, rsdp, RSDP_BYTES);
            machine->has_rsdp = true;
        }
    }
}

/* The length of the table if it is of that kind and makes sense, else 0. */
static word_t table_length(const char *table, const char *signature, word_t least)
{
    word_t length = field(table + TABLE_LENGTH, 4);
    bool sane = length >= least && length <= TABLE_BYTES_MAX && has_signature(table, signature);
    return sane ? length : 0;
}

static const char *find_madt(const char *memory, const char *rsdt, word_t length)
{
    for (word_t at = TABLE_HEADER; at + 4 <= length; at += 4) {
        const char *table = memory + field(rsdt + at, 4);
        if (table_length(table, "APIC", MADT_ENTRIES))
            return table;
    }
    return NULL;
}

static void read_entry(const char *entry, struct boot_machine *machine)
{
    switch (entry[ENTRY_TYPE]) {
    case TYPE_LAPIC:
        machine->cpu_count += field(entry + ENTRY_LAPIC_FLAGS, 4) == PROCESSOR_ENABLED;
        break;
    case TYPE_X2APIC:
        machine->cpu_count += field(entry + ENTRY_X2APIC_FLAGS, 4) == PROCESSOR_ENABLED;
        break;
    case TYPE_LAPIC_ADDRESS:
        machine->lapic = field(entry + ENTRY_ADDRESS, 8);
        break;
    case TYPE_IOAPIC:
        if (machine->ioapic_count < IOAPIC_MAX)
            machine->ioapic[machine->ioapic_count++] = field(entry + ENTRY_ADDRESS, 4);
        break;
    default:
        break;
    }
}

static void read_madt(const char *madt, struct boot_machine *machine)
{
    word_t end = field(madt + TABLE_LENGTH, 4);
    machine->lapic = field(madt + MADT_LAPIC, 4);
    for (word_t at = MADT_ENTRIES; at + ENTRY_LEAST <= end;) {
        word_t length = (uint8_t)madt[at + ENTRY_LENGTH];
        if (length < ENTRY_LEAST || length > end - at)
            break;
        read_entry(madt + at, machine);
        at += length;
    }
}

static const char no_rsdp[] =
    "there is no ACPI root pointer (RSDP): UEFI machines need a Multiboot 2 loader.";
static const char no_madt[] = "the firmware has no ACPI table of interrupt controllers (MADT).";

const char *boot_acpi_read(const char *memory, struct boot_machine *machine)
{
    if (!machine->has_rsdp)
        search_rsdp(memory, machine);
    if (!machine->has_rsdp)
        return no_rsdp;

    const char *rsdt = memory + field((const char *)machine->rsdp + RSDP_RSDT, 4);
    word_t length = table_length(rsdt, "RSDT", TABLE_HEADER);
    if (length == 0 || !sums_to_zero(rsdt, length))
        return "the ACPI root table (RSDT) of the firmware is damaged.";

    const char *madt = find_madt(memory, rsdt, length);
    if (!madt)
        return no_madt;
    read_madt(madt, machine);
    if (machine->cpu_count == 0)
        return "the ACPI table of interrupt controllers (MADT) lists no processor.";
    return NULL;
}
