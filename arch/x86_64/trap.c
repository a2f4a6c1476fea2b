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
    if (lapic_dismiss(vector) || vector == VECTOR_SPURIOUS)
        arch_switch_to(t);
    software_interrupt(t, vector);
}

noreturn void trap_from_kernel(word_t vector, const struct context *context)
{
    struct core *c = core_this();
    if (c->current != &c->idle || vector < VECTOR_IRQ0)
        trap_fatal_elsewhere(vector, context);
    if (vector < VECTOR_SOFTWARE)
        entry_interrupt(vector - VECTOR_IRQ0);
    (void)lapic_dismiss(vector);
    arch_idle();
}

static void print_registers(const struct context *context)
{
    static const char names[][7] = { "rip", "rsp", "rflags", "rax", "rbx", "rcx", "rdx", "rsi", "rdi",
                                     "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" };
    word_t words[CONTEXT_FRAME_REGISTERS];
    context_read(context, &context_registers, 0, CONTEXT_FRAME_REGISTERS, words);
    for (word_t i = 0; i < CONTEXT_FRAME_REGISTERS; i++)
        print("%-6s %016lx%s", names[i], words[i], i % 3 == 2 ? "\n" : "  ");
    print("cs %lx, ss %lx, fs base %lx, gs base %lx\n", context->code_segment, context->stack_segment,
          rdmsr(MSR_FS_BASE), rdmsr(MSR_GS_BASE));
    print("cr0 %lx, cr2 %lx, cr3 %lx, cr4 %lx, thread %lx\n", read_cr0(), read_cr2(), read_cr3(), read_cr4(),
          (word_t)core_this()->current);
}

noreturn void trap_fatal(word_t vector, const struct context *context)
{
    print("\nKERNEL FAULT: vector %lu, error code %lx, at %lx\n", vector, context->error_code, context->ip);
    print_registers(context);
    /* The others in a backtrace are return addresses, one behind. */
    fatal_at("a fault of the kernel", context->ip + 1, context->sp);
}
