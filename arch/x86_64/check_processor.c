/* SPDX-License-Identifier: BSD-2-Clause */
/* The checker: what the processor holds for every thread, and nobody changes after boot.  The numbers are those
 * of the table in docs/internals.md.  Kernels built with CHECK=1 only. */
#include <arch/check.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/tables.h>
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/print.h>

#define CR4_ALWAYS (CR4_PAE | CR4_OSFXSR)

extern const char syscall_entry[], syscall_entry_general[], pti_syscall_entry[], pti_syscall_entry_general[];

static void check_row(word_t number, word_t value, word_t expected)
{
    if (value != expected)
        print("processor %lu: %lx instead of %lx\n", number, value, expected);
    check(value == expected, "processor", number, NULL);
}

static word_t xgetbv(uint32_t index)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(index));
    return (word_t)high << 32 | low;
}

static void check_control_registers(void)
{
    word_t may_be_off = CR4_MCE | CR4_PGE; /* no machine check; isolation */
    word_t features = (cpu.has.xsave ? CR4_OSXSAVE : 0) | (cpu.has.smep ? CR4_SMEP : 0) |
                      (cpu.has.smap ? CR4_SMAP : 0) | (cpu.has.pcid ? CR4_PCIDE : 0) |
                      (cpu.has.fsgsbase ? CR4_FSGSBASE : 0);
    check_row(1, read_cr0() & ~(word_t)CR0_TS, CR0_PG | CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP);
    check_row(2, read_cr4() & ~may_be_off, CR4_ALWAYS | features);
    check_row(2, cpu.pti ? read_cr4() & CR4_PGE : 0, 0);
    check_row(3, rdmsr(MSR_EFER), EFER_SCE | EFER_LME | EFER_LMA | (cpu.has.nx ? EFER_NXE : 0));
    if (cpu.has.xsave)
        check_row(4, xgetbv(0), XCR0_X87 | XCR0_SSE | (cpu.has.avx ? XCR0_AVX : 0));
    check_row(5, rdmsr(MSR_PAT), 0x0007040100070406);
}

static void check_msrs(void)
{
    word_t entry = rdmsr(MSR_LSTAR);
    bool known = cpu.pti ? entry == (word_t)pti_syscall_entry || entry == (word_t)pti_syscall_entry_general
                         : entry == (word_t)syscall_entry || entry == (word_t)syscall_entry_general;
    check_row(6, rdmsr(MSR_STAR), (word_t)0x001b0008 << 32);
    check_row(6, known, true);
    check_row(6, rdmsr(MSR_CSTAR), entry);
    check_row(6, rdmsr(MSR_FMASK), 0x57700);
    check_row(7, rdmsr(MSR_SYSENTER_CS) | rdmsr(MSR_SYSENTER_CS + 1) | rdmsr(MSR_SYSENTER_EIP), 0);
    check_row(8, rdmsr(MSR_KERNEL_GS_BASE), 0);
    if (cpu.has.tsc_aux)
        check_row(9, rdmsr(MSR_TSC_AUX), 0);
    if ((cpu.is_intel || cpu.is_amd) && !cpu.has.hypervisor) /* others may not have it */
        check_row(10, rdmsr(MSR_DEBUGCTL), 0);
}

READ(dr0)
READ(dr1)
READ(dr2)
READ(dr3)
READ(dr7)

/* With breakpoints they are the last thread's, whose addresses are user level's. */
static void check_debug_registers(void)
{
    check_row(11, read_dr7(), core_this()->arch.debug_control | DEBUG_CONTROL_NONE);
    word_t addresses = read_dr0() | read_dr1() | read_dr2() | read_dr3();
    check_row(11, VARIANT_HW_DEBUG ? addresses >> 47 : addresses, 0);
}

static void check_descriptors(void)
{
    struct {
        uint16_t limit;
        word_t base;
    } __attribute__((packed)) gdt, idt;
    uint16_t ldt, task, code, stack;
    __asm__ volatile("sgdt %0; sidt %1" : "=m"(gdt), "=m"(idt));
    __asm__ volatile("sldt %0; str %1; mov %%cs, %2; mov %%ss, %3" : "=m"(ldt), "=m"(task), "=m"(code), "=m"(stack));
    check_row(12, ldt, 0);
    check_row(13, task, SELECTOR_TSS);
    check_row(13, gdt.base, (word_t)user_view.gdt);
    check_row(13, gdt.limit, sizeof user_view.gdt - 1);
    check_row(13, idt.base, (word_t)user_view.idt);
    check_row(13, idt.limit, sizeof user_view.idt - 1);
    check_row(13, (cpu.pti ? &user_view.tss : &tss)->io_bitmap, sizeof tss);
    check_row(14, code, SELECTOR_KERNEL_CODE);
    check_row(14, stack & ~3u, stack ? SELECTOR_KERNEL_DATA : 0); /* null behind an interrupt */
}

static void check_flags(void)
{
    word_t flags;
    __asm__ volatile("pushfq; popq %0" : "=r"(flags));
    check_row(15, flags & (RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT), 0);
    check_row(15, cpu.has.smap ? flags & RFLAGS_AC : 0, 0);
}

static void check_lapic(void)
{
    uint32_t last = lapic_read(LAPIC_VERSION) >> 16 & 0xff;
    check_row(16, lapic_read(LAPIC_TASK_PRIORITY), TASK_PRIORITY_NO_EXCEPTIONS);
    check_row(16, lapic_read(LAPIC_SPURIOUS) & 0x1ff, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    check_row(16, lapic_read(LAPIC_LVT_TIMER) & 0x700ff, LVT_PERIODIC | (VECTOR_IRQ0 + IRQ_TIMER_LINE));
    check_row(16, lapic_read(LAPIC_LVT_LINT1) & (LVT_MASKED | 0x700), LVT_NMI);
    check_row(16, lapic_read(LAPIC_LVT_LINT0) & lapic_read(LAPIC_LVT_ERROR) & LVT_MASKED, LVT_MASKED);
    if (last >= 4)
        check_row(16, lapic_read(LAPIC_LVT_PERFORMANCE) & LVT_MASKED, LVT_MASKED);
    if (last >= 5)
        check_row(16, lapic_read(LAPIC_LVT_THERMAL) & LVT_MASKED, LVT_MASKED);
    if (last >= 6)
        check_row(16, lapic_read(LAPIC_LVT_CMCI) & LVT_MASKED, LVT_MASKED);
    for (uint32_t i = 0; i < lapic_extended_sources(); i++)
        check_row(16, lapic_read(LAPIC_LVT_EXTENDED + i) & LVT_MASKED, LVT_MASKED);
}

void arch_check_processor(void)
{
    check_control_registers();
    check_msrs();
    check_debug_registers();
    check_descriptors();
    check_flags();
    check_lapic();
}
