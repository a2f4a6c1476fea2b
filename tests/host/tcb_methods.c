/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/scheduler.h>

enum { N = 2, TARGET = 10, SELF = 11 };

static struct tcb *self, *target;
static struct invocation inv;

static int setup(void **state)
{
    host_setup(state);
    host_notification(N);
    self = core.current = host_user(100);
    target = host_user(50);
    self->mcp = 150;
    slot_insert_root(host_slot(TARGET), cap_tcb(target));
    slot_insert_root(host_slot(SELF), cap_tcb(self));
    return 0;
}

#define CALL(slot, label, words, extra)                                                            \
    (inv = host_call(host_slot(slot), label, words, extra), tcb_invoke(&inv))
#define REFUSED(slot, label, words, extra, ...)                                                    \
    do {                                                                                           \
        inv = host_call(host_slot(slot), label, words, extra);                                     \
        assert_refused(tcb_invoke(&inv), &inv, __VA_ARGS__);                                       \
    } while (0)
#define NONE NO_EXTRA

static word_t reg(const struct tcb *t, word_t i)
{
    word_t value;
    context_read(&t->context, &context_registers, i, 1, &value);
    return value;
}

static void set_registers(struct tcb *t, word_t from)
{
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++) {
        word_t value = i == 2 ? 0x202 : from + i;
        context_write(&t->context, &context_registers, i, 1, &value);
    }
}

static void labels_of_others_are_illegal(void **state)
{
    (void)state;
    REFUSED(TARGET, UntypedRetype, NO_WORDS, NONE, seL4_IllegalOperation);
    REFUSED(TARGET, CNodeRevoke, NO_WORDS, NONE, seL4_IllegalOperation);
}

/* Rules: threads 3.1. */
static void read_checks_in_order(void **state)
{
    (void)state;
    REFUSED(SELF, TCBReadRegisters, WORDS(0), NONE, seL4_TruncatedMessage);
    REFUSED(SELF, TCBReadRegisters, WORDS(0, 0), NONE, seL4_RangeError, 1, 20);
    REFUSED(SELF, TCBReadRegisters, WORDS(0, 21), NONE, seL4_RangeError, 1, 20);
    REFUSED(SELF, TCBReadRegisters, WORDS(0, 20), NONE, seL4_IllegalOperation);
}

static void read_returns_the_first_registers(void **state)
{
    for (word_t count = 1; count <= 20; count++) {
        setup(state);
        set_registers(target, 0x4000);
        assert_int_equal(CALL(TARGET, TCBReadRegisters, WORDS(0, count), NONE), seL4_NoError);
        assert_int_equal(self->context.info, tag_new(0, 0, 0, count));
        assert_int_equal(self->context.badge, 0);
        assert_int_equal(self->state, THREAD_RUNNING);
        for (word_t i = 0; i < count; i++)
            assert_int_equal(i < 4 ? self->context.message[i]
                                   : host_words(self)[BUFFER_MESSAGE + i],
                             reg(target, i));
        assert_int_equal(target->state, THREAD_RUNNING);
    }
}

static void read_without_a_buffer_or_call(void **state)
{
    (void)state;
    host_buffer(self, RIGHT_READ);
    assert_int_equal(CALL(TARGET, TCBReadRegisters, WORDS(1, 20), NONE), seL4_NoError);
    assert_int_equal(self->context.info, tag_new(0, 0, 0, 4));
    assert_int_equal(target->state, THREAD_INACTIVE);
    inv = host_call(host_slot(TARGET), TCBReadRegisters, WORDS(0, 20), NONE);
    inv.is_call = false;
    self->context.info = 77;
    assert_int_equal(tcb_invoke(&inv), seL4_NoError);
    assert_int_equal(self->context.info, 77);
}

/* Rules: threads 3.2. */
static void write_checks_in_order(void **state)
{
    (void)state;
    REFUSED(SELF, TCBWriteRegisters, WORDS(0), NONE, seL4_TruncatedMessage);
    REFUSED(SELF, TCBWriteRegisters, WORDS(0, 2, 9), NONE, seL4_TruncatedMessage);
    REFUSED(SELF, TCBWriteRegisters, WORDS(0, ~0ul, 9), NONE, seL4_TruncatedMessage);
    REFUSED(SELF, TCBWriteRegisters, WORDS(0, 1, 9), NONE, seL4_IllegalOperation);
}

static void write_sets_the_first_registers(void **state)
{
    word_t words[24] = { 0 };
    for (word_t count = 0; count <= 22; count++) {
        setup(state);
        set_registers(target, 0x4000);
        target->context.entry |= CONTEXT_BY_SYSCALL;
        words[1] = count;
        for (word_t i = 0; i < count; i++)
            words[i + 2] = i == 2 ? 0x246 : 0x8000 + i;
        inv = host_call(host_slot(TARGET), TCBWriteRegisters, count + 2, words, NONE);
        assert_done(tcb_invoke(&inv), &inv);
        for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
            assert_int_equal(reg(target, i), i == 2 ? (count > 2 ? 0x246 : 0x202)
                                                    : (i < count ? 0x8000 : 0x4000) + i);
        assert_int_equal(target->context.entry & CONTEXT_BY_SYSCALL, 0);
        assert_int_equal(target->context.ip, reg(target, 0));
        assert_int_equal(target->state, THREAD_RUNNING);
    }
}

static void write_rewinds_and_resumes(void **state)
{
    (void)state;
    target->state = THREAD_INACTIVE;
    target->context.ip = 0x1002;
    target->context.entry = CONTEXT_STEP_BACK;
    assert_done(CALL(TARGET, TCBWriteRegisters, WORDS(1, 0), NONE), &inv);
    assert_int_equal(target->context.ip, 0x1000);
    assert_int_equal(target->state, THREAD_RESTART);
}

/* Rules: threads 3.3. */
static void copy_takes_what_the_flags_say(void **state)
{
    for (word_t flags = 0; flags < 16; flags++) {
        setup(state);
        struct tcb *source = host_user(5);
        slot_insert_root(host_slot(12), cap_tcb(source));
        set_registers(source, 0x8000);
        set_registers(target, 0x4000);
        target->state = THREAD_INACTIVE;
        assert_done(CALL(TARGET, TCBCopyRegisters, WORDS(flags), EXTRA(host_slot(12))), &inv);
        assert_int_equal(source->state, flags & 1 ? THREAD_INACTIVE : THREAD_RUNNING);
        assert_int_equal(target->state, flags & 2 ? THREAD_RESTART : THREAD_INACTIVE);
        for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
            assert_int_equal(
                reg(target, i),
                reg(i < 18 ? (flags & 4 ? source : target) : (flags & 8 ? source : target), i));
        if (flags & 4)
            assert_int_equal(reg(target, 0), 0x8000);
        assert_int_equal(reg(target, 19), (flags & 8 ? 0x8000 : 0x4000) + 19);
    }
}

static void copy_needs_a_tcb(void **state)
{
    (void)state;
    REFUSED(TARGET, TCBCopyRegisters, NO_WORDS, EXTRA(host_slot(TARGET)), seL4_TruncatedMessage);
    REFUSED(TARGET, TCBCopyRegisters, WORDS(0), NONE, seL4_TruncatedMessage);
    REFUSED(TARGET, TCBCopyRegisters, WORDS(0), EXTRA(host_slot(N)), seL4_InvalidCapability, 1);
}

/* Rules: threads 3.5. */
static void priorities_are_limited_by_the_authority(void **state)
{
    (void)state;
    const word_t labels[] = { TCBSetPriority, TCBSetMCPriority };
    for (word_t i = 0; i < 2; i++) {
        REFUSED(TARGET, labels[i], NO_WORDS, EXTRA(host_slot(SELF)), seL4_TruncatedMessage);
        REFUSED(TARGET, labels[i], WORDS(999), NONE, seL4_TruncatedMessage);
        REFUSED(TARGET, labels[i], WORDS(999), EXTRA(host_slot(N)), seL4_InvalidCapability, 1);
        REFUSED(TARGET, labels[i], WORDS(151), EXTRA(host_slot(SELF)), seL4_RangeError, 0, 150);
        REFUSED(TARGET, labels[i], WORDS(256), EXTRA(host_slot(SELF)), seL4_RangeError, 0, 150);
        assert_done(CALL(TARGET, labels[i], WORDS(150), EXTRA(host_slot(SELF))), &inv);
    }
    assert_int_equal(target->priority, 150);
    assert_int_equal(target->mcp, 150);
}

static void both_at_once_or_none(void **state)
{
    (void)state;
    REFUSED(TARGET, TCBSetSchedParams, WORDS(1), EXTRA(host_slot(SELF)), seL4_TruncatedMessage);
    REFUSED(TARGET, TCBSetSchedParams, WORDS(3, 151), EXTRA(host_slot(SELF)), seL4_RangeError, 0,
            150);
    REFUSED(TARGET, TCBSetSchedParams, WORDS(151, 3), EXTRA(host_slot(SELF)), seL4_RangeError, 0,
            150);
    assert_int_equal(target->mcp, 255);
    assert_int_equal(target->priority, 50);
    assert_done(CALL(TARGET, TCBSetSchedParams, WORDS(3, 4), EXTRA(host_slot(SELF))), &inv);
    assert_int_equal(target->mcp, 3);
    assert_int_equal(target->priority, 4);
}

/* Rules: threads 3.6. */
static void binding_checks(void **state)
{
    (void)state;
    struct notification *n = cap_notification_object(host_slot(N)->cap);
    REFUSED(TARGET, TCBBindNotification, NO_WORDS, NONE, seL4_TruncatedMessage);
    REFUSED(TARGET, TCBBindNotification, NO_WORDS, EXTRA(host_slot(SELF)), seL4_IllegalOperation);
    slot_insert_derived(host_slot(20), cap_notification(n, 0, RIGHT_WRITE), host_slot(N));
    REFUSED(TARGET, TCBBindNotification, NO_WORDS, EXTRA(host_slot(20)), seL4_IllegalOperation);
    REFUSED(TARGET, TCBUnbindNotification, NO_WORDS, NONE, seL4_IllegalOperation);
    slot_insert_derived(host_slot(21), cap_notification(n, 0, RIGHT_READ), host_slot(N));
    assert_done(CALL(TARGET, TCBBindNotification, NO_WORDS, EXTRA(host_slot(21))), &inv);
    assert_ptr_equal(target->notification, n);
    REFUSED(TARGET, TCBBindNotification, NO_WORDS, EXTRA(host_slot(N)), seL4_IllegalOperation);
    REFUSED(SELF, TCBBindNotification, NO_WORDS, EXTRA(host_slot(N)), seL4_IllegalOperation);
    assert_done(CALL(TARGET, TCBUnbindNotification, NO_WORDS, NONE), &inv);
    assert_null(notification_bound(n));
    struct tcb *waiter = host_user(1);
    host_syscall(waiter, seL4_SysRecv, N, 0);
    core.current = self;
    REFUSED(TARGET, TCBBindNotification, NO_WORDS, EXTRA(host_slot(N)), seL4_IllegalOperation);
}

static void suspend_and_resume(void **state)
{
    (void)state;
    assert_done(CALL(TARGET, TCBSuspend, NO_WORDS, NONE), &inv);
    assert_int_equal(target->state, THREAD_INACTIVE);
    assert_done(CALL(TARGET, TCBResume, NO_WORDS, NONE), &inv);
    assert_int_equal(target->state, THREAD_RESTART);
    assert_int_equal(CALL(SELF, TCBSuspend, NO_WORDS, NONE), seL4_NoError);
    assert_int_equal(self->state, THREAD_INACTIVE);
}

/* Rules: threads 3.10, 3.11. */
static void tls_base_and_flags(void **state)
{
    (void)state;
    REFUSED(TARGET, TCBSetTLSBase, NO_WORDS, NONE, seL4_TruncatedMessage);
    assert_done(CALL(TARGET, TCBSetTLSBase, WORDS(0x123456), NONE), &inv);
    assert_int_equal(reg(target, 18), 0x123456);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    assert_done(CALL(SELF, TCBSetTLSBase, WORDS(1), NONE), &inv);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    REFUSED(TARGET, TCBSetFlags, WORDS(0), NONE, seL4_TruncatedMessage);
    const struct {
        word_t clear, set, result;
    } rows[] = { { 0, 0, 0 }, { 0, ~0ul, 1 }, { 0, 2, 1 }, { 1, 1, 1 }, { 1, 0, 0 } };
    for (word_t i = 0; i < 5; i++) {
        assert_int_equal(CALL(TARGET, TCBSetFlags, WORDS(rows[i].clear, rows[i].set), NONE),
                         seL4_NoError);
        assert_int_equal(target->flags, rows[i].result);
        assert_int_equal(self->context.message[0], rows[i].result);
        assert_int_equal(self->context.info, tag_new(0, 0, 0, 1));
        assert_int_equal(self->state, THREAD_RUNNING);
    }
    assert_int_equal(host.fpu_released, 3);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(labels_of_others_are_illegal),
        UNIT(read_checks_in_order),
        UNIT(read_returns_the_first_registers),
        UNIT(read_without_a_buffer_or_call),
        UNIT(write_checks_in_order),
        UNIT(write_sets_the_first_registers),
        UNIT(write_rewinds_and_resumes),
        UNIT(copy_takes_what_the_flags_say),
        UNIT(copy_needs_a_tcb),
        UNIT(priorities_are_limited_by_the_authority),
        UNIT(both_at_once_or_none),
        UNIT(binding_checks),
        UNIT(suspend_and_resume),
        UNIT(tls_base_and_flags),
    };
    return RUN(tests);
}
