/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory types that the firmware has set by ranges of physical memory (MTRRs).  Intel SDM vol. 3A, 11.11. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/instructions.h>

#define MSR_MTRR_CAPABILITIES 0xfeu
#define MSR_MTRR_DEFAULT 0x2ffu
#define MSR_MTRR_BASE(n) (0x200u + 2 * (uint32_t)(n))
#define MSR_MTRR_MASK(n) (0x201u + 2 * (uint32_t)(n))
#define TYPE MASK(8)
#define WRITE_BACK 6u
#define ENABLED BIT(11) /* in the register of the default type, and in masks */

static bool covers(word_t n, word_t at)
{
    word_t mask = rdmsr(MSR_MTRR_MASK(n));
    return (mask & ENABLED) && ((rdmsr(MSR_MTRR_BASE(n)) ^ at) & mask & PTE_FRAME) == 0;
}

/* Without a range it is the default type; of several, write-back is the weakest. */
static bool is_write_back(word_t at)
{
    word_t otherwise = rdmsr(MSR_MTRR_DEFAULT), count = rdmsr(MSR_MTRR_CAPABILITIES) & MASK(8);
    bool write_back = (otherwise & TYPE) == WRITE_BACK, other = !(otherwise & ENABLED);
    for (word_t n = 0; n < count; n++) {
        if (covers(n, at)) {
            write_back = true;
            other |= (rdmsr(MSR_MTRR_BASE(n)) & TYPE) != WRITE_BACK;
        }
    }
    return write_back && !other;
}

/* Looks at both ends: what differs only between them is not found. */
bool boot_mtrr_write_back(const struct boot_range *range)
{
    bool exist = cpuid(1, 0).d >> 12 & 1;
    return !exist || (is_write_back(range->start) && is_write_back(range->end - 1));
}
