/* SPDX-License-Identifier: BSD-2-Clause */
/* CNode capabilities: what Retype makes with cap_cnode(), and what Mint and Mutate make of one, has a level of
 * 1..64 bits, of which the lowest are the radix, and a guard that fits: invariant 4 of capabilities. */
/* options: -wp-model Typed+Cast */
#include <kernel/capability.h>

/*@ assigns \nothing; ensures \result == (c.word[0] & 31); */
static inline word_t cap_type(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 31) == 0; */
static inline bool cap_is_null(struct cap c);

/*@ assigns \nothing; ensures \result.word[0] == 0; ensures \result.word[1] == 0; */
static inline struct cap cap_null(void);

/*@ assigns \nothing; ensures \result == c.word[1]; */
static inline word_t cap_badge(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 63); */
static inline word_t cap_cnode_radix(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 8) & 127); */
static inline word_t cap_cnode_level(struct cap c);

/*@ assigns \nothing;
    ensures \result == (word_t)(((c.word[0] >> 8) & 127) - ((c.word[0] >> 16) & 63)); */
static inline word_t cap_cnode_guard_size(struct cap c);

/*@ assigns \nothing; ensures \result == (c.word[1] >> ((c.word[0] >> 16) & 63)); */
static inline word_t cap_cnode_guard(struct cap c);

/* trusted: the cast */
/*@ terminates \true; assigns \nothing; ensures \result == (word_t)(((word_t)object) << 16); */
static inline word_t cap_object_word(const void *object);

/* trusted: the cast; the address is sign extended from 48 bits, which shifting it back drops */
/*@ terminates \true; assigns \nothing; ensures (word_t)(((word_t)\result) << 16) == (c.word[0] & 0xffffffffffc00000); */
static inline struct slot *cap_cnode_slots(struct cap c);

/*@ requires radix < 64; assigns \nothing;
    ensures \result.word[0] == (((word_t)(((word_t)slots) << 16)) | ((word_t)(radix << 16)) |
        ((word_t)(((word_t)(guard_size + radix)) << 8)) | 10);
    ensures \result.word[1] == (word_t)(guard << radix); */
static inline struct cap cap_cnode(struct slot *slots, word_t radix, word_t guard, word_t guard_size);

/*@ assigns \nothing;
    ensures (c.word[0] & 31) == 10 && (word_t)((data & 63) + ((c.word[0] >> 16) & 63)) > 64 ==> \result.word[0] == 0;
    ensures (c.word[0] & 31) == 10 && (word_t)((data & 63) + ((c.word[0] >> 16) & 63)) > 64 ==> \result.word[1] == 0;
    ensures (c.word[0] & 31) == 10 && (word_t)((data & 63) + ((c.word[0] >> 16) & 63)) <= 64 ==> \result.word[0] ==
        ((c.word[0] & 0xffffffffffc00000) | ((word_t)(((c.word[0] >> 16) & 63) << 16)) |
        ((word_t)(((word_t)((data & 63) + ((c.word[0] >> 16) & 63))) << 8)) | 10);
    ensures (c.word[0] & 31) == 10 && (word_t)((data & 63) + ((c.word[0] >> 16) & 63)) <= 64 ==> \result.word[1] ==
        (word_t)(((data >> 6) & ((word_t)(((word_t)(1 << (data & 63))) - 1))) << ((c.word[0] >> 16) & 63)); */
struct cap cap_update_data(struct cap c, word_t data, bool preserve);

/* theorem cnode_round_trip:
   slots % 64 == 0 && radix >= 1 && radix < 64 && guard_size + radix <= 64 && guard < (1 << guard_size) ==>
   cap_type(cap_cnode(slots, radix, guard, guard_size)) == 10 &&
   cap_cnode_radix(cap_cnode(slots, radix, guard, guard_size)) == radix &&
   cap_cnode_level(cap_cnode(slots, radix, guard, guard_size)) == guard_size + radix &&
   cap_cnode_guard_size(cap_cnode(slots, radix, guard, guard_size)) == guard_size &&
   cap_cnode_guard(cap_cnode(slots, radix, guard, guard_size)) == guard */
/* theorem mint_keeps_level_and_guard_in_range: cap_type(c) == 10 && cap_cnode_radix(c) >= 1 ==>
   cap_is_null(cap_update_data(c, data, preserve)) ||
   (cap_cnode_radix(cap_update_data(c, data, preserve)) == cap_cnode_radix(c) &&
    cap_cnode_level(cap_update_data(c, data, preserve)) >= cap_cnode_radix(c) &&
    cap_cnode_level(cap_update_data(c, data, preserve)) <= 64 &&
    cap_update_data(c, data, preserve).word[1] % (1 << cap_cnode_radix(c)) == 0 &&
    (cap_cnode_level(cap_update_data(c, data, preserve)) == 64 ||
     cap_update_data(c, data, preserve).word[1] >> cap_cnode_level(cap_update_data(c, data, preserve)) == 0)) */
/* theorem mint_sets_the_guard: cap_type(c) == 10 && (data & 63) + cap_cnode_radix(c) <= 64 ==>
   cap_cnode_guard_size(cap_update_data(c, data, preserve)) == (data & 63) &&
   cap_cnode_guard(cap_update_data(c, data, preserve)) == ((data >> 6) & ((1 << (data & 63)) - 1)) */
/* theorem mint_keeps_the_object: cap_type(c) == 10 && (data & 63) + cap_cnode_radix(c) <= 64 ==>
   cap_type(cap_update_data(c, data, preserve)) == 10 &&
   cap_update_data(c, data, preserve).word[0] / 65536 == c.word[0] / 65536 */

#include "../kernel/capability.c"
