/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs from type to type: sizes, creation, copying, the end of an object. */
#pragma once
#include <kernel/invocation.h>

/* Object types of Retype; from OBJECT_GENERIC_COUNT on the processor's (include/arch/object.h). */
enum object_type {
    OBJECT_UNTYPED,
    OBJECT_TCB,
    OBJECT_ENDPOINT,
    OBJECT_NOTIFICATION,
    OBJECT_CNODE,
    OBJECT_GENERIC_COUNT,
};

/* Log2 bytes of an object; user_bits counts for untypeds and CNodes only.  May exceed 63 only by
 * as much as user_bits does: the caller has checked user_bits < 64. */
word_t object_bits(word_t type, word_t user_bits);

/* Creates an object in zeroed memory (device memory: untouched) and returns its capability. */
struct cap object_create(word_t type, paddr_t at, word_t user_bits, bool device);

/* What a copy of the capability in slot, changed to *cap, is: *cap replaced by the result, which may
 * be null.  Rules: capabilities 4.5. */
seL4_Error object_derive(struct invocation *inv, struct slot *slot, struct cap *cap);

/* As object_derive, for transfer: false instead of an error. */
bool object_try_derive(struct slot *slot, struct cap *cap);
