/* SPDX-License-Identifier: BSD-2-Clause */
/* Small plays of four threads, all of whose outcome goes into a digest: tests/fastpath_both.c. */
#pragma once
#include "test.h"

enum { ACTORS = 4, STEPS = 4, HIGH_PRIORITY = 200, LOW_ACTOR = 110 };

/* One system call of an actor, as the assembler routine makes it. */
struct step {
    word_t number, cptr, info, mr[MESSAGE_REGISTERS];
    word_t out[12]; /* RDI RSI RDX R10 R8 R9 R15 RAX RBX R12 R13 R14 */
    word_t when;    /* how many steps of all actors were done before */
};

enum space { SPACE_SAME, SPACE_OTHER, SPACE_EMPTY, SPACE_GONE };
enum buffer { BUFFER_USUAL, BUFFER_READ_ONLY, BUFFER_NONE };

struct actor {
    word_t priority, domain;
    word_t gift[seL4_MsgMaxExtraCaps]; /* capabilities to send along */
    word_t handler;                    /* the name of an endpoint, or 0 */
    enum space space;                  /* the last two once it has come to rest */
    enum buffer buffer;
    bool stale_fault, bound, rest;
    word_t steps;
    struct step step[STEPS];
};

struct play {
    struct actor actor[ACTORS];
    bool bound_active;
    bool last_dies; /* the last actor is deleted when all have come to rest */
};

/* ---- names: slots that every play fills anew ---- */

enum name {
    TCB_0,
    VICTIM = TCB_0 + ACTORS, /* a TCB that is nobody's */
    ENDPOINT,
    SECOND_ENDPOINT,
    NOTIFICATION,
    BOUND, /* notification that an actor may be bound to */
    HANDLER,
    CNODE,
    PML4,
    EMPTY,                    /* an empty slot */
    GIFT_0,                   /* where actor i receives a capability */
    MINTED = GIFT_0 + ACTORS, /* the table in fastpath_play.c; some of it: */
    BADGED = MINTED,
    SIGNAL = MINTED + 9,
    SIGNAL_BOUND = MINTED + 12,
    NAMES,
};

enum { MINTED_COUNT = NAMES - MINTED };

/* The slot of a name. */
word_t play_name(word_t name);

/* What all plays of a test share. */
void play_stage(void);

/* Of all plays of a test, every so manyth is performed: a kernel that checks its invariants after
 * every entry takes far longer for each.  11 divides none of the tables' dimensions, so that each
 * condition still occurs, though not each combination. */
#ifdef CHECKED_KERNEL
enum { PLAYS_APART = 11 };
#else
enum { PLAYS_APART = 1 };
#endif

/* Perform a play and print its digests: after the play itself, after messages to everybody, and
 * after all actors have been suspended and resumed. */
void play_perform(const struct play *p, const char *group, word_t number);
