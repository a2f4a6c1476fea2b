/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-table isolation: whether this processor needs it, and the ways out of the kernel that belong to it. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/instructions.h>

#define MSR_ARCH_CAPABILITIES 0x10au
enum { RDCL_NO = 1 << 0 }; /* "not susceptible to Rogue Data Cache Load", Intel SDM vol. 4, table 2-2 */

extern char leave_by_sysret[], leave_by_iret[], pti_leave_by_sysret[], pti_leave_by_iret[];

static bool says_immune(void)
{
    return cpuid(0, 0).a >= 7 && cpuid(7, 0).d >> 29 & 1 && (rdmsr(MSR_ARCH_CAPABILITIES) & RDCL_NO);
}

/* The Atoms that execute in order: Bonnell and Saltwell. */
static bool is_in_order(void)
{
    static const uint8_t models[] = { 0x1c, 0x26, 0x27, 0x35, 0x36 };
    for (word_t i = 0; i < sizeof models; i++)
        if (cpu.is_intel && cpu.family == 6 && cpu.model == models[i])
            return true;
    return false;
}

/* Affected are all that nothing is known to speak for.  QEMU's own translator executes no access ahead of
 * its check, whatever processor it shows. */
static bool is_affected(void)
{
    return !(cpu.is_amd || says_immune() || is_in_order() || cpu.is_translated);
}

void boot_pti_choose(enum boot_pti wanted)
{
    cpu.pti = wanted == BOOT_PTI_AUTO ? is_affected() : wanted == BOOT_PTI_ON;
    if (!cpu.pti)
        return;
    boot_divert(leave_by_sysret, pti_leave_by_sysret);
    boot_divert(leave_by_iret, pti_leave_by_iret);
}
