/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor can do, and the control registers and MSRs that follow from it.
 * Rules: boot 2, x86_64 3.4. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/trap.h>

/* CPUID leaf and register bits.  Intel SDM vol. 2A, CPUID. */
enum { LEAF_BASIC = 1, LEAF_EXTENDED_FEATURES = 7, LEAF_XSAVE = 0xd };
#define LEAF_EXTENDED 0x80000001u
#define LEAF_EXTENDED_MAX 0x80000000u
#define LEAF_ADDRESS_SIZE 0x80000008u

/* Entries 7 to 0: UC, UC-, WT, WC, UC, UC-, WT, WB (x86_64 3.4). */
#define PAT_VALUE 0x0007040100070406u

static bool bit(uint32_t word, unsigned n) { return word >> n & 1; }

static void identify(void)
{
    struct cpuid vendor = cpuid(0, 0), basic = cpuid(LEAF_BASIC, 0);
    cpu.is_intel = vendor.b == field("Genu", 4); /* GenuineIntel */
    cpu.is_amd = vendor.b == field("Auth", 4) || vendor.b == field("Hygo", 4); /* AuthenticAMD, HygonGenuine */
    cpu.family = basic.a >> 8 & 15;
    cpu.model = basic.a >> 4 & 15;
    if (cpu.family == 6 || cpu.family == 15)
        cpu.model |= basic.a >> 12 & 0xf0;
    if (cpu.family == 15)
        cpu.family += basic.a >> 20 & 0xff;
}

static void find_features(void)
{
    struct cpuid basic = cpuid(LEAF_BASIC, 0), extended = cpuid(LEAF_EXTENDED, 0);
    struct cpuid more = { 0, 0, 0, 0 };
    if (cpuid(0, 0).a >= LEAF_EXTENDED_FEATURES)
        more = cpuid(LEAF_EXTENDED_FEATURES, 0);

    cpu.has.invpcid = bit(more.b, 10);
    cpu.has.pcid = bit(basic.c, 17) && cpu.has.invpcid;
    cpu.has.fsgsbase = bit(more.b, 0);
    /* The state components that can be enabled, which CPUID may know less of than of the instructions.  QEMU stops
     * for ever where OSXSAVE is set and there is no variety of XSAVE. */
    cpu.is_translated = bit(basic.c, 31) && cpuid(LEAF_HYPERVISOR, 0).b == field("TCGT", 4);
    bool usable = bit(basic.c, 26) && cpuid(0, 0).a >= LEAF_XSAVE && (cpuid(LEAF_XSAVE, 1).a || !cpu.is_translated);
    uint32_t components = usable ? cpuid(LEAF_XSAVE, 0).a : 0;
    cpu.has.xsave = (components & XCR0_X87) && (components & XCR0_SSE);
    cpu.has.avx = cpu.has.xsave && bit(basic.c, 28) && (components & XCR0_AVX);
    cpu.has.x2apic = bit(basic.c, 21);
    cpu.has.hypervisor = bit(basic.c, 31);
    cpu.has.page_1g = bit(extended.d, 26);
    cpu.has.nx = bit(extended.d, 20);
    cpu.has.smep = bit(more.b, 7);
    cpu.has.smap = bit(more.b, 20);

    cpu.has.tsc_aux = bit(extended.d, 27) || bit(more.c, 22); /* RDTSCP, RDPID */

    word_t bits = cpuid(LEAF_EXTENDED_MAX, 0).a >= LEAF_ADDRESS_SIZE ? cpuid(LEAF_ADDRESS_SIZE, 0).a & 0xff : 0;
    cpu.physical_bits = bits >= 32 && bits <= 52 ? bits : 36;
}

static void set_control_registers(void)
{
    uint32_t features = cpuid(LEAF_BASIC, 0).d;
    bool machine_check = bit(features, 7), global_pages = bit(features, 13) && !cpu.pti;
    write_cr0(CR0_PG | CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP);
    /* No OSXMMEXCPT, TSD, PCE: user level sees that (boot 2).  With isolation no translation of
     * the kernel may stay in user mode. */
    write_cr4(CR4_PAE | (global_pages ? CR4_PGE : 0) | CR4_OSFXSR | (machine_check ? CR4_MCE : 0) |
              (cpu.has.xsave ? CR4_OSXSAVE : 0) | (cpu.has.smep ? CR4_SMEP : 0) |
              (cpu.has.smap ? CR4_SMAP : 0) | (cpu.has.fsgsbase ? CR4_FSGSBASE : 0) | (cpu.has.pcid ? CR4_PCIDE : 0));
    wrmsr(MSR_EFER, EFER_SCE | EFER_LME | EFER_LMA | (cpu.has.nx ? EFER_NXE : 0));
}

/* x87, SSE and, where present, AVX: more would not fit the FPU area of a TCB. */
static void set_fpu(void)
{
    if (cpu.has.xsave) {
        cpu.xcr0 = XCR0_X87 | XCR0_SSE | (cpu.has.avx ? XCR0_AVX : 0);
        xsetbv(0, cpu.xcr0);
    }
}

extern const char boot_no_msr[];
bool boot_msr_look(uint32_t msr, word_t *value);

/* Code that depends on the processor is changed here, once, so that no test of a feature stands on a short path. */
extern char arch_switch_to[], trap_clear_ac[];
extern const char switch_without_fsgsbase[];

void boot_divert(char *from, const char *to)
{
    int32_t distance = (int32_t)(to - (from + 5));
    from[0] = (char)0xe9; /* JMP */
    __builtin_memcpy(from + 1, &distance, sizeof distance);
}

static void adapt_code(void)
{
    static const char clac[] = { 0x0f, 0x01, (char)0xca };
    if (!cpu.has.fsgsbase)
        boot_divert(arch_switch_to, switch_without_fsgsbase);
    if (cpu.has.smap)
        __builtin_memcpy(trap_clear_ac, clac, sizeof clac);
}

extern const char syscall_entry[], syscall_entry_general[], pti_syscall_entry[], pti_syscall_entry_general[];

static void set_msrs(bool fastpath_off)
{
    const char *entry = cpu.pti ? pti_syscall_entry : syscall_entry;
    if (fastpath_off)
        entry = cpu.pti ? pti_syscall_entry_general : syscall_entry_general;
    wrmsr(MSR_PAT, PAT_VALUE);
    wrmsr(MSR_STAR, (word_t)(SELECTOR_SYSRET_DATA - 8) << 48 | (word_t)SELECTOR_KERNEL_CODE << 32);
    wrmsr(MSR_LSTAR, (word_t)entry);
    wrmsr(MSR_CSTAR, (word_t)entry);
    wrmsr(MSR_FMASK, RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_RF |
                         RFLAGS_AC);
    for (uint32_t msr = MSR_SYSENTER_CS; msr <= MSR_SYSENTER_EIP; msr++)
        wrmsr(msr, 0);
    wrmsr(MSR_FS_BASE, 0);
    wrmsr(MSR_GS_BASE, 0);
    wrmsr(MSR_KERNEL_GS_BASE, 0);
    if (cpu.has.tsc_aux)
        wrmsr(MSR_TSC_AUX, 0);
    word_t value;
    if ((cpu.is_intel || cpu.is_amd) && boot_msr_read(MSR_DEBUGCTL, &value) && value)
        wrmsr(MSR_DEBUGCTL, 0);
}

/* Nothing is watched, whatever the loader watched. */
static void set_debug_registers(void)
{
    write_dr7(DEBUG_CONTROL_NONE);
    write_dr6(DEBUG_STATUS_NONE);
    write_dr0(0);
    write_dr1(0);
    write_dr2(0);
    write_dr3(0);
}

bool boot_msr_read(uint32_t msr, word_t *value)
{
    struct gate *gate = &user_view.idt[VECTOR_PROTECTION], usual = *gate;
    gate_set(gate, (word_t)boot_no_msr);
    bool exists = boot_msr_look(msr, value);
    *gate = usual;
    return exists;
}

const char *boot_cpu_find(void)
{
    struct cpuid basic = cpuid(LEAF_BASIC, 0);
    if (!bit(basic.d, 9))
        return "the processor has no local APIC.";
    if (!bit(cpuid(LEAF_EXTENDED, 0).d, 11))
        return "the processor lacks SYSCALL.";
    identify();
    find_features();
    return NULL;
}

void boot_cpu_set(const struct boot_machine *machine)
{
    set_control_registers();
    set_fpu();
    set_msrs(machine->fastpath_off);
    set_debug_registers();
    adapt_code();
}
