/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI tables: how many processors, and where the interrupt controllers are.  Rules: boot 1.1, 2.
 * Pure: tested on the host. */
#include <arch/x86_64/boot.h>

/* Structures of the ACPI specification, chapters 5.2.5 to 5.2.12; only what is read. */
struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t rsdt;
} __attribute__((packed));

struct table {
    char signature[4];
    uint32_t length;
    char other[28];
} __attribute__((packed));

struct madt {
    struct table table;
    uint32_t lapic;
    uint32_t flags;
} __attribute__((packed));

struct madt_entry {
    uint8_t type, length;
    union {
        struct { uint8_t processor, id; uint32_t flags; } __attribute__((packed)) lapic;
        struct { uint8_t id, reserved; uint32_t address, gsi_base; } __attribute__((packed)) ioapic;
        struct { uint16_t reserved; uint64_t address; } __attribute__((packed)) lapic_address;
        struct { uint16_t reserved; uint32_t id, flags, processor; } __attribute__((packed)) x2apic;
    };
} __attribute__((packed));

enum { ENTRY_LAPIC = 0, ENTRY_IOAPIC = 1, ENTRY_LAPIC_ADDRESS = 5, ENTRY_X2APIC = 9 };
enum { PROCESSOR_ENABLED = 1 };

#define RSDP_CHECKED_BYTES 20u
#define BIOS_START 0xe0000u
#define BIOS_END 0x100000u
#define TABLE_BYTES_MAX BIT(20)

static bool sums_to_zero(const void *at, word_t bytes)
{
    uint8_t sum = 0;
    for (word_t i = 0; i < bytes; i++)
        sum = (uint8_t)(sum + ((const uint8_t *)at)[i]);
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
    for (word_t at = BIOS_START; at < BIOS_END; at += 16) {
        const char *candidate = memory + at;
        if (!has_signature(candidate, "RSD PTR ") || !sums_to_zero(candidate, RSDP_CHECKED_BYTES))
            continue;
        for (word_t i = 0; i < RSDP_BYTES; i++)
            machine->rsdp[i] = (uint8_t)candidate[i];
        machine->has_rsdp = true;
        return;
    }
}

static bool is_sane(const struct table *table, word_t least)
{
    return table->length >= least && table->length <= TABLE_BYTES_MAX;
}

static const struct madt *find_madt(const char *memory, const struct table *rsdt)
{
    for (word_t at = sizeof *rsdt; at + 4 <= rsdt->length; at += 4) {
        uint32_t address;
        __builtin_memcpy(&address, (const char *)rsdt + at, 4);
        const struct table *table = (const void *)(memory + address);
        if (has_signature(table->signature, "APIC") && is_sane(table, sizeof(struct madt)))
            return (const void *)table;
    }
    return NULL;
}

static void read_entry(const struct madt_entry *entry, struct boot_machine *machine)
{
    if (entry->type == ENTRY_LAPIC && entry->lapic.flags == PROCESSOR_ENABLED)
        machine->cpu_count++;
    else if (entry->type == ENTRY_X2APIC && entry->x2apic.flags == PROCESSOR_ENABLED)
        machine->cpu_count++;
    else if (entry->type == ENTRY_LAPIC_ADDRESS)
        machine->lapic = entry->lapic_address.address;
    else if (entry->type == ENTRY_IOAPIC && machine->ioapic_count < IOAPIC_MAX)
        machine->ioapic[machine->ioapic_count++] = entry->ioapic.address;
}

static void read_madt(const struct madt *madt, struct boot_machine *machine)
{
    machine->lapic = madt->lapic;
    const char *at = (const char *)(madt + 1);
    const char *end = (const char *)madt + madt->table.length;
    while (end - at >= 8) {
        const struct madt_entry *entry = (const void *)at;
        if (entry->length < 8 || entry->length > end - at)
            break;
        read_entry(entry, machine);
        at += entry->length;
    }
}

static const char no_madt[] = "the firmware has no ACPI table of interrupt controllers (MADT).";

const char *boot_acpi_read(const char *memory, struct boot_machine *machine)
{
    if (!machine->has_rsdp)
        search_rsdp(memory, machine);
    if (!machine->has_rsdp)
        return no_madt;

    const struct rsdp *rsdp = (const void *)machine->rsdp;
    const struct table *rsdt = (const void *)(memory + rsdp->rsdt);
    if (!has_signature(rsdt->signature, "RSDT") || !is_sane(rsdt, sizeof *rsdt) ||
        !sums_to_zero(rsdt, rsdt->length))
        return "the ACPI root table (RSDT) of the firmware is damaged.";

    const struct madt *madt = find_madt(memory, rsdt);
    if (!madt)
        return no_madt;
    read_madt(madt, machine);
    if (machine->cpu_count == 0)
        return "the ACPI table of interrupt controllers (MADT) lists no processor.";
    return NULL;
}
