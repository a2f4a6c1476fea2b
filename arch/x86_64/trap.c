/* SPDX-License-Identifier: BSD-2-Clause */
/* What an interrupt or exception means.  Rules: docs/rules.md, x86_64 4, 5, 8. */
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/hwdebug.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/trap.h>
#include <kernel/core.h>
#include <kernel/entry.h>
#include <kernel/fatal.h>
#include <kernel/print.h>

/* Page-fault error code.  Intel SDM vol. 3A, 4.7. */
#define PAGE_FAULT_FETCH BIT(4)

static noreturn void page_fault(word_t code)
{
    /* With SMEP off user level must not see that a fetch failed: only the kernel's use of NX makes the
     * processor report it then (rules: x86_64 4.1). */
    if (!cpu.has.smep)
        code &= ~PAGE_FAULT_FETCH;
    struct fault fault = fault_vm(read_cr2(), code & PAGE_FAULT_FETCH, code);
    entry_fault(&fault);
}

static noreturn void exception(struct tcb *t, word_t vector)
{
    if (vector == VECTOR_PAGE_FAULT)
        page_fault(t->context.error_code);
    if (VARIANT_HW_DEBUG && (vector == VECTOR_DEBUG || vector == VECTOR_BREAKPOINT))
        hwdebug_trap(t, vector);
    if (vector == VECTOR_NO_FPU && fpu_first_use(t))
        entry_exit();
    struct fault fault = fault_user_exception(vector, t->context.error_code);
    entry_fault(&fault);
}

/* INT n with n above the interrupts: an unknown system call, repeated unless the handler moves on. */
static noreturn void software_interrupt(struct tcb *t, word_t vector)
{
    uint32_t number = (uint32_t)(vector << 24 | (t->context.general[GENERAL_RAX] & MASK(24)));
    struct fault fault = fault_unknown_syscall((word_t)(int64_t)(int32_t)number);
    t->context.entry |= CONTEXT_STEP_BACK;
    entry_fault(&fault);
}

noreturn void trap_from_user(word_t vector)
{
    struct tcb *t = core_this()->current;
    if (vector < VECTOR_IRQ0)
        exception(t, vector);
    if (vector < VECTOR_SOFTWARE)
        entry_interrupt(vector - VECTOR_IRQ0);
    if (vector == VECTOR_SPURIOUS)
        arch_switch_to(t);
    software_interrupt(t, vector);
}

noreturn void trap_from_kernel(word_t vector, const struct trap_frame *frame)
{
    struct core *c = core_this();
    if (c->current != &c->idle || vector < VECTOR_IRQ0 || (vector >= VECTOR_SOFTWARE && vector != VECTOR_SPURIOUS))
        trap_fatal(vector, frame);
    if (vector == VECTOR_SPURIOUS)
        arch_idle();
    entry_interrupt(vector - VECTOR_IRQ0);
}

noreturn void trap_fatal(word_t vector, const struct trap_frame *frame)
{
    print("\nKERNEL FAULT: vector %lu, error code %lx, at %lx, address %lx, stack %lx, flags %lx\n", vector,
          frame->error_code, frame->ip, read_cr2(), frame->sp, frame->flags);
    fatal("a fault of the kernel");
}
