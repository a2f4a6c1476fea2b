/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor has, found at boot and constant from then on; its registers' bits and MSRs. */
#pragma once
#include <kernel/types.h>

struct cpu {
    struct {
        bool pcid, invpcid; /* pcid: CR4.PCIDE is set, which needs both */
        bool fsgsbase;      /* CR4.FSGSBASE is set: user level reads and writes its bases itself */
        bool xsave, avx;
        bool x2apic;        /* the local APIC is used through MSRs */
        bool page_1g;
        bool nx, smep, smap;
        bool hypervisor;
        bool tsc_aux;
    } has;
    bool pti; /* user mode has page tables without the kernel (pti.S) */
    uint32_t family, model;
    bool is_intel, is_amd, is_translated; /* by QEMU */
    word_t physical_bits;  /* width of a physical address */
    word_t xcr0;           /* state components in use; 0 without XSAVE */
    word_t tsc_mhz;
};

extern struct cpu cpu;

#define LEAF_HYPERVISOR 0x40000000u /* of CPUID: name and last leaf */

enum {
    CR0_PE = 1 << 0, CR0_MP = 1 << 1, CR0_TS = 1 << 3, CR0_ET = 1 << 4, CR0_NE = 1 << 5,
    CR0_WP = 1 << 16,
};
#define CR0_PG BIT(31)

enum {
    CR4_PAE = 1 << 5, CR4_MCE = 1 << 6, CR4_PGE = 1 << 7, CR4_OSFXSR = 1 << 9, CR4_FSGSBASE = 1 << 16,
    CR4_PCIDE = 1 << 17, CR4_OSXSAVE = 1 << 18, CR4_SMEP = 1 << 20, CR4_SMAP = 1 << 21,
};

enum { EFER_SCE = 1 << 0, EFER_LME = 1 << 8, EFER_LMA = 1 << 10, EFER_NXE = 1 << 11 };
enum { XCR0_X87 = 1 << 0, XCR0_SSE = 1 << 1, XCR0_AVX = 1 << 2 };

#define MSR_APIC_BASE 0x1bu
#define MSR_PLATFORM_INFO 0xceu
#define MSR_SYSENTER_CS 0x174u
#define MSR_SYSENTER_EIP 0x176u
#define MSR_DEBUGCTL 0x1d9u
#define MSR_PAT 0x277u
#define MSR_EFER 0xc0000080u
#define MSR_STAR 0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_CSTAR 0xc0000083u
#define MSR_FMASK 0xc0000084u
#define MSR_FS_BASE 0xc0000100u
#define MSR_GS_BASE 0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u
#define MSR_TSC_AUX 0xc0000103u

/* DR7 and DR6 with nothing armed and no cause: bits that are always set.  Intel SDM vol. 3B, 18.2. */
#define DEBUG_CONTROL_NONE BIT(10)
#define DEBUG_STATUS_NONE 0xffff0ff0u

enum {
    RFLAGS_FIXED = 1 << 1, RFLAGS_TF = 1 << 8, RFLAGS_IF = 1 << 9, RFLAGS_DF = 1 << 10,
    RFLAGS_IOPL = 3 << 12, RFLAGS_NT = 1 << 14, RFLAGS_RF = 1 << 16, RFLAGS_AC = 1 << 18,
};
