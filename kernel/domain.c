/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains: groups of threads that run in turns of fixed length.  Rules: docs/rules.md, threads 6. */
#include <kernel/abi.h>
#include <kernel/core.h>
#include <kernel/domain.h>
#include <kernel/scheduler.h>

#define MAX_DURATION MASK(56)

static bool is_end_marker(struct domain_entry e) { return e.domain == 0 && e.duration == 0; }

void domain_advance(void)
{
    domain.index++;
    if (is_end_marker(domain.schedule[domain.index]))
        domain.index = domain.start;
    domain.current = domain.schedule[domain.index].domain;
    domain.time_left = domain.schedule[domain.index].duration;
    work_units_left = WORK_UNITS_PER_PREEMPTION;
}

/* Set: 0 domain; extra 0 TCB. */
static seL4_Error invoke_set(struct invocation *inv)
{
    if (inv->length < 1)
        return fail_truncated(inv);
    word_t number = argument(inv, 0);
    if (number >= DOMAINS)
        return fail_argument(inv, 0, "no such domain");
    if (inv->extra.count < 1)
        return fail_truncated(inv);
    struct cap cap = inv->extra.slot[0]->cap;
    if (cap_type(cap) != CAP_TCB)
        return fail_argument(inv, 1, "not a TCB");

    struct tcb *t = cap_tcb_object(cap);
    invocation_commit(inv);
    scheduler_dequeue(t);
    t->domain = (uint8_t)number;
    if (tcb_is_runnable(t))
        scheduler_enqueue_front(t);
    if (t == inv->caller)
        scheduler_force();
    return seL4_NoError;
}

/* ScheduleConfigure: 0 index, 1 domain, 2 duration. */
static seL4_Error invoke_configure(struct invocation *inv)
{
    if (!has_arguments(inv, 3, 0))
        return fail_truncated(inv);
    word_t index = argument(inv, 0), number = argument(inv, 1), duration = argument(inv, 2);
    if (index >= DOMAIN_SCHEDULES - 1)
        return fail_range(inv, 0, DOMAIN_SCHEDULES - 2, "schedule index");
    if (number >= DOMAINS)
        return fail_range(inv, 0, DOMAINS - 1, "domain");
    if (duration > MAX_DURATION)
        return fail_argument(inv, 2, "duration above 2^56-1");
    if (duration == 0 && number != 0)
        return fail_argument(inv, 1, "an end marker names domain 0");
    if (duration == 0 && index == domain.start)
        return fail_argument(inv, 2, "the start of the schedule cannot be an end marker");
    invocation_commit(inv);
    domain.schedule[index] = (struct domain_entry){ number, duration };
    return seL4_NoError;
}

/* ScheduleSetStart: 0 index.  The next choice goes on at the new start. */
static seL4_Error invoke_set_start(struct invocation *inv)
{
    if (!has_arguments(inv, 1, 0))
        return fail_truncated(inv);
    word_t index = argument(inv, 0);
    if (index >= DOMAIN_SCHEDULES)
        return fail_range(inv, 0, DOMAIN_SCHEDULES - 1, "schedule index");
    if (is_end_marker(domain.schedule[index]))
        return fail_argument(inv, 0, "that entry is an end marker");
    invocation_commit(inv);
    domain.start = index;
    domain.time_left = 0;
    domain.index = DOMAIN_SCHEDULES - 2;
    scheduler_force();
    return seL4_NoError;
}

seL4_Error domain_invoke(struct invocation *inv)
{
    switch (inv->label) {
    case DomainSetSet:
        return invoke_set(inv);
    case DomainScheduleConfigure:
        return invoke_configure(inv);
    case DomainScheduleSetStart:
        return invoke_set_start(inv);
    default:
        return fail_illegal(inv, "no method of a domain capability");
    }
}
