/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and resolution: marks do not touch links; which CNodes resolve a whole address at once. */
#include <kernel/cspace.h>
#include <kernel/message.h>

/*@ assigns \nothing; ensures \result == (c.word[0] & 31); */
static inline word_t cap_type(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 31) == 0; */
static inline bool cap_is_null(struct cap c);

/*@ requires \valid_read(s); assigns \nothing; ensures \result == (s->next_and_marks & 3); */
static inline word_t slot_marks(const struct slot *s);

/*@ requires \valid_read(s); assigns \nothing; ensures \result <==> (s->cap.word[0] & 31) == 0; */
static inline bool slot_is_empty(const struct slot *s);

/*@ requires \valid_read(c); assigns \nothing; ensures \result == (word_t)(bits - c->word[1]); */
static inline word_t cap_cnode_index(const struct cap *c, word_t bits);

/*@ requires \valid_read(c); assigns \nothing;
    ensures \result <==> (c->word[0] & 0xff1f) == 0x400a; */
static inline bool cap_cnode_resolves_all(const struct cap *c);

/*@ assigns \nothing;
    ensures \result <= length;
    ensures buffer == \null ==> \result <= 4; */
static inline word_t message_fit(const word_t *buffer, word_t length);
