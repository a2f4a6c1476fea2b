/* SPDX-License-Identifier: BSD-2-Clause */
/* Bases of FS and GS, and the selectors in DS, ES, FS and GS: what user level changes without the kernel, by
 * WRFSBASE and WRGSBASE where the processor has them, and by loading a selector, which changes a base as well.
 * So what was loaded last is not trusted to be there still.  Rules: docs/rules.md, x86_64 6.
 *   1  a thread that starts to run finds its own bases, whatever another has done
 *   2  it finds null selectors
 *
 * With FSGSBASE the bases are read back from the processor into the context of the thread that ran.  (It may just
 * have been deleted: its memory is not in use again before another thread has run.)
 *
 * Without it, a base in the processor is the one that was loaded last, or 0: every descriptor that user level can
 * load has base 0, and so have null selectors on some processors, where loading one leaves no other trace.
 * FS base has to be read, therefore, before it is taken to be there. */
#include <arch/x86_64/bases.h>
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/tables.h>
#include <kernel/core.h>

/* The end of the context of the thread that ran last: where the processor would have pushed its frame. */
static hot_inline struct context *loaded_end(void) { return (struct context *)tss.rsp0; }

static hot_inline bool selectors_are_null(void) { return (read_ds() | read_es() | read_fs() | read_gs()) == 0; }

static __attribute__((noinline)) void clear_selectors(void)
{
    write_ds(0);
    write_es(0);
    write_fs(0);
    write_gs(0);
}

/* Few threads have one. */
static __attribute__((noinline)) void load_other_base(const struct tcb *t) { wrgsbase(t->context.other_base); }

void bases_switch_by_instruction(const struct tcb *t)
{
    struct context *end = loaded_end();
    word_t other_base = rdgsbase();
    end[-1].tls_base = rdfsbase();
    end[-1].other_base = other_base;
    if (unlikely(!selectors_are_null())) {
        clear_selectors();
        wrgsbase(other_base);
    }
    wrfsbase(t->context.tls_base);
    if (unlikely(t->context.other_base != other_base))
        load_other_base(t);
}

static void load_base(uint32_t msr, word_t *loaded, word_t base) { wrmsr(msr, *loaded = base); }

void bases_switch_by_msr(const struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    word_t tls_base = t->context.tls_base, other_base = t->context.other_base;
    if (unlikely(!selectors_are_null()))
        clear_selectors();
    if (tls_base != a->tls_base || unlikely(rdmsr(MSR_FS_BASE) != tls_base))
        load_base(MSR_FS_BASE, &a->tls_base, tls_base);
    if (unlikely((other_base | a->other_base) != 0))
        load_base(MSR_GS_BASE, &a->other_base, other_base);
}

void bases_fit(struct context *c)
{
    c->tls_base = canonical(c->tls_base);
    c->other_base = canonical(c->other_base);
}

void arch_bases_save(struct tcb *t)
{
    if (!cpu.has.fsgsbase || &t->context + 1 != loaded_end())
        return;
    t->context.tls_base = rdfsbase();
    t->context.other_base = rdgsbase();
}

/* CopyRegisters and SetTLSBase store what they get.  An address that is not canonical would be a fault of the kernel
 * when it is loaded: t gets no current generation, so that switch.c makes the base fit before t runs. */
void arch_bases_load(struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    struct context *c = &t->context;
    if (c + 1 != loaded_end()) {
        if (!is_canonical(c->tls_base) || !is_canonical(c->other_base))
            vspace_thread_changed(&t->space);
        return;
    }
    bases_fit(c);
    if (cpu.has.fsgsbase) {
        wrfsbase(c->tls_base);
        wrgsbase(c->other_base);
    } else {
        load_base(MSR_FS_BASE, &a->tls_base, c->tls_base);
        load_base(MSR_GS_BASE, &a->other_base, c->other_base);
    }
}
