/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and objects.  The suite keeps a few for itself; each test gets an untyped slice and a range
 * of root CNode slots of its own, and memory_test_end() takes everything back and checks it. */
#pragma once
#include "types.h"

enum { SLICE_BITS = 22, SCRATCH_SLOTS = 1024 };

/* Choose the memory.  False if the machine has too little. */
bool memory_start(const seL4_BootInfo *info);

/* A slot that is never taken back, for the suite itself. */
word_t slot_permanent(void);

/* An object that is never taken back. */
word_t object_permanent(word_t type, word_t bits);

/* The next test begins with an empty range of slots. */
void memory_test_begin(void);

/* Take back everything the test made.  A text that says what leaked, or a null pointer. */
const char *memory_test_end(void);

/* ---- what a test uses ---- */

/* The untyped slice of this test, 2^SLICE_BITS bytes. */
word_t slice(void);

/* Empty slots of the root CNode; `count` of them in a row. */
word_t slot_new(void);
word_t slot_range(word_t count);

/* Whether a slot of the root CNode is empty.  Changes nothing. */
bool slot_is_empty(word_t slot);

/* Objects from the slice, in a new slot.  bits as for Retype. */
word_t object_new(word_t type, word_t bits);
word_t endpoint_new(void);
word_t notification_new(void);
word_t cnode_new(word_t radix);
word_t untyped_new(word_t bits);
word_t tcb_new(void);
word_t frame_new(void);

/* Copies in a new slot. */
word_t cap_copy(word_t slot);
word_t cap_mint(word_t slot, word_t badge);
word_t cap_mint_with(word_t slot, seL4_CapRights_t rights, word_t badge);

/* A CNode capability with guard and guard size set, in a new slot. */
word_t cap_guarded(word_t slot, word_t guard, word_t guard_bits);

/* Copy into slot `index` of another CNode, which is addressed at `depth`. */
seL4_Error cap_copy_into(word_t cnode, word_t index, word_t depth, word_t slot);

seL4_Error cap_delete(word_t slot);
seL4_Error cap_revoke(word_t slot);
seL4_Error cap_move(word_t to, word_t from);

/* Bytes of an untyped that Retype would hand out; changes nothing. */
word_t untyped_free_bytes(word_t untyped);

/* A boot device untyped of at least 2^bits bytes that begins at or below `address` and ends behind
 * it; 0 if there is none. */
word_t device_untyped_at(word_t address, word_t *base, word_t *bits);

/* Any boot device untyped of at least 2^bits bytes; 0 if there is none. */
word_t device_untyped(word_t bits);
