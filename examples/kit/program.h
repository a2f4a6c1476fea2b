/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in address and capability spaces of their own, for their parent, the root task.
 *
 * A program is an ELF file linked with crt0.o and root.ld as a root task is, and child.c.  Its start
 * is that of a root task, too: it finds a BootInfo that says where its IPC buffer is and which slots
 * are free.  It has no capabilities but those that its parent gives it. */
#pragma once

#include "archive.h"
#include "parent.h"
#include "space.h"

struct program {
    const char *name;
    struct pool *pool;          /* what all of it is made of: pool_reset() ends the program */
    struct space space;
    seL4_CPtr tcb, cnode;
    seL4_Word entry;            /* first instruction */
    seL4_Word end;              /* first address behind what is mapped */
};

/* Load a program, not started yet.
 *    parent: endpoint for its calls to the parent and its faults
 *    badge: what tells it from others there
 *    returns null, or what is wrong */
const char *program_load(struct program *p, struct pool *pool, const struct file *file,
                         seL4_CPtr parent, seL4_Word badge, seL4_Word priority);

/* Give it a capability, in that slot of its capability space (PROGRAM_FIRST_SLOT and up). */
seL4_Error program_give(const struct program *p, seL4_Word slot, seL4_CPtr cap,
                        seL4_CapRights_t rights, seL4_Word badge);

/* Give it memory: map a frame there.  The capability is used up for this mapping. */
seL4_Error program_map(struct program *p, seL4_CPtr frame, seL4_Word address);

void program_start(const struct program *p);

/* Serve the calls to the parent that are the same for all: print the text of PARENT_PRINT. */
void program_print(seL4_Word length_bytes);
