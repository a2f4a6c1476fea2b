/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_derivation.c */
#include "host.h"
#include "fakes.h"
#include "model_derivation.h"
#include <arch/capability.h>
#include <arch/x86_64/capability.h>
#include <kernel/untyped.h>

#define P(n)  ((void *)(MEMORY_WINDOW + (word_t)(n)*BIT(21)))
#define SLOTS 16u

static struct slot s[SLOTS];

static int setup(void **state)
{
    memset(s, 0, sizeof(s));
    return host_setup(state);
}

/* The list is the slots with these indices, linked both ways. */
static void expect_list(word_t count, const word_t *index)
{
    struct slot *prev = NULL;
    for (word_t i = 0; i < count; i++) {
        struct slot *here = &s[index[i]];
        assert_ptr_equal(here->prev, prev);
        assert_ptr_equal(slot_next(here), i + 1 < count ? &s[index[i + 1]] : NULL);
        assert_false(slot_is_empty(here));
        prev = here;
    }
}
#define LIST(...) expect_list(WORDS(__VA_ARGS__))

static void expect_empty(const struct slot *slot)
{
    assert_true(slot_is_empty(slot));
    assert_null(slot->prev);
    assert_null(slot_next(slot));
    assert_int_equal(slot_marks(slot), 0);
}

/* s[0] original TCB, then its copies 1, 2, 3 in this order. */
static void four_in_a_row(void)
{
    slot_insert_root(&s[0], cap_tcb(P(1)));
    for (word_t i = 1; i < 4; i++)
        slot_insert_derived(&s[i], cap_tcb(P(1)), &s[i - 1]);
    LIST(0, 1, 2, 3);
}

static void root_has_both_marks_and_no_neighbours(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_domain());
    LIST(0);
    assert_int_equal(slot_marks(&s[0]), SLOT_MARKS);
    assert_cap_equal(s[0].cap, cap_domain());
}

/* Rules: capabilities 4.2, derive-insert. */
static void derived_goes_directly_behind_its_source(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_tcb(P(1)));
    slot_insert_derived(&s[1], cap_tcb(P(1)), &s[0]);
    slot_insert_derived(&s[2], cap_tcb(P(1)), &s[0]);
    LIST(0, 2, 1);
    slot_insert_derived(&s[3], cap_tcb(P(1)), &s[1]);
    LIST(0, 2, 1, 3);
    assert_int_equal(slot_marks(&s[1]), 0);
    assert_int_equal(slot_marks(&s[0]), SLOT_MARKS);
}

/* Rules: capabilities 4.2, retype-insert. */
static void created_objects_stand_last_first(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_untyped(memory_physical(P(0)), 30, false));
    for (word_t i = 1; i < 5; i++)
        slot_insert_created(&s[i], cap_tcb(P(i)), &s[0]);
    LIST(0, 4, 3, 2, 1);
    assert_int_equal(slot_marks(&s[3]), SLOT_MARKS);
    assert_int_equal(cap_untyped_watermark(s[0].cap), 0);
}

static void expect_family(struct cap source, struct cap derived, word_t marks)
{
    memset(s, 0, sizeof(s));
    slot_insert_root(&s[0], source);
    slot_insert_derived(&s[1], derived, &s[0]);
    assert_int_equal(slot_marks(&s[1]), marks);
}

/* Rules: capabilities 4.2, flags of derive-insert. */
static void marks_of_a_derived_capability(void **state)
{
    (void)state;
    expect_family(cap_endpoint(P(1), 0, 15), cap_endpoint(P(1), 0, 3), 0);
    expect_family(cap_endpoint(P(1), 0, 15), cap_endpoint(P(1), 5, 15), SLOT_MARKS);
    expect_family(cap_endpoint(P(1), 5, 15), cap_endpoint(P(1), 5, 15), 0);
    expect_family(cap_notification(P(1), 0, 3), cap_notification(P(1), 0, 3), 0);
    expect_family(cap_notification(P(1), 0, 3), cap_notification(P(1), ~0ul, 3), SLOT_MARKS);
    expect_family(cap_irq_control(), cap_irq_handler(20), SLOT_MARKS);
    expect_family(cap_irq_handler(20), cap_irq_handler(20), 0);
    expect_family(cap_simple(CAP_IO_PORT_CONTROL), cap_io_port(1, 2), SLOT_MARKS);
    expect_family(cap_io_port(1, 2), cap_io_port(1, 2), 0);
    expect_family(cap_cnode(P(1), 4, 0, 0), cap_cnode(P(1), 4, 3, 2), 0);
    expect_family(cap_tcb(P(1)), cap_tcb(P(1)), 0);
    expect_family(cap_domain(), cap_domain(), 0);
    expect_family(cap_reply_master(P(1)), host_reply(P(1), true), 0);
    expect_family(cap_frame(memory_physical(P(1)), 12, false),
                  cap_frame(memory_physical(P(1)), 12, false), 0);
    expect_family(cap_table(CAP_PDPT, P(1)), cap_table(CAP_PDPT, P(1)), 0);
    expect_family(cap_simple(CAP_ASID_CONTROL), cap_simple(CAP_ASID_CONTROL), 0);
}

static void copying_an_untyped_fills_the_source_only(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_untyped(memory_physical(P(1)), 12, false));
    s[0].cap.word[1] = 0x40;
    slot_insert_derived(&s[1], s[0].cap, &s[0]);
    assert_int_equal(cap_untyped_watermark(s[0].cap), BIT(12));
    assert_int_equal(cap_untyped_watermark(s[1].cap), 0x40);
    assert_int_equal(slot_marks(&s[1]), SLOT_MARKS);
    assert_true(slot_has_children(&s[0]));
    slot_remove(&s[1]);
    assert_false(slot_has_children(&s[0]));
}

static void remove_closes_the_gap(void **state)
{
    (void)state;
    four_in_a_row();
    slot_remove(&s[1]);
    expect_empty(&s[1]);
    LIST(0, 2, 3);
    slot_remove(&s[3]);
    LIST(0, 2);
    slot_remove(&s[0]);
    LIST(2);
    slot_remove(&s[2]);
    for (word_t i = 0; i < SLOTS; i++)
        expect_empty(&s[i]);
}

/* Rules: capabilities 4.2, removal. */
static void remove_hands_on_first_badged_but_not_revocable(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_endpoint(P(1), 0, 15));
    slot_insert_derived(&s[1], cap_endpoint(P(1), 5, 15), &s[0]);
    slot_insert_derived(&s[2], cap_endpoint(P(1), 5, 15), &s[1]);
    slot_insert_derived(&s[3], cap_endpoint(P(1), 5, 15), &s[2]);
    slot_remove(&s[2]);
    assert_int_equal(slot_marks(&s[3]), 0);
    slot_remove(&s[1]);
    assert_int_equal(slot_marks(&s[3]), SLOT_FIRST_BADGED);
    LIST(0, 3);
}

/* Rules: capabilities, subtlety 19. */
static void orphans_are_not_adopted_by_another_family_of_their_badge(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_endpoint(P(1), 0, 15));
    slot_insert_derived(&s[1], cap_endpoint(P(1), 5, 15), &s[0]);
    slot_insert_derived(&s[2], cap_endpoint(P(1), 5, 15), &s[1]);
    slot_insert_derived(&s[3], cap_endpoint(P(1), 5, 15), &s[0]);
    LIST(0, 3, 1, 2);
    assert_false(slot_has_children(&s[3]));
    slot_remove(&s[1]);
    LIST(0, 3, 2);
    assert_false(slot_is_parent(&s[3], &s[2]));
    assert_true(slot_is_parent(&s[0], &s[2]));
}

static void move_keeps_place_and_marks(void **state)
{
    (void)state;
    four_in_a_row();
    slot_move(&s[10], &s[0], s[0].cap);
    LIST(10, 1, 2, 3);
    expect_empty(&s[0]);
    assert_int_equal(slot_marks(&s[10]), SLOT_MARKS);
    slot_move(&s[11], &s[2], s[2].cap);
    LIST(10, 1, 11, 3);
    assert_int_equal(slot_marks(&s[11]), 0);
    slot_move(&s[12], &s[3], s[3].cap);
    LIST(10, 1, 11, 12);
    assert_true(slot_is_parent(&s[10], &s[12]));
}

static void move_takes_the_capability_as_given(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_cnode(P(1), 4, 0, 0));
    slot_move(&s[1], &s[0], cap_cnode(P(1), 4, 3, 2));
    LIST(1);
    assert_cap_equal(s[1].cap, cap_cnode(P(1), 4, 3, 2));
    assert_int_equal(slot_marks(&s[1]), SLOT_MARKS);
}

static void swap_of_neighbours(void **state)
{
    (void)state;
    four_in_a_row();
    slot_swap(&s[1], s[1].cap, &s[2], s[2].cap);
    LIST(0, 2, 1, 3);
    slot_swap(&s[1], s[1].cap, &s[2], s[2].cap);
    LIST(0, 1, 2, 3);
    slot_swap(&s[0], s[0].cap, &s[1], s[1].cap);
    LIST(1, 0, 2, 3);
    assert_int_equal(slot_marks(&s[1]), SLOT_MARKS);
    assert_int_equal(slot_marks(&s[0]), 0);
    slot_swap(&s[3], s[3].cap, &s[2], s[2].cap);
    LIST(1, 0, 3, 2);
}

static void swap_of_a_list_of_two(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_tcb(P(1)));
    slot_insert_derived(&s[1], cap_tcb(P(1)), &s[0]);
    slot_swap(&s[0], s[0].cap, &s[1], s[1].cap);
    LIST(1, 0);
    slot_swap(&s[0], s[0].cap, &s[1], s[1].cap);
    LIST(0, 1);
}

static void swap_of_distant_slots(void **state)
{
    (void)state;
    four_in_a_row();
    slot_swap(&s[0], s[0].cap, &s[3], s[3].cap);
    LIST(3, 1, 2, 0);
    assert_int_equal(slot_marks(&s[3]), SLOT_MARKS);
    assert_int_equal(slot_marks(&s[0]), 0);
    slot_swap(&s[3], s[3].cap, &s[2], s[2].cap);
    LIST(2, 1, 3, 0);
}

/* Between lists, with changed capabilities: for_b is what b gets. */
static void swap_between_lists(void **state)
{
    (void)state;
    four_in_a_row();
    slot_insert_root(&s[5], cap_cnode(P(2), 4, 0, 0));
    slot_insert_derived(&s[6], cap_cnode(P(2), 4, 0, 0), &s[5]);
    slot_swap(&s[2], cap_tcb(P(1)), &s[5], cap_cnode(P(2), 4, 3, 2));
    LIST(0, 1, 5, 3);
    LIST(2, 6);
    assert_cap_equal(s[2].cap, cap_cnode(P(2), 4, 3, 2));
    assert_cap_equal(s[5].cap, cap_tcb(P(1)));
    assert_int_equal(slot_marks(&s[2]), SLOT_MARKS);
    assert_int_equal(slot_marks(&s[5]), 0);
}

static void swap_of_lone_slots(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_domain());
    slot_insert_root(&s[1], cap_irq_control());
    slot_swap(&s[0], s[0].cap, &s[1], s[1].cap);
    LIST(0);
    LIST(1);
    assert_cap_equal(s[0].cap, cap_irq_control());
    assert_cap_equal(s[1].cap, cap_domain());
}

static void expect_parent(struct cap parent, struct cap child, bool expected)
{
    struct slot p = { .cap = parent, .next_and_marks = SLOT_MARKS }, c = { .cap = child };
    assert_int_equal(slot_is_parent(&p, &c), expected);
    p.next_and_marks = SLOT_FIRST_BADGED; /* not an original: nobody's parent */
    assert_false(slot_is_parent(&p, &c));
}

/* Rules: capabilities 4.3. */
static void parenthood_within_a_region(void **state)
{
    (void)state;
    paddr_t p = memory_physical(P(4));
    struct cap untyped = cap_untyped(p, 21, false);
    expect_parent(untyped, cap_untyped(p, 21, false), true);
    expect_parent(untyped, cap_untyped(p, 4, false), true);
    expect_parent(untyped, cap_untyped(p, 22, false), false);
    expect_parent(untyped, cap_untyped((paddr_t){ p.at + BIT(21) - 16 }, 4, false), true);
    expect_parent(untyped, cap_untyped((paddr_t){ p.at + BIT(21) }, 4, false), false);
    expect_parent(untyped, cap_untyped((paddr_t){ p.at - 16 }, 4, false), false);
    expect_parent(untyped, cap_endpoint(P(4), 0, 0), true);
    expect_parent(untyped, cap_endpoint(P(5), 0, 15), false);
    expect_parent(untyped, cap_tcb(P(4)), true);
    expect_parent(untyped, cap_cnode(P(4), 16, 0, 0), true);
    expect_parent(untyped, cap_cnode(P(4), 17, 0, 0), false);
    expect_parent(untyped, cap_zombie_tcb(P(4), 5), true);
    expect_parent(untyped, cap_frame(p, 21, false), true);
    expect_parent(untyped, cap_frame(p, 30, false), false);
    expect_parent(untyped, cap_asid_pool(P(4), 7), true);
    expect_parent(untyped, cap_pml4(P(4), 7), true);
    expect_parent(untyped, host_reply(P(4), true), false);
    expect_parent(untyped, cap_irq_handler(3), false);
    expect_parent(untyped, cap_null(), false);
    expect_parent(cap_untyped((paddr_t){ 0 }, 47, true),
                  cap_frame((paddr_t){ BIT(47) - BIT(30) }, 30, true), true);
    expect_parent(cap_untyped((paddr_t){ BIT(47) }, 47, true),
                  cap_untyped((paddr_t){ 0 }, 47, true), false);
}

static void parenthood_within_an_object(void **state)
{
    (void)state;
    paddr_t p = memory_physical(P(4));
    expect_parent(cap_endpoint(P(4), 0, 15), cap_endpoint(P(4), 9, 1), true);
    expect_parent(cap_endpoint(P(4), 0, 15), cap_endpoint(P(5), 0, 15), false);
    expect_parent(cap_endpoint(P(4), 0, 15), cap_notification(P(4), 0, 3), false);
    expect_parent(cap_endpoint(P(4), 9, 15), cap_endpoint(P(4), 9, 1), true);
    expect_parent(cap_endpoint(P(4), 9, 15), cap_endpoint(P(4), 8, 1), false);
    expect_parent(cap_endpoint(P(4), 9, 15), cap_endpoint(P(4), 0, 1), false);
    expect_parent(cap_notification(P(4), 9, 3), cap_notification(P(4), 9, 1), true);
    expect_parent(cap_notification(P(4), 9, 3), cap_notification(P(4), 8, 1), false);
    expect_parent(cap_tcb(P(4)), cap_tcb(P(4)), true);
    expect_parent(cap_tcb(P(4)), cap_tcb(P(5)), false);
    expect_parent(cap_tcb(P(4)), host_reply(P(4), true), false);
    expect_parent(cap_cnode(P(4), 5, 0, 0), cap_cnode(P(4), 5, 3, 2), true);
    expect_parent(cap_cnode(P(4), 5, 0, 0), cap_cnode(P(4), 6, 0, 0), false);
    expect_parent(cap_reply_master(P(4)), host_reply(P(4), true), true);
    expect_parent(cap_reply_master(P(4)), host_reply(P(5), true), false);
    expect_parent(cap_domain(), cap_domain(), true);
    expect_parent(cap_domain(), cap_irq_control(), false);
    expect_parent(cap_irq_control(), cap_irq_handler(0), true);
    expect_parent(cap_irq_control(), cap_irq_control(), true);
    expect_parent(cap_irq_handler(4), cap_irq_handler(4), true);
    expect_parent(cap_irq_handler(4), cap_irq_handler(5), false);
    expect_parent(cap_irq_handler(4), cap_irq_control(), false);
    expect_parent(cap_frame(p, 12, false), cap_frame(p, 12, false), true);
    expect_parent(cap_frame(p, 12, false), cap_frame((paddr_t){ p.at + 4096 }, 12, false), false);
    expect_parent(cap_table(CAP_PDPT, P(4)), cap_table(CAP_PDPT, P(4)), true);
    expect_parent(cap_table(CAP_PDPT, P(4)), cap_table(CAP_PAGE_TABLE, P(4)), false);
    expect_parent(cap_pml4(P(4), 0), cap_pml4(P(4), 9), true);
    expect_parent(cap_asid_pool(P(4), 1), cap_asid_pool(P(4), 1), true);
    expect_parent(cap_simple(CAP_ASID_CONTROL), cap_simple(CAP_ASID_CONTROL), true);
    expect_parent(cap_simple(CAP_IO_PORT_CONTROL), cap_io_port(0, 0), true);
    expect_parent(cap_simple(CAP_IO_PORT_CONTROL), cap_simple(CAP_IO_PORT_CONTROL), true);
    expect_parent(cap_simple(CAP_IO_PORT_CONTROL), cap_irq_handler(0), false);
    expect_parent(cap_io_port(5, 9), cap_io_port(5, 9), true);
    expect_parent(cap_io_port(5, 9), cap_io_port(5, 8), false);
    expect_parent(cap_io_port(5, 9), cap_simple(CAP_IO_PORT_CONTROL), false);
    expect_parent(cap_zombie_tcb(P(4), 5), cap_zombie_tcb(P(4), 5), false);
}

static void a_first_badged_capability_is_only_the_child_of_an_unbadged_one(void **state)
{
    (void)state;
    struct slot badged = { .cap = cap_endpoint(P(1), 5, 15), .next_and_marks = SLOT_MARKS };
    struct slot unbadged = { .cap = cap_endpoint(P(1), 0, 15), .next_and_marks = SLOT_MARKS };
    struct slot child = { .cap = cap_endpoint(P(1), 5, 15), .next_and_marks = SLOT_FIRST_BADGED };
    assert_false(slot_is_parent(&badged, &child));
    assert_true(slot_is_parent(&unbadged, &child));
}

/* Rules: capabilities 4.6. */
static void final_is_who_has_no_neighbour_of_the_same_object(void **state)
{
    (void)state;
    slot_insert_root(&s[0], cap_untyped(memory_physical(P(0)), 30, false));
    slot_insert_created(&s[1], cap_tcb(P(1)), &s[0]);
    slot_insert_created(&s[2], cap_tcb(P(2)), &s[0]);
    LIST(0, 2, 1);
    assert_true(slot_is_final(&s[1]) && slot_is_final(&s[2]));
    slot_insert_derived(&s[3], cap_tcb(P(2)), &s[2]);
    assert_false(slot_is_final(&s[2]) || slot_is_final(&s[3]));
    assert_true(slot_is_final(&s[1]));
    slot_remove(&s[2]);
    assert_true(slot_is_final(&s[3]));
}

static void random_operations_against_the_naive_tree(void **state)
{
    for (word_t round = 0; round < 40; round++) {
        uint8_t bytes[1500];
        host_setup(state);
        for (word_t i = 0; i < round; i++)
            host_random();
        for (word_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(host_random() >> 40);
        struct input in = { bytes, bytes + sizeof(bytes) };
        model_derivation(&in);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(root_has_both_marks_and_no_neighbours),
        UNIT(derived_goes_directly_behind_its_source),
        UNIT(created_objects_stand_last_first),
        UNIT(marks_of_a_derived_capability),
        UNIT(copying_an_untyped_fills_the_source_only),
        UNIT(remove_closes_the_gap),
        UNIT(remove_hands_on_first_badged_but_not_revocable),
        UNIT(orphans_are_not_adopted_by_another_family_of_their_badge),
        UNIT(move_keeps_place_and_marks),
        UNIT(move_takes_the_capability_as_given),
        UNIT(swap_of_neighbours),
        UNIT(swap_of_a_list_of_two),
        UNIT(swap_of_distant_slots),
        UNIT(swap_between_lists),
        UNIT(swap_of_lone_slots),
        UNIT(parenthood_within_a_region),
        UNIT(parenthood_within_an_object),
        UNIT(a_first_badged_capability_is_only_the_child_of_an_unbadged_one),
        UNIT(final_is_who_has_no_neighbour_of_the_same_object),
        UNIT(random_operations_against_the_naive_tree),
    };
    return RUN(tests);
}
