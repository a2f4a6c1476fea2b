/* SPDX-License-Identifier: BSD-2-Clause */
/* What Retype accepts: objects of 4..47 bits for any argument, no sum of which overflows, and destinations
 * that are slots of one CNode, 256 at most. */
/* options: -simplify-cfg: WP loses the scope of a call's result behind `default:` */
#include <kernel/untyped.h>
#include <arch/object.h>

/*@ lemma radix: \forall word_t w; ((w >> 16) & 255) % 64 == ((w >> 16) & 63);

    predicate slots_exist = \forall integer w, i; exists(w) && is_cnode(w) && 0 <= i < slot_count(w) ==> \valid_read(slots(w) + i);
    predicate in_cnode(struct slot *first, integer count) = \exists integer w, i;
        exists(w) && is_cnode(w) && 0 <= i && i + count <= slot_count(w) && first == slots(w) + i;
    lemma in_one: \forall integer w, i, count; exists(w) && is_cnode(w) && 0 <= i && i + count <= slot_count(w) ==>
        in_cnode(slots(w) + i, count); */

/*@ terminates \true; assigns \nothing;
    ensures \result == 30 || \result == 21 || \result == 12; */
word_t arch_object_bits(word_t type);

/*@ requires user_bits < 64;
    terminates \true; assigns \nothing;
    ensures type == OBJECT_UNTYPED ==> \result == user_bits;
    ensures type == OBJECT_CNODE ==> \result == user_bits + 5;
    ensures type != OBJECT_UNTYPED && type != OBJECT_CNODE ==> 4 <= \result <= 30; */
word_t object_bits(word_t type, word_t user_bits);

/*@ requires \valid_read(inv);
    requires index < 4 ==> \valid_read(&inv->caller->context.message[index]);
    requires index >= 4 ==> index < 120 && \valid_read(inv->buffer + (1 + index));
    terminates \true; assigns \nothing;
    ensures index < 4 ==> \result == inv->caller->context.message[index];
    ensures index >= 4 ==> \result == inv->buffer[1 + index]; */
static inline word_t argument(const struct invocation *inv, word_t index);

/* trusted: it records what a debugging kernel prints too */
/*@ requires \valid(&inv->error_length);
    terminates \true; assigns inv->error_length; */
void refuse(struct invocation *inv, seL4_Error error, word_t length, const char *why);

/*@ requires \valid(inv);
    terminates \true; assigns inv->error_length, inv->error_word[0];
    ensures \result == seL4_InvalidArgument; */
static inline seL4_Error fail_argument(struct invocation *inv, word_t number, const char *why);

/*@ requires \valid(inv);
    terminates \true; assigns inv->error_length, inv->error_word[0 .. 1];
    ensures \result == seL4_RangeError; */
static inline seL4_Error fail_range(struct invocation *inv, word_t min, word_t max, const char *why);

/*@ requires \valid(inv) && \valid(plan) && \valid_read(inv->caller->context.message + (0 .. 3));
    requires \separated(plan, inv, inv->caller->context.message + (0 .. 3));
    terminates \true; assigns plan->type, plan->user_bits, plan->bits, inv->error_length, inv->error_word[0 .. 1];
    ensures \result == seL4_NoError ==> plan->type < OBJECT_COUNT && plan->user_bits < 64 && 4 <= plan->bits <= 47;
    ensures \result == seL4_NoError && plan->type == OBJECT_UNTYPED ==> plan->bits == plan->user_bits;
    ensures \result == seL4_NoError && plan->type == OBJECT_CNODE ==> plan->bits == plan->user_bits + 5 && 1 <= plan->user_bits <= 42; */
static seL4_Error decode_type(struct invocation *inv, struct retype *plan);

/*@ terminates \true; assigns \nothing; ensures \result == ((c.word[0] >> 16) & 255) % 64; */
static inline word_t cap_cnode_radix(struct cap c);

/* trusted: the cast; slots() is what it makes */
/*@ terminates \true; assigns \nothing; ensures \result == slots(c.word[0]); */
static inline struct slot *cap_cnode_slots(struct cap c);

/*@ terminates \true; assigns \nothing; ensures \result == (c.word[0] & 31); */
static inline word_t cap_type(struct cap c);

/*@ terminates \true; assigns \nothing; ensures \result <==> (c.word[0] & 31) == 0; */
static inline bool cap_is_null(struct cap c);

/*@ requires \valid_read(s); terminates \true; assigns \nothing; ensures \result <==> (s->cap.word[0] & 31) == 0; */
static inline bool slot_is_empty(const struct slot *s);

/*@ requires \valid(inv);
    terminates \true; assigns inv->error_length;
    ensures \result == seL4_DeleteFirst; */
static inline seL4_Error fail_delete_first(struct invocation *inv, const char *why);

/* trusted: what resolution finds is a slot (proof/cspace.c); the capability in it exists */
/*@ requires \valid(inv) && \valid(node);
    terminates \true; assigns *node, inv->error_length, inv->error_word[0 .. 4];
    ensures \result == seL4_NoError ==> is_cnode(node->word[0]) && exists(node->word[0]); */
static seL4_Error decode_node(struct invocation *inv, struct cap *node);

/*@ requires \valid(inv) && \valid(dest) && \valid_read(inv->buffer + (5 .. 6)) && slots_exist;
    requires \separated(dest, inv, inv->buffer + (5 .. 6));
    terminates \true; assigns *dest, inv->error_length, inv->error_word[0 .. 4];
    ensures \result == seL4_NoError ==> 1 <= dest->count <= 256 && in_cnode(dest->first, dest->count); */
static seL4_Error decode_slots(struct invocation *inv, struct slot_range *dest);

#include "../arch/x86_64/object.c"
#include "../kernel/object.c"
#include "../kernel/untyped.c"
