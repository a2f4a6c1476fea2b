/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory as the root task gets it: untyped blocks, each a power of two and aligned to
 * itself.  Rules: boot 6.  Pure: tested on the host. */
#include <arch/x86_64/boot_root.h>
#include <arch/x86_64/paging.h>

#define BLOCK_MIN_BITS 4u
#define BLOCK_MAX_BITS 47u
#define DEVICE_TOP BIT(BLOCK_MAX_BITS)
/* Where the interface says that message interrupts are written (boot 6). */
#define MSI_START 0xfffffff8u
#define MSI_END 0x100000000u

static word_t log2_floor(word_t n) { return WORD_BITS - 1 - (word_t)__builtin_clzl(n); }

/* Log2 bytes of the largest block at start. */
static word_t block_bits(word_t start, word_t end)
{
    word_t bits = log2_floor(end - start);
    if (bits > BLOCK_MAX_BITS)
        bits = BLOCK_MAX_BITS;
    word_t alignment = start ? (word_t)__builtin_ctzl(start) : WORD_BITS;
    return bits < alignment ? bits : alignment;
}

/* What is least goes first. */
static word_t rank(const seL4_UntypedDesc *block) { return 2u * block->sizeBits + !block->isDevice; }

/* A full list gives up the last of its least blocks, unless the new one is not more. */
static void add_block(struct boot_untypeds *list, seL4_UntypedDesc block)
{
    if (list->count < list->capacity) {
        list->at[list->count++] = block;
        return;
    }
    seL4_UntypedDesc least = block;
    word_t place = list->count;
    for (word_t i = list->count; i > 0; i--)
        if (rank(&list->at[i - 1]) < rank(&least))
            least = list->at[place = i - 1];
    list->lost[least.isDevice].count++;
    list->lost[least.isDevice].bytes += BIT(least.sizeBits);
    for (; place < list->count; place++)
        list->at[place] = place + 1 < list->count ? list->at[place + 1] : block;
}

/* Fragments below the smallest size are lost. */
static void add_blocks(struct boot_untypeds *list, word_t start, word_t end, bool device)
{
    while (start < end) {
        word_t bits = block_bits(start, end);
        if (bits >= BLOCK_MIN_BITS)
            add_block(list, (seL4_UntypedDesc){
                .paddr = start, .sizeBits = (seL4_Uint8)bits, .isDevice = device
            });
        start += BIT(bits);
    }
}

/* Everything that is not memory for devices' use. */
static void find_reserved(const struct boot_machine *machine, struct boot_ranges *reserved)
{
    *reserved = machine->ram;
    boot_ranges_add(reserved, MSI_START, MSI_END);
    for (word_t i = 0; i < machine->registers.count; i++)
        boot_ranges_add(reserved, machine->registers.at[i].start, machine->registers.at[i].end);
    boot_ranges_add(reserved, machine->kernel.start, machine->kernel.end);
    boot_ranges_add(reserved, machine->image.start, machine->image.end);
}

static void add_device_memory(const struct boot_machine *machine, struct boot_untypeds *list)
{
    struct boot_ranges reserved;
    find_reserved(machine, &reserved);
    word_t start = 0;
    for (word_t i = 0; i < reserved.count && reserved.at[i].start < DEVICE_TOP; i++) {
        add_blocks(list, start, reserved.at[i].start, true);
        start = reserved.at[i].end;
    }
    add_blocks(list, start, DEVICE_TOP, true);
}

void boot_free_memory(const struct boot_machine *machine, struct boot_ranges *open)
{
    *open = machine->ram;
    boot_ranges_remove(open, machine->kernel.start, machine->kernel.end);
    boot_ranges_remove(open, machine->image.start, machine->image.end);
}

void boot_untyped_list(const struct boot_machine *machine, const struct boot_ranges *open,
                       struct boot_untypeds *list)
{
    add_device_memory(machine, list);
    add_blocks(list, machine->boot_part.start, machine->boot_part.end, false);
    for (word_t i = 0; i < open->count; i++)
        add_blocks(list, open->at[i].start, open->at[i].end, false);
}
