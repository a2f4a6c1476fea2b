/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point registers.  A thread that has never used them costs nothing: its first use traps.  From
 * then on they are switched eagerly, so that they never hold what belongs to another thread (lazy
 * switching leaks them on processors that speculate past the trap, CVE-2018-3665).
 * Rules: docs/rules.md, x86_64 6.  Formats: Intel SDM vol. 1, 10.5, 13.4. */
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/fpu.h>
#include <arch/x86_64/instructions.h>

enum { FPU_CONTROL = 0, FPU_MXCSR = 24 };
#define FPU_CONTROL_INITIAL 0x37f /* all exceptions masked, as after FNINIT */
#define FPU_MXCSR_INITIAL 0x1f80

/* XSAVE header 0: every component is in its initial state. */
static const struct fpu initial = {
    .area = {
        [FPU_CONTROL] = FPU_CONTROL_INITIAL & 0xff,
        [FPU_CONTROL + 1] = FPU_CONTROL_INITIAL >> 8,
        [FPU_MXCSR] = FPU_MXCSR_INITIAL & 0xff,
        [FPU_MXCSR + 1] = FPU_MXCSR_INITIAL >> 8,
    },
};

static void save(struct fpu *f)
{
    if (cpu.has.xsave)
        __asm__ volatile("xsave64 %0" : "+m"(*f) : "a"(~0u), "d"(~0u));
    else
        __asm__ volatile("fxsave64 %0" : "+m"(*f));
}

/* Many processors of AMD's neither save nor load the pointers to the last x87 instruction and its operand, unless it
 * faulted (AMD APM vol. 2, 11.4.4.3; CVE-2006-1056), nor does QEMU.  So they become the kernel's own here: that is a
 * constant, and says nothing of the thread before. */
static void forget_pointers(void) { __asm__ volatile("fnclex; emms; fildl %0" : : "m"(initial)); }

static void restore(const struct fpu *f)
{
    forget_pointers();
    if (cpu.has.xsave)
        __asm__ volatile("xrstor64 %0" : : "m"(*f), "a"(~0u), "d"(~0u));
    else
        __asm__ volatile("fxrstor64 %0" : : "m"(*f));
}

static void disable(void) { write_cr0(read_cr0() | CR0_TS); }

void fpu_init(void)
{
    clts();
    restore(&initial);
    disable();
}

void fpu_create(struct tcb *t) { __builtin_memcpy(t->fpu.area, initial.area, FPU_MXCSR + 4); }

void fpu_switch(struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    if (a->fpu_owner == t)
        return;
    bool wanted = t->fpu_in_use && !(t->flags & TCB_FLAG_FPU_DISABLED);
    if (a->fpu_owner)
        save(&a->fpu_owner->fpu);
    else if (wanted)
        clts();
    if (wanted) {
        restore(&t->fpu);
        a->fpu_owner = t;
    } else if (a->fpu_owner) {
        restore(&initial);
        disable();
        a->fpu_owner = NULL;
    }
}

bool fpu_first_use(struct tcb *t)
{
    if (t->flags & TCB_FLAG_FPU_DISABLED)
        return false;
    t->fpu_in_use = 1;
    return true;
}

void fpu_forget(struct tcb *t)
{
    struct arch_core *a = &core_this()->arch;
    if (a->fpu_owner != t)
        return;
    restore(&initial);
    disable();
    a->fpu_owner = NULL;
}

void fpu_release(struct tcb *t)
{
    if (core_this()->arch.fpu_owner == t)
        save(&t->fpu);
    fpu_forget(t);
}
