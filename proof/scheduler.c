/* SPDX-License-Identifier: BSD-2-Clause */
/* The ready bitmap: marking a priority and taking the mark away keep what struct ready says, and the
 * highest priority is found.  Queues are lists, and not part of this. */
#include <kernel/scheduler.h>

/*@ lemma a_bit: \forall integer x, k; 0 <= k && (x & (1 << k)) != 0 ==> x != 0;
    lemma small: \forall word_t x, k; k < 64 && (x & (1 << k)) != 0 && x < 16 ==> k < 4;
    lemma small_bit: \forall word_t k; k < 4 ==> (1 << k) < 16;
    lemma or_small: \forall word_t x, y; x < 16 && y < 16 ==> (x | y) < 16;
    lemma or_some: \forall word_t x, y; x != 0 || y != 0 ==> (x | y) != 0;
    lemma and_small: \forall word_t x, y; x < 16 || y < 16 ==> (x & y) < 16;
    lemma bit_added: \forall word_t x, k, j; k < 64 && j < 64 ==>
        (((x | (word_t)(1 << k)) & (1 << j)) != 0 <==> (j == k || (x & (1 << j)) != 0));
    lemma bit_taken: \forall word_t x, k, j; k < 64 && j < 64 ==>
        (((x & (word_t)(~(word_t)(1 << k))) & (1 << j)) != 0 <==> (j != k && (x & (1 << j)) != 0)); */

/* bit k of word i; invariants 2 and 4 of struct ready */
#define BIT_OF(r, i, k) (((r)->bitmap[i] & (1 << (k))) != 0)
#define WORDS(r) ((r)->summary < 16 && \
    (\forall integer i; 0 <= i < 4 ==> ((r)->bitmap[i] != 0 <==> ((r)->summary & (1 << i)) != 0)))
#define NONE_ABOVE(r, h) \
    (\forall integer i, k; 0 <= i < 4 && 0 <= k < 64 && i * 64 + k > (h) ==> !BIT_OF(r, i, k))
#define HIGHEST(r) ((r)->highest < 256 && NONE_ABOVE(r, (r)->highest) && \
    ((r)->summary == 0 ==> (r)->highest == 0) && \
    ((r)->summary != 0 ==> BIT_OF(r, (r)->highest / 64, (r)->highest % 64)))

/* trusted: it stands for the instruction */
/*@ requires x != 0;
    assigns \nothing;
    ensures 0 <= \result < 64 && (x & (1 << (63 - \result))) != 0;
    ensures \forall integer k; 63 - \result < k < 64 ==> (x & (1 << k)) == 0; */
int __builtin_clzl(unsigned long x);

/*@ requires \valid_read(ready) && WORDS(ready) && ready->summary != 0;
    assigns \nothing;
    ensures \result < 256;
    ensures BIT_OF(ready, \result / 64, \result % 64);
    ensures \forall integer i; \result / 64 < i < 4 ==> ready->bitmap[i] == 0;
    ensures \forall integer k; \result % 64 < k < 64 ==> !BIT_OF(ready, \result / 64, k);
    ensures NONE_ABOVE(ready, \result); */
static inline word_t ready_find_highest(const struct ready *ready);

/*@ requires \valid(ready) && priority < 256 && WORDS(ready) && HIGHEST(ready);
    assigns ready->bitmap[priority / 64], ready->summary, ready->highest;
    ensures ready->summary < 16;
    ensures WORDS(ready);
    ensures ready->highest < 256;
    ensures NONE_ABOVE(ready, ready->highest);
    ensures ready->summary == 0 ==> ready->highest == 0;
    ensures ready->summary != 0 ==> BIT_OF(ready, ready->highest / 64, ready->highest % 64);
    ensures \forall integer i, k; 0 <= i < 4 && 0 <= k < 64 ==>
        (BIT_OF(ready, i, k) <==> (i * 64 + k == priority || \old(BIT_OF(ready, i, k)))); */
static hot_inline void mark_ready(struct ready *ready, word_t priority);

/*@ requires \valid(ready) && priority < 256 && WORDS(ready) && HIGHEST(ready);
    requires BIT_OF(ready, priority / 64, priority % 64);
    assigns ready->bitmap[priority / 64], ready->summary, ready->highest;
    ensures ready->summary < 16;
    ensures WORDS(ready);
    ensures ready->highest < 256;
    ensures NONE_ABOVE(ready, ready->highest);
    ensures \old(ready->highest) != priority ==> ready->highest == \old(ready->highest) && (ready->summary & (1 << (ready->highest / 64))) != 0;
    ensures \old(ready->highest) == priority && ready->summary == 0 ==> ready->highest == 0;
    ensures ready->summary != 0 ==> BIT_OF(ready, ready->highest / 64, ready->highest % 64);
    ensures \forall integer i, k; 0 <= i < 4 && 0 <= k < 64 ==>
        (BIT_OF(ready, i, k) <==> (i * 64 + k != priority && \old(BIT_OF(ready, i, k)))); */
static void mark_empty(struct ready *ready, word_t priority);

#include "../kernel/scheduler.c"
