/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/capability.h>
#include <kernel/scheduler.h>

enum { TARGET = 10, CNODE = 11, PML4 = 12, FRAME = 13, DEVICE = 14, UNASSIGNED = 15 };

static struct tcb *self, *target;
static struct invocation inv;

static int setup(void **state)
{
    host_setup(state);
    self = core.current = host_user(100);
    target = host_thread(50);
    slot_insert_root(host_slot(TARGET), cap_tcb(target));
    slot_insert_root(host_slot(CNODE), cap_cnode(host_slots(4), 4, 0, 0));
    slot_insert_root(host_slot(PML4), cap_pml4(host_memory(12), 7));
    slot_insert_root(host_slot(UNASSIGNED), cap_pml4(host_memory(12), 0));
    paddr_t page = memory_physical(host_memory(12));
    slot_insert_root(host_slot(FRAME), cap_frame(page, 12, false));
    slot_insert_root(host_slot(DEVICE), cap_frame(page, 12, true));
    return 0;
}

static seL4_Error configure(word_t cspace, word_t data, word_t vspace, word_t buffer, word_t frame)
{
    inv = host_call(host_slot(TARGET), TCBConfigure, WORDS(0x77, data, 0, buffer),
                    EXTRA(host_slot(cspace), host_slot(vspace), host_slot(frame)));
    return tcb_invoke(&inv);
}

static void expect_child(const struct slot *slot, word_t of)
{
    assert_ptr_equal(slot->prev, host_slot(of));
    assert_true(slot_is_parent(host_slot(of), slot));
}

/* Rules: threads 3.4. */
static void configure_installs_all_three(void **state)
{
    (void)state;
    struct slot *frame = host_slot(FRAME);
    cap_set_mapping(&frame->cap, 3, (vaddr_t){ 0x1000 });
    assert_done(configure(CNODE, 0, PML4, 0x10000400, FRAME), &inv);
    assert_int_equal(target->fault_handler, 0x77);
    assert_cap_equal(target->slot[TCB_CSPACE].cap, host_slot(CNODE)->cap);
    assert_cap_equal(target->slot[TCB_VSPACE].cap, host_slot(PML4)->cap);
    assert_int_equal(target->buffer_address, 0x10000400);
    assert_false(cap_is_mapped(target->slot[TCB_BUFFER].cap));
    expect_child(&target->slot[TCB_CSPACE], CNODE);
    expect_child(&target->slot[TCB_VSPACE], PML4);
    expect_child(&target->slot[TCB_BUFFER], FRAME);
    assert_ptr_equal(tcb_buffer_quick(target), tcb_buffer_writable(target));
    assert_non_null(tcb_buffer_quick(target));
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void configure_again_replaces(void **state)
{
    (void)state;
    assert_done(configure(CNODE, 0, PML4, 0x10000400, FRAME), &inv);
    assert_done(configure(CNODE, 5 << 6 | 6, PML4, 0, FRAME), &inv);
    assert_int_equal(cap_cnode_guard(target->slot[TCB_CSPACE].cap), 5);
    assert_int_equal(cap_cnode_guard_size(target->slot[TCB_CSPACE].cap), 6);
    assert_true(slot_is_empty(&target->slot[TCB_BUFFER]));
    assert_null(tcb_buffer_quick(target));
    assert_null(slot_next(host_slot(FRAME)));
}

static void the_buffer_is_checked_first(void **state)
{
    (void)state;
    inv = host_call(host_slot(TARGET), TCBConfigure, WORDS(0, 0, 0, 0),
                    EXTRA(host_slot(CNODE), host_slot(PML4)));
    assert_refused(tcb_invoke(&inv), &inv, seL4_TruncatedMessage);
    assert_refused(configure(0, 0, 0, 8, UNASSIGNED), &inv, seL4_IllegalOperation);
    assert_refused(configure(0, 0, 0, 8, CNODE), &inv, seL4_IllegalOperation);
    assert_refused(configure(0, 0, 0, 8, DEVICE), &inv, seL4_IllegalOperation);
    assert_refused(configure(0, 0, 0, 8, FRAME), &inv, seL4_AlignmentError);
    assert_refused(configure(0, 0, 0, 1024, FRAME), &inv, seL4_IllegalOperation);
    assert_refused(configure(0, 0, 0, 0, CNODE), &inv, seL4_IllegalOperation);
}

static void then_the_spaces(void **state)
{
    (void)state;
    const word_t too_wide = 61;
    assert_refused(configure(PML4, 0, PML4, 0, 0), &inv, seL4_IllegalOperation);
    assert_refused(configure(CNODE, too_wide, PML4, 0, 0), &inv, seL4_IllegalOperation);
    assert_refused(configure(CNODE, 0, CNODE, 0, 0), &inv, seL4_IllegalOperation);
    assert_refused(configure(CNODE, 0, UNASSIGNED, 0, 0), &inv, seL4_IllegalOperation);
    assert_int_equal(target->fault_handler, 0);
    assert_true(slot_is_empty(&target->slot[TCB_CSPACE]));
}

static void the_last_capability_to_the_present_space_stays(void **state)
{
    (void)state;
    assert_done(configure(CNODE, 0, PML4, 0, FRAME), &inv);
    slot_remove(host_slot(CNODE));
    slot_insert_root(host_slot(CNODE), cap_cnode(host_slots(4), 4, 0, 0));
    assert_refused(configure(CNODE, 0, PML4, 0, FRAME), &inv, seL4_IllegalOperation);
}

static void set_space_leaves_the_buffer(void **state)
{
    (void)state;
    assert_done(configure(CNODE, 0, PML4, 1024, FRAME), &inv);
    inv = host_call(host_slot(TARGET), TCBSetSpace, WORDS(0x99, 0),
                    EXTRA(host_slot(CNODE), host_slot(PML4)));
    assert_refused(tcb_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(host_slot(TARGET), TCBSetSpace, WORDS(0x99, 0, 0),
                    EXTRA(host_slot(CNODE), host_slot(PML4)));
    assert_done(tcb_invoke(&inv), &inv);
    assert_int_equal(target->fault_handler, 0x99);
    assert_int_equal(target->buffer_address, 1024);
    assert_false(slot_is_empty(&target->slot[TCB_BUFFER]));
}

static void set_buffer_leaves_the_spaces(void **state)
{
    (void)state;
    inv = host_call(host_slot(TARGET), TCBSetIPCBuffer, WORDS(1024), EXTRA(host_slot(FRAME)));
    assert_done(tcb_invoke(&inv), &inv);
    assert_true(slot_is_empty(&target->slot[TCB_CSPACE]));
    assert_non_null(tcb_buffer_quick(target));
    inv = host_call(host_slot(TARGET), TCBSetIPCBuffer, WORDS(0), EXTRA(host_slot(CNODE)));
    assert_done(tcb_invoke(&inv), &inv);
    assert_null(tcb_buffer_readable(target));
}

static void changing_the_caller_reschedules(void **state)
{
    (void)state;
    slot_insert_root(host_slot(20), cap_tcb(self));
    slot_insert_derived(host_slot(21), self->slot[TCB_CSPACE].cap, &self->slot[TCB_CSPACE]);
    inv = host_call(host_slot(20), TCBSetSpace, WORDS(0, 0, 0),
                    EXTRA(host_slot(CNODE), host_slot(PML4)));
    assert_done(tcb_invoke(&inv), &inv);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    assert_int_equal(self->space.generation, 0);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(configure_installs_all_three),
        UNIT(configure_again_replaces),
        UNIT(the_buffer_is_checked_first),
        UNIT(then_the_spaces),
        UNIT(the_last_capability_to_the_present_space_stays),
        UNIT(set_space_leaves_the_buffer),
        UNIT(set_buffer_leaves_the_spaces),
        UNIT(changing_the_caller_reschedules),
    };
    return RUN(tests);
}
