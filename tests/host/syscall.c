/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/scheduler.h>

enum { E = 1, N = 2, HANDLER = 3, THREAD = 4, EMPTY = 40 };
#define NOWHERE BIT(40)

static struct tcb *self, *handler;

static int setup(void **state)
{
    host_setup(state);
    host_endpoint(E);
    host_notification(N);
    host_endpoint(HANDLER);
    slot_insert_root(host_slot(THREAD), cap_tcb(host_thread(1)));
    self = host_user(10);
    handler = host_user(10);
    self->fault_handler = HANDLER;
    host_syscall(handler, seL4_SysRecv, HANDLER, 0);
    return 0;
}

static void expect_cap_fault(word_t address, bool receive, word_t type)
{
    assert_int_equal(handler->state, THREAD_RUNNING);
    assert_int_equal(tag_label(handler->context.info), seL4_Fault_CapFault);
    assert_int_equal(handler->context.message[1], address);
    assert_int_equal(handler->context.message[2], receive);
    assert_int_equal(handler->context.message[3], type);
    assert_int_equal(self->state, THREAD_BLOCKED_ON_REPLY);
}

static void expect_no_fault(void)
{
    assert_int_equal(handler->state, THREAD_BLOCKED_ON_RECEIVE);
    assert_int_equal(self->state, THREAD_RUNNING);
}

/* Rules: ipc 3.2. */
static void an_unresolvable_address_faults(void **state)
{
    const int64_t calls[] = { seL4_SysCall, seL4_SysSend, seL4_SysRecv, seL4_SysNBRecv,
                              seL4_SysReplyRecv };
    for (word_t i = 0; i < 5; i++) {
        setup(state);
        host_syscall(self, calls[i], NOWHERE, 0);
        expect_cap_fault(NOWHERE, i >= 2, seL4_GuardMismatch);
    }
    setup(state);
    host_syscall(self, seL4_SysNBSend, NOWHERE, 0);
    expect_no_fault();
}

/* Rules: ipc 3.3. */
static void an_unresolvable_extra_capability_faults(void **state)
{
    const int64_t calls[] = { seL4_SysCall, seL4_SysSend, seL4_SysNBSend };
    const word_t targets[] = { E, N, THREAD, EMPTY };
    for (word_t i = 0; i < 12; i++) {
        setup(state);
        host_words(self)[BUFFER_CAPS] = EMPTY;
        host_words(self)[BUFFER_CAPS + 1] = NOWHERE;
        host_syscall(self, calls[i % 3], targets[i / 3], tag_new(0, 0, 2, 0));
        if (i % 3 < 2)
            expect_cap_fault(NOWHERE, false, seL4_GuardMismatch);
        else
            expect_no_fault();
    }
}

static void without_a_buffer_there_are_no_extra_capabilities(void **state)
{
    (void)state;
    host_buffer(self, 0);
    host_syscall(self, seL4_SysSend, N, tag_new(0, 0, 3, 100));
    expect_no_fault();
    assert_true(notification_is_active(cap_notification_object(host_slot(N)->cap)));
}

/* Rules: ipc 3.5: a refusal, not a fault. */
static void an_empty_slot_is_refused(void **state)
{
    (void)state;
    host_syscall(self, seL4_SysCall, EMPTY, 0);
    expect_no_fault();
    assert_int_equal(self->context.info, tag_new(seL4_InvalidCapability, 0, 0, 1));
    host_syscall(self, seL4_SysSend, EMPTY, 5);
    expect_no_fault();
    assert_int_equal(self->context.info, 5);
}

static void missing_rights_to_send_are_refused_to_receive_fault(void **state)
{
    for (word_t i = 0; i < 2; i++) {
        setup(state);
        host_slot(i ? N : E)->cap = cap_mask_rights_bits(host_slot(i ? N : E)->cap, 0);
        host_syscall(self, seL4_SysCall, i ? N : E, 0);
        expect_no_fault();
        assert_int_equal(self->context.info, tag_new(seL4_InvalidCapability, 0, 0, 1));
        host_syscall(self, seL4_SysNBRecv, i ? N : E, 0);
        expect_cap_fault(i ? N : E, true, seL4_MissingCapability);
        assert_int_equal(host_words(handler)[BUFFER_MESSAGE + 4], 0);
    }
}

static void receiving_from_anything_else_faults(void **state)
{
    const word_t from[] = { EMPTY, THREAD };
    for (word_t i = 0; i < 2; i++) {
        setup(state);
        host_syscall(self, seL4_SysRecv, from[i], 0);
        expect_cap_fault(from[i], true, seL4_MissingCapability);
    }
}

/* Rules: ipc 5.2: the check comes before the caller capability is deleted; notifications keep it.
 */
static void what_keeps_the_reply_still_owed(void **state)
{
    (void)state;
    struct tcb *client = host_user(5);
    host_syscall(self, seL4_SysRecv, E, 0);
    host_syscall(client, seL4_SysCall, E, 0);
    assert_false(slot_is_empty(&self->slot[TCB_CALLER]));
    host_syscall(self, seL4_SysNBRecv, N, 0);
    assert_false(slot_is_empty(&self->slot[TCB_CALLER]));
    host_syscall(self, seL4_SysRecv, EMPTY, 0);
    assert_false(slot_is_empty(&self->slot[TCB_CALLER]));
}

static void methods_get_label_length_and_words(void **state)
{
    (void)state;
    struct tcb *target = cap_tcb_object(host_slot(THREAD)->cap);
    self->context.message[0] = 0;
    self->context.message[1] = 1;
    self->context.message[2] = 0x5000;
    host_syscall(self, seL4_SysCall, THREAD, tag_new(TCBWriteRegisters, 0, 0, 3));
    assert_int_equal(self->context.info, 0);
    assert_int_equal(target->context.ip, 0x5000);
    host_syscall(self, seL4_SysCall, THREAD, tag_new(TCBWriteRegisters | BIT(40), 0, 0, 3));
    assert_int_equal(self->context.info, tag_new(seL4_IllegalOperation, 0, 0, 0));
}

static void length_is_cut_to_what_can_be_read(void **state)
{
    (void)state;
    host_buffer(self, 0);
    self->context.message[1] = 3;
    host_syscall(self, seL4_SysCall, THREAD,
                 tag_new(TCBWriteRegisters, 0, 0, 10)); /* three of two values */
    assert_int_equal(self->context.info, tag_new(seL4_TruncatedMessage, 0, 0, 0));
}

static void unknown_numbers_fault(void **state)
{
    const int64_t numbers[] = { 0, 1, -27, -100, INT64_MIN, INT64_MAX };
    for (word_t i = 0; i < 6; i++) {
        setup(state);
        host_syscall(self, numbers[i], 1, 2);
        assert_int_equal(tag_label(handler->context.info), seL4_Fault_UnknownSyscall);
        assert_int_equal(host_words(handler)[BUFFER_MESSAGE + 18], (word_t)numbers[i]);
    }
}

static void tls_base_is_taken_if_it_can_be(void **state)
{
    (void)state;
    host_syscall(self, seL4_SysSetTLSBase, 0x7000, 0);
    assert_int_equal(self->context.tls_base, 0x7000);
    host_syscall(self, seL4_SysSetTLSBase, BIT(60), 0);
    assert_int_equal(self->context.tls_base, 0x7000);
}

static void yield_changes_no_registers(void **state)
{
    (void)state;
    host_syscall(self, seL4_SysYield, 7, 8);
    assert_int_equal(self->context.badge, 7);
    assert_int_equal(self->context.info, 8);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_unresolvable_address_faults),
        UNIT(an_unresolvable_extra_capability_faults),
        UNIT(without_a_buffer_there_are_no_extra_capabilities),
        UNIT(an_empty_slot_is_refused),
        UNIT(missing_rights_to_send_are_refused_to_receive_fault),
        UNIT(receiving_from_anything_else_faults),
        UNIT(what_keeps_the_reply_still_owed),
        UNIT(methods_get_label_length_and_words),
        UNIT(length_is_cut_to_what_can_be_read),
        UNIT(unknown_numbers_fault),
        UNIT(tls_base_is_taken_if_it_can_be),
        UNIT(yield_changes_no_registers),
    };
    return RUN(tests);
}
