/* SPDX-License-Identifier: BSD-2-Clause */
/* The ACPI tables: how many processors, and where the interrupt controllers are.
 * Rules: boot 1.1, 2.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>
#include <kernel/print.h>
#include <kernel/variant.h>

/* Offsets in the structures of the ACPI specification, chapters 5.2.5 to 5.2.12; of DMAR: Intel VT-d 8.1, 8.3; of
 * IVRS: AMD I/O Virtualization 5.2. */
enum {
    RSDP_REVISION = 15, RSDP_RSDT = 16, RSDP_OLD_BYTES = 20, RSDP_XSDT = 24,
    TABLE_LENGTH = 4, TABLE_HEADER = 36,
    MADT_LAPIC = 36, MADT_ENTRIES = 44,
    ENTRY_TYPE = 0, ENTRY_LAPIC_FLAGS = 4, ENTRY_X2APIC_FLAGS = 8,
    ENTRY_ADDRESS = 4, IOAPIC_ENTRY_BYTES = 12,
    FADT_PM_TIMER = 76, FADT_PM_TIMER_BYTES = 91, FADT_LEAST = 92,
    UNITS = 48, DRHD_SIZE = 5, UNIT_BASE = 8, UNIT_LEAST = 16,
};
enum { TYPE_LAPIC = 0, TYPE_IOAPIC = 1, TYPE_LAPIC_ADDRESS = 5, TYPE_X2APIC = 9 };
enum { PROCESSOR_ENABLED = 1 };
enum { TYPE_DRHD = 0, TYPE_IVHD = 0x10, TYPE_IVHD_EXTENDED = 0x11, TYPE_IVHD_ACPI = 0x40 };
#define IVHD_BYTES 0x4000u /* of registers */
#define IOAPIC_BYTES 0x44u
/* A store in this MiB can be an interrupt message, of any vector or an NMI, from a processor or a device.  Intel SDM
 * vol. 3A, 11.11.1. */
#define MESSAGES 0xfee00000u
#define IOAPIC_ALIGNMENT_BITS 8 /* PIIX and ICH data sheets: 0xFECxy00 */

#define EBDA_SEGMENT 0x40eu /* where the BIOS says where its own data are */
#define EBDA_BYTES 0x400u   /* in so many of them the root pointer may be */
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

static bool is_rsdp(const char *at) { return has_signature(at, "RSD PTR ") && sums_to_zero(at, RSDP_OLD_BYTES); }

/* What the search has met.  The roots list the other tables: XSDT, by pointers of 8 bytes, and RSDT, of 4. */
struct tables {
    const char *root[2];
    bool has_rsdp, out_of_reach;
};

static const char *read_at(struct tables *tables, word_t at, word_t bytes)
{
    const char *memory = boot_memory_at(at, bytes);
    tables->out_of_reach |= !memory;
    return memory;
}

/* A table of that kind, if it has a sensible length. */
static const char *table_at(struct tables *tables, word_t at, const char *signature, word_t least)
{
    const char *header = read_at(tables, at, TABLE_HEADER);
    if (!header || !has_signature(header, signature))
        return NULL;
    word_t length = field(header + TABLE_LENGTH, 4);
    return length >= least && length <= TABLE_BYTES_MAX ? read_at(tables, at, length) : NULL;
}

static bool is_right(const char *table) { return table && sums_to_zero(table, field(table + TABLE_LENGTH, 4)); }

static void find_root(struct tables *tables, word_t i, const char *signature, word_t at)
{
    const char *root = table_at(tables, at, signature, TABLE_HEADER);
    tables->root[i] = is_right(root) ? root : NULL;
}

/* Whether this is a root pointer that leads to a root table.  A loader's old copy ends in zeros. */
static bool leads_to_root(struct tables *tables, const char *rsdp)
{
    if (!is_rsdp(rsdp))
        return false;
    tables->has_rsdp = true;
    if ((uint8_t)rsdp[RSDP_REVISION] >= 2 && sums_to_zero(rsdp, RSDP_BYTES))
        find_root(tables, 0, "XSDT", field(rsdp + RSDP_XSDT, 8));
    find_root(tables, 1, "RSDT", field(rsdp + RSDP_RSDT, 4));
    return tables->root[0] || tables->root[1];
}

/* The first root pointer within that leads to a root table becomes the machine's. */
static bool search_rsdp(struct tables *tables, word_t start, word_t bytes, struct boot_machine *machine)
{
    for (word_t at = start; at < start + bytes; at += 16) {
        const char *rsdp = boot_memory_at(at, RSDP_OLD_BYTES);
        if (!rsdp || !is_rsdp(rsdp))
            continue;
        word_t length = (uint8_t)rsdp[RSDP_REVISION] >= 2 ? RSDP_BYTES : RSDP_OLD_BYTES;
        rsdp = boot_memory_at(at, length);
        __builtin_memset(machine->rsdp, 0, RSDP_BYTES);
        if (rsdp)
            __builtin_memcpy(machine->rsdp, rsdp, length);
        if (leads_to_root(tables, (const char *)machine->rsdp))
            return true;
    }
    return false;
}

/* The loader's copy comes first.  ACPI 5.2.5.1. */
static bool find_roots(struct tables *tables, struct boot_machine *machine)
{
    const char *segment = boot_memory_at(EBDA_SEGMENT, 2);
    machine->has_rsdp = leads_to_root(tables, (const char *)machine->rsdp) ||
                        (segment && search_rsdp(tables, field(segment, 2) << 4, EBDA_BYTES, machine)) ||
                        search_rsdp(tables, BIOS_START, BIOS_END - BIOS_START, machine);
    return machine->has_rsdp;
}

/* The first table of that kind that is right; if there is none, the first whose sum is wrong. */
static const char *find_table(struct tables *tables, const char *signature, word_t least)
{
    const char *wrong = NULL;
    for (word_t i = 0; i < 2; i++) {
        const char *root = tables->root[i];
        word_t bytes = 8 >> i, length = root ? field(root + TABLE_LENGTH, 4) : 0;
        for (word_t at = TABLE_HEADER; at + bytes <= length; at += bytes) {
            const char *table = table_at(tables, field(root + at, bytes), signature, least);
            if (table != wrong && is_right(table))
                return table;
            wrong = wrong ? wrong : table;
        }
    }
    if (VARIANT_DEBUG && wrong)
        print("ACPI table %s has a wrong checksum, but there is no other\n", signature);
    return wrong;
}

/* Whole pages, for that is what user level maps. */
static void keep_registers(struct boot_machine *machine, word_t at, word_t bytes)
{
    boot_ranges_add(&machine->registers, page_down(at), page_up(at + bytes));
}

/* A structure of a table, and its bytes. */
typedef void reader_t(const char *entry, word_t length, struct boot_machine *machine);

static void read_interrupt_entry(const char *entry, word_t length, struct boot_machine *machine)
{
    static const uint8_t least[] = { [TYPE_LAPIC] = 8, [TYPE_LAPIC_ADDRESS] = 12, [TYPE_X2APIC] = 16 };
    word_t type = (uint8_t)entry[ENTRY_TYPE];
    if (type >= sizeof least || length < least[type])
        return;
    if (type == TYPE_LAPIC)
        machine->cpu_count += field(entry + ENTRY_LAPIC_FLAGS, 4) & PROCESSOR_ENABLED;
    if (type == TYPE_X2APIC)
        machine->cpu_count += field(entry + ENTRY_X2APIC_FLAGS, 4) & PROCESSOR_ENABLED;
    if (type == TYPE_LAPIC_ADDRESS)
        machine->lapic = field(entry + ENTRY_ADDRESS, 8);
}

static bool is_ram(const struct boot_machine *machine, word_t at)
{
    for (word_t i = 0; i < machine->ram.count; i++)
        if (machine->ram.at[i].start <= at && at < machine->ram.at[i].end)
            return true;
    return false;
}

/* Why no I/O APIC can be there.  Whether there is one ioapic_init() finds out. */
static const char *why_no_ioapic(const struct boot_machine *machine, word_t at)
{
    if (at == 0 || at & MASK(IOAPIC_ALIGNMENT_BITS) || at >> 20 == MESSAGES >> 20)
        return "none can have this address";
    if (is_ram(machine, at))
        return "this is memory";
    if (at >> PAGE_BITS == machine->lapic >> PAGE_BITS)
        return "this is the local APIC";
    return machine->ioapic_count < IOAPIC_LISTED_MAX ? NULL : "too many are listed";
}

/* I/O APICs are read after all else in the MADT, which may say more than once where the local APIC is: an I/O APIC that
 * is listed there is none. */
static void read_ioapic_entry(const char *entry, word_t length, struct boot_machine *machine)
{
    if (entry[ENTRY_TYPE] != TYPE_IOAPIC || length < IOAPIC_ENTRY_BYTES)
        return;
    word_t at = field(entry + ENTRY_ADDRESS, 4);
    const char *why_not = why_no_ioapic(machine, at);
    if (!why_not)
        machine->ioapic[machine->ioapic_count++] = at;
    else
        print("ioapic at %lx is not used: %s\n", at, why_not);
    if (at && !is_ram(machine, at))
        keep_registers(machine, at, IOAPIC_BYTES);
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

/* Why there is no MADT. */
static const char *why_no_madt(const struct tables *tables, const struct boot_machine *machine)
{
    if (!tables->has_rsdp)
        return "there is no ACPI root pointer (RSDP): UEFI machines need a Multiboot 2 loader.";
    if (tables->out_of_reach)
        return "no ACPI table of interrupt controllers (MADT) can be read: some tables are not below 4 GiB.";
    if (!machine->has_rsdp)
        return "the ACPI root tables (XSDT, RSDT) of the firmware are damaged.";
    return "the firmware has no ACPI table of interrupt controllers (MADT).";
}

const char *boot_acpi_read(struct boot_machine *machine)
{
    struct tables tables = { 0 };
    const char *madt = find_roots(&tables, machine) ? find_table(&tables, "APIC", MADT_ENTRIES) : NULL;
    if (!madt)
        return why_no_madt(&tables, machine);
    machine->lapic = field(madt + MADT_LAPIC, 4);
    read_table(madt, MADT_ENTRIES, 1, 1, read_interrupt_entry, machine);
    read_table(madt, MADT_ENTRIES, 1, 1, read_ioapic_entry, machine);
    keep_registers(machine, machine->lapic, PAGE_BYTES);
    keep_registers(machine, MESSAGES, BIT(20));
    const char *fadt = find_table(&tables, "FACP", FADT_LEAST);
    word_t port = fadt && fadt[FADT_PM_TIMER_BYTES] == 4 ? field(fadt + FADT_PM_TIMER, 4) : 0;
    machine->pm_timer = port <= MASK(16) ? (uint16_t)port : 0;
    read_table(find_table(&tables, "DMAR", UNITS), UNITS, 2, 2, read_dmar_entry, machine);
    read_table(find_table(&tables, "IVRS", UNITS), UNITS, 2, 2, read_ivrs_entry, machine);
    if (machine->cpu_count == 0)
        return "the ACPI table of interrupt controllers (MADT) lists no processor that is enabled.";
    return NULL;
}
