/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/ioport.h>
#include <signal.h>

#define RADIX 4u
#define PORTS 65536u

static struct slot control, root, *dest;
static struct invocation inv;

static int setup(void **state)
{
    host_setup(state);
    io_port_release(cap_io_port(0, PORTS - 1));
    control = root = (struct slot){ 0 };
    dest = host_slots(RADIX);
    slot_insert_root(&control, cap_simple(CAP_IO_PORT_CONTROL));
    slot_insert_root(&root, cap_cnode(dest, RADIX, 0, 0));
    return 0;
}

static seL4_Error issue(word_t first, word_t last, word_t index, word_t depth)
{
    inv =
        host_call(&control, X86IOPortControlIssue, WORDS(first, last, index, depth), EXTRA(&root));
    return io_port_control_invoke(&inv);
}

/* Rules: x86_64 7. */
static void issue_checks_in_order(void **state)
{
    (void)state;
    inv = host_call(&control, X86IOPortControlIssue + 1, NO_WORDS, NO_EXTRA);
    assert_refused(io_port_control_invoke(&inv), &inv, seL4_IllegalOperation);
    inv = host_call(&control, X86IOPortControlIssue, WORDS(1, 0, 0), EXTRA(&root));
    assert_refused(io_port_control_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&control, X86IOPortControlIssue, WORDS(1, 0, 0, 0), NO_EXTRA);
    assert_refused(io_port_control_invoke(&inv), &inv, seL4_TruncatedMessage);
    assert_refused(issue(5, 4, 0, 65), &inv, seL4_InvalidArgument, 1);
    assert_int_equal(issue(5, 9, 0, RADIX), seL4_NoError);
    assert_refused(issue(9, 9, 0, 65), &inv, seL4_RevokeFirst);
    assert_refused(issue(10, 10, 0, 65), &inv, seL4_RangeError, 1, 64);
    assert_refused(issue(10, 10, 0, RADIX), &inv, seL4_DeleteFirst);
}

static void issued_ranges_are_children_of_control(void **state)
{
    (void)state;
    assert_done(issue(0x3f8, 0x3ff, 3, RADIX), &inv);
    assert_cap_equal(dest[3].cap, cap_io_port(0x3f8, 0x3ff));
    assert_ptr_equal(slot_next(&control), &dest[3]);
    assert_true(slot_has_children(&control));
}

static void a_refused_issue_leaves_the_ports_free(void **state)
{
    (void)state;
    dest[0].cap = cap_domain();
    assert_refused(issue(100, 200, 0, RADIX), &inv, seL4_DeleteFirst);
    assert_int_equal(issue(100, 200, 1, RADIX), seL4_NoError);
}

static void ranges_that_touch_words_at_their_ends(void **state)
{
    (void)state;
    const word_t edges[] = { 0,   1,   62,  63,  64,         65,         127,
                             128, 129, 191, 192, PORTS - 65, PORTS - 64, PORTS - 1 };
    const word_t count = sizeof(edges) / sizeof(edges[0]);
    for (word_t i = 0; i < count; i++) {
        for (word_t k = i; k < count; k++) {
            dest[0] = dest[1] = dest[2] = (struct slot){ 0 };
            control.next_and_marks = SLOT_MARKS;
            word_t first = edges[i], last = edges[k];
            assert_int_equal(issue(first, last, 0, RADIX), seL4_NoError);
            assert_int_equal(issue(first, first, 1, RADIX), seL4_RevokeFirst);
            assert_int_equal(issue(last, last, 1, RADIX), seL4_RevokeFirst);
            assert_int_equal(issue(0, PORTS - 1, 1, RADIX), seL4_RevokeFirst);
            if (first > 0)
                assert_int_equal(issue(first - 1, first - 1, 1, RADIX), seL4_NoError);
            if (last < PORTS - 1)
                assert_int_equal(issue(last + 1, last + 1, 2, RADIX), seL4_NoError);
            io_port_release(cap_io_port(0, PORTS - 1));
        }
    }
}

/* Against an array with an entry for each port. */
static void random_ranges_against_the_model(void **state)
{
    (void)state;
    static bool issued[PORTS];
    struct cap live[8];
    word_t count = 0;
    memset(issued, 0, sizeof(issued));
    for (word_t round = 0; round < 3000; round++) {
        if (count == 8 || (count && host_below(3) == 0)) {
            word_t i = host_below(count);
            for (word_t p = cap_io_port_first(live[i]); p <= cap_io_port_last(live[i]); p++)
                issued[p] = false;
            io_port_release(live[i]);
            live[i] = live[--count];
            continue;
        }
        word_t first = host_below(400), last = first + host_below(200);
        bool free = true;
        for (word_t p = first; p <= last; p++)
            free = free && !issued[p];
        dest[0] = (struct slot){ 0 };
        control.next_and_marks = SLOT_MARKS;
        assert_int_equal(issue(first, last, 0, RADIX), free ? seL4_NoError : seL4_RevokeFirst);
        if (!free)
            continue;
        live[count++] = dest[0].cap;
        for (word_t p = first; p <= last; p++)
            issued[p] = true;
    }
}

/* On the host a port instruction traps: that far and no further. */
static sigjmp_buf trapped;
static void on_trap(int number)
{
    (void)number;
    siglongjmp(trapped, 1);
}

static bool reaches_the_port(word_t label, word_t port, word_t range_first, word_t range_last)
{
    static struct slot ports;
    bool reached = false;
    ports.cap = cap_io_port(range_first, range_last);
    inv = host_call(&ports, label, WORDS(port, 0), NO_EXTRA);
    struct sigaction action = { .sa_handler = on_trap }, old;
    sigaction(SIGSEGV, &action, &old);
    if (sigsetjmp(trapped, 1))
        reached = true;
    else
        assert_int_equal(io_port_invoke(&inv), seL4_IllegalOperation);
    sigaction(SIGSEGV, &old, NULL);
    return reached;
}

static void accesses_stay_inside_the_range(void **state)
{
    (void)state;
    const struct {
        word_t label, bytes;
    } methods[] = {
        { X86IOPortIn8, 1 },  { X86IOPortIn16, 2 },  { X86IOPortIn32, 4 },
        { X86IOPortOut8, 1 }, { X86IOPortOut16, 2 }, { X86IOPortOut32, 4 },
    };
    for (word_t i = 0; i < 6; i++) {
        for (word_t port = 90; port < 120; port++) {
            bool inside = port >= 100 && port + methods[i].bytes - 1 <= 109;
            assert_int_equal(reaches_the_port(methods[i].label, port, 100, 109), inside);
        }
        assert_int_equal(reaches_the_port(methods[i].label, PORTS - 1, 0, PORTS - 1),
                         methods[i].bytes == 1);
        assert_true(reaches_the_port(methods[i].label, PORTS - 4, 0, PORTS - 1));
    }
}

static void accesses_need_their_words_and_a_known_label(void **state)
{
    (void)state;
    struct slot ports = { .cap = cap_io_port(0, 9) };
    inv = host_call(&ports, X86IOPortIn8, NO_WORDS, NO_EXTRA);
    assert_refused(io_port_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&ports, X86IOPortOut8, WORDS(3), NO_EXTRA);
    assert_refused(io_port_invoke(&inv), &inv, seL4_TruncatedMessage);
    inv = host_call(&ports, X86IOPortControlIssue, WORDS(3, 3, 3, 3), NO_EXTRA);
    assert_refused(io_port_invoke(&inv), &inv, seL4_IllegalOperation);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(issue_checks_in_order),
        UNIT(issued_ranges_are_children_of_control),
        UNIT(a_refused_issue_leaves_the_ports_free),
        UNIT(ranges_that_touch_words_at_their_ends),
        UNIT(random_ranges_against_the_model),
        UNIT(accesses_stay_inside_the_range),
        UNIT(accesses_need_their_words_and_a_known_label),
    };
    return RUN(tests);
}
