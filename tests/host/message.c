/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/message.h>

enum { ENDPOINT = 1, GIFT = 2, OTHER = 3, EMPTY = 40, CNODE = 50 };

static struct tcb *sender, *receiver;

static int setup(void **state)
{
    host_setup(state);
    sender = host_user(10);
    receiver = host_user(10);
    host_endpoint(ENDPOINT);
    slot_insert_root(host_slot(GIFT), cap_domain());
    slot_insert_root(host_slot(OTHER), cap_irq_handler(5));
    slot_insert_root(host_slot(CNODE), cap_cnode(host_slot(0), HOST_RADIX, 0, 0));
    for (word_t i = 0; i < 4; i++) {
        sender->context.message[i] = 100 + i;
        receiver->context.message[i] = 900 + i;
    }
    for (word_t i = 4; i < MESSAGE_MAX_LENGTH; i++) {
        host_words(sender)[BUFFER_MESSAGE + i] = 100 + i;
        host_words(receiver)[BUFFER_MESSAGE + i] = 900 + i;
    }
    word_t *words = host_words(receiver);
    words[BUFFER_RECEIVE_CNODE] = CNODE;
    words[BUFFER_RECEIVE_INDEX] = EMPTY;
    words[BUFFER_RECEIVE_DEPTH] = HOST_RADIX;
    return 0;
}

static void give(word_t a, word_t b, word_t c)
{
    word_t *words = host_words(sender);
    words[BUFFER_CAPS] = a;
    words[BUFFER_CAPS + 1] = b;
    words[BUFFER_CAPS + 2] = c;
}

static void transfer(word_t tag, bool grant)
{
    sender->context.info = tag;
    message_transfer(sender, cap_endpoint_object(host_slot(ENDPOINT)->cap), 77, grant, receiver);
    assert_int_equal(receiver->context.badge, 77);
}

static void expect_words(word_t count)
{
    for (word_t i = 0; i < MESSAGE_MAX_LENGTH; i++) {
        word_t got =
            i < 4 ? receiver->context.message[i] : host_words(receiver)[BUFFER_MESSAGE + i];
        assert_int_equal(got, (i < count ? 100 : 900) + i);
    }
}

static void tags_keep_their_fields(void **state)
{
    (void)state;
    for (word_t i = 0; i < 2000; i++) {
        word_t label = host_random() & MASK(52), unwrapped = host_below(8), caps = host_below(4),
               length = i % 121;
        word_t tag = tag_new(label, unwrapped, caps, length);
        assert_int_equal(tag_label(tag), label);
        assert_int_equal(tag_caps(tag), caps);
        assert_int_equal(tag_length(tag), length);
        assert_int_equal(tag >> 9 & 7, unwrapped);
    }
    for (word_t length = 120; length < 128; length++)
        assert_int_equal(tag_length(~127ul | length), 120);
}

static void messages_fit_four_words_without_a_buffer(void **state)
{
    (void)state;
    word_t buffer[1];
    for (word_t length = 0; length <= 120; length++) {
        assert_int_equal(message_fit(buffer, length), length);
        assert_int_equal(message_fit(NULL, length), length < 4 ? length : 4);
    }
}

static void words_go_into_registers_and_buffer(void **state)
{
    (void)state;
    word_t words[MESSAGE_MAX_LENGTH];
    for (word_t i = 0; i < MESSAGE_MAX_LENGTH; i++)
        words[i] = 100 + i;
    message_put(receiver, host_words(receiver), words, 2);
    expect_words(2);
    message_put(receiver, NULL, words, 4);
    expect_words(4);
    message_put(receiver, host_words(receiver), words, 19);
    expect_words(19);
}

/* Rules: ipc 4.1. */
static void every_length_arrives_exactly(void **state)
{
    for (word_t length = 0; length < 128; length++) {
        setup(state);
        transfer(tag_new(0xabc, 7, 0, 0) | length, true);
        expect_words(length < 120 ? length : 120);
        assert_int_equal(receiver->context.info, tag_new(0xabc, 0, 0, length < 120 ? length : 120));
    }
}

static void without_either_buffer_four_words_arrive(void **state)
{
    (void)state;
    host_buffer(sender, 0);
    transfer(tag_new(1, 0, 3, 9), true);
    expect_words(4);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 4));
    setup(state);
    word_t *words = host_words(receiver);
    receiver->slot[TCB_BUFFER].cap =
        cap_mask_rights_bits(receiver->slot[TCB_BUFFER].cap, RIGHT_READ);
    tcb_buffer_changed(receiver);
    give(GIFT, 0, 0);
    transfer(tag_new(1, 0, 1, 9), true);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 4));
    assert_int_equal(words[BUFFER_MESSAGE + 4], 904);
    assert_true(slot_is_empty(host_slot(EMPTY)));
}

/* Rules: ipc 4.2. */
static void a_capability_goes_into_the_receive_slot(void **state)
{
    (void)state;
    give(GIFT, 0, 0);
    transfer(tag_new(1, 0, 1, 0), true);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 1, 0));
    assert_cap_equal(host_slot(EMPTY)->cap, cap_domain());
    assert_ptr_equal(host_slot(EMPTY)->prev, host_slot(GIFT));
}

static void without_grant_no_capability_goes(void **state)
{
    (void)state;
    give(GIFT, ENDPOINT, 0);
    transfer(tag_new(1, 0, 2, 5), false);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 5));
    assert_true(slot_is_empty(host_slot(EMPTY)));
}

static void capabilities_to_the_endpoint_arrive_as_badges(void **state)
{
    (void)state;
    slot_insert_derived(host_slot(10),
                        cap_endpoint(cap_endpoint_object(host_slot(ENDPOINT)->cap), 55, 0),
                        host_slot(ENDPOINT));
    give(10, GIFT, ENDPOINT);
    host_words(receiver)[BUFFER_CAPS + 1] = 31337;
    transfer(tag_new(1, 0, 3, 0), true);
    assert_int_equal(receiver->context.info, tag_new(1, 5, 3, 0));
    assert_int_equal(host_words(receiver)[BUFFER_CAPS], 55);
    assert_int_equal(host_words(receiver)[BUFFER_CAPS + 1], 31337);
    assert_int_equal(host_words(receiver)[BUFFER_CAPS + 2], 0);
    assert_cap_equal(host_slot(EMPTY)->cap, cap_domain());
}

static void transfer_stops_at_the_first_that_cannot_go(void **state)
{
    (void)state;
    give(GIFT, OTHER, ENDPOINT); /* one slot only */
    transfer(tag_new(1, 0, 3, 0), true);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 1, 0));

    setup(state);
    host_slot(EMPTY)->cap = cap_irq_control(); /* no slot at all */
    give(GIFT, ENDPOINT, ENDPOINT);
    transfer(tag_new(1, 0, 3, 0), true);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 0));

    setup(state);
    slot_insert_root(host_slot(11), cap_irq_control()); /* cannot be derived */
    give(ENDPOINT, 11, GIFT);
    transfer(tag_new(1, 0, 3, 0), true);
    assert_int_equal(receiver->context.info, tag_new(1, 1, 1, 0));
    assert_true(slot_is_empty(host_slot(EMPTY)));
}

static void an_address_that_leads_nowhere_means_no_capabilities(void **state)
{
    (void)state;
    give(GIFT, BIT(40), 0);
    transfer(tag_new(1, 0, 2, 5), true);
    assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 5));
    assert_true(slot_is_empty(host_slot(EMPTY)));
}

static void the_receive_slot_is_named_exactly(void **state)
{
    const struct {
        word_t cnode, index, depth;
    } bad[] = {
        { CNODE, EMPTY, HOST_RADIX - 1 },
        { CNODE, EMPTY, HOST_RADIX + 1 },
        { CNODE, EMPTY, 0 },
        { CNODE, EMPTY, 65 },
        { CNODE, GIFT, HOST_RADIX },
        { GIFT, EMPTY, HOST_RADIX },
        { BIT(50), EMPTY, HOST_RADIX },
    };
    for (word_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setup(state);
        word_t *words = host_words(receiver);
        words[BUFFER_RECEIVE_CNODE] = bad[i].cnode;
        words[BUFFER_RECEIVE_INDEX] = bad[i].index;
        words[BUFFER_RECEIVE_DEPTH] = bad[i].depth;
        give(OTHER, 0, 0);
        transfer(tag_new(1, 0, 1, 0), true);
        assert_int_equal(receiver->context.info, tag_new(1, 0, 0, 0));
    }
}

static void lookup_of_extra_capabilities(void **state)
{
    (void)state;
    struct extra_caps caps;
    cptr_t address;
    struct lookup_failure failure;
    give(GIFT, EMPTY, BIT(40));
    assert_true(message_lookup_caps(sender, NULL, 3, &caps, &address, &failure));
    assert_int_equal(caps.count, 0);
    assert_true(message_lookup_caps(sender, host_words(sender), 2, &caps, &address, &failure));
    assert_int_equal(caps.count, 2);
    assert_ptr_equal(caps.slot[0], host_slot(GIFT));
    assert_ptr_equal(caps.slot[1], host_slot(EMPTY));
    assert_false(message_lookup_caps(sender, host_words(sender), 3, &caps, &address, &failure));
    assert_int_equal(address.at, BIT(40));
    assert_int_equal(failure.type, seL4_GuardMismatch);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(tags_keep_their_fields),
        UNIT(messages_fit_four_words_without_a_buffer),
        UNIT(words_go_into_registers_and_buffer),
        UNIT(every_length_arrives_exactly),
        UNIT(without_either_buffer_four_words_arrive),
        UNIT(a_capability_goes_into_the_receive_slot),
        UNIT(without_grant_no_capability_goes),
        UNIT(capabilities_to_the_endpoint_arrive_as_badges),
        UNIT(transfer_stops_at_the_first_that_cannot_go),
        UNIT(an_address_that_leads_nowhere_means_no_capabilities),
        UNIT(the_receive_slot_is_named_exactly),
        UNIT(lookup_of_extra_capabilities),
    };
    return RUN(tests);
}
