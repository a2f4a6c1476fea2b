/* SPDX-License-Identifier: BSD-2-Clause */
/* Address resolution: ends after as many levels as there are bits at most, takes no bit twice and none that
 * is not there, and returns only slots of CNodes.  Assumed of the state (kernel/check.c checks it, capabilities
 * 1 and slots of containers): a CNode capability that exists has a level of 1..64 bits, and its slots exist. */
#include <kernel/slot.h>

/*@ predicate sound{L}(word_t *left, struct cap **root) =
      \forall integer w; exists(w) && is_cnode(w) ==> 1 <= level(w) <= 64 &&
         \forall integer i; 0 <= i < slot_count(w) ==>
           \valid_read(slots(w) + i) && exists(slots(w)[i].cap.word[0]) &&
           \separated(slots(w) + i, left) && \separated(slots(w) + i, root);
*/

/* trusted: a byte of a word; the processor is little-endian */
/*@ requires \valid_read(c) && n < 8; terminates \true; assigns \nothing; ensures \result == ((c->word[0] >> (8 * n)) & 255); */
static hot_inline uint8_t cap_byte(const struct cap *c, word_t n);

/* trusted: the cast; slots() is what it makes */
/*@ terminates \true; assigns \nothing; ensures \result == slots(c.word[0]); */
static inline struct slot *cap_cnode_slots(struct cap c);

/*@ requires \valid_read(c); terminates \true; assigns \nothing; ensures \result <==> index < slot_count(c->word[0]); */
static hot_inline bool cap_cnode_has(const struct cap *c, word_t index);

/*@ requires \valid_read(c); terminates \true; assigns \nothing; ensures \result == level(c->word[0]); */
static hot_inline uint8_t cap_cnode_level_of(const struct cap *c);

/*@ requires \valid_read(c); terminates \true; assigns \nothing; ensures \result == (word_t)(bits - c->word[1]); */
static inline word_t cap_cnode_index(const struct cap *c, word_t bits);

/*@ terminates \true; assigns \nothing; ensures \result == (c.word[0] & 31); */
static inline word_t cap_type(struct cap c);

#include <kernel/cspace.h>
/*@ requires \valid(root) && \valid(left) && \separated(root, left, *root) && 1 <= *left <= 64;
    requires cnode(*root) && sound(left, root);
    terminates \true;
    assigns *root, *left;
    ensures \result == \null ==> 1 <= *left <= \old(*left) && cnode(*root);
    ensures \result != \null ==> *left < \old(*left) &&
        \exists integer w, i; exists(w) && is_cnode(w) && 0 <= i < slot_count(w) && \result == slots(w) + i; */
static hot_inline struct slot *cspace_walk(const struct cap **root, word_t address, word_t *left);

