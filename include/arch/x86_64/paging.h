/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables as the processor reads them, and the kernel's own part of every address space.
 *
 * The kernel lives in the last entry (511) of a PML4:
 *   MEMORY_WINDOW + p  physical memory p < MEMORY_WINDOW_BYTES, as far as it is RAM; not executable
 *   IMAGE_BASE + p     the kernel image
 *   DEVICE_BASE + ...  pages of devices the kernel drives, uncached
 *
 *   1  none of it is both writable and executable, if the processor can tell
 *   2  none of it is for user level
 *   3  the image's boot part, which is free memory now, is only in the window
 *   4  with page-table isolation an address space has only the page pti_text and user_view of it */
#pragma once
#include <arch/memory.h>

#define IMAGE_BASE 0xffffffff80000000u
#define DEVICE_BASE 0xffffffffc0000000u

#define DEVICE_LAPIC DEVICE_BASE
#define DEVICE_IOAPIC(i) (DEVICE_BASE + (1 + (i)) * BIT(12))
#define DEVICE_SCREEN (DEVICE_BASE + BIT(21))

#define PAGE_BITS 12
#define LARGE_PAGE_BITS 21
#define HUGE_PAGE_BITS 30
#define PAGE_BYTES BIT(PAGE_BITS)
#define TABLE_ENTRIES 512u
#define KERNEL_PML4_INDEX 511u

/* An entry of a table of any level.  Intel SDM vol. 3A, 4.5; AMD APM vol. 2, 5.3. */
typedef struct { word_t raw; } pte_t;
_Static_assert(sizeof(pte_t) == 8, "the processor reads it");

#define PTE_PRESENT BIT(0)
#define PTE_WRITE BIT(1)
#define PTE_USER BIT(2)
#define PTE_PWT BIT(3)
#define PTE_PCD BIT(4)
#define PTE_ACCESSED BIT(5)
#define PTE_DIRTY BIT(6)
#define PTE_LEAF BIT(7)       /* in a PD or PDPT: a page, not a table */
#define PTE_PAT_SMALL BIT(7)  /* in a PT */
#define PTE_GLOBAL BIT(8)
#define PTE_PAT_LARGE BIT(12) /* in a leaf of a PD or PDPT */
#define PTE_NX BIT(63)
#define PTE_FRAME (MASK(52) & ~MASK(PAGE_BITS))

static inline bool pte_present(pte_t e) { return e.raw & PTE_PRESENT; }
static inline bool pte_is_leaf(pte_t e) { return e.raw & PTE_LEAF; }
static inline word_t pml4_index(word_t address) { return (address >> 39) & MASK(9); }
static inline word_t pdpt_index(word_t address) { return (address >> 30) & MASK(9); }
static inline word_t pd_index(word_t address) { return (address >> 21) & MASK(9); }
static inline word_t pt_index(word_t address) { return (address >> 12) & MASK(9); }

static inline paddr_t image_paddr(const void *p) { return (paddr_t){ (word_t)p - IMAGE_BASE }; }

/* What every address space's PML4 holds in its last entry. */
extern word_t kernel_pml4_entry;

/* The kernel's PML4, whose user half is empty: also for threads without an address space, which execute no
 * instruction, so that isolation has nothing to keep from them. */
extern paddr_t kernel_space;
