/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaving the kernel for a thread: what the processor has to hold for it is loaded where it differs from
 * what it holds, since these registers are slow to write. */
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/fpu.h>
#include <arch/x86_64/hwdebug.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/vspace.h>
#include <kernel/core.h>

/* A base that was stored unchecked must not make WRMSR fault: its upper bits are made to fit. */
static hot_inline void load_base(uint32_t msr, word_t *loaded, word_t base)
{
    *loaded = base;
    wrmsr(msr, (word_t)((int64_t)(base << 16) >> 16));
}

/* What most threads do without: floating-point state and a GS base. */
static __attribute__((noinline)) void load_extras(struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    if (t->context.other_base != a->other_base)
        load_base(MSR_GS_BASE, &a->other_base, t->context.other_base);
    fpu_switch(t);
    a->extras = (a->fpu_owner != NULL) | a->other_base;
}

noreturn void arch_switch_to(struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    if (unlikely(t->space.generation != a->space_generation))
        vspace_refresh(t);
    if (t->space.root != a->space)
        vspace_load(t->space.root);
    if (t->context.tls_base != a->tls_base)
        load_base(MSR_FS_BASE, &a->tls_base, t->context.tls_base);
    if (unlikely((t->context.other_base | t->fpu_in_use | a->extras) != 0))
        load_extras(t);
    if (VARIANT_HW_DEBUG)
        hwdebug_switch(t);
    tss.rsp0 = (word_t)(&t->context + 1);
    if (likely(t->context.entry & CONTEXT_BY_SYSCALL))
        leave_by_sysret(t);
    leave_by_iret(t);
}

noreturn void arch_resume(struct tcb *t) { leave_by_sysret(t); }

noreturn void arch_stop(void) { stop(); }
