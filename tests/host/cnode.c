/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/capability.h>
#include <kernel/cnode.h>

/* Slot ROOT names the common capability space itself, for addresses of HOST_RADIX bits. */
enum {
    ROOT = 0,
    E = 1,
    BADGED = 2,
    THREAD = 3,
    SMALL = 4,
    CONTROL = 5,
    UNTYPED = 6,
    EMPTY = 40,
    EMPTY2 = 41
};
#define D HOST_RADIX

static struct invocation inv;
static struct slot *root;

static int setup(void **state)
{
    host_setup(state);
    core.current = host_user(100);
    root = host_slot(ROOT);
    slot_insert_root(root, cap_cnode(host_slot(0), HOST_RADIX, 0, 0));
    struct endpoint *e = host_endpoint(E);
    slot_insert_derived(host_slot(BADGED), cap_endpoint(e, 7, RIGHTS_ALL), host_slot(E));
    slot_insert_root(host_slot(THREAD), cap_tcb(host_thread(1)));
    slot_insert_root(host_slot(SMALL), cap_cnode(host_slots(3), 3, 0, 0));
    slot_insert_root(host_slot(CONTROL), cap_irq_control());
    slot_insert_root(host_slot(UNTYPED), cap_untyped(memory_physical(host_memory(8)), 8, false));
    return 0;
}

#define CALL(label, words, extra) (inv = host_call(root, label, words, extra), cnode_invoke(&inv))
#define ONE                       EXTRA(root)
#define TWO                       EXTRA(root, root)
#define REFUSED(label, words, extra, ...)                                                          \
    do {                                                                                           \
        inv = host_call(root, label, words, extra);                                                \
        assert_refused(cnode_invoke(&inv), &inv, __VA_ARGS__);                                     \
    } while (0)

/* Rules: capabilities 5.1. */
static void label_then_length_then_destination(void **state)
{
    (void)state;
    REFUSED(CNodeSaveCaller + 1, NO_WORDS, NO_EXTRA, seL4_IllegalOperation);
    REFUSED(CNodeRevoke - 1, NO_WORDS, NO_EXTRA, seL4_IllegalOperation);
    for (word_t label = CNodeRevoke; label <= CNodeSaveCaller; label++) {
        REFUSED(label, WORDS(0), NO_EXTRA, seL4_TruncatedMessage);
        REFUSED(label, WORDS(0, 0), NO_EXTRA, seL4_RangeError, 1, 64);
        REFUSED(label, WORDS(0, 5), NO_EXTRA, seL4_FailedLookup, 0, seL4_DepthMismatch, 5, 6);
    }
}

/* Rules: capabilities 5.2. */
static void transfers_check_in_order(void **state)
{
    (void)state;
    const struct {
        word_t label, words;
    } rows[] = { { CNodeCopy, 5 }, { CNodeMint, 6 }, { CNodeMove, 4 }, { CNodeMutate, 5 } };
    for (word_t i = 0; i < 4; i++) {
        word_t label = rows[i].label;
        struct slot *null = host_slot(EMPTY2);
        REFUSED(label, WORDS(E, D, 99), ONE, seL4_TruncatedMessage);
        REFUSED(label, WORDS(E, D, 99, 0), NO_EXTRA, seL4_TruncatedMessage);
        REFUSED(label, WORDS(E, D, 99, 0), EXTRA(null), seL4_DeleteFirst);
        REFUSED(label, WORDS(EMPTY, D, 99, 0), EXTRA(null), seL4_FailedLookup, 1, seL4_InvalidRoot);
        REFUSED(label, WORDS(EMPTY, D, 99, 0), ONE, seL4_RangeError, 1, 64);
        REFUSED(label, WORDS(EMPTY, D, EMPTY2, D), ONE, seL4_FailedLookup, 1,
                seL4_MissingCapability, D);
        if (rows[i].words > 4)
            REFUSED(label, WORDS(EMPTY, D, THREAD, D), ONE, seL4_TruncatedMessage);
        const word_t words[] = { EMPTY, D, THREAD, D, RIGHTS_ALL, 0 };
        inv = host_call(root, label, rows[i].words, words, ONE);
        assert_done(cnode_invoke(&inv), &inv);
        assert_int_equal(cap_type(host_slot(EMPTY)->cap), CAP_TCB);
        setup(state);
    }
}

static void copies_are_children_with_fewer_rights(void **state)
{
    (void)state;
    assert_done(CALL(CNodeCopy, WORDS(EMPTY, D, BADGED, D, RIGHT_READ), ONE), &inv);
    assert_cap_equal(host_slot(EMPTY)->cap,
                     cap_endpoint(cap_endpoint_object(host_slot(E)->cap), 7, RIGHT_READ));
    assert_ptr_equal(slot_next(host_slot(BADGED)), host_slot(EMPTY));
    assert_true(slot_is_parent(host_slot(BADGED), host_slot(EMPTY)));
}

static void mint_sets_a_badge_once(void **state)
{
    (void)state;
    assert_done(CALL(CNodeMint, WORDS(EMPTY, D, E, D, RIGHTS_ALL, 99), ONE), &inv);
    assert_int_equal(cap_badge(host_slot(EMPTY)->cap), 99);
    assert_int_equal(slot_marks(host_slot(EMPTY)), SLOT_MARKS);
    REFUSED(CNodeMint, WORDS(EMPTY2, D, EMPTY, D, RIGHTS_ALL, 99), ONE, seL4_IllegalOperation);
}

static void what_cannot_be_copied(void **state)
{
    (void)state;
    REFUSED(CNodeCopy, WORDS(EMPTY, D, CONTROL, D, 15), ONE, seL4_IllegalOperation);
    host_slot(30)->cap = host_reply(host_user(1), true);
    REFUSED(CNodeCopy, WORDS(EMPTY, D, 30, D, 15), ONE, seL4_IllegalOperation);
    host_slot(31)->cap = cap_zombie_tcb(host_thread(1), 5);
    REFUSED(CNodeMint, WORDS(EMPTY, D, 31, D, 15, 0), ONE, seL4_IllegalOperation);
    host_slot(32)->cap = cap_table(CAP_PAGE_TABLE, host_memory(12));
    REFUSED(CNodeCopy, WORDS(EMPTY, D, 32, D, 15), ONE, seL4_IllegalOperation);
    assert_done(CALL(CNodeCopy, WORDS(EMPTY, D, UNTYPED, D, 15), ONE), &inv);
    REFUSED(CNodeCopy, WORDS(EMPTY2, D, UNTYPED, D, 15), ONE, seL4_RevokeFirst);
}

static void moves_work_for_every_type(void **state)
{
    (void)state;
    for (word_t i = 1; i <= UNTYPED; i++) {
        struct cap cap = host_slot(i)->cap;
        assert_done(CALL(CNodeMove, WORDS(EMPTY, D, i, D), ONE), &inv);
        assert_cap_equal(host_slot(EMPTY)->cap, cap);
        assert_true(slot_is_empty(host_slot(i)));
        assert_done(CALL(CNodeMove, WORDS(i, D, EMPTY, D), ONE), &inv);
    }
    assert_ptr_equal(slot_next(host_slot(E)), host_slot(BADGED));
}

static void mutate_changes_guards_but_no_badges(void **state)
{
    (void)state;
    assert_done(CALL(CNodeMutate, WORDS(EMPTY, D, SMALL, D, 3 << 6 | 5), ONE), &inv);
    assert_int_equal(cap_cnode_guard(host_slot(EMPTY)->cap), 3);
    assert_int_equal(cap_cnode_guard_size(host_slot(EMPTY)->cap), 5);
    REFUSED(CNodeMutate, WORDS(EMPTY2, D, EMPTY, D, 62), ONE, seL4_IllegalOperation);
    REFUSED(CNodeMutate, WORDS(EMPTY2, D, E, D, 0), ONE, seL4_IllegalOperation);
}

/* Rules: capabilities 5.3, 5.4. */
static void revoke_and_delete(void **state)
{
    (void)state;
    assert_done(CALL(CNodeRevoke, WORDS(E, D), NO_EXTRA), &inv);
    assert_true(slot_is_empty(host_slot(BADGED)));
    assert_done(CALL(CNodeDelete, WORDS(E, D), NO_EXTRA), &inv);
    assert_true(slot_is_empty(host_slot(E)));
    assert_done(CALL(CNodeDelete, WORDS(E, D), NO_EXTRA), &inv);
    assert_done(CALL(CNodeRevoke, WORDS(E, D), NO_EXTRA), &inv);
}

static void long_deletions_are_preempted(void **state)
{
    (void)state;
    slot_insert_root(host_slot(30), cap_cnode(host_slots(8), 8, 0, 0));
    host.irq_pending = true;
    assert_done(CALL(CNodeDelete, WORDS(30, D), NO_EXTRA), &inv);
    assert_int_equal(inv.progress, PREEMPTED);
    REFUSED(CNodeCopy, WORDS(EMPTY, D, 30, D, 15), ONE, seL4_IllegalOperation);
    host.irq_pending = false;
    assert_done(CALL(CNodeDelete, WORDS(30, D), NO_EXTRA), &inv);
    assert_int_equal(inv.progress, DONE);
}

/* Rules: capabilities 5.5. */
static void cancelling_needs_an_endpoint_with_all_rights(void **state)
{
    (void)state;
    REFUSED(CNodeCancelBadgedSends, WORDS(EMPTY, D), NO_EXTRA, seL4_IllegalOperation);
    REFUSED(CNodeCancelBadgedSends, WORDS(THREAD, D), NO_EXTRA, seL4_IllegalOperation);
    for (word_t rights = 0; rights < RIGHTS_ALL; rights++) {
        host_slot(30)->cap = cap_endpoint(cap_endpoint_object(host_slot(E)->cap), 7, rights);
        REFUSED(CNodeCancelBadgedSends, WORDS(30, D), NO_EXTRA, seL4_IllegalOperation);
    }
    struct tcb *self = core.current, *sender = host_user(5);
    host_syscall(sender, seL4_SysSend, BADGED, 0);
    core.current = self;
    assert_done(CALL(CNodeCancelBadgedSends, WORDS(E, D), NO_EXTRA), &inv);
    assert_int_equal(sender->state, THREAD_BLOCKED_ON_SEND);
    assert_done(CALL(CNodeCancelBadgedSends, WORDS(BADGED, D), NO_EXTRA), &inv);
    assert_int_equal(sender->state, THREAD_RESTART);
}

/* Rules: capabilities 5.6. */
static void save_caller(void **state)
{
    (void)state;
    REFUSED(CNodeSaveCaller, WORDS(E, D), NO_EXTRA, seL4_DeleteFirst);
    assert_done(CALL(CNodeSaveCaller, WORDS(EMPTY, D), NO_EXTRA), &inv);
    assert_true(slot_is_empty(host_slot(EMPTY)));
    struct tcb *caller = host_user(1);
    slot_insert_derived(&core.current->slot[TCB_CALLER], host_reply(caller, true),
                        &caller->slot[TCB_REPLY]);
    assert_done(CALL(CNodeSaveCaller, WORDS(EMPTY, D), NO_EXTRA), &inv);
    assert_cap_equal(host_slot(EMPTY)->cap, host_reply(caller, true));
    assert_true(slot_is_empty(&core.current->slot[TCB_CALLER]));
    assert_ptr_equal(slot_next(&caller->slot[TCB_REPLY]), host_slot(EMPTY));
}

/* Rules: capabilities 5.7. */
static void rotate_checks_in_order(void **state)
{
    (void)state;
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, 0, 0, 0, 0), TWO, seL4_TruncatedMessage);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, 0, 0, 0, 0, 0), ONE, seL4_TruncatedMessage);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, THREAD, 65, 0, SMALL, 0), TWO, seL4_RangeError, 1, 64);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, THREAD, 3, 0, SMALL, D), TWO, seL4_FailedLookup, 1,
            seL4_DepthMismatch, 3, 6);
    REFUSED(CNodeRotate, WORDS(E, D, 0, SMALL, D, 0, SMALL, D), TWO, seL4_IllegalOperation);
    REFUSED(CNodeRotate, WORDS(SMALL, D, 0, SMALL, D, 0, THREAD, D), TWO, seL4_IllegalOperation);
    REFUSED(CNodeRotate, WORDS(E, D, 0, SMALL, D, 0, EMPTY, D), TWO, seL4_DeleteFirst);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, 50, D, 0, EMPTY2, D), TWO, seL4_FailedLookup, 1,
            seL4_MissingCapability, D);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, 50, D, 0, THREAD, D), TWO, seL4_FailedLookup, 0,
            seL4_MissingCapability, D);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, E, D, 0, THREAD, D), TWO, seL4_IllegalOperation);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 0, THREAD, D, 0, E, D), TWO, seL4_IllegalOperation);
    REFUSED(CNodeRotate, WORDS(EMPTY, D, 62, SMALL, D, 0, THREAD, D), TWO, seL4_IllegalOperation);
}

static void rotate_moves_pivot_and_source(void **state)
{
    (void)state;
    struct cap thread = host_slot(THREAD)->cap, small = host_slot(SMALL)->cap;
    assert_done(CALL(CNodeRotate, WORDS(EMPTY, D, 3 << 6 | 5, SMALL, D, 0, THREAD, D), TWO), &inv);
    assert_cap_equal(host_slot(EMPTY)->cap, cap_cnode(cap_cnode_slots(small), 3, 3, 5));
    assert_cap_equal(host_slot(SMALL)->cap, thread);
    assert_true(slot_is_empty(host_slot(THREAD)));
}

static void rotate_onto_itself_swaps(void **state)
{
    (void)state;
    struct cap thread = host_slot(THREAD)->cap, small = host_slot(SMALL)->cap;
    assert_done(CALL(CNodeRotate, WORDS(THREAD, D, 0, SMALL, D, 0, THREAD, D), TWO), &inv);
    assert_cap_equal(host_slot(THREAD)->cap, small);
    assert_cap_equal(host_slot(SMALL)->cap, thread);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(label_then_length_then_destination),
        UNIT(transfers_check_in_order),
        UNIT(copies_are_children_with_fewer_rights),
        UNIT(mint_sets_a_badge_once),
        UNIT(what_cannot_be_copied),
        UNIT(moves_work_for_every_type),
        UNIT(mutate_changes_guards_but_no_badges),
        UNIT(revoke_and_delete),
        UNIT(long_deletions_are_preempted),
        UNIT(cancelling_needs_an_endpoint_with_all_rights),
        UNIT(save_caller),
        UNIT(rotate_checks_in_order),
        UNIT(rotate_moves_pivot_and_source),
        UNIT(rotate_onto_itself_swaps),
    };
    return RUN(tests);
}
