/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel entries, general path: serve, schedule, leave. */
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/entry.h>
#include <kernel/scheduler.h>
#include <kernel/syscall.h>

noreturn void entry_exit(void)
{
    struct core *c = core_this();
    schedule();
    if (VARIANT_CHECK)
        check_all("general path");
    if (c->current == &c->idle)
        arch_idle();
    arch_switch_to(c->current);
}

noreturn void entry_syscall_general(word_t number)
{
    syscall_handle(number);
    entry_exit();
}

noreturn void entry_call_through(struct slot *slot, word_t tag)
{
    syscall_call_through(slot, tag);
    entry_exit();
}

noreturn void entry_interrupt(word_t irq)
{
    if (VARIANT_CHECK)
        check_entry("interrupt", irq, 0, 0);
    interrupt_handle(irq);
    entry_exit();
}

noreturn void entry_fault(const struct fault *fault)
{
    if (VARIANT_CHECK)
        check_entry("fault", fault->type, fault->word[0], fault->word[1]);
    fault_deliver(core_this()->current, fault);
    entry_exit();
}
