/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/table.c arch/x86_64/asid.c */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/vspace.h>

enum { ASID = 1 * ASIDS_PER_POOL + 7, SLOT = 3 };
#define ADDRESS 0x7f8000000000u /* a table of any level may begin there */

static struct slot table, root, pool_cap, untyped, control, *dest;
static struct asid_pool *pool;
static struct pml4 *space;
static struct invocation inv;

/* One entry stands for all tables; absent: the level whose table is missing. */
static pte_t entry;
static word_t absent, level_asked;

/* Whole address spaces that were flushed. */
static struct { struct pml4 *space; word_t asid; } flushed[8];
static word_t flushes;

pte_t *vspace_walk(struct pml4 *walked, vaddr_t address, word_t level, word_t *missing)
{
    assert_ptr_equal(walked, space);
    assert_int_equal(address.at, ADDRESS);
    level_asked = level;
    *missing = absent;
    return absent ? NULL : &entry;
}

void vspace_flush(struct pml4 *of, word_t asid)
{
    flushed[flushes].space = of;
    flushed[flushes++].asid = asid;
}

seL4_Error vspace_decode_alive(struct invocation *call, struct cap pml4, struct pml4 **found)
{
    (void)call;
    *found = asid_space(cap_map_asid(pml4));
    return seL4_NoError;
}

static int setup(void **state)
{
    host_setup(state);
    memset(asid_pools, 0, sizeof(asid_pools));
    asid_pools[1] = pool = host_memory(PAGE_BITS);
    pool->space[ASID % ASIDS_PER_POOL] = space = host_memory(PAGE_BITS);
    dest = host_slots(2);
    table = root = pool_cap = untyped = control = (struct slot){ 0 };
    slot_insert_root(&root, cap_pml4(space, ASID));
    slot_insert_root(&pool_cap, cap_asid_pool(pool, 1));
    slot_insert_root(&table, cap_table(CAP_PAGE_TABLE, host_memory(PAGE_BITS)));
    entry.raw = absent = flushes = 0;
    return 0;
}

static word_t table_entry(void) { return memory_physical(cap_object(table.cap)).at | 7; }

static seL4_Error map(word_t address, word_t attributes)
{
    static const word_t labels[] = { X86PageTableMap, X86PageDirectoryMap, X86PDPTMap };
    word_t label = labels[(cap_type(table.cap) - CAP_PAGE_TABLE) / 2];
    inv = host_call(&table, label, WORDS(address, attributes), EXTRA(&root));
    return table_invoke(&inv);
}

/* 7: present, writable, for user level; 8 PWT, 0x10 PCD. */
static void every_bit_of_an_entry(void **state)
{
    (void)state;
    const enum arch_cap_type types[] = { CAP_PAGE_TABLE, CAP_PAGE_DIRECTORY, CAP_PDPT };
    const word_t span[] = { 21, 30, 39 };
    for (word_t i = 0; i < 3 * 8; i++) {
        table.cap = cap_table(types[i % 3], cap_object(table.cap));
        entry.raw = 0;
        assert_done(map(ADDRESS + BIT(span[i % 3]) - 1, i / 3), &inv);
        assert_int_equal(entry.raw, table_entry() | (i / 3 & 3) << 3);
        assert_int_equal(level_asked, span[i % 3]);
        assert_int_equal(table.cap.word[1], ADDRESS | ASID);
        assert_int_equal(flushes, 0); /* nothing was there, which is not remembered */
    }
}

static void refusals_change_nothing(void **state)
{
    (void)state;
    absent = 30;
    assert_refused(map(ADDRESS, 0), &inv, seL4_FailedLookup, LOOKUP_TARGET, seL4_MissingCapability, 30);
    absent = 0;
    entry.raw = 0x5001;
    assert_refused(map(ADDRESS, 0), &inv, seL4_DeleteFirst);
    assert_refused(map(USER_MAX + 1, 0), &inv, seL4_InvalidArgument, 0);
    assert_int_equal(entry.raw, 0x5001);
    assert_int_equal(table.cap.word[1], 0);
    entry.raw = 0;
    assert_done(map(ADDRESS, 0), &inv);
    assert_refused(map(ADDRESS, 0), &inv, seL4_InvalidCapability, 0);
}

static void unmap(void)
{
    inv = host_call(&table, X86PageTableUnmap, NO_WORDS, NO_EXTRA);
    assert_done(table_invoke(&inv), &inv);
    assert_int_equal(table.cap.word[1], 0);
}

static void unmapping_takes_the_own_entry_away_and_all_translations(void **state)
{
    (void)state;
    word_t *words = cap_object(table.cap);
    assert_done(map(ADDRESS, 3), &inv);
    words[0] = words[511] = 0x1007;
    unmap();
    assert_int_equal(entry.raw, 0);
    assert_int_equal(words[0] | words[511], 0);
    assert_int_equal(flushes, 1);
    assert_ptr_equal(flushed[0].space, space);
    assert_int_equal(flushed[0].asid, ASID);
    words[0] = 5;
    unmap(); /* is not mapped: nothing to do */
    assert_int_equal(words[0], 5);
    assert_int_equal(flushes, 1);
}

static void unmapping_leaves_what_is_not_its_own(void **state)
{
    (void)state;
    const word_t there[] = { 0, table_entry() + PAGE_BYTES, table_entry() - PAGE_BYTES };
    for (word_t i = 0; i < 3; i++) {
        entry.raw = 0;
        assert_done(map(ADDRESS, 0), &inv);
        entry.raw = there[i];
        unmap();
        assert_int_equal(entry.raw, there[i]);
    }
    entry.raw = 0;
    assert_done(map(ADDRESS, 0), &inv);
    absent = 39; /* the table above has gone */
    unmap();
    absent = 0;
    cap_set_mapping(&table.cap, ASID, (vaddr_t){ ADDRESS });
    entry.raw = table_entry();
    pool->space[ASID % ASIDS_PER_POOL] = NULL; /* the space has gone */
    unmap();
    assert_int_equal(entry.raw, table_entry());
    assert_int_equal(flushes, 0);
}

static void a_pool_takes_its_spaces_along(void **state)
{
    (void)state;
    struct pml4 *last = host_memory(PAGE_BITS);
    pool->space[ASIDS_PER_POOL - 1] = last;
    asid_pool_finalise(pool_cap.cap);
    assert_null(asid_pools[1]);
    assert_int_equal(host.spaces_lost, 1);
    assert_int_equal(flushes, 2);
    assert_ptr_equal(flushed[0].space, space);
    assert_int_equal(flushed[0].asid, ASID);
    assert_ptr_equal(flushed[1].space, last);
    assert_int_equal(flushed[1].asid, 2 * ASIDS_PER_POOL - 1);
}

static void a_space_frees_its_own_number_only(void **state)
{
    (void)state;
    struct pml4 *other = host_memory(PAGE_BITS);
    asid_space_finalise(cap_pml4(space, 0));
    asid_space_finalise(cap_pml4(other, ASID));
    assert_int_equal(flushes, 0);
    assert_ptr_equal(asid_space(ASID), space);
    asid_space_finalise(root.cap);
    assert_null(asid_space(ASID));
    assert_int_equal(flushes, 1);
    assert_ptr_equal(flushed[0].space, space);
    assert_int_equal(flushed[0].asid, ASID);
}

static seL4_Error assign(word_t number, struct slot *pml4)
{
    pool_cap.cap = cap_asid_pool(asid_pools[number], number);
    inv = host_call(&pool_cap, X86ASIDPoolAssign, NO_WORDS, EXTRA(pml4));
    return asid_pool_invoke(&inv);
}

static void the_first_free_number_is_assigned(void **state)
{
    (void)state;
    struct slot fresh = { .cap = cap_pml4(host_memory(PAGE_BITS), 0) };
    assert_done(assign(1, &fresh), &inv);
    assert_int_equal(cap_map_asid(fresh.cap), 1 * ASIDS_PER_POOL);
    assert_ptr_equal(asid_space(1 * ASIDS_PER_POOL), cap_object(fresh.cap));
    assert_refused(assign(1, &fresh), &inv, seL4_InvalidCapability, 1);

    asid_pools[0] = host_memory(PAGE_BITS); /* whose number 0 means none */
    fresh.cap = cap_pml4(host_memory(PAGE_BITS), 0);
    assert_done(assign(0, &fresh), &inv);
    assert_int_equal(cap_map_asid(fresh.cap), 1);

    fresh.cap = cap_pml4(host_memory(PAGE_BITS), 0);
    for (word_t i = 0; i < ASIDS_PER_POOL; i++)
        pool->space[i] = i == 511 ? NULL : space;
    assert_done(assign(1, &fresh), &inv);
    assert_int_equal(cap_map_asid(fresh.cap), 2 * ASIDS_PER_POOL - 1);
    fresh.cap = cap_pml4(host_memory(PAGE_BITS), 0);
    assert_refused(assign(1, &fresh), &inv, seL4_DeleteFirst);
    assert_int_equal(cap_map_asid(fresh.cap), 0);
}

static seL4_Error make_pool(void)
{
    static struct slot cnode;
    cnode.cap = cap_cnode(dest, 2, 0, 0);
    inv = host_call(&control, X86ASIDControlMakePool, WORDS(SLOT, 2), EXTRA(&untyped, &cnode));
    return asid_control_invoke(&inv);
}

static void a_pool_in_used_memory_is_empty(void **state)
{
    (void)state;
    word_t *page = host_memory(PAGE_BITS);
    slot_insert_root(&control, cap_simple(CAP_ASID_CONTROL));
    slot_insert_root(&untyped, cap_untyped(memory_physical(page), PAGE_BITS, false));
    page[0] = page[511] = 0x1234;
    untyped.cap.word[1] = PAGE_BYTES; /* used, but childless */
    assert_done(make_pool(), &inv);
    assert_int_equal(page[0] | page[511], 0);
    assert_ptr_equal(asid_pools[0], page);
    assert_cap_equal(dest[SLOT].cap, cap_asid_pool(page, 0));
    assert_ptr_equal(dest[SLOT].prev, &untyped);
    assert_int_equal(cap_untyped_watermark(untyped.cap), PAGE_BYTES);
}

static void a_pool_goes_to_the_first_free_place(void **state)
{
    (void)state;
    slot_insert_root(&control, cap_simple(CAP_ASID_CONTROL));
    slot_insert_root(&untyped, cap_untyped(memory_physical(host_memory(PAGE_BITS)), PAGE_BITS, false));
    for (word_t i = 0; i < ASID_POOLS; i++)
        asid_pools[i] = pool;
    assert_refused(make_pool(), &inv, seL4_DeleteFirst);
    asid_pools[ASID_POOLS - 1] = NULL;
    assert_done(make_pool(), &inv);
    assert_int_equal(cap_asid_pool_number(dest[SLOT].cap), ASID_POOLS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_bit_of_an_entry, setup),
        cmocka_unit_test_setup(refusals_change_nothing, setup),
        cmocka_unit_test_setup(unmapping_takes_the_own_entry_away_and_all_translations, setup),
        cmocka_unit_test_setup(unmapping_leaves_what_is_not_its_own, setup),
        cmocka_unit_test_setup(a_pool_takes_its_spaces_along, setup),
        cmocka_unit_test_setup(a_space_frees_its_own_number_only, setup),
        cmocka_unit_test_setup(the_first_free_number_is_assigned, setup),
        cmocka_unit_test_setup(a_pool_in_used_memory_is_empty, setup),
        cmocka_unit_test_setup(a_pool_goes_to_the_first_free_place, setup),
    };
    return RUN(tests);
}
