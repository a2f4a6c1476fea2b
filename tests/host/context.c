/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/x86_64/context.h>

enum { RIP, RSP, RFLAGS, RAX, FS_BASE = 18, GS_BASE = 19 };

static struct context a, b;

/* Register i in the order of ReadRegisters. */
static word_t get(const struct context *c, word_t i)
{
    word_t value;
    context_read(c, &context_registers, i, 1, &value);
    return value;
}

static void set(struct context *c, word_t i, word_t value)
{
    context_write(c, &context_registers, i, 1, &value);
}

static int setup(void **state)
{
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    return host_setup(state);
}

static void a_new_context(void **state)
{
    (void)state;
    context_create(&a);
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
        assert_int_equal(get(&a, i), i == RFLAGS ? 0x202 : 0);
    assert_int_equal(a.code_segment & 3, 3);
    assert_int_equal(a.stack_segment & 3, 3);
}

static void every_register_is_a_word_of_its_own(void **state)
{
    (void)state;
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
        set(&a, i, i == RFLAGS ? 0x246 : 0x1000 + i);
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
        assert_int_equal(get(&a, i), i == RFLAGS ? 0x246 : 0x1000 + i);
}

/* Rules: threads 1.2 and the roles of ipc.md: RDI, RSI, RDX, R10, R8, R9, R15. */
static void registers_of_the_interface(void **state)
{
    (void)state;
    for (word_t i = 3; i < 18; i++)
        set(&a, i, 100 + i);
    assert_int_equal(a.number, 106);
    assert_int_equal(a.info, 107);
    assert_int_equal(a.badge, 108);
    assert_int_equal(a.message[0], 112);
    assert_int_equal(a.message[1], 110);
    assert_int_equal(a.message[2], 111);
    assert_int_equal(a.message[3], 117);
    assert_int_equal(a.general[GENERAL_RAX], 103);
    assert_int_equal(a.general[GENERAL_R11], 113);
}

/* Rules: threads 1.3. */
static void flags_are_sanitised(void **state)
{
    (void)state;
    for (word_t i = 0; i < 5000; i++) {
        word_t value = i < 64 ? BIT(i) : host_random();
        set(&a, RFLAGS, value);
        assert_int_equal(a.flags, ((value | 0x202) & ~0x128ul) & 0xfff);
    }
}

static void addresses_that_are_not_canonical_become_zero(void **state)
{
    (void)state;
    const word_t good[] = { 0, 1, 0x7fffffffffff, 0xffff800000000000, ~0ul };
    const word_t bad[] = { 0x800000000000, 0xffff7fffffffffff, BIT(63), BIT(48),
                           0x7fffffffffffffff };
    const word_t index[] = { RIP, FS_BASE, GS_BASE };
    for (word_t i = 0; i < 3; i++) {
        for (word_t k = 0; k < 5; k++) {
            set(&a, index[i], good[k]);
            assert_int_equal(get(&a, index[i]), good[k]);
            set(&a, index[i], bad[k]);
            assert_int_equal(get(&a, index[i]), 0);
            assert_true(context_is_tls_base(good[k]));
            assert_false(context_is_tls_base(bad[k]));
        }
    }
    set(&a, RSP, bad[0]); /* the stack pointer is the user's business */
    assert_int_equal(get(&a, RSP), bad[0]);
}

/* Rules: threads 1.1. */
static void the_two_instruction_pointers(void **state)
{
    (void)state;
    a.ip = 0x1002;
    a.entry = CONTEXT_STEP_BACK | CONTEXT_BY_SYSCALL;
    assert_int_equal(context_fault_ip(&a), 0x1000);
    assert_int_equal(get(&a, RIP), 0x1000);
    b = a;
    context_rewind(&b);
    assert_int_equal(b.ip, 0x1000);
    assert_int_equal(context_fault_ip(&b), 0x1000);
    b = a;
    context_settle(&b);
    assert_int_equal(b.ip, 0x1002);
    assert_int_equal(context_fault_ip(&b), 0x1002);
    b = a;
    set(&b, RIP, 0x5000);
    assert_int_equal(b.ip, 0x5000);
    assert_int_equal(context_fault_ip(&b), 0x5000);
    context_rewind(&b);
    assert_int_equal(b.ip, 0x5000);
}

static void restoring_all_forgets_the_short_way_only(void **state)
{
    (void)state;
    a.ip = 0x1002;
    a.entry = CONTEXT_STEP_BACK | CONTEXT_BY_SYSCALL;
    context_restore_all(&a);
    assert_int_equal(a.entry & CONTEXT_BY_SYSCALL, 0);
    assert_int_equal(context_fault_ip(&a), 0x1000);
}

static void fill(struct context *c, word_t from)
{
    for (word_t i = 0; i < CONTEXT_REGISTERS; i++)
        set(c, i, i == RFLAGS ? 0x202 | (from & 1) : from + i);
}

/* Rules: threads 3.3. */
static void copy_takes_frame_or_integer_registers(void **state)
{
    (void)state;
    for (word_t which = 0; which < 4; which++) {
        fill(&a, 0x1001);
        fill(&b, 0x2000);
        struct context before = b;
        context_copy(&b, &a, which & 1, which & 2);
        for (word_t i = 0; i < CONTEXT_REGISTERS; i++) {
            bool taken = i < 18 ? which & 1 : which & 2;
            assert_int_equal(get(&b, i), get(taken ? &a : &before, i));
        }
    }
}

static void copy_does_not_sanitise_and_takes_the_fault_ip(void **state)
{
    (void)state;
    a.ip = 0x1002;
    a.entry = CONTEXT_STEP_BACK;
    a.flags = 0xffffffff;
    a.tls_base = BIT(60);
    b.entry = CONTEXT_STEP_BACK | CONTEXT_BY_SYSCALL;
    context_copy(&b, &a, true, true);
    assert_int_equal(b.ip, 0x1000);
    assert_int_equal(context_fault_ip(&b), 0x1000);
    assert_int_equal(b.flags, 0xffffffff);
    assert_int_equal(b.tls_base, BIT(60));
    assert_int_equal(b.code_segment, 0);
}

/* Rules: ipc 8.3. */
static void registers_of_fault_messages(void **state)
{
    (void)state;
    const word_t syscall[] = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, RIP, RSP, RFLAGS
    };
    for (word_t i = 0; i < context_syscall_message.count; i++)
        assert_int_equal(context_syscall_message.word[i], context_registers.word[syscall[i]]);
    for (word_t i = 0; i < context_exception_message.count; i++)
        assert_int_equal(context_exception_message.word[i], context_registers.word[i]);
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_new_context),
        UNIT(every_register_is_a_word_of_its_own),
        UNIT(registers_of_the_interface),
        UNIT(flags_are_sanitised),
        UNIT(addresses_that_are_not_canonical_become_zero),
        UNIT(the_two_instruction_pointers),
        UNIT(restoring_all_forgets_the_short_way_only),
        UNIT(copy_takes_frame_or_integer_registers),
        UNIT(copy_does_not_sanitise_and_takes_the_fault_ip),
        UNIT(registers_of_fault_messages),
    };
    return RUN(tests);
}
