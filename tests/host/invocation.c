/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"

enum { TARGET = 1 };

static struct tcb *self;
static struct slot slot;

static int setup(void **state)
{
    host_setup(state);
    self = core.current = host_user(10);
    slot = (struct slot){ 0 };
    return 0;
}

static struct invocation perform(word_t label)
{
    struct invocation inv = host_call(&slot, label, WORDS(11, 12), NO_EXTRA);
    self->context.badge = 777;
    self->context.info = tag_new(label, 0, 0, 2);
    invocation_perform(&inv);
    return inv;
}

static void expect_reply(word_t label, word_t length)
{
    assert_int_equal(self->context.badge, 0);
    assert_int_equal(self->context.info, tag_new(label, 0, 0, length));
    assert_int_equal(self->state, THREAD_RUNNING);
}

/* Rules: ipc 3.5, 3.6. */
static void what_cannot_be_invoked(void **state)
{
    (void)state;
    const struct cap caps[] = { cap_null(), cap_zombie_tcb(self, 3),
                                cap_endpoint(NULL, 0, RIGHT_READ),
                                cap_notification(NULL, 0, RIGHT_READ), cap_reply_master(self) };
    for (word_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
        slot.cap = caps[i];
        perform(3);
        expect_reply(seL4_InvalidCapability, 1);
        assert_int_equal(self->context.message[0], 0);
        assert_int_equal(self->context.message[1], 12);
    }
}

static void success_replies_with_nothing(void **state)
{
    (void)state;
    struct notification *n = host_notification(5);
    slot.cap = cap_notification(n, 4, RIGHT_WRITE);
    perform(3);
    expect_reply(0, 0);
    assert_int_equal(self->context.message[0], 11);
    assert_int_equal(n->badges, 4);
}

static void only_a_call_is_answered(void **state)
{
    (void)state;
    struct invocation inv = host_call(&slot, 3, WORDS(11), NO_EXTRA);
    inv.is_call = false;
    self->context.badge = 777;
    self->context.info = 778;
    invocation_perform(&inv);
    slot.cap = cap_notification(host_notification(5), 4, RIGHT_WRITE);
    inv = host_call(&slot, 3, WORDS(11), NO_EXTRA);
    inv.is_call = false;
    invocation_perform(&inv);
    invocation_return_word(&inv, 99);
    assert_int_equal(self->context.badge, 777);
    assert_int_equal(self->context.info, 778);
    assert_int_equal(self->context.message[0], 11);
    assert_int_equal(self->state, THREAD_RUNNING);
}

static void a_result_of_one_word(void **state)
{
    (void)state;
    struct invocation inv = host_call(&slot, 3, WORDS(11), NO_EXTRA);
    invocation_return_word(&inv, 99);
    expect_reply(0, 1);
    assert_int_equal(self->context.message[0], 99);
}

/* Rules: capabilities 3: a guard mismatch has five words, the last in the buffer. */
static void long_refusals_need_a_buffer(void **state)
{
    for (word_t buffer = 0; buffer < 2; buffer++) {
        setup(state);
        if (!buffer)
            host_buffer(self, 0);
        struct slot *slots = host_slots(2);
        slot.cap = cap_cnode(slots, 2, 1, 3);
        struct invocation inv = host_call(&slot, CNodeDelete, WORDS(0, 5), NO_EXTRA);
        invocation_perform(&inv);
        expect_reply(seL4_FailedLookup, buffer ? 5 : 4);
        const word_t expected[] = { 0, seL4_GuardMismatch, 5, 1 };
        assert_memory_equal(self->context.message, expected, sizeof(expected));
        if (buffer)
            assert_int_equal(host_words(self)[BUFFER_MESSAGE + 4], 3);
    }
}

static void a_preempted_call_is_repeated(void **state)
{
    (void)state;
    slot_insert_root(host_slot(TARGET), cap_cnode(host_slots(8), 8, 0, 0));
    slot.cap = cap_cnode(host_slot(0), HOST_RADIX, 0, 0);
    host.irq_pending = true;
    struct invocation inv = host_call(&slot, CNodeDelete, WORDS(TARGET, HOST_RADIX), NO_EXTRA);
    self->context.info = 778;
    invocation_perform(&inv);
    assert_int_equal(inv.progress, PREEMPTED);
    assert_int_equal(self->state, THREAD_RESTART);
    assert_int_equal(self->context.info, 778);
}

static void words_and_capabilities_are_counted(void **state)
{
    (void)state;
    struct invocation inv = host_call(&slot, 3, WORDS(1, 2, 3, 4, 5, 6), EXTRA(&slot));
    for (word_t i = 0; i < 6; i++)
        assert_int_equal(argument(&inv, i), i + 1);
    assert_true(has_arguments(&inv, 6, 1));
    assert_false(has_arguments(&inv, 7, 1));
    assert_false(has_arguments(&inv, 6, 2));
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_cannot_be_invoked),
        UNIT(success_replies_with_nothing),
        UNIT(only_a_call_is_answered),
        UNIT(a_result_of_one_word),
        UNIT(long_refusals_need_a_buffer),
        UNIT(a_preempted_call_is_repeated),
        UNIT(words_and_capabilities_are_counted),
    };
    return RUN(tests);
}
