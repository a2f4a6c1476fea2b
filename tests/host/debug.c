/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: kernel/debug.c */
#include "host.h"
#include "fakes.h"
#include <kernel/debug.h>

enum { E = 1, THREAD = 2, EMPTY = 40 };

static struct tcb *self;

static int setup(void **state)
{
    host_setup(state);
    self = core.current = host_user(10);
    debug_thread_name(self, "self");
    host_endpoint(E);
    slot_insert_root(host_slot(THREAD), cap_tcb(host_thread(1)));
    return 0;
}

/* Rules: untyped 7. */
static void threads_are_named_after_their_creator(void **state)
{
    (void)state;
    struct tcb *child = host_thread(1);
    debug_thread_created(child);
    assert_string_equal(debug_name(child), "child of: 'self'");
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char name[2 * TCB_BYTES];
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = 0;
    debug_thread_name(self, name);
    assert_int_equal(strlen(debug_name(self)), TCB_NAME_BYTES - 1);
}

static void the_list_has_who_lives(void **state)
{
    (void)state;
    struct tcb *t[4];
    for (word_t i = 0; i < 4; i++)
        debug_thread_created(t[i] = host_thread(1));
    debug_thread_deleted(t[3]);
    debug_thread_deleted(t[1]);
    assert_ptr_equal(debug_threads, t[2]);
    assert_ptr_equal(t[2]->debug_next, t[0]);
    assert_ptr_equal(t[0]->debug_prev, t[2]);
    debug_thread_deleted(t[0]);
    debug_thread_deleted(t[2]);
    assert_null(debug_threads);
}

static word_t identify(word_t cptr)
{
    self->context.badge = cptr;
    assert_true(debug_syscall((word_t)seL4_SysDebugCapIdentify));
    return self->context.badge;
}

/* Rules: ipc 10. */
static void capabilities_are_identified(void **state)
{
    (void)state;
    assert_int_equal(identify(E), CAP_ENDPOINT);
    assert_int_equal(identify(THREAD), CAP_TCB);
    assert_int_equal(identify(EMPTY), 0);
    assert_int_equal(identify(BIT(40)), 0);
}

static void characters_go_to_the_console(void **state)
{
    (void)state;
    self->context.badge = 'c';
    assert_true(debug_syscall((word_t)seL4_SysDebugPutChar));
    assert_string_equal(host.output, "c");
    assert_false(debug_syscall((word_t)-99));
}

static void threads_get_names(void **state)
{
    (void)state;
    strcpy((char *)(host_words(self) + 1), "worker");
    self->context.badge = THREAD;
    assert_true(debug_syscall((word_t)seL4_SysDebugNameThread));
    assert_string_equal(debug_name(cap_tcb_object(host_slot(THREAD)->cap)), "worker");
}

static void refusals_say_who_and_why(void **state)
{
    (void)state;
    struct slot slot = { .cap = cap_tcb(self) };
    struct invocation inv = host_call(&slot, 77, NO_WORDS, NO_EXTRA);
    inv.error_length = 1;
    inv.error_word[0] = 0xabc;
    debug_refused(&inv, seL4_RangeError, "because");
    assert_non_null(strstr(host.output, "\"self\""));
    assert_non_null(strstr(host.output, "TCB"));
    assert_non_null(strstr(host.output, "range error abc"));
    assert_non_null(strstr(host.output, "because"));
}

static void every_label_and_type_can_be_reported(void **state)
{
    (void)state;
    struct slot slot = { 0 };
    for (word_t label = 0; label < 200; label++) {
        slot.cap = (struct cap){ { label % 32, 0 } };
        struct invocation inv = host_call(&slot, label < 199 ? label : ~0ul, NO_WORDS, NO_EXTRA);
        host.output_length = 0;
        debug_refused(&inv, (seL4_Error)(1 + label % 10), "because");
        assert_true(host.output_length > 20);
    }
}

static void spaces_that_hold_themselves_can_be_dumped(void **state)
{
    (void)state;
    debug_thread_created(self);
    for (word_t i = 0; i < 4; i++) {
        struct slot *slots = host_slots(3);
        slot_insert_root(host_slot(50 + i), cap_cnode(slots, 3, 0, 0));
        slot_insert_derived(&slots[7], host_slot(50)->cap, host_slot(50));
        slot_insert_derived(&slots[6], cap_cnode(slots, 3, 0, 0), host_slot(50 + i));
    }
    assert_true(debug_syscall((word_t)seL4_SysDebugSnapshot));
    assert_true(host.output_length > 0);
}

static void dumps_name_every_thread(void **state)
{
    (void)state;
    debug_thread_created(host_thread(1));
    assert_true(debug_syscall((word_t)seL4_SysDebugDumpScheduler));
    assert_non_null(strstr(host.output, "child of: 'self'"));
    assert_true(debug_syscall((word_t)seL4_SysDebugSnapshot));
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(threads_are_named_after_their_creator),
        UNIT(long_names_are_cut),
        UNIT(the_list_has_who_lives),
        UNIT(capabilities_are_identified),
        UNIT(characters_go_to_the_console),
        UNIT(threads_get_names),
        UNIT(refusals_say_who_and_why),
        UNIT(every_label_and_type_can_be_reported),
        UNIT(spaces_that_hold_themselves_can_be_dumped),
        UNIT(dumps_name_every_thread),
    };
    return RUN(tests);
}
