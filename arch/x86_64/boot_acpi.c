/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI tables: how many processors, and where the interrupt controllers are.
 * Rules: boot 1.1, 2.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/paging.h>

/* Offsets in the structures of the ACPI specification, chapters 5.2.5 to 5.2.12; of DMAR: Intel VT-d 8.1, 8.3; of
 * IVRS: AMD I/O Virtualization 5.2. */
enum {
    RSDP_RSDT = 16, RSDP_CHECKED_BYTES = 20,
    TABLE_LENGTH = 4, TABLE_HEADER = 36,
    MADT_LAPIC = 36, MADT_ENTRIES = 44,
    ENTRY_TYPE = 0, ENTRY_LAPIC_FLAGS = 4, ENTRY_X2APIC_FLAGS = 8,
    ENTRY_ADDRESS = 4,
    UNITS = 48, DRHD_SIZE = 5, UNIT_BASE = 8, UNIT_LEAST = 16,
};
enum { TYPE_LAPIC = 0, TYPE_IOAPIC = 1, TYPE_LAPIC_ADDRESS = 5, TYPE_X2APIC = 9 };
enum { PROCESSOR_ENABLED = 1 };
enum { TYPE_DRHD = 0, TYPE_IVHD = 0x10, TYPE_IVHD_EXTENDED = 0x11, TYPE_IVHD_ACPI = 0x40 };
#define IVHD_BYTES 0x4000u /* of registers */
#define IOAPIC_BYTES 0x44u

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

static const char *find_table(const char *memory, const char *rsdt, const char *signature, word_t least)
{
    word_t length = field(rsdt + TABLE_LENGTH, 4);
    for (word_t at = TABLE_HEADER; at + 4 <= length; at += 4) {
        const char *table = memory + field(rsdt + at, 4);
        if (table_length(table, signature, least))
            return table;
    }
    return NULL;
}

/* Whole pages, for that is what user level maps. */
static void keep_registers(struct boot_machine *machine, word_t at, word_t bytes)
{
    boot_ranges_add(&machine->registers, at & ~MASK(PAGE_BITS), (at + bytes + MASK(PAGE_BITS)) & ~MASK(PAGE_BITS));
}

/* A structure of a table, and its bytes. */
typedef void reader_t(const char *entry, word_t length, struct boot_machine *machine);

static void read_interrupt_entry(const char *entry, word_t length, struct boot_machine *machine)
{
    static const uint8_t least[] = {
        [TYPE_LAPIC] = 8, [TYPE_IOAPIC] = 12, [TYPE_LAPIC_ADDRESS] = 12, [TYPE_X2APIC] = 16,
    };
    word_t type = (uint8_t)entry[ENTRY_TYPE];
    if (type >= sizeof least || length < least[type])
        return;
    switch (type) {
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
        keep_registers(machine, field(entry + ENTRY_ADDRESS, 4), IOAPIC_BYTES);
        if (machine->ioapic_count < IOAPIC_MAX)
            machine->ioapic[machine->ioapic_count++] = field(entry + ENTRY_ADDRESS, 4);
        break;
    default:
        break;
    }
}

/* Units that translate what devices access, of Intel and AMD: whoever had their registers could lift the limits. */
static void read_dmar_entry(const char *entry, word_t length, struct boot_machine *machine)
{
    if (length >= UNIT_LEAST && field(entry, 2) == TYPE_DRHD)
        keep_registers(machine, field(entry + UNIT_BASE, 8), PAGE_BYTES << (entry[DRHD_SIZE] & 15));
}

static void read_ivrs_entry(const char *entry, word_t length, struct boot_machine *machine)
{
    word_t type = field(entry, 1);
    if (length >= UNIT_LEAST && (type == TYPE_IVHD || type == TYPE_IVHD_EXTENDED || type == TYPE_IVHD_ACPI))
        keep_registers(machine, field(entry + UNIT_BASE, 8), IVHD_BYTES);
}

/* All structures from offset `first` on, whose lengths are fields at `length_at`. */
static void read_table(const char *table, word_t first, word_t length_at, word_t length_bytes, reader_t *read,
                       struct boot_machine *machine)
{
    word_t end = table ? field(table + TABLE_LENGTH, 4) : 0, least = length_at + length_bytes;
    for (word_t at = first; at + least <= end;) {
        word_t length = field(table + at + length_at, length_bytes);
        if (length < least || length > end - at)
            break;
        read(table + at, length, machine);
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

    const char *madt = find_table(memory, rsdt, "APIC", MADT_ENTRIES);
    if (!madt)
        return no_madt;
    machine->lapic = field(madt + MADT_LAPIC, 4);
    read_table(madt, MADT_ENTRIES, 1, 1, read_interrupt_entry, machine);
    keep_registers(machine, machine->lapic, PAGE_BYTES);
    read_table(find_table(memory, rsdt, "DMAR", UNITS), UNITS, 2, 2, read_dmar_entry, machine);
    read_table(find_table(memory, rsdt, "IVRS", UNITS), UNITS, 2, 2, read_ivrs_entry, machine);
    if (machine->cpu_count == 0)
        return "the ACPI table of interrupt controllers (MADT) lists no processor.";
    return NULL;
}
