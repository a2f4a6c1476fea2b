/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/frame.c */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/vspace.h>

enum { ASID = 7, OTHER_ASID = 8 };
#define BASE 0x40000000u       /* of the frame: good for every size */
#define ADDRESS 0x7f80000000u  /* where it is mapped */

static struct slot frame, root;
static struct asid_pool pool;
static struct pml4 space, other_space;
static struct invocation inv;

/* One entry stands for all tables; absent: the level whose table is missing. */
static pte_t entry;
static word_t absent, level_asked;
static word_t flushed, asid_flushed;

pte_t *vspace_walk(struct pml4 *walked, vaddr_t address, word_t level, word_t *missing)
{
    assert_ptr_equal(walked, &space);
    assert_int_equal(address.at, ADDRESS);
    level_asked = level;
    *missing = absent;
    return absent ? NULL : &entry;
}

void vspace_flush_page(struct pml4 *of, word_t asid, vaddr_t address)
{
    assert_ptr_equal(of, &space);
    assert_int_equal(address.at, ADDRESS);
    asid_flushed = asid;
    flushed++;
}

seL4_Error vspace_decode_alive(struct invocation *call, struct cap pml4, struct pml4 **found)
{
    (void)call;
    *found = asid_space(cap_map_asid(pml4));
    return seL4_NoError;
}

static void new_frame(word_t bits, word_t rights)
{
    frame = (struct slot){ 0 };
    slot_insert_root(&frame, cap_frame_mask_rights(cap_frame((paddr_t){ BASE }, bits, false), rights));
    entry.raw = absent = flushed = asid_flushed = 0;
}

static int setup(void **state)
{
    host_setup(state);
    pool = (struct asid_pool){ .space = { [ASID] = &space, [OTHER_ASID] = &other_space } };
    asid_pools[0] = &pool;
    root = (struct slot){ 0 };
    slot_insert_root(&root, cap_pml4(&space, ASID));
    new_frame(PAGE_BITS, RIGHT_READ | RIGHT_WRITE);
    return 0;
}

static seL4_Error map(word_t address, word_t rights, word_t attributes)
{
    inv = host_call(&frame, X86PageMap, WORDS(address, rights, attributes), EXTRA(&root));
    return frame_invoke(&inv);
}

/* Numbers as in the processor's manuals: 1 present, 2 writable, 4 user, 8 PWT, 0x10 PCD; PAT is 0x80 in
 * a page table and 0x1000 above, where 0x80 is a page. */
static word_t expected_entry(word_t bits, word_t rights, word_t attributes)
{
    word_t raw = BASE | 1 | (attributes & 3) << 3;
    if (rights & RIGHT_READ)
        raw |= 4 | (rights & RIGHT_WRITE ? 2 : 0);
    if (bits != 12)
        raw |= 0x80;
    if (attributes & 4 && bits != 30)
        raw |= bits == 12 ? 0x80 : 0x1000;
    return raw;
}

static void every_bit_of_an_entry(void **state)
{
    (void)state;
    const word_t sizes[] = { 12, 21, 30 };
    for (word_t i = 0; i < 3 * 4 * 16; i++) {
        word_t bits = sizes[i % 3], rights = i / 3 % 4, attributes = i / 12;
        new_frame(bits, RIGHT_READ | RIGHT_WRITE);
        assert_done(map(ADDRESS, rights, attributes), &inv);
        assert_int_equal(entry.raw, expected_entry(bits, rights, attributes));
        assert_int_equal(level_asked, bits);
        assert_int_equal(frame.cap.word[1], ADDRESS | ASID);
        assert_int_equal(flushed, 0);

        new_frame(bits, rights);
        assert_done(map(ADDRESS, RIGHT_READ | RIGHT_WRITE, attributes), &inv);
        assert_int_equal(entry.raw, expected_entry(bits, rights, attributes));
    }
}

static void what_was_there_is_flushed(void **state)
{
    (void)state;
    entry.raw = 0x5001;
    assert_done(map(ADDRESS, 3, 0), &inv);
    assert_int_equal(flushed, 1);
    assert_int_equal(asid_flushed, ASID);
    assert_done(map(ADDRESS, 2, 0), &inv); /* once more, with other rights */
    assert_int_equal(flushed, 2);
    assert_int_equal(entry.raw, expected_entry(12, RIGHT_READ, 0));
}

static void refusals_change_nothing(void **state)
{
    (void)state;
    absent = 30;
    assert_refused(map(ADDRESS, 3, 0), &inv, seL4_FailedLookup, LOOKUP_TARGET, seL4_MissingCapability, 30);
    absent = 0;
    assert_refused(map(ADDRESS + 1, 3, 0), &inv, seL4_AlignmentError);
    assert_refused(map(USER_MAX - PAGE_BYTES, 3, 0), &inv, seL4_AlignmentError); /* the last in range */
    const word_t outside[] = { USER_MAX - PAGE_BYTES + 1, USER_MAX, USER_MAX + 1, ~(word_t)0 - 1 };
    for (word_t i = 0; i < 4; i++)
        assert_refused(map(outside[i], 3, 0), &inv, seL4_InvalidArgument, 0);
    frame.cap.word[1] = ADDRESS | OTHER_ASID;
    assert_refused(map(ADDRESS, 3, 0), &inv, seL4_InvalidCapability, 1);
    frame.cap.word[1] = (ADDRESS + PAGE_BYTES) | ASID;
    assert_refused(map(ADDRESS, 3, 0), &inv, seL4_InvalidArgument, 0);
    assert_int_equal(frame.cap.word[1], (ADDRESS + PAGE_BYTES) | ASID);

    new_frame(LARGE_PAGE_BITS, 3);
    entry.raw = 0x5000 | PTE_PRESENT; /* a table */
    assert_refused(map(ADDRESS, 3, 0), &inv, seL4_DeleteFirst);
    assert_int_equal(entry.raw, 0x5000 | PTE_PRESENT);
    assert_int_equal(frame.cap.word[1], 0);
    entry.raw |= PTE_LEAF;
    assert_done(map(ADDRESS, 3, 0), &inv);
    assert_int_equal(flushed, 1);
}

static void unmap(void)
{
    inv = host_call(&frame, X86PageUnmap, NO_WORDS, NO_EXTRA);
    assert_done(frame_invoke(&inv), &inv);
    assert_int_equal(frame.cap.word[1], 0);
}

static void unmapping_takes_the_own_entry_away(void **state)
{
    (void)state;
    const word_t sizes[] = { 12, 21, 30 };
    for (word_t i = 0; i < 3 * 4; i++) {
        new_frame(sizes[i % 3], RIGHT_READ | RIGHT_WRITE);
        assert_done(map(ADDRESS, i / 3, 7), &inv);
        unmap();
        assert_int_equal(entry.raw, 0);
        assert_int_equal(flushed, 1);
        assert_int_equal(asid_flushed, ASID);
        unmap(); /* nothing left to do */
        assert_int_equal(flushed, 1);
    }
}

static void unmapping_leaves_what_is_not_its_own(void **state)
{
    (void)state;
    const word_t there[] = { 0, (BASE + PAGE_BYTES) | 7, BASE * 2 | 7, (BASE - PAGE_BYTES) | 7 };
    for (word_t i = 0; i < 4; i++) {
        assert_done(map(ADDRESS, 3, 0), &inv);
        flushed = 0;
        entry.raw = there[i];
        unmap();
        assert_int_equal(entry.raw, there[i]);
        assert_int_equal(flushed, 0);
    }
    assert_done(map(ADDRESS, 3, 0), &inv);
    flushed = 0;
    absent = 21; /* a table has gone */
    unmap();
    assert_int_equal(flushed, 0);
    absent = 0;

    frame.cap.word[1] = ADDRESS | ASID;
    entry.raw = BASE | 7;
    pool.space[ASID] = NULL; /* the space has gone */
    unmap();
    assert_int_equal(entry.raw, BASE | 7);
    assert_int_equal(flushed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_bit_of_an_entry, setup),
        cmocka_unit_test_setup(what_was_there_is_flushed, setup),
        cmocka_unit_test_setup(refusals_change_nothing, setup),
        cmocka_unit_test_setup(unmapping_takes_the_own_entry_away, setup),
        cmocka_unit_test_setup(unmapping_leaves_what_is_not_its_own, setup),
    };
    return RUN(tests);
}
