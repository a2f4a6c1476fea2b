/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype: an untyped of size bytes is m = size / bytes places for objects of bytes each.  They are put from
 * place k on, the first that does not begin below the watermark (round_up); has_room() says, for any count,
 * that places k..k + count - 1 exist (lemmas fewer, power_divides).  So objects are inside, aligned and
 * disjoint.  Clearing stays inside, ends, and never raises the watermark. */
#include <kernel/untyped.h>
#include <arch/object.h>
#include <kernel/preemption.h>

/*@ lemma less: \forall integer n, d; d > 0 && n >= 0 ==> 0 <= n / d <= n;
    lemma euclid: \forall integer n, d; d > 0 && n >= 0 ==> (n / d) * d <= n < (n / d) * d + d;
    lemma whole: \forall integer q, d; d > 0 && q >= 0 ==> (q * d) % d == 0;
    lemma parts: \forall integer n, d; d > 0 && n >= 0 && n % d == 0 ==> n == (n / d) * d;
    lemma fewer: \forall integer k, m, c, d, w; d > 0 && k * d - w < d && c * d <= m * d - w ==> k + c <= m;
    lemma power_divides: \forall word_t s, b; b <= s && s < 64 ==> (1 << s) % (1 << b) == 0;
    lemma eights: \forall word_t s; 3 <= s && s < 64 ==> (1 << s) % 8 == 0;
    lemma chunks: \forall word_t s; 8 <= s && s < 64 ==> (1 << s) % 256 == 0;

    axiomatic Memory { logic char *window(integer at); }
    predicate bits_in_range(integer w) = 4 <= ((w >> 5) & 63) <= 47;
    predicate memory_exists(integer w) = \valid(window(w >> 16) + (0 .. size(w) - 1)); */

/*@ terminates \true; assigns \nothing; ensures \result.at == (c.word[0] >> 16); */
static inline paddr_t cap_untyped_base(struct cap c);

/*@ terminates \true; assigns \nothing; ensures \result == ((c.word[0] >> 5) & 63); */
static inline word_t cap_untyped_bits(struct cap c);

/*@ terminates \true; assigns \nothing; ensures \result <==> (c.word[0] & 2048) != 0; */
static inline bool cap_untyped_is_device(struct cap c);

/*@ terminates \true; assigns \nothing; ensures \result == c.word[1]; */
static inline word_t cap_untyped_watermark(struct cap c);

/* trusted: the cast; the window maps all memory */
/*@ terminates \true; assigns \nothing; ensures (char *)\result == window(p.at); */
static inline void *memory_pointer(paddr_t p);

/* trusted: assembler; writes memory of an untyped, which no slot is in */
/*@ requires bytes % 8 == 0 && \valid((char *)at + (0 .. bytes - 1)); terminates \true; assigns \nothing; */
void memory_clear(void *at, word_t bytes);

/* trusted: reads the interrupt controller */
/*@ terminates \true; assigns work_units_left; */
bool preempt_look(void);

/*@ terminates \true; assigns work_units_left; */
static hot_inline bool preempt_pending(void);

/*@ requires to > 0 && value + to - 1 <= 0xffffffffffffffff;
    terminates \true; assigns \nothing;
    ensures \result >= value && \result - value < to;
    ensures \result % to == 0; */
static word_t round_up(word_t value, word_t to);

/*@ requires bytes > 0;
    terminates \true; assigns \nothing;
    ensures \result ==> count * bytes <= bytes_free; */
static bool has_room(word_t bytes_free, word_t bytes, word_t count);

/*@ requires \valid(slot) && bits_in_range(slot->cap.word[0]) && memory_exists(slot->cap.word[0]);
    requires slot->cap.word[1] <= size(slot->cap.word[0]);
    requires \separated(slot, &work_units_left);
    terminates \true; assigns slot->cap.word[1], work_units_left;
    ensures slot->cap.word[1] <= \old(slot->cap.word[1]);
    ensures \result == DONE ==> slot->cap.word[1] == 0;
    ensures \result == DONE || \result == PREEMPTED; */
static enum progress untyped_reset(struct slot *slot);

#include "../kernel/untyped.c"
