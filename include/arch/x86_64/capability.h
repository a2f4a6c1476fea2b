/* SPDX-License-Identifier: BSD-2-Clause */
/* Layout of the capability types that exist on x86-64 only (frames: include/arch/vspace.h).
 *
 * Mapped frames and paging structures keep in word 1 where they are mapped: the user address (4 KiB
 * aligned) with the ASID in its low 12 bits; ASID 0, which is never assigned, means unmapped. */
#pragma once
#include <arch/vspace.h>

enum arch_cap_type {
    CAP_PAGE_TABLE = 3,
    CAP_PAGE_DIRECTORY = 5,
    CAP_PDPT = 7,
    CAP_PML4 = 9,
    CAP_ASID_CONTROL = 11,
    CAP_ASID_POOL = 13,
    CAP_IO_PORT = 19,
    CAP_IO_PORT_CONTROL = 31,
};

#define ASID_BITS 12
#define ASID_POOLS 8u
#define ASIDS_PER_POOL 512u

static inline word_t cap_map_asid(struct cap c) { return c.word[1] & MASK(ASID_BITS); }
static inline vaddr_t cap_map_address(struct cap c) { return (vaddr_t){ c.word[1] & ~MASK(ASID_BITS) }; }
static inline bool cap_is_mapped(struct cap c) { return cap_map_asid(c) != 0; }
static inline void cap_set_mapping(struct cap *c, word_t asid, vaddr_t at) { c->word[1] = at.at | asid; }
static inline void cap_clear_mapping(struct cap *c) { c->word[1] = 0; }

/* Paging structures and ASID pools: the object is 4 KiB. */
static inline struct cap cap_table(enum arch_cap_type type, void *table)
{
    return (struct cap){ { cap_object_word(table) | (word_t)type, 0 } };
}

/* PML4: word 1 is the ASID, 0 as long as none is assigned. */
static inline struct cap cap_pml4(void *pml4, word_t asid)
{
    return (struct cap){ { cap_object_word(pml4) | CAP_PML4, asid } };
}

/* ASID pool: the pool number in bits 16..18 (the pool is 4 KiB aligned). */
static inline struct cap cap_asid_pool(void *pool, word_t number)
{
    return (struct cap){ { cap_object_word(pool) | number << CAP_OBJECT_SHIFT | CAP_ASID_POOL, 0 } };
}
static inline word_t cap_asid_pool_number(struct cap c) { return (c.word[0] >> CAP_OBJECT_SHIFT) & MASK(3); }
/* Object address of a 4 KiB object whose capability keeps more in the address's free bits. */
static inline void *cap_page_object(struct cap c) { return (void *)((word_t)cap_object(c) & ~MASK(12)); }

/* I/O ports: first port in bits 16..31, last in bits 32..47; both belong to the identity. */
static inline struct cap cap_io_port(word_t first, word_t last)
{
    return (struct cap){ { first << 16 | last << 32 | CAP_IO_PORT, 0 } };
}
static inline word_t cap_io_port_first(struct cap c) { return (c.word[0] >> 16) & 0xffff; }
static inline word_t cap_io_port_last(struct cap c) { return (c.word[0] >> 32) & 0xffff; }

static inline struct cap cap_simple(enum arch_cap_type type) { return (struct cap){ { (word_t)type, 0 } }; }
