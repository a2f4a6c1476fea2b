/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_system.c */
#include "host.h"
#include "fakes.h"
#include "model_system.h"
#include <arch/x86_64/ioport.h>
#include <kernel/destruction.h>
#include <kernel/endpoint.h>
#include <kernel/interrupt.h>
#include <kernel/notification.h>
#include <kernel/scheduler.h>
#include <kernel/untyped.h>

#define SLOTS 32u

static struct slot s[SLOTS];

static int setup(void **state)
{
    memset(s, 0, sizeof(s));
    return host_setup(state);
}

static struct endpoint *endpoint(struct slot *slot)
{
    struct endpoint *e = host_memory(ENDPOINT_BITS);
    slot_insert_root(slot, cap_endpoint(e, 0, RIGHTS_ALL));
    return e;
}

static struct slot *cnode(struct slot *slot, word_t radix)
{
    struct slot *slots = host_slots(radix);
    slot_insert_root(slot, cap_cnode(slots, radix, 0, 0));
    return slots;
}

static struct tcb *thread(struct slot *slot)
{
    struct tcb *t = host_thread(100);
    slot_insert_root(slot, cap_tcb(t));
    tcb_make_reply_master(t);
    return t;
}

static struct tcb *receiver(struct endpoint *e)
{
    struct tcb *t = host_thread(100);
    endpoint_receive(e, t, CAP_RIGHT(RIGHT_GRANT), true);
    return t;
}

static void copy(struct slot *to, struct slot *from)
{
    slot_insert_derived(to, from->cap, from);
}

/* From now on every preemption point stops. */
static void preempt_always(void)
{
    host.irq_pending = true;
    work_units_left = 1;
}

/* Repeats a deletion that is preempted at every chance; returns how often it was. */
static word_t delete_in_steps(struct slot *slot)
{
    for (word_t steps = 0;; steps++) {
        preempt_always();
        if (slot_delete(slot) == DONE)
            return steps;
        assert_int_equal(cap_type(slot->cap), CAP_ZOMBIE);
        assert_true(steps < 1000);
    }
}

static void deleting_nothing_is_done(void **state)
{
    (void)state;
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_int_equal(slot_revoke(&s[0]), DONE);
    slot_delete_simple(&s[0]);
    assert_int_equal(work_units_left, WORK_UNITS_PER_PREEMPTION);
}

static void one_of_two_capabilities_leaves_the_object(void **state)
{
    (void)state;
    struct endpoint *e = endpoint(&s[0]);
    struct tcb *waiter = receiver(e), *t = thread(&s[2]);
    t->state = THREAD_RUNNING;
    copy(&s[1], &s[0]);
    copy(&s[3], &s[2]);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_int_equal(slot_delete(&s[2]), DONE);
    assert_true(slot_is_empty(&s[0]) && slot_is_empty(&s[2]));
    assert_int_equal(waiter->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_int_equal(t->state, THREAD_RUNNING);
}

/* Rules: capabilities 6.4. */
static void the_last_endpoint_capability_restarts_all_waiters(void **state)
{
    (void)state;
    struct endpoint *e = endpoint(&s[0]);
    struct tcb *first = receiver(e), *second = receiver(e);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_null(e->queue.head);
    assert_null(e->queue.tail);
    assert_int_equal(first->state, THREAD_RESTART);
    assert_int_equal(second->state, THREAD_RESTART);
    assert_ptr_equal(core.ready[0].queue[100].head, second);
    assert_ptr_equal(core.ready[0].queue[100].tail, first);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

static void an_endpoint_without_waiters_changes_nothing_else(void **state)
{
    (void)state;
    endpoint(&s[0]);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void the_last_notification_capability_unbinds(void **state)
{
    (void)state;
    struct notification *n = host_memory(NOTIFICATION_BITS);
    struct tcb *bound = host_thread(1), *waiter = host_thread(1);
    slot_insert_root(&s[0], cap_notification(n, 0, 3));
    notification_bind(n, bound);
    notification_wait(n, waiter, true);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_null(bound->notification);
    assert_null(notification_bound(n));
    assert_int_equal(waiter->state, THREAD_RESTART);
    assert_null(n->queue.head);
}

static void the_last_tcb_capability_ends_the_thread(void **state)
{
    (void)state;
    struct tcb *t = thread(&s[0]);
    struct notification *n = host_memory(NOTIFICATION_BITS);
    cnode(&s[1], 3);
    copy(&t->slot[TCB_CSPACE], &s[1]);
    notification_bind(n, t);
    t->state = THREAD_RUNNING;
    scheduler_enqueue_back(t);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_true(slot_is_empty(&s[0]));
    assert_int_equal(t->state, THREAD_INACTIVE);
    assert_false(t->queued);
    assert_null(t->notification);
    assert_null(notification_bound(n));
    for (word_t i = 0; i < TCB_SLOTS; i++)
        assert_true(slot_is_empty(&t->slot[i]));
    assert_false(slot_is_empty(&s[1]));
    assert_true(slot_is_final(&s[1]));
    assert_int_equal(host.fpu_forgotten, 1);
}

static void deleting_a_server_leaves_its_client_blocked(void **state)
{
    (void)state;
    struct tcb *server = thread(&s[0]), *client = thread(&s[1]);
    client->state = THREAD_BLOCKED_ON_REPLY;
    slot_insert_derived(&server->slot[TCB_CALLER], host_reply(client, true),
                        &client->slot[TCB_REPLY]);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_int_equal(client->state, THREAD_BLOCKED_ON_REPLY);
    assert_null(slot_next(&client->slot[TCB_REPLY]));
}

static void deleting_a_client_takes_its_reply_capability_away(void **state)
{
    (void)state;
    struct tcb *server = thread(&s[0]), *client = thread(&s[1]);
    client->state = THREAD_BLOCKED_ON_REPLY;
    slot_insert_derived(&server->slot[TCB_CALLER], host_reply(client, true),
                        &client->slot[TCB_REPLY]);
    assert_int_equal(slot_delete(&s[1]), DONE);
    assert_true(slot_is_empty(&server->slot[TCB_CALLER]));
}

static void a_cnode_is_emptied_from_the_top_down(void **state)
{
    (void)state;
    struct slot *slots = cnode(&s[0], 3);
    for (word_t i = 0; i < 8; i++)
        endpoint(&slots[i]);
    for (word_t left = 8; left-- > 1;) {
        preempt_always();
        assert_int_equal(slot_delete(&s[0]), PREEMPTED);
        for (word_t i = 0; i < 8; i++)
            assert_int_equal(slot_is_empty(&slots[i]), i >= left);
        assert_int_equal(cap_zombie_count(s[0].cap), left);
    }
    delete_in_steps(&s[0]);
    assert_true(slot_is_empty(&s[0]));
    assert_true(slot_is_empty(&slots[0]));
}

static void preemption_makes_no_difference_in_the_end(void **state)
{
    (void)state;
    struct slot *slots = cnode(&s[0], 6);
    for (word_t i = 0; i < 64; i += 3)
        endpoint(&slots[i]);
    word_t steps = delete_in_steps(&s[0]);
    assert_true(steps >= 63 && steps <= 65);
    for (word_t i = 0; i < 64; i++)
        assert_true(slot_is_empty(&slots[i]));
    assert_true(slot_is_empty(&s[0]));
}

static void work_is_counted_per_slot_and_interrupts_are_asked_for_rarely(void **state)
{
    (void)state;
    cnode(&s[0], 8);
    host.irq_pending = true;
    assert_int_equal(slot_delete(&s[0]), PREEMPTED);
    assert_int_equal(cap_zombie_count(s[0].cap), 256 - WORK_UNITS_PER_PREEMPTION);
    host.irq_pending = false;
    assert_int_equal(slot_delete(&s[0]), DONE);
}

/* Rules: capabilities 6.3. */
static void a_container_inside_survives_in_its_own_first_slot(void **state)
{
    (void)state;
    struct slot *outer = cnode(&s[0], 2), *inner = cnode(&outer[3], 2);
    struct endpoint *e = endpoint(&inner[2]);
    struct tcb *in_first = receiver(endpoint(&inner[0])), *waiter = receiver(e);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_true(slot_is_empty(&s[0]));
    for (word_t i = 0; i < 4; i++)
        assert_true(slot_is_empty(&outer[i]));
    assert_int_equal(cap_type(inner[0].cap), CAP_ZOMBIE);
    assert_ptr_equal(cap_zombie_slots(inner[0].cap), inner);
    assert_int_equal(in_first->state, THREAD_RESTART);
    assert_int_equal(waiter->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_false(slot_is_empty(&inner[2]));
}

static void revoking_the_untyped_finishes_such_containers(void **state)
{
    (void)state;
    char *memory = host_memory(12);
    slot_insert_root(&s[10], cap_untyped(memory_physical(memory), 12, false));
    struct slot *outer = (struct slot *)memory, *inner = (struct slot *)(memory + 128);
    slot_insert_created(&s[0], cap_cnode(outer, 2, 0, 0), &s[10]);
    slot_insert_created(&outer[3], cap_cnode(inner, 2, 0, 0), &s[10]);
    slot_insert_created(&inner[2], cap_endpoint((struct endpoint *)(memory + 256), 0, RIGHTS_ALL),
                        &s[10]);
    struct tcb *waiter = receiver((struct endpoint *)(memory + 256));
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_int_equal(waiter->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_true(slot_has_children(&s[10]));
    assert_int_equal(slot_revoke(&s[10]), DONE);
    assert_int_equal(waiter->state, THREAD_RESTART);
    assert_false(slot_has_children(&s[10]));
    assert_null(slot_next(&s[10]));
    for (word_t i = 0; i < 4; i++)
        assert_true(slot_is_empty(&inner[i]) && slot_is_empty(&outer[i]));
}

static void a_cnode_that_holds_its_own_last_capability(void **state)
{
    (void)state;
    for (word_t at = 0; at < 4; at++) {
        memset(s, 0, sizeof(s));
        struct slot *slots = cnode(&s[0], 2);
        struct tcb *below = receiver(endpoint(&slots[at ? at - 1 : 3]));
        slot_move(&slots[at], &s[0], s[0].cap);
        assert_int_equal(slot_delete(&slots[at]), DONE);
        if (at == 0) { /* in its first slot it is the last to go */
            assert_int_equal(below->state, THREAD_RESTART);
            assert_true(slot_is_empty(&slots[0]));
        } else { /* "slots between are left" */
            assert_int_equal(cap_type(slots[0].cap), CAP_ZOMBIE);
            assert_ptr_equal(cap_zombie_slots(slots[0].cap), slots);
            assert_true(slot_is_empty(&slots[at]));
        }
    }
}

static void a_thread_whose_space_holds_its_own_tcb(void **state)
{
    (void)state;
    struct slot *slots = cnode(&s[0], 2);
    struct tcb *t = thread(&slots[1]);
    slot_move(&t->slot[TCB_CSPACE], &s[0], s[0].cap);
    assert_int_equal(slot_delete(&slots[1]), DONE);
    assert_int_equal(t->state, THREAD_INACTIVE);
    assert_true(slot_is_empty(&slots[1]));
}

static void revoke_deletes_descendants_only(void **state)
{
    (void)state;
    endpoint(&s[0]);
    slot_insert_derived(&s[1], cap_endpoint(cap_endpoint_object(s[0].cap), 5, RIGHTS_ALL), &s[0]);
    copy(&s[2], &s[1]);
    slot_insert_derived(&s[3], cap_endpoint(cap_endpoint_object(s[0].cap), 6, RIGHTS_ALL), &s[0]);
    copy(&s[4], &s[3]);
    copy(&s[5], &s[0]);
    assert_int_equal(slot_revoke(&s[4]), DONE);
    assert_false(slot_is_empty(&s[4]));
    assert_int_equal(slot_revoke(&s[1]), DONE);
    assert_true(slot_is_empty(&s[2]));
    assert_false(slot_is_empty(&s[1]) || slot_is_empty(&s[3]) || slot_is_empty(&s[4]) ||
                 slot_is_empty(&s[5]));
    assert_int_equal(slot_revoke(&s[0]), DONE);
    for (word_t i = 1; i < 6; i++)
        assert_true(slot_is_empty(&s[i]));
    assert_false(slot_is_empty(&s[0]));
}

static void revoke_can_be_preempted_behind_each_child(void **state)
{
    (void)state;
    endpoint(&s[0]);
    for (word_t i = 1; i < 6; i++)
        copy(&s[i], &s[0]);
    for (word_t i = 5; i >= 1; i--) {
        preempt_always();
        assert_int_equal(slot_revoke(&s[0]), PREEMPTED);
        assert_true(slot_is_empty(&s[i]));
        assert_false(slot_is_empty(&s[i - 1]));
    }
    assert_int_equal(slot_revoke(&s[0]), DONE);
}

static void the_last_handler_frees_its_line(void **state)
{
    (void)state;
    struct notification *n = host_memory(NOTIFICATION_BITS);
    slot_insert_root(&s[0], cap_irq_control());
    slot_insert_root(&s[1], cap_notification(n, 0, 3));
    interrupt_issue(40, &s[2], &s[0]);
    copy(&s[3], &s[2]);
    slot_insert_derived(&irq_lines[40].notification, s[1].cap, &s[1]);
    assert_int_equal(slot_delete(&s[2]), DONE);
    assert_int_equal(irq_lines[40].state, IRQ_SIGNAL);
    assert_false(slot_is_empty(&irq_lines[40].notification));
    assert_int_equal(slot_delete(&s[3]), DONE);
    assert_int_equal(irq_lines[40].state, IRQ_INACTIVE);
    assert_true(slot_is_empty(&irq_lines[40].notification));
    assert_int_equal(host.irq_masked, 1);
}

static void what_the_processor_has_is_undone(void **state)
{
    (void)state;
    void *table = host_memory(12);
    struct cap frame = cap_frame(memory_physical(table), 12, false);
    slot_insert_root(&s[0], frame);
    copy(&s[1], &s[0]);
    cap_set_mapping(&s[1].cap, 5, (vaddr_t){ 0x1000 });
    slot_delete(&s[1]); /* a mapped copy is unmapped though it is not the last */
    assert_int_equal(host.frames_unmapped, 1);
    slot_delete(&s[0]);
    assert_int_equal(host.frames_unmapped, 1);

    slot_insert_root(&s[2], cap_table(CAP_PAGE_TABLE, table));
    copy(&s[3], &s[2]);
    slot_delete(&s[2]);
    assert_int_equal(host.tables_unlinked, 0);
    slot_delete(&s[3]);
    assert_int_equal(host.tables_unlinked, 1);

    slot_insert_root(&s[6], cap_pml4(table, 3));
    slot_delete(&s[6]);
    assert_int_equal(host.spaces_finalised, 1);
    slot_insert_root(&s[7], cap_asid_pool(table, 3));
    slot_delete(&s[7]);
    assert_int_equal(host.pools_finalised, 1);
}

static seL4_Error issue_ports(struct slot *control, struct slot *root, word_t index)
{
    struct invocation inv =
        host_call(control, X86IOPortControlIssue, WORDS(5, 9, index, 2), EXTRA(root));
    return io_port_control_invoke(&inv);
}

static void the_last_port_capability_frees_its_range(void **state)
{
    (void)state;
    struct slot *slots = cnode(&s[1], 2);
    slot_insert_root(&s[0], cap_simple(CAP_IO_PORT_CONTROL));
    assert_int_equal(issue_ports(&s[0], &s[1], 0), seL4_NoError);
    copy(&slots[1], &slots[0]);
    slot_delete(&slots[0]);
    assert_int_equal(issue_ports(&s[0], &s[1], 2), seL4_RevokeFirst);
    slot_delete(&slots[1]);
    assert_int_equal(issue_ports(&s[0], &s[1], 2), seL4_NoError);
    slot_delete(&slots[2]);
}

static void an_untyped_leaves_its_children(void **state)
{
    (void)state;
    char *memory = host_memory(12);
    slot_insert_root(&s[0], cap_untyped(memory_physical(memory), 12, false));
    slot_insert_created(&s[1], cap_endpoint((struct endpoint *)memory, 0, RIGHTS_ALL), &s[0]);
    assert_int_equal(slot_delete(&s[0]), DONE);
    assert_false(slot_is_empty(&s[1]));
    assert_null(s[1].prev);
}

static void random_systems_keep_their_invariants(void **state)
{
    for (word_t round = 0; round < 60; round++) {
        uint8_t bytes[1200];
        host_setup(state);
        for (word_t i = 0; i < round; i++)
            host_random();
        for (word_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (uint8_t)(host_random() >> 40);
        struct input in = { bytes, bytes + sizeof(bytes) };
        model_system(&in);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(deleting_nothing_is_done),
        UNIT(one_of_two_capabilities_leaves_the_object),
        UNIT(the_last_endpoint_capability_restarts_all_waiters),
        UNIT(an_endpoint_without_waiters_changes_nothing_else),
        UNIT(the_last_notification_capability_unbinds),
        UNIT(the_last_tcb_capability_ends_the_thread),
        UNIT(deleting_a_server_leaves_its_client_blocked),
        UNIT(deleting_a_client_takes_its_reply_capability_away),
        UNIT(a_cnode_is_emptied_from_the_top_down),
        UNIT(preemption_makes_no_difference_in_the_end),
        UNIT(work_is_counted_per_slot_and_interrupts_are_asked_for_rarely),
        UNIT(a_container_inside_survives_in_its_own_first_slot),
        UNIT(revoking_the_untyped_finishes_such_containers),
        UNIT(a_cnode_that_holds_its_own_last_capability),
        UNIT(a_thread_whose_space_holds_its_own_tcb),
        UNIT(revoke_deletes_descendants_only),
        UNIT(revoke_can_be_preempted_behind_each_child),
        UNIT(the_last_handler_frees_its_line),
        UNIT(what_the_processor_has_is_undone),
        UNIT(the_last_port_capability_frees_its_range),
        UNIT(an_untyped_leaves_its_children),
        UNIT(random_systems_keep_their_invariants),
    };
    return RUN(tests);
}
