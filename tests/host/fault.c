/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/abi.h>
#include <kernel/fault.h>
#include <kernel/scheduler.h>

enum { E = 1, BADGED = 2, EMPTY = 40 };

static struct endpoint *e;
static struct tcb *faulter, *handler;

static int setup(void **state)
{
    host_setup(state);
    e = host_endpoint(E);
    slot_insert_derived(host_slot(BADGED), cap_endpoint(e, 0xb, RIGHTS_ALL), host_slot(E));
    faulter = host_user(10);
    handler = host_user(10);
    faulter->fault_handler = BADGED;
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++) {
        word_t value = 0x1000 + 2 * i;
        context_write(&faulter->context, &context_registers, i, 1, &value);
    }
    return 0;
}

static void deliver(struct fault fault)
{
    host_syscall(handler, seL4_SysRecv, E, 0);
    core.current = faulter;
    fault_deliver(faulter, &fault);
    assert_int_equal(faulter->state, THREAD_BLOCKED_ON_REPLY);
    assert_int_equal(handler->state, THREAD_RUNNING);
    assert_int_equal(handler->context.badge, 0xb);
}

static word_t word(word_t i)
{
    return i < 4 ? handler->context.message[i] : host_words(handler)[BUFFER_MESSAGE + i];
}

static word_t reg(word_t i)
{
    word_t value;
    context_read(&faulter->context, &context_registers, i, 1, &value);
    return value;
}

static void reply(word_t label, word_t length)
{
    host_syscall(handler, seL4_SysReply, 0, tag_new(label, 0, 0, length));
    assert_int_equal(faulter->fault.type, seL4_Fault_NullFault);
}

/* Rules: ipc 8.3. */
static void message_of_a_page_fault(void **state)
{
    (void)state;
    deliver(fault_vm(0xdead000, true, 0x1f5));
    assert_int_equal(handler->context.info, tag_new(seL4_Fault_VMFault, 0, 0, 4));
    assert_int_equal(word(0), reg(0));
    assert_int_equal(word(1), 0xdead000);
    assert_int_equal(word(2), 1);
    assert_int_equal(word(3), 0x15);
}

static void message_of_an_exception(void **state)
{
    (void)state;
    deliver(fault_user_exception(13, 0xf12345678));
    assert_int_equal(handler->context.info, tag_new(seL4_Fault_UserException, 0, 0, 5));
    for (word_t i = 0; i < 3; i++)
        assert_int_equal(word(i), reg(i));
    assert_int_equal(word(3), 13);
    assert_int_equal(word(4), 0x2345678);
}

static void message_of_an_unknown_call(void **state)
{
    (void)state;
    deliver(fault_unknown_syscall(99));
    assert_int_equal(handler->context.info, tag_new(seL4_Fault_UnknownSyscall, 0, 0, 19));
    for (word_t i = 0; i < 15; i++)
        assert_int_equal(word(i), reg(i + 3));
    for (word_t i = 15; i < 18; i++)
        assert_int_equal(word(i), reg(i - 15));
    assert_int_equal(word(18), 99);
}

static void message_of_a_failed_lookup(void **state)
{
    const struct {
        struct lookup_failure failure;
        word_t length;
    } rows[] = {
        { { seL4_InvalidRoot, 0, 0, 0 }, 4 },
        { { seL4_MissingCapability, 11, 0, 0 }, 5 },
        { { seL4_DepthMismatch, 11, 12, 0 }, 6 },
        { { seL4_GuardMismatch, 11, 12, 13 }, 7 },
    };
    for (word_t i = 0; i < 4; i++) {
        setup(state);
        deliver(fault_cap((cptr_t){ 0x77 }, true, &rows[i].failure));
        assert_int_equal(handler->context.info, tag_new(seL4_Fault_CapFault, 0, 0, rows[i].length));
        const word_t expected[] = { reg(0), 0x77, 1, rows[i].failure.type, 11, 12, 13 };
        for (word_t k = 0; k < rows[i].length; k++)
            assert_int_equal(word(k), expected[k]);
    }
}

static void without_a_buffer_four_words_come(void **state)
{
    (void)state;
    host_buffer(handler, 0);
    deliver(fault_unknown_syscall(99));
    assert_int_equal(handler->context.info, tag_new(seL4_Fault_UnknownSyscall, 0, 0, 4));
}

static void a_fault_waits_for_its_handler(void **state)
{
    (void)state;
    struct fault fault = fault_vm(1, false, 2);
    core.current = faulter;
    fault_deliver(faulter, &fault);
    assert_int_equal(faulter->state, THREAD_BLOCKED_ON_SEND);
    assert_ptr_equal(e->queue.head, faulter);
    host_syscall(handler, seL4_SysRecv, E, 0);
    assert_int_equal(faulter->state, THREAD_BLOCKED_ON_REPLY);
    assert_int_equal(word(1), 1);
}

/* Rules: ipc 8.2. */
static void without_a_usable_handler_the_thread_stops(void **state)
{
    const struct cap caps[] = { cap_null(), cap_domain(), cap_endpoint(e, 0, RIGHT_WRITE),
                                cap_endpoint(e, 0, RIGHT_GRANT),
                                cap_endpoint(e, 0, RIGHT_GRANT_REPLY) };
    for (word_t i = 0; i <= 5; i++) {
        setup(state);
        faulter->fault_handler = i < 5 ? 20 : BIT(40);
        host_slot(20)->cap = i < 5 ? caps[i] : cap_null();
        struct fault fault = fault_vm(1, false, 2);
        core.current = faulter;
        fault_deliver(faulter, &fault);
        assert_int_equal(faulter->state, THREAD_INACTIVE);
        assert_int_equal(faulter->fault.type, seL4_Fault_NullFault);
    }
}

static void grant_reply_is_enough_for_a_handler(void **state)
{
    (void)state;
    host_slot(20)->cap = cap_endpoint(e, 0xb, RIGHT_WRITE | RIGHT_GRANT_REPLY);
    faulter->fault_handler = 20;
    deliver(fault_vm(1, false, 2));
}

/* Rules: ipc 8.4. */
static void lookup_and_page_faults_restart_whatever_the_label(void **state)
{
    (void)state;
    for (word_t i = 0; i < 2; i++) {
        setup(state);
        struct lookup_failure failure = { .type = seL4_InvalidRoot };
        word_t before = reg(0);
        deliver(i ? fault_vm(1, false, 2) : fault_cap((cptr_t){ 1 }, false, &failure));
        handler->context.message[0] = 0x9999;
        reply(55, 4);
        assert_int_equal(faulter->state, THREAD_RESTART);
        assert_int_equal(reg(0), before);
    }
}

static void exception_reply_writes_up_to_three_registers(void **state)
{
    for (word_t length = 0; length < 5; length++) {
        setup(state);
        deliver(fault_user_exception(13, 0));
        const word_t old[] = { reg(0), reg(1), reg(2), reg(3) };
        const word_t new[] = { 0x5000, 0x6000, 0x8d5, 0x7000 };
        memcpy(handler->context.message, new, sizeof(new));
        reply(0, length);
        assert_int_equal(faulter->state, THREAD_RESTART);
        assert_int_equal(reg(0), length > 0 ? new[0] : old[0]);
        assert_int_equal(reg(1), length > 1 ? new[1] : old[1]);
        assert_int_equal(reg(2), length > 2 ? 0xad7 : old[2]);
        assert_int_equal(reg(3), old[3]);
    }
}

static void a_label_stops_the_thread_with_its_registers_written(void **state)
{
    (void)state;
    deliver(fault_user_exception(13, 0));
    handler->context.message[0] = 0x5000;
    reply(1, 1);
    assert_int_equal(faulter->state, THREAD_INACTIVE);
    assert_int_equal(reg(0), 0x5000);
}

static void unknown_call_reply_writes_up_to_eighteen_registers(void **state)
{
    for (word_t length = 0; length <= 21; length++) {
        setup(state);
        deliver(fault_unknown_syscall(99));
        word_t old[CONTEXT_REGISTERS];
        for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
            old[i] = reg(i);
        for (word_t i = 0; i < 21; i++)
            *(i < 4 ? &handler->context.message[i] : &host_words(handler)[BUFFER_MESSAGE + i]) =
                0x20000 + i;
        reply(0, length);
        for (word_t i = 0; i < 15; i++)
            assert_int_equal(reg(i + 3), i < length ? 0x20000 + i : old[i + 3]);
        assert_int_equal(reg(0), length > 15 ? 0x2000f : old[0]);
        assert_int_equal(reg(1), length > 16 ? 0x20010 : old[1]);
        assert_int_equal(reg(18), old[18]);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(message_of_a_page_fault),
        UNIT(message_of_an_exception),
        UNIT(message_of_an_unknown_call),
        UNIT(message_of_a_failed_lookup),
        UNIT(without_a_buffer_four_words_come),
        UNIT(a_fault_waits_for_its_handler),
        UNIT(without_a_usable_handler_the_thread_stops),
        UNIT(grant_reply_is_enough_for_a_handler),
        UNIT(lookup_and_page_faults_restart_whatever_the_label),
        UNIT(exception_reply_writes_up_to_three_registers),
        UNIT(a_label_stops_the_thread_with_its_registers_written),
        UNIT(unknown_call_reply_writes_up_to_eighteen_registers),
    };
    return RUN(tests);
}
