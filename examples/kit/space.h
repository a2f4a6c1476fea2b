/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces. */
#pragma once

#include "memory.h"

enum { SPACE_TABLES = 64 };

struct space {
    seL4_CPtr vspace;
    struct pool *pool;          /* where its page tables come from */
    seL4_Word tables;
    struct { seL4_Word bits, number; } table[SPACE_TABLES];     /* those that are there: they
                                                                   translate address >> bits */
};

/* The root task's own address space; its tables come from root_pool. */
extern struct space root_space;

/* A new, empty one.  False if there is no memory. */
bool space_make(struct space *space, struct pool *pool);

/* Map a frame, with the page tables that it takes.  A frame capability can be mapped once. */
seL4_Error space_map(struct space *space, seL4_CPtr frame, seL4_Word address,
                     seL4_CapRights_t rights, seL4_X86_VMAttributes attributes);
