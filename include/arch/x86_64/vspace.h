/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: loading, page-table walks, translation caches.  Rules: docs/rules.md, x86_64 3. */
#pragma once
#include <arch/x86_64/asid.h>
#include <arch/x86_64/paging.h>
#include <kernel/tcb.h>

/* User addresses may not exceed this (the last mappable page is well below). */
#define USER_MAX 0x7fffffffffffu

/* An address space.  As long as an ASID stands for it:
 *   1  a table that is part of it has a capability that says it is mapped there
 *   2  so has a frame, with the right to write if user level can write
 *   3  no frame overlaps the kernel
 *   4  the upper half is the kernel's entry and nothing else */
struct pml4 {
    pte_t entry[TABLE_ENTRIES];
};

/* Works out what t has to run on: its address space if that is alive, else the kernel's own. */
void vspace_refresh(struct tcb *t);

/* Loads an address space as kept in struct vspace_cache. */
void vspace_load(word_t root);

/* The kernel's own. */
word_t vspace_kernel_root(void);

/* Threads may have lost their address spaces: none is used again before a refresh, and one that is
 * loaded now is unloaded unless it is still alive. */
void vspace_lost(void);

/* The entry for address in the table at level bits (12 PT, 21 PD, 30 PDPT, 39 PML4).
 * NULL: the walk ended early, *missing is the level whose table is absent. */
pte_t *vspace_walk(struct pml4 *space, vaddr_t address, word_t level, word_t *missing);

/* No translation of the page at address, or of the whole space, is used any more. */
void vspace_flush_page(struct pml4 *space, word_t asid, vaddr_t address);
void vspace_flush(struct pml4 *space, word_t asid);

/* The address space named by the PML4 capability and alive, as every Map method wants it: not assigned
 * is InvalidCapability(1), dead FailedLookup, replaced InvalidCapability(1). */
seL4_Error vspace_decode_alive(struct invocation *inv, struct cap pml4, struct pml4 **space);

/* Frames and tables as objects. */
seL4_Error frame_invoke(struct invocation *inv);
void frame_unmap(struct cap frame);
seL4_Error table_invoke(struct invocation *inv);
void table_unlink(struct cap table);
