/* SPDX-License-Identifier: BSD-2-Clause */
/* The root task: its objects, the capabilities to them, and what it is told about the machine.  All
 * objects come from one block of memory, zeroed first.  Rules: boot 4 to 8. */
#include <arch/x86_64/asid.h>
#include <arch/x86_64/boot_root.h>
#include <arch/x86_64/capability.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/paging.h>
#include <kernel/core.h>
#include <kernel/debug.h>
#include <kernel/print.h>
#include <kernel/untyped.h>
#include <sel4/sel4.h>

#define ROOT_ASID 1u
#define ROOT_PRIORITY (PRIORITIES - 1)
#define ROOT_CNODE_BYTES (BIT(ROOT_CNODE_BITS) << SLOT_BITS)
#define ROOT_CNODE_SLOTS BIT(ROOT_CNODE_BITS)
#define USER_ENTRY (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define PAGES_IN_BLOCK 5 /* besides the paging structures */

struct root {
    const struct boot_machine *machine;
    word_t start, ipc_buffer_at, info_at, extra_info_at, end; /* user addresses */
    /* the block, in its order; then paging structures, then the TCB */
    struct slot *cnode;
    char *extra_info;
    pte_t *pml4;
    struct asid_pool *asid_pool;
    char *ipc_buffer;
    seL4_BootInfo *info;
    char *next_table;
    struct tcb *tcb;
    word_t next_slot;
};

/* Behind the image, a page each. */
static void set_addresses(struct root *root)
{
    root->start = root->machine->root.v_start;
    root->ipc_buffer_at = root->machine->root.v_end;
    root->info_at = root->ipc_buffer_at + PAGE_BYTES;
    root->extra_info_at = root->info_at + PAGE_BYTES;
    root->end = root->extra_info_at + PAGE_BYTES;
}

/* Of a page table (1), a directory (2), a PDPT (3). */
#define SPAN_BITS(level) (PAGE_BITS + 9 * (level))

/* How many tables of the level all those addresses need. */
static word_t table_count(const struct root *root, word_t level)
{
    return ((root->end - 1) >> SPAN_BITS(level)) - (root->start >> SPAN_BITS(level)) + 1;
}

/* Takes the block for all objects out of the free memory. */
static void take_objects(struct root *root, struct boot_ranges *open)
{
    word_t tables = table_count(root, 1) + table_count(root, 2) + table_count(root, 3);
    word_t frames = (root->ipc_buffer_at - root->start) / PAGE_BYTES + 1;
    if (seL4_NumInitialCaps + tables + frames > ROOT_CNODE_SLOTS)
        boot_fail("the root task needs more capability slots than its CNode has.");

    word_t bytes = ROOT_CNODE_BYTES + (PAGES_IN_BLOCK + tables) * PAGE_BYTES + TCB_BYTES;
    word_t cnode_bits = ROOT_CNODE_BITS + SLOT_BITS;
    struct boot_range block;
    if (!boot_ranges_find_top(open, bytes, cnode_bits > PAGE_BITS ? cnode_bits : PAGE_BITS, &block))
        boot_fail("there is too little memory in one piece for the root task's objects.");
    boot_ranges_remove(open, block.start, block.end);

    char *at = memory_pointer((paddr_t){ block.start }), *pages = at + ROOT_CNODE_BYTES;
    memory_clear(at, bytes);
    root->cnode = (void *)at;
    root->extra_info = pages;
    root->pml4 = (void *)(pages + PAGE_BYTES);
    root->asid_pool = (void *)(pages + 2 * PAGE_BYTES);
    root->ipc_buffer = pages + 3 * PAGE_BYTES;
    root->info = (void *)(pages + 4 * PAGE_BYTES);
    root->next_table = pages + PAGES_IN_BLOCK * PAGE_BYTES;
    root->tcb = (void *)(at + bytes - TCB_BYTES);
}

static struct slot *add(struct root *root, struct cap cap)
{
    struct slot *slot = &root->cnode[root->next_slot++];
    slot_insert_root(slot, cap);
    return slot;
}

static struct cap mapped(struct cap cap, word_t address)
{
    cap_set_mapping(&cap, ROOT_ASID, (vaddr_t){ address });
    return cap;
}

static struct cap mapped_frame(const char *memory, word_t address)
{
    return mapped(cap_frame(memory_physical(memory), PAGE_BITS, false), address);
}

/* ---- address space ------------------------------------------------------------------- */

/* Lets the entry for address in a table of the level (1 to 4) refer to a table or page. */
static void set_entry(const struct root *root, word_t address, word_t level, const char *memory)
{
    pte_t *table = root->pml4;
    for (word_t l = 4; l > level; l--) {
        pte_t entry = table[(address >> SPAN_BITS(l - 1)) & MASK(9)];
        table = memory_pointer((paddr_t){ entry.raw & PTE_FRAME });
    }
    word_t raw = memory_physical(memory).at | USER_ENTRY;
    table[(address >> SPAN_BITS(level - 1)) & MASK(9)].raw = raw;
}

/* All tables of a level, by ascending address, with their capabilities. */
static void add_tables(struct root *root, word_t level, enum arch_cap_type type)
{
    word_t bits = SPAN_BITS(level), first = root->start >> bits;
    for (word_t i = 0; i < table_count(root, level); i++) {
        word_t address = (first + i) << bits;
        set_entry(root, address, level + 1, root->next_table);
        add(root, mapped(cap_table(type, root->next_table), address));
        root->next_table += PAGE_BYTES;
    }
}

static void make_address_space(struct root *root)
{
    seL4_BootInfo *info = root->info;
    root->pml4[KERNEL_PML4_INDEX].raw = kernel_pml4_entry;
    root->asid_pool->space[ROOT_ASID] = (struct pml4 *)root->pml4;
    asid_pools[0] = root->asid_pool;

    info->userImagePaging.start = root->next_slot;
    add_tables(root, 3, CAP_PDPT);
    add_tables(root, 2, CAP_PAGE_DIRECTORY);
    add_tables(root, 1, CAP_PAGE_TABLE);
    info->userImagePaging.end = root->next_slot;

    set_entry(root, root->ipc_buffer_at, 1, root->ipc_buffer);
    set_entry(root, root->info_at, 1, (char *)info);
    set_entry(root, root->extra_info_at, 1, root->extra_info);
}

static void fill_info(struct root *root)
{
    seL4_BootInfo *info = root->info;
    info->numNodes = 1;
    info->numIOPTLevels = ~0ul; /* there is no support for them */
    info->ipcBuffer = (seL4_IPCBuffer *)root->ipc_buffer_at;
    info->initThreadCNodeSizeBits = ROOT_CNODE_BITS;
    info->extraLen = boot_info_chunks(root->machine, cpu.tsc_mhz, root->extra_info);
    info->extraBIPages.start = root->next_slot;
    add(root, mapped_frame(root->extra_info, root->extra_info_at));
    info->extraBIPages.end = root->next_slot;
}

static void add_image(struct root *root)
{
    seL4_BootInfo *info = root->info;
    const char *memory = memory_pointer((paddr_t){ root->machine->image.start });
    info->userImageFrames.start = root->next_slot;
    for (word_t at = root->start; at < root->machine->root.v_end; at += PAGE_BYTES) {
        set_entry(root, at, 1, memory);
        add(root, mapped_frame(memory, at));
        memory += PAGE_BYTES;
    }
    info->userImageFrames.end = root->next_slot;
}

/* ---- capabilities -------------------------------------------------------------------- */

static void add_at(struct root *root, word_t slot, struct cap cap)
{
    root->next_slot = slot;
    add(root, cap);
}

static void add_initial(struct root *root)
{
    add_at(root, seL4_CapInitThreadTCB, cap_tcb(root->tcb));
    add_at(root, seL4_CapInitThreadCNode,
           cap_cnode(root->cnode, ROOT_CNODE_BITS, 0, WORD_BITS - ROOT_CNODE_BITS));
    add_at(root, seL4_CapInitThreadVSpace, cap_pml4(root->pml4, ROOT_ASID));
    add_at(root, seL4_CapIRQControl, cap_irq_control());
    add_at(root, seL4_CapASIDControl, cap_simple(CAP_ASID_CONTROL));
    add_at(root, seL4_CapInitThreadASIDPool, cap_asid_pool(root->asid_pool, 0));
    add_at(root, seL4_CapIOPortControl, cap_simple(CAP_IO_PORT_CONTROL));
    add_at(root, seL4_CapBootInfoFrame, mapped_frame((char *)root->info, root->info_at));
    add_at(root, seL4_CapInitThreadIPCBuffer, mapped_frame(root->ipc_buffer, root->ipc_buffer_at));
    add_at(root, seL4_CapDomain, cap_domain());
    root->next_slot = seL4_NumInitialCaps;
}

static void add_untyped(struct root *root, const struct boot_ranges *open)
{
    seL4_BootInfo *info = root->info;
    word_t slots = ROOT_CNODE_SLOTS - root->next_slot;
    struct boot_untypeds list = {
        .at = info->untypedList,
        .capacity = slots < MAX_BOOTINFO_UNTYPEDS ? slots : MAX_BOOTINFO_UNTYPEDS,
    };
    boot_untyped_list(root->machine, open, &list);
    if (list.lost[0].count + list.lost[1].count)
        print("untypeds: %lu device blocks of %lu KiB and %lu blocks of %lu KiB of memory do not fit into the list\n",
              list.lost[1].count, list.lost[1].bytes >> 10, list.lost[0].count, list.lost[0].bytes >> 10);

    info->untyped.start = root->next_slot;
    for (word_t i = 0; i < list.count; i++) {
        const seL4_UntypedDesc *d = &list.at[i];
        untyped_fill(add(root, cap_untyped((paddr_t){ d->paddr }, d->sizeBits, d->isDevice)));
    }
    info->untyped.end = root->next_slot;
    info->empty = (seL4_SlotRegion){ root->next_slot, ROOT_CNODE_SLOTS };
}

/* ---- threads and the rest of the kernel's state -------------------------------------- */

static void bind(struct root *root, enum tcb_slot slot, word_t parent)
{
    slot_insert_derived(&root->tcb->slot[slot], root->cnode[parent].cap, &root->cnode[parent]);
}

static void make_thread(struct root *root)
{
    struct tcb *t = root->tcb;
    tcb_create(t);
    debug_thread_created(t);
    debug_thread_name(t, "rootserver");

    bind(root, TCB_CSPACE, seL4_CapInitThreadCNode);
    bind(root, TCB_VSPACE, seL4_CapInitThreadVSpace);
    bind(root, TCB_BUFFER, seL4_CapInitThreadIPCBuffer);
    cap_clear_mapping(&t->slot[TCB_BUFFER].cap);
    tcb_make_reply_master(t);

    t->buffer_address = root->ipc_buffer_at;
    tcb_buffer_changed(t);
    t->priority = t->mcp = ROOT_PRIORITY;
    t->state = THREAD_RUNNING;
    t->context.ip = root->machine->root.entry;
    t->context.badge = root->info_at; /* RDI */
}

static void set_kernel_state(struct root *root)
{
    struct core *this = core_this();
    tcb_create(&this->idle);
    debug_thread_created(&this->idle);
    debug_thread_name(&this->idle, "idle_thread");
    this->idle.state = THREAD_IDLE;
    this->idle.flags = TCB_FLAG_FPU_DISABLED;
    this->current = root->tcb;
    this->action = SCHEDULE_RESUME;
    this->arch.space = kernel_space.at;
    this->arch.space_generation = 1;

    domain.schedule[0] = (struct domain_entry){ .domain = 0, .duration = MASK(56) };
    domain.time_left = MASK(56);
}

/* Legacy lines, and those of the kernel itself (x86_64 8). */
static void set_irq_lines(void)
{
    for (word_t irq = 0; irq < IRQ_FIRST_USER; irq++)
        irq_lines[irq].state = IRQ_RESERVED;
    for (word_t irq = IRQ_LAST_USER + 1; irq < IRQ_COUNT; irq++)
        irq_lines[irq].state = irq == IRQ_TIMER_LINE ? IRQ_TIMER : IRQ_RESERVED;
}

void boot_root_task(const struct boot_machine *machine)
{
    struct root root = { .machine = machine, .next_slot = 0 };
    struct boot_ranges open;

    set_addresses(&root);
    boot_free_memory(machine, &open);
    take_objects(&root, &open);

    set_kernel_state(&root);
    add_initial(&root);
    make_address_space(&root);
    fill_info(&root);
    add_image(&root);
    add_untyped(&root, &open);
    make_thread(&root);
    set_irq_lines();
}
