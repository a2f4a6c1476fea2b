/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving the kernel for a thread: what the processor has to hold for it is loaded where it differs from
 * what it holds, since these registers are slow to write. */
#include <arch/x86_64/bases.h>
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/fpu.h>
#include <arch/x86_64/hwdebug.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/vspace.h>
#include <kernel/core.h>

static hot_inline noreturn void leave(struct tcb *t)
{
    if (VARIANT_HW_DEBUG)
        hwdebug_switch(t);
    tss.rsp0 = (word_t)(&t->context + 1);
    if (likely(t->context.entry & CONTEXT_BY_SYSCALL))
        leave_by_sysret(t);
    /* IRETQ to any other address is a fault of the kernel's (Intel SDM vol. 2A), and some processors store one
     * for a jump that went nowhere. */
    if (unlikely(!is_canonical(t->context.ip)))
        t->context.ip = 0;
    leave_by_iret(t);
}

/* The rare steps do not return to the short way, so that it has nothing to keep for afterwards. */
static __attribute__((noinline)) noreturn void leave_with_fpu(struct tcb *t)
{
    fpu_switch(t);
    leave(t);
}

static hot_inline noreturn void load(struct tcb *t, bool by_instruction)
{
    struct arch_core *a = &core_this()->arch;
    if (likely(t->space.root != a->space))
        vspace_load(t->space.root);
    if (tss.rsp0 != (word_t)(&t->context + 1)) {
        if (by_instruction)
            bases_switch_by_instruction(t);
        else
            bases_switch_by_msr(t);
    }
    if (unlikely((t->fpu_in_use | (word_t)a->fpu_owner) != 0))
        leave_with_fpu(t);
    leave(t);
}

/* After an event that may have taken t's address space from it, or stored a base that cannot be loaded. */
static __attribute__((noinline)) noreturn void look_again(struct tcb *t)
{
    vspace_refresh(t);
    bases_fit(&t->context);
    load(t, cpu.has.fsgsbase);
}

static hot_inline noreturn void switch_to(struct tcb *t, bool by_instruction)
{
    if (unlikely(t->space.generation != core_this()->arch.space_generation))
        look_again(t);
    load(t, by_instruction);
}

/* Not inlined: boot may put a jump at the first.  In itself each is one piece. */
__attribute__((noinline, flatten)) noreturn void arch_switch_to(struct tcb *t) { switch_to(t, true); }
__attribute__((noinline, flatten)) noreturn void switch_without_fsgsbase(struct tcb *t) { switch_to(t, false); }

noreturn void arch_resume(struct tcb *t) { leave_by_sysret(t); }

noreturn void arch_stop(void) { stop(); }
