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
#include <kernel/untyped.h>
#include <sel4/sel4.h>

#define ROOT_ASID 1u
#define ROOT_PRIORITY (PRIORITIES - 1)
#define ROOT_CNODE_BYTES (BIT(ROOT_CNODE_BITS) << SLOT_BITS)
#define ROOT_CNODE_SLOTS BIT(ROOT_CNODE_BITS)
#define USER_ENTRY (PTE_PRESENT | PTE_WRITE | PTE_USER)
#define REGISTER_RIP 0u

static const char too_little[] = "there is too little memory.";

/* The block, in its order; then paging structures, then the TCB. */
struct root_objects {
    struct slot *cnode;
    char *extra_info;
    pte_t *pml4;
    struct asid_pool *asid_pool;
    char *ipc_buffer;
    seL4_BootInfo *info;
    char *tables;
    struct tcb *tcb;
};

/* User addresses from the image to the end of the extra boot information. */
struct layout {
    word_t start, ipc_buffer, info, extra_info, end;
};

struct root {
    const struct boot_machine *machine;
    struct layout at;
    struct root_objects object;
    word_t next_slot;
    char *next_table;
};

static struct layout make_layout(const struct boot_image *image)
{
    word_t end = image->v_end;
    return (struct layout){
        .start = image->v_start,
        .ipc_buffer = end,
        .info = end + PAGE_BYTES,
        .extra_info = end + 2 * PAGE_BYTES,
        .end = end + 3 * PAGE_BYTES,
    };
}

/* Spans of 2^bits bytes that the layout touches. */
static word_t spans(const struct layout *at, word_t bits)
{
    return ((at->end - 1) >> bits) - (at->start >> bits) + 1;
}

#define TABLE_SPAN_BITS(level) (12 + 9 * (level)) /* level 1: page table, 2: directory, 3: PDPT */

static word_t table_count(const struct layout *at)
{
    return spans(at, TABLE_SPAN_BITS(1)) + spans(at, TABLE_SPAN_BITS(2)) + spans(at, TABLE_SPAN_BITS(3));
}

static void check_slots(const struct root *root)
{
    word_t frames = (root->at.end - root->at.start) / PAGE_BYTES;
    if (seL4_NumInitialCaps + table_count(&root->at) + frames > ROOT_CNODE_SLOTS)
        boot_fail("the root task needs more capability slots than its CNode has.");
}

/* Takes the block for all objects out of the free memory. */
static void take_objects(struct root *root, struct boot_ranges *open)
{
    word_t bytes = ROOT_CNODE_BYTES + (5 + table_count(&root->at)) * PAGE_BYTES + TCB_BYTES;
    word_t align_bits = ROOT_CNODE_BITS + SLOT_BITS > PAGE_BITS ? ROOT_CNODE_BITS + SLOT_BITS : PAGE_BITS;
    struct boot_range block;
    if (!boot_find_block(open, bytes, align_bits, &block))
        boot_fail(too_little);
    boot_ranges_remove(open, block.start, block.end);

    char *at = memory_pointer((paddr_t){ block.start });
    memory_clear(at, bytes);
    char *pages = at + ROOT_CNODE_BYTES;
    root->object = (struct root_objects){
        .cnode = (struct slot *)(void *)at,
        .extra_info = pages,
        .pml4 = (pte_t *)(void *)(pages + PAGE_BYTES),
        .asid_pool = (struct asid_pool *)(void *)(pages + 2 * PAGE_BYTES),
        .ipc_buffer = pages + 3 * PAGE_BYTES,
        .info = (seL4_BootInfo *)(void *)(pages + 4 * PAGE_BYTES),
        .tables = pages + 5 * PAGE_BYTES,
        .tcb = (struct tcb *)(void *)(at + bytes - TCB_BYTES),
    };
    root->next_table = root->object.tables;
}

static struct slot *add(struct root *root, struct cap cap)
{
    struct slot *slot = &root->object.cnode[root->next_slot++];
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

/* ---- address space ------------------------------------------------------------------------------ */

static pte_t *next_level(const pte_t *table, word_t index)
{
    return memory_pointer((paddr_t){ table[index].raw & PTE_FRAME });
}

/* The entry for address in a table of the level: 1 to 4. */
static pte_t *find_entry(const struct root *root, word_t address, word_t level)
{
    pte_t *table = root->object.pml4;
    for (word_t l = 4; l > level; l--)
        table = next_level(table, (address >> TABLE_SPAN_BITS(l - 1)) & MASK(9));
    return &table[(address >> TABLE_SPAN_BITS(level - 1)) & MASK(9)];
}

/* All tables of a level, by ascending address, with their capabilities. */
static void add_tables(struct root *root, word_t level, enum arch_cap_type type)
{
    word_t bits = TABLE_SPAN_BITS(level);
    word_t first = root->at.start >> bits;
    for (word_t i = 0; i < spans(&root->at, bits); i++) {
        word_t address = (first + i) << bits;
        char *table = root->next_table;
        root->next_table += PAGE_BYTES;
        find_entry(root, address, level + 1)->raw = memory_physical(table).at | USER_ENTRY;
        add(root, mapped(cap_table(type, table), address));
    }
}

static void map_frame(const struct root *root, const char *memory, word_t address)
{
    find_entry(root, address, 1)->raw = memory_physical(memory).at | USER_ENTRY;
}

static void make_address_space(struct root *root)
{
    seL4_BootInfo *info = root->object.info;
    root->object.pml4[KERNEL_PML4_INDEX].raw = kernel_pml4_entry;
    root->object.asid_pool->space[ROOT_ASID] = (struct pml4 *)root->object.pml4;
    asid_pools[0] = root->object.asid_pool;

    info->userImagePaging.start = root->next_slot;
    add_tables(root, 3, CAP_PDPT);
    add_tables(root, 2, CAP_PAGE_DIRECTORY);
    add_tables(root, 1, CAP_PAGE_TABLE);
    info->userImagePaging.end = root->next_slot;

    map_frame(root, root->object.ipc_buffer, root->at.ipc_buffer);
    map_frame(root, (char *)info, root->at.info);
    map_frame(root, root->object.extra_info, root->at.extra_info);
}

static void add_extra_info(struct root *root)
{
    seL4_BootInfo *info = root->object.info;
    info->extraLen = boot_info_chunks(root->machine, cpu.tsc_mhz, root->object.extra_info);
    info->extraBIPages.start = root->next_slot;
    add(root, mapped_frame(root->object.extra_info, root->at.extra_info));
    info->extraBIPages.end = root->next_slot;
}

static void add_image(struct root *root)
{
    seL4_BootInfo *info = root->object.info;
    const char *memory = memory_pointer((paddr_t){ root->machine->image.start });
    info->userImageFrames.start = root->next_slot;
    for (word_t at = root->at.start; at < root->machine->root.v_end; at += PAGE_BYTES) {
        map_frame(root, memory, at);
        add(root, mapped_frame(memory, at));
        memory += PAGE_BYTES;
    }
    info->userImageFrames.end = root->next_slot;
}

/* ---- capabilities -------------------------------------------------------------------------------- */

static void add_at(struct root *root, word_t slot, struct cap cap)
{
    root->next_slot = slot;
    add(root, cap);
}

static void add_initial(struct root *root)
{
    const struct root_objects *o = &root->object;
    add_at(root, seL4_CapInitThreadTCB, cap_tcb(o->tcb));
    add_at(root, seL4_CapInitThreadCNode,
           cap_cnode(o->cnode, ROOT_CNODE_BITS, 0, WORD_BITS - ROOT_CNODE_BITS));
    add_at(root, seL4_CapInitThreadVSpace, cap_pml4(o->pml4, ROOT_ASID));
    add_at(root, seL4_CapIRQControl, cap_irq_control());
    add_at(root, seL4_CapASIDControl, cap_simple(CAP_ASID_CONTROL));
    add_at(root, seL4_CapInitThreadASIDPool, cap_asid_pool(o->asid_pool, 0));
    add_at(root, seL4_CapIOPortControl, cap_simple(CAP_IO_PORT_CONTROL));
    add_at(root, seL4_CapBootInfoFrame, mapped_frame((char *)o->info, root->at.info));
    add_at(root, seL4_CapInitThreadIPCBuffer, mapped_frame(o->ipc_buffer, root->at.ipc_buffer));
    add_at(root, seL4_CapDomain, cap_domain());
    root->next_slot = seL4_NumInitialCaps;
}

static void add_untyped(struct root *root, const struct boot_ranges *open)
{
    seL4_BootInfo *info = root->object.info;
    word_t slots = ROOT_CNODE_SLOTS - root->next_slot;
    struct boot_untypeds list = {
        .at = info->untypedList,
        .capacity = slots < MAX_BOOTINFO_UNTYPEDS ? slots : MAX_BOOTINFO_UNTYPEDS,
    };
    boot_untyped_list(root->machine, open, &list);

    info->untyped.start = root->next_slot;
    for (word_t i = 0; i < list.count; i++) {
        const seL4_UntypedDesc *d = &list.at[i];
        untyped_fill(add(root, cap_untyped((paddr_t){ d->paddr }, d->sizeBits, d->isDevice)));
    }
    info->untyped.end = root->next_slot;
    info->empty = (seL4_SlotRegion){ root->next_slot, ROOT_CNODE_SLOTS };
}

static void fill_info(struct root *root)
{
    seL4_BootInfo *info = root->object.info;
    info->numNodes = 1;
    info->numIOPTLevels = ~0ul;
    info->ipcBuffer = (seL4_IPCBuffer *)root->at.ipc_buffer;
    info->initThreadCNodeSizeBits = ROOT_CNODE_BITS;
}

/* ---- threads and the rest of the kernel's state ---------------------------------------------------- */

static void bind(struct root *root, enum tcb_slot slot, word_t parent, struct cap cap)
{
    slot_insert_derived(&root->object.tcb->slot[slot], cap, &root->object.cnode[parent]);
}

static void make_thread(struct root *root)
{
    struct tcb *t = root->object.tcb;
    tcb_create(t);
    debug_thread_created(t);
    debug_thread_name(t, "rootserver");

    const struct slot *cnode = root->object.cnode;
    bind(root, TCB_CSPACE, seL4_CapInitThreadCNode, cnode[seL4_CapInitThreadCNode].cap);
    bind(root, TCB_VSPACE, seL4_CapInitThreadVSpace, cnode[seL4_CapInitThreadVSpace].cap);
    struct cap buffer = cnode[seL4_CapInitThreadIPCBuffer].cap;
    cap_clear_mapping(&buffer);
    bind(root, TCB_BUFFER, seL4_CapInitThreadIPCBuffer, buffer);
    tcb_make_reply_master(t);

    t->buffer_address = root->at.ipc_buffer;
    tcb_buffer_changed(t);
    t->priority = t->mcp = ROOT_PRIORITY;
    t->state = THREAD_RUNNING;
    context_write(&t->context, REGISTER_RIP, root->machine->root.entry);
    t->context.badge = root->at.info; /* RDI */
}

static void set_kernel_state(struct root *root)
{
    struct core *this = core_this();
    tcb_create(&this->idle);
    debug_thread_created(&this->idle);
    debug_thread_name(&this->idle, "idle_thread");
    this->idle.state = THREAD_IDLE;
    this->idle.flags = TCB_FLAG_FPU_DISABLED;
    this->current = root->object.tcb;
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
    static struct root root;
    struct boot_ranges open;

    root.machine = machine;
    root.at = make_layout(&machine->root);
    check_slots(&root);
    boot_free_memory(machine, &open);
    take_objects(&root, &open);

    set_kernel_state(&root);
    add_initial(&root);
    make_address_space(&root);
    add_extra_info(&root);
    add_image(&root);
    add_untyped(&root, &open);
    fill_info(&root);
    make_thread(&root);
    set_irq_lines();
}
