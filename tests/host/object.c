/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/object.h>
#include <arch/x86_64/capability.h>

static struct slot slot;
static struct invocation inv;

static int setup(void **state)
{
    host_setup(state);
    slot = (struct slot){ 0 };
    inv = host_call(&slot, 0, NO_WORDS, NO_EXTRA);
    return 0;
}

/* Rules: untyped 2. */
static void sizes_are_those_of_the_interface(void **state)
{
    (void)state;
    const struct {
        word_t type, bits;
    } fixed[] = {
        { OBJECT_TCB, TCB_BITS },
        { OBJECT_ENDPOINT, 4 },
        { OBJECT_NOTIFICATION, 5 },
        { seL4_X86_PDPTObject, 12 },
        { seL4_X64_PML4Object, 12 },
        { seL4_X64_HugePageObject, 30 },
        { seL4_X86_4K, 12 },
        { seL4_X86_LargePageObject, 21 },
        { seL4_X86_PageTableObject, 12 },
        { seL4_X86_PageDirectoryObject, 12 },
    };
    for (word_t user_bits = 0; user_bits < 64; user_bits++) {
        assert_int_equal(object_bits(OBJECT_UNTYPED, user_bits), user_bits);
        assert_int_equal(object_bits(OBJECT_CNODE, user_bits), user_bits + 5);
        for (word_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
            assert_int_equal(object_bits(fixed[i].type, user_bits), fixed[i].bits);
    }
    assert_int_equal(OBJECT_COUNT, 12);
}

static void an_object_has_the_region_it_was_made_of(void **state)
{
    (void)state;
    for (word_t type = 0; type < OBJECT_COUNT; type++) {
        word_t bits = object_bits(type, 6);
        if (bits > 21)
            continue;
        paddr_t at = memory_physical(host_memory(bits));
        struct region region = cap_region(object_create(type, at, 6, false));
        assert_int_equal(region.base, at.at);
        assert_int_equal(region.bytes, BIT(bits));
    }
}

static void expect_derived(struct cap from, struct cap to)
{
    struct cap cap = from;
    assert_int_equal(object_derive(&inv, &slot, &cap), seL4_NoError);
    assert_cap_equal(cap, to);
    cap = from;
    assert_int_equal(object_try_derive(&slot, &cap), !cap_is_null(to));
    if (!cap_is_null(to))
        assert_cap_equal(cap, to);
}

/* Rules: capabilities 4.5. */
static void most_copies_are_what_they_are_copied_from(void **state)
{
    (void)state;
    void *at = host_memory(12);
    const struct cap same[] = { cap_endpoint(at, 5, 3),
                                cap_notification(at, 0, 1),
                                cap_cnode(at, 4, 3, 2),
                                cap_tcb(at),
                                cap_irq_handler(9),
                                cap_domain(),
                                cap_simple(CAP_ASID_CONTROL),
                                cap_asid_pool(at, 3),
                                cap_io_port(4, 5) };
    for (word_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        expect_derived(same[i], same[i]);
    const struct cap none[] = {
        cap_null(),        host_reply(at, true),  cap_reply_master(at),
        cap_irq_control(), cap_zombie_tcb(at, 4), cap_simple(CAP_IO_PORT_CONTROL)
    };
    for (word_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        expect_derived(none[i], cap_null());
}

static void copied_frames_are_not_mapped(void **state)
{
    (void)state;
    struct cap frame = cap_frame((paddr_t){ 0x5000 }, 12, false), mapped = frame;
    cap_set_mapping(&mapped, 4, (vaddr_t){ 0x7000 });
    expect_derived(mapped, frame);
}

static void paging_structures_are_copied_while_mapped(void **state)
{
    (void)state;
    void *at = host_memory(12);
    const enum arch_cap_type types[] = { CAP_PAGE_TABLE, CAP_PAGE_DIRECTORY, CAP_PDPT };
    for (word_t i = 0; i < 3; i++) {
        struct cap cap = cap_table(types[i], at), mapped = cap;
        cap_set_mapping(&mapped, 4, (vaddr_t){ 0x7000 });
        expect_derived(mapped, mapped);
        assert_refused(object_derive(&inv, &slot, &cap), &inv, seL4_IllegalOperation);
        assert_false(object_try_derive(&slot, &cap));
    }
    struct cap pml4 = cap_pml4(at, 0);
    expect_derived(cap_pml4(at, 5), cap_pml4(at, 5));
    assert_refused(object_derive(&inv, &slot, &pml4), &inv, seL4_IllegalOperation);
}

static void untypeds_are_copied_while_childless(void **state)
{
    (void)state;
    struct slot child = { 0 };
    slot_insert_root(&slot, cap_untyped(memory_physical(host_memory(12)), 12, false));
    expect_derived(slot.cap, slot.cap);
    slot_insert_derived(&child, slot.cap, &slot);
    struct cap cap = slot.cap;
    assert_refused(object_derive(&inv, &slot, &cap), &inv, seL4_RevokeFirst);
    assert_false(object_try_derive(&slot, &cap));
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(sizes_are_those_of_the_interface),
        UNIT(an_object_has_the_region_it_was_made_of),
        UNIT(most_copies_are_what_they_are_copied_from),
        UNIT(copied_frames_are_not_mapped),
        UNIT(paging_structures_are_copied_while_mapped),
        UNIT(untypeds_are_copied_while_childless),
    };
    return RUN(tests);
}
