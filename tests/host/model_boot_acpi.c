/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 2. */
#include "model_boot_acpi.h"
#include <arch/x86_64/paging.h>
#include <string.h>

#define HEADER 36u
#define MADT_ENTRIES 44u
#define UNITS 48u
#define TABLE_MAX 2048u
#define LISTED_MAX (sizeof((struct boot_machine *)0)->ioapic / sizeof(word_t))

struct table {
    word_t at, bytes;
    char *memory;
};

static void make_sum_zero(char *table, word_t bytes, word_t sum_at)
{
    unsigned char sum = 0;
    table[sum_at] = 0;
    for (word_t i = 0; i < bytes; i++)
        sum = (unsigned char)(sum + (unsigned char)table[i]);
    table[sum_at] = (char)-sum;
}

static void finish(struct table *table, const char *signature, const char *content)
{
    table->memory = boot_block(table->at, table->bytes);
    memcpy(table->memory, content, table->bytes);
    memcpy(table->memory, signature, 4);
    boot_put(table->memory + 4, table->bytes, 4);
    make_sum_zero(table->memory, table->bytes, 9);
}

/* Entries of all types and lengths.  Returns how many processors are enabled. */
static word_t make_madt(struct input *in, struct table *madt)
{
    static const uint8_t least[] = { 8, 12, 10, 8, 6, 12, 16, 8, 16, 16, 12, 80 };
    char content[TABLE_MAX] = { 0 };
    word_t at = MADT_ENTRIES, processors = 0;
    bool only_ioapics = input_byte(in) % 4 == 1;

    boot_put(content + HEADER, 0xfee00000, 4);
    for (word_t i = input_byte(in) % 160; i > 0; i--) {
        word_t type = only_ioapics ? 1 : input_byte(in) % 16;
        word_t length = type < sizeof least ? least[type] : 2 + input_byte(in) % 30;
        if (at + length > sizeof content)
            break;
        for (word_t j = 2; j < length; j++)
            content[at + j] = (char)input_byte(in);
        if (only_ioapics)
            content[at + 4] = 0; /* where there can be one */
        content[at] = (char)type;
        content[at + 1] = (char)length;
        processors += (type == 0 && (content[at + 4] & 1)) || (type == 9 && (content[at + 8] & 1));
        at += length;
    }
    madt->bytes = at;
    finish(madt, "APIC", content);
    return processors;
}

static void make_units(struct input *in, struct table *table, const char *signature)
{
    char content[TABLE_MAX] = { 0 };
    word_t at = UNITS;

    for (word_t i = input_byte(in) % 8; i > 0; i--) {
        word_t length = 4 + input_byte(in) % 40;
        for (word_t j = 0; j < length; j++)
            content[at + j] = (char)input_byte(in);
        boot_put(content + at, (input_byte(in) & 1) ? 0 : input_byte(in), 2);
        boot_put(content + at + 2, length, 2);
        at += length;
    }
    table->bytes = at;
    finish(table, signature, content);
}

static void make_root(struct table *root, const char *signature, word_t pointer_bytes, const struct table *tables,
                      word_t count)
{
    char content[TABLE_MAX] = { 0 };
    for (word_t i = 0; i < count; i++)
        boot_put(content + HEADER + i * pointer_bytes, tables[i].at, pointer_bytes);
    root->bytes = HEADER + count * pointer_bytes;
    finish(root, signature, content);
}

static void make_pointer(char *rsdp, bool new, word_t rsdt, word_t xsdt)
{
    memcpy(rsdp, "RSD PTR ", 8);
    rsdp[15] = new ? 2 : 0;
    boot_put(rsdp + 16, rsdt, 4);
    make_sum_zero(rsdp, 20, 8);
    if (new) {
        boot_put(rsdp + 20, RSDP_BYTES, 4);
        boot_put(rsdp + 24, xsdt, 8);
        make_sum_zero(rsdp, RSDP_BYTES, 32);
    }
}

/* Of the loader, in the EBDA, or in the area of the BIOS. */
static void place_pointer(struct boot_machine *machine, word_t where, bool new, word_t rsdt, word_t xsdt)
{
    char rsdp[RSDP_BYTES] = { 0 };
    make_pointer(rsdp, new, rsdt, xsdt);
    if (where == 0) {
        boot_put(boot_block(0x40e, 2), 0x9fc0, 2);
        memcpy(boot_block(0x9fc30, new ? RSDP_BYTES : 20), rsdp, new ? RSDP_BYTES : 20);
    } else if (where == 1) {
        memcpy(boot_block(0xe0a30, new ? RSDP_BYTES : 20), rsdp, new ? RSDP_BYTES : 20);
    } else {
        memcpy(machine->rsdp, rsdp, RSDP_BYTES);
        machine->has_rsdp = true;
    }
}

/* The sum of what a table says is its length, if that is there. */
static void mend_sum(const struct table *table)
{
    const char *header = boot_memory_at(table->at, HEADER);
    word_t length = header ? field(header + 4, 4) : 0;
    const char *memory = length >= HEADER ? boot_memory_at(table->at, length) : NULL;
    if (memory && length <= table->bytes)
        make_sum_zero((char *)(word_t)memory, length, 9);
}

static void check(const struct boot_machine *machine, const char *failure)
{
    boot_check_sentence(failure);
    boot_check_ranges(&machine->registers, BOOT_RANGES, PAGE_BITS);
    REQUIRE(machine->ioapic_count <= LISTED_MAX);
    REQUIRE(failure || machine->cpu_count > 0);
    REQUIRE(failure || machine->has_rsdp);
}

void model_boot_acpi(struct input *in)
{
    static const word_t places[] = { 0x7fe0000, 0x90000, 0xfffff000, 0xbffe1234, 0x120001 };
    struct boot_machine *machine = boot_model_begin();
    struct table tables[3] = { 0 }, rsdt = { 0 }, xsdt = { 0 };
    word_t place = places[input_below(in, sizeof places / sizeof places[0])], shape = input_byte(in);

    for (word_t i = 0; i < 3; i++)
        tables[i].at = place - TABLE_MAX * (i + 1);
    rsdt.at = place - TABLE_MAX * 4;
    xsdt.at = place - TABLE_MAX * 5;
    word_t processors = make_madt(in, &tables[0]);
    make_units(in, &tables[1], "DMAR");
    make_units(in, &tables[2], "IVRS");
    make_root(&rsdt, "RSDT", 4, tables, 3);
    make_root(&xsdt, "XSDT", 8, tables, 3);
    place_pointer(machine, shape & 3, shape & 4, rsdt.at, xsdt.at);
    boot_ranges_add(&machine->ram, 0x100000, 0x7fe0000);

    bool damaged = boot_mutate(in);
    if (machine->has_rsdp && input_byte(in) % 8 == 1) {
        machine->rsdp[input_byte(in) % RSDP_BYTES] = (uint8_t)input_byte(in);
        damaged = true;
    }
    const struct table *all[] = { &tables[0], &tables[1], &tables[2], &rsdt, &xsdt };
    for (word_t i = 0; damaged && i < 5; i++)
        if (input_byte(in) & 1)
            mend_sum(all[i]);

    const char *failure = boot_acpi_read(machine);
    check(machine, failure);
    REQUIRE(damaged || (machine->cpu_count == processors && !failure == (processors > 0)));
}
