/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces for tests, and memory accesses whose faults are data. */
#pragma once
#include "thread.h"
#include "types.h"

/* An address region nobody else uses, in the tester's space and in new ones. */
#define FREE_ADDRESS ((word_t)0x10000000000)

/* An assigned PML4 that maps nothing. */
word_t vspace_empty(void);

/* An assigned PML4 in which the whole image lies at its usual address; the second form takes the
 * ASID from another pool. */
word_t vspace_with_image(void);
word_t vspace_with_image_from(word_t pool);

/* Map the levels that are missing so that a 4 KiB page can be mapped at the address; the last form
 * goes down to the page directory (2 MiB pages), the middle one to the PDPT (1 GiB pages). */
struct tables {
    word_t pdpt, pd, pt; /* slots; 0 where the level was there or is not wanted */
};
struct tables vspace_map_tables(word_t vspace, word_t address);
struct tables vspace_map_pdpt(word_t vspace, word_t address);
struct tables vspace_map_directory(word_t vspace, word_t address);

/* Map a frame read-write with default attributes. */
seL4_Error frame_map(word_t frame, word_t vspace, word_t address);
seL4_Error frame_map_rights(word_t frame, word_t vspace, word_t address, seL4_CapRights_t rights);

/* A thread that makes memory accesses on order. */
struct probe {
    struct thread *thread;
    word_t endpoint;
};

struct access {
    bool faulted;
    word_t value;         /* what was read */
    word_t label, length; /* of the fault message */
    word_t mr[MESSAGE_REGISTERS];
};

struct probe probe_new(word_t vspace);
struct access probe_read(const struct probe *p, word_t address);
struct access probe_write(const struct probe *p, word_t address, word_t value);
struct access probe_execute(const struct probe *p, word_t address);
