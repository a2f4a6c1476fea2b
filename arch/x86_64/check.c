/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker: ASID pools, page tables, the kernel's own mappings, I/O ports, FPU.  Kernels built
 * with CHECK=1 only. */
#include <arch/check.h>
#include <arch/x86_64/boot_end.h>
#include <arch/x86_64/capability.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/ioport.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/vspace.h>
#include <kernel/check.h>
#include <kernel/core.h>

#define USER_ENTRIES          256u
#define KERNEL_MAPPING_PERIOD 4096u /* checks; they do not change after boot */

extern char kernel_text_start[], kernel_end[], pti_text[];

/* Checks so far; address spaces in this and in the last one; the loaded one has been met; ports
 * that have been met. */
static struct {
    word_t round;
    word_t spaces, spaces_before;
    bool loaded_alive;
    word_t ports[IO_PORTS / WORD_BITS];
} arch_checker;

bool arch_check_knows(word_t type)
{
    switch ((enum arch_cap_type)type) {
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_PML4:
    case CAP_ASID_CONTROL:
    case CAP_ASID_POOL:
    case CAP_IO_PORT:
    case CAP_IO_PORT_CONTROL:
        return true;
    }
    return type == CAP_FRAME;
}

/* ---- user address spaces -------------------------------------------------------------------- */

static struct cap placed(struct cap cap, word_t asid, word_t address)
{
    cap_set_mapping(&cap, asid, (vaddr_t){ address });
    return cap;
}

/* A page that user level can write needs a capability with that right. */
static bool frame_is_known(word_t asid, pte_t e, word_t bits, word_t address)
{
    bool writable = (e.raw & PTE_USER) && (e.raw & PTE_WRITE);
    paddr_t base = { e.raw & PTE_FRAME & ~MASK(bits) };
    for (word_t i = 0; i < 4; i++) {
        struct cap frame = placed(cap_frame(base, bits, i & 1), asid, address);
        if (i & 2)
            frame.word[0] &= ~CAP_RIGHT(RIGHT_WRITE);
        if (!(writable && (i & 2)) && check_exists_mapped(frame))
            return true;
    }
    return false;
}

static void check_leaf(word_t asid, const pte_t *e, word_t bits, word_t address)
{
    word_t start = e->raw & PTE_FRAME & ~MASK(bits);
    check(start + BIT(bits) <= image_paddr(kernel_text_start).at ||
              start >= image_paddr(kernel_end).at,
          "pml4", 3, e);
    check(frame_is_known(asid, *e, bits, address), "pml4", 2, e);
    check(!(e->raw & PTE_GLOBAL), "pml4", 2, e);
}

/* The table that a present entry refers to. */
static pte_t *check_table(word_t asid, const pte_t *e, enum arch_cap_type type, word_t address)
{
    pte_t *table = memory_pointer((paddr_t){ e->raw & PTE_FRAME });
    check(check_exists_mapped(placed(cap_table(type, table), asid, address)), "pml4", 1, e);
    return table;
}

static bool any_present(const pte_t *e)
{
    return (e[0].raw | e[1].raw | e[2].raw | e[3].raw | e[4].raw | e[5].raw | e[6].raw | e[7].raw) &
           PTE_PRESENT;
}

/* The next present entry from i on, or TABLE_ENTRIES.  Most tables are nearly empty. */
static word_t next_present(const pte_t *table, word_t i)
{
    for (; i < TABLE_ENTRIES; i++) {
        while (i < TABLE_ENTRIES && i % 8 == 0 && !any_present(table + i))
            i += 8;
        if (i < TABLE_ENTRIES && pte_present(table[i]))
            break;
    }
    return i < TABLE_ENTRIES ? i : TABLE_ENTRIES;
}

static void check_pt(word_t asid, const pte_t *table, word_t address)
{
    for (word_t i = next_present(table, 0); i < TABLE_ENTRIES; i = next_present(table, i + 1))
        check_leaf(asid, &table[i], PAGE_BITS, address | i << PAGE_BITS);
}

static void check_pd(word_t asid, const pte_t *table, word_t address)
{
    for (word_t i = next_present(table, 0); i < TABLE_ENTRIES; i = next_present(table, i + 1)) {
        word_t at = address | i << LARGE_PAGE_BITS;
        if (pte_is_leaf(table[i]))
            check_leaf(asid, &table[i], LARGE_PAGE_BITS, at);
        else
            check_pt(asid, check_table(asid, &table[i], CAP_PAGE_TABLE, at), at);
    }
}

static void check_pdpt(word_t asid, const pte_t *table, word_t address)
{
    for (word_t i = next_present(table, 0); i < TABLE_ENTRIES; i = next_present(table, i + 1)) {
        word_t at = address | i << HUGE_PAGE_BITS;
        if (pte_is_leaf(table[i]))
            check_leaf(asid, &table[i], HUGE_PAGE_BITS, at);
        else
            check_pd(asid, check_table(asid, &table[i], CAP_PAGE_DIRECTORY, at), at);
    }
}

static void check_space(const struct pml4 *space, word_t asid)
{
    for (word_t i = 0; i < USER_ENTRIES; i++) {
        word_t at = i << 39;
        if (pte_present(space->entry[i]))
            check_pdpt(asid, check_table(asid, &space->entry[i], CAP_PDPT, at), at);
    }
    for (word_t i = USER_ENTRIES; i < TABLE_ENTRIES; i++)
        check(space->entry[i].raw == (i == KERNEL_PML4_INDEX ? kernel_pml4_entry : 0), "pml4", 4,
              space);
}

/* One after the other, from check to check. */
static bool is_turn(void)
{
    word_t n = arch_checker.spaces_before, i = arch_checker.spaces++;
    return n == 0 || (i + arch_checker.round) % n == 0;
}

static void check_pool(struct asid_pool *pool, word_t number)
{
    word_t loaded = core_this()->arch.space & PTE_FRAME;
    check(check_exists(cap_asid_pool(pool, number)), "asid_pool", 2, pool);
    for (word_t i = 0; i < ASIDS_PER_POOL; i++) {
        struct pml4 *space = pool->space[i];
        word_t asid = number * ASIDS_PER_POOL + i;
        if (!space)
            continue;
        check(asid != 0 && check_exists_mapped(cap_pml4(space, asid)), "asid_pool", 1, pool);
        bool is_loaded = memory_physical(space).at == loaded;
        if (is_turn() || is_loaded)
            check_space(space, asid);
        arch_checker.loaded_alive |= is_loaded;
    }
}

/* What is loaded, and what threads will load without another look, is alive. */
static void check_loaded(void)
{
    const struct arch_core *a = &core_this()->arch;
    check(((read_cr3() ^ a->space) & PTE_FRAME) == 0, "arch_core", 1, a);
    check(arch_checker.loaded_alive || (a->space & PTE_FRAME) == kernel_space.at, "arch_core", 2,
          a);
    for (const struct tcb *t = debug_threads; t; t = t->debug_next) {
        struct cap c = t->slot[TCB_VSPACE].cap;
        if (t->space.generation != a->space_generation)
            continue;
        bool alive = vspace_is_assigned(c) && asid_space(cap_map_asid(c)) == cap_object(c);
        word_t root = alive ? memory_physical(cap_object(c)).at : kernel_space.at;
        check((t->space.user_root & PTE_FRAME) == root, "vspace_cache", 1, t);
        check((t->space.root & PTE_FRAME) == (cpu.pti ? kernel_space.at : root), "vspace_cache", 2, t);
    }
}

/* ---- the kernel's mappings ------------------------------------------------------------------ */

static const pte_t *table_of(pte_t e)
{
    return memory_pointer((paddr_t){ e.raw & PTE_FRAME });
}

static void check_kernel_leaf(const pte_t *e)
{
    check(!(e->raw & PTE_USER), "paging", 2, e);
    check(!(e->raw & PTE_WRITE) || (e->raw & PTE_NX) || !cpu.has.nx, "paging", 1, e);
}

static void check_kernel_pd(const pte_t *pd)
{
    for (word_t i = 0; i < TABLE_ENTRIES; i++) {
        if (!pte_present(pd[i]))
            continue;
        if (pte_is_leaf(pd[i])) {
            check_kernel_leaf(&pd[i]);
            continue;
        }
        const pte_t *pt = table_of(pd[i]);
        for (word_t j = 0; j < TABLE_ENTRIES; j++)
            if (pte_present(pt[j]))
                check_kernel_leaf(&pt[j]);
    }
}

/* With page-table isolation: entry 511 of an address space, which is all in one table. */
static void check_user_view(void)
{
    word_t first = image_paddr(&user_view).at, last = first + sizeof user_view - 1;
    const pte_t *pdpt = table_of((pte_t){ kernel_pml4_entry });
    const pte_t *pd = table_of(pdpt[pdpt_index((word_t)pti_text)]);
    const pte_t *pt = table_of(pd[pd_index((word_t)pti_text)]);
    for (word_t i = 0; i < TABLE_ENTRIES; i++) {
        word_t at = pt[i].raw & PTE_FRAME;
        bool is_view = at == image_paddr(pti_text).at || (at >= first && at <= last);
        check(!pte_present(pt[i]) || is_view, "paging", 4, &pt[i]);
        if (pte_present(pt[i]))
            check_kernel_leaf(&pt[i]);
        check(!pte_present(pd[i]) || i == pd_index((word_t)pti_text), "paging", 4, &pd[i]);
        check(!pte_present(pdpt[i]) || i == pdpt_index((word_t)pti_text), "paging", 4, &pdpt[i]);
    }
}

static void check_kernel_mappings(void)
{
    for (word_t i = 0; i < boot_mapping.pages; i++)
        check(!pte_present(boot_mapping.entry[i]), "paging", 3, &boot_mapping.entry[i]);
    pte_t entry = ((const pte_t *)memory_pointer(kernel_space))[KERNEL_PML4_INDEX];
    const pte_t *pdpt = table_of(entry);
    check(!((entry.raw | kernel_pml4_entry) & PTE_USER), "paging", 2, &kernel_pml4_entry);
    if (cpu.pti)
        check_user_view();
    for (word_t i = 0; i < TABLE_ENTRIES; i++) {
        if (!pte_present(pdpt[i]))
            continue;
        if (pte_is_leaf(pdpt[i]))
            check_kernel_leaf(&pdpt[i]);
        else
            check_kernel_pd(table_of(pdpt[i]));
    }
}

/* ---- I/O ports ------------------------------------------------------------------------------ */

void arch_check_object(const struct slot *s)
{
    if (cap_type(s->cap) != CAP_IO_PORT)
        return;
    for (word_t p = cap_io_port_first(s->cap); p <= cap_io_port_last(s->cap); p++) {
        word_t *met = &arch_checker.ports[p / WORD_BITS];
        check(!(*met & BIT(p % WORD_BITS)), "io_port", 1, s);
        *met |= BIT(p % WORD_BITS);
    }
}

static void check_ports(void)
{
    for (word_t i = 0; i < IO_PORTS / WORD_BITS; i++) {
        check(arch_checker.ports[i] == io_ports_issued[i], "io_port", 2, &io_ports_issued[i]);
        arch_checker.ports[i] = 0;
    }
}

/* ---- FPU ------------------------------------------------------------------------------------ */

static void check_fpu(void)
{
    struct tcb *owner = core_this()->arch.fpu_owner;
    check((read_cr0() & CR0_TS ? 1 : 0) == !owner, "fpu", 1, &core_this()->arch);
    if (!owner)
        return;
    check(check_exists(cap_tcb(owner)), "fpu", 2, owner);
    check(owner->fpu_in_use && !(owner->flags & TCB_FLAG_FPU_DISABLED), "fpu", 2, owner);
}

void arch_check(void)
{
    arch_checker.loaded_alive = false;
    arch_checker.spaces_before = arch_checker.spaces;
    arch_checker.spaces = 0;
    for (word_t i = 0; i < ASID_POOLS; i++)
        if (asid_pools[i])
            check_pool(asid_pools[i], i);
    check_loaded();
    check_fpu();
    check_ports();
    arch_check_processor();
    if (arch_checker.round++ % KERNEL_MAPPING_PERIOD == 0)
        check_kernel_mappings();
}
