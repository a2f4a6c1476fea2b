/* SPDX-License-Identifier: BSD-2-Clause */
/* What every proof may speak of: powers of two, and capabilities that exist.  The lemmas are goals of
 * their own.  exists(w) stands for: a capability with word 0 == w is in some slot; slots(w) for the
 * address that cap_cnode_slots() makes of it.  Nothing is assumed about either here. */
#pragma once
#include <kernel/capability.h>

/*@ lemma power_is_not_zero: \forall integer x, k; 0 <= k && x == (1 << k) ==> x != 0;
    lemma power_fits: \forall integer x, k; 0 <= k < 64 && x == (unsigned long)(1 << k) ==>
        x == (1 << k) && 0 < x <= 0xffffffffffffffff;

    axiomatic Capabilities {
        predicate exists(integer w);
        logic struct slot *slots(integer w);
    }
    predicate is_cnode(integer w) = (w & 31) == 10;
    logic integer slot_count(integer w) = 1 << ((w >> 16) & 255) % 64;
    logic integer size(integer w) = 1 << ((w >> 5) & 63); // of an untyped, in bytes
    logic integer level(integer w) = (w >> 8) & 255;
    predicate cnode(struct cap *c) = \valid_read(c) && is_cnode(c->word[0]) && exists(c->word[0]); */
