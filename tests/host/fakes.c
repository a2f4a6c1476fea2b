/* SPDX-License-Identifier: BSD-2-Clause */
/* Stand-ins for the processor, weak; and what fakes.h offers to tests. */
#include "fakes.h"
#include <arch/capability.h>
#include <arch/console.h>
#include <arch/x86_64/vspace.h>
#include <kernel/check.h>
#include <kernel/fatal.h>
#include <kernel/syscall.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-parameter"
#define WEAK __attribute__((weak))

/* For tests ------------------------------------------------------------------------------------ */

#define OBJECTS_MAX 4096u

struct host host;
static word_t random_state;
static struct slot *common_slots; /* of host_slot(); made when it is first asked for */
static void *objects[OBJECTS_MAX];
static word_t object_count;
static word_t call_buffer[MESSAGE_MAX_LENGTH + 8];

int host_setup(void **state)
{
    (void)state;
    while (object_count)
        free(objects[--object_count]);
    random_state = 0x9e3779b97f4a7c15u;
    common_slots = NULL;
    memset(&host, 0, sizeof(host));
    memset(&core, 0, sizeof(core));
    memset(&domain, 0, sizeof(domain));
    memset(irq_lines, 0, sizeof(irq_lines));
    domain.schedule[0].duration = MASK(56);
    domain.time_left = MASK(56);
    work_units_left = WORK_UNITS_PER_PREEMPTION;
    quiet = true;
    debug_threads = NULL;
    core.idle.state = THREAD_IDLE;
    core.arch.space_generation = 1;
    core.current = host_thread(100);
    core.current->state = THREAD_RUNNING;
    return 0;
}

void *host_memory(word_t bits)
{
    REQUIRE(object_count < OBJECTS_MAX);
    word_t bytes = BIT(bits < 6 ? 6 : bits);
    void *memory = aligned_alloc(bytes, bytes);
    REQUIRE(memory);
    objects[object_count++] = memory;
    return memset(memory, 0, bytes);
}

struct tcb *host_thread(word_t priority)
{
    struct tcb *t = host_memory(TCB_BITS);
    t->priority = (uint8_t)priority;
    t->mcp = 255;
    t->time_slice = TIME_SLICE;
    return t;
}

struct slot *host_slots(word_t radix) { return host_memory(radix + SLOT_BITS); }

word_t *host_buffer(struct tcb *t, word_t rights)
{
    char *page = host_memory(12);
    struct cap frame = cap_frame(memory_physical(page), 12, false);
    t->slot[TCB_BUFFER] = (struct slot){ .cap = cap_mask_rights_bits(frame, rights) };
    t->buffer_address = 0x10000400;
    tcb_buffer_changed(t);
    return (word_t *)(page + 0x400);
}

struct invocation host_call(struct slot *slot, word_t label, word_t length, const word_t *words,
                            word_t caps, struct slot *const *extra)
{
    struct tcb *caller = core.current;
    struct invocation inv = {
        .caller = caller,
        .slot = slot,
        .cap = slot->cap,
        .buffer = call_buffer,
        .label = label,
        .length = length,
        .extra.count = caps,
        .is_call = true,
    };
    caller->state = THREAD_RUNNING;
    for (word_t i = 0; i < length; i++)
        *(i < MESSAGE_REGISTERS ? &caller->context.message[i]
                                : &call_buffer[BUFFER_MESSAGE + i]) = words[i];
    for (word_t i = 0; i < caps; i++)
        inv.extra.slot[i] = extra[i];
    return inv;
}

struct slot *host_slot(word_t index)
{
    if (!common_slots)
        common_slots = host_slots(HOST_RADIX);
    return common_slots + index;
}

word_t *host_words(const struct tcb *t)
{
    return vspace_buffer(t->slot[TCB_BUFFER].cap, t->buffer_address, RIGHT_READ);
}

struct tcb *host_user(word_t priority)
{
    struct tcb *t = host_thread(priority);
    context_create(&t->context);
    struct cap space = cap_cnode(host_slot(0), HOST_RADIX, 0, WORD_BITS - HOST_RADIX);
    slot_insert_root(&t->slot[TCB_CSPACE], space);
    tcb_make_reply_master(t);
    host_buffer(t, RIGHT_READ | RIGHT_WRITE);
    t->state = THREAD_RUNNING;
    return t;
}

struct endpoint *host_endpoint(word_t index)
{
    struct endpoint *e = host_memory(ENDPOINT_BITS);
    slot_insert_root(host_slot(index), cap_endpoint(e, 0, RIGHTS_ALL));
    return e;
}

struct notification *host_notification(word_t index)
{
    struct notification *n = host_memory(NOTIFICATION_BITS);
    slot_insert_root(host_slot(index), cap_notification(n, 0, RIGHT_READ | RIGHT_WRITE));
    return n;
}

void host_syscall(struct tcb *t, int64_t number, word_t cptr, word_t tag)
{
    core.current = t;
    t->context.badge = cptr;
    t->context.info = tag;
    syscall_handle((word_t)number);
}

word_t host_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1du;
}

word_t host_below(word_t limit) { return (host_random() >> 32) % limit; }

word_t input_byte(struct input *in) { return in->at < in->end ? *in->at++ : 0; }

word_t input_below(struct input *in, word_t limit)
{
    word_t value = input_byte(in);
    return (limit > 256 ? value << 8 | input_byte(in) : value) % limit;
}

word_t input_word(struct input *in)
{
    word_t value = 0;
    for (word_t i = 0; i < sizeof(value); i++)
        value = value << 8 | input_byte(in);
    return value;
}

/* The processor -------------------------------------------------------------------------------- */

static _Noreturn void leave(enum left how)
{
    REQUIRE(host.leave);
    longjmp(*host.leave, (int)how);
}

WEAK void memory_clear(void *at, word_t bytes)
{
    REQUIRE(bytes % sizeof(word_t) == 0);
    memset(at, 0, bytes);
}

WEAK void memory_copy(void *to, const void *from, word_t words)
{
    memcpy(to, from, words * sizeof(word_t));
}

WEAK _Noreturn void arch_switch_to(struct tcb *t)
{
    host.switched_to = t;
    leave(LEFT_FOR_THREAD);
}

WEAK _Noreturn void arch_resume(struct tcb *t) { leave(LEFT_RESUMED); }
WEAK _Noreturn void arch_idle(void) { leave(LEFT_IDLE); }
WEAK void arch_backtrace(word_t ip, word_t sp) {}
WEAK _Noreturn void arch_stop(void) { leave(LEFT_STOPPED); }

WEAK void console_put(char c)
{
    if (host.output_length < sizeof(host.output) - 1)
        host.output[host.output_length++] = c;
}

WEAK void irq_mask(word_t irq) { host.irq_masked++; }
WEAK void irq_unmask(word_t irq) { host.irq_unmasked++; }
WEAK void irq_end(word_t irq) { host.irq_ended++; }
WEAK bool irq_pending(void) { return host.irq_pending; }

WEAK void fpu_create(struct tcb *t) {}
WEAK void arch_bases_save(struct tcb *t) { (void)t; }
WEAK void arch_bases_load(struct tcb *t) { (void)t; }
WEAK void fpu_forget(struct tcb *t) { host.fpu_forgotten++; }
WEAK void fpu_release(struct tcb *t) { host.fpu_released++; }

WEAK word_t kernel_pml4_entry = 0x123;
WEAK struct asid_pool *asid_pools[ASID_POOLS];
WEAK void vspace_lost(void) { host.spaces_lost++; }
WEAK bool vspace_is_assigned(struct cap c)
{
    return cap_type(c) == CAP_PML4 && cap_map_asid(c) != 0;
}
WEAK void frame_unmap(struct cap frame) { host.frames_unmapped += cap_is_mapped(frame); }
WEAK void table_unlink(struct cap table) { host.tables_unlinked++; }
WEAK void asid_space_finalise(struct cap pml4) { host.spaces_finalised++; }
WEAK void asid_pool_finalise(struct cap pool) { host.pools_finalised++; }

/* What no test is about ------------------------------------------------------------------------ */

static _Noreturn void unreached(const char *what)
{
    fprintf(stderr, "unexpected call of %s\n", what);
    abort();
}

#define UNREACHED(type, name, parameters) \
    WEAK type name parameters { unreached(#name); }

UNREACHED(seL4_Error, arch_irq_control_invoke, (struct invocation *inv))
UNREACHED(seL4_Error, arch_irq_decode_get, (struct invocation *inv, word_t irq))
UNREACHED(seL4_Error, frame_invoke, (struct invocation *inv))
UNREACHED(seL4_Error, table_invoke, (struct invocation *inv))
UNREACHED(seL4_Error, asid_control_invoke, (struct invocation *inv))
UNREACHED(seL4_Error, asid_pool_invoke, (struct invocation *inv))
UNREACHED(word_t, hwdebug_fault_words, (const struct tcb *t, word_t *words))
UNREACHED(void, hwdebug_fault_reply, (struct tcb *t, word_t length, word_t first))

WEAK seL4_Error hwdebug_invoke(struct invocation *inv) { return fail_illegal(inv, "not here"); }
WEAK void hwdebug_registers_copied(struct tcb *t) {}
WEAK void check_entry(const char *what, word_t a, word_t b, word_t c) {}
WEAK void check_all(const char *after) {}

WEAK _Noreturn void fatal(const char *what)
{
    fprintf(stderr, "fatal: %s\n", what);
    abort();
}
