/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread without stack and thread pointer that changes its segment registers and bases, gives the
 * processor away in one of several ways, and then stores what it finds in them. */
#pragma once
#include "test.h"

/* How a play goes on between its changes and its look. */
enum how { BY_CALL, BY_UNDEFINED, BY_PAGE_FAULT, BY_WATCHING, AT_ONCE };

/* What a play does with bases, besides loading selectors. */
enum { WRITE_FS = 1, WRITE_GS = 2, READ_BASES = 4, READ_FS_WORD = 8, READ_GS_WORD = 16 };

enum { DS, ES, FS, GS, SEGMENTS };

/* A selector that is not loaded. */
#define KEEP (~(word_t)0)

/* Everything begins with a system call that waits for a turn, if its number is not 0. */
struct play {
    word_t wait_number, wait_cptr;
    word_t load[SEGMENTS]; /* selectors, or KEEP */
    word_t how;
    word_t number, cptr, info, mr[2];     /* of the system call BY_CALL */
    const volatile word_t *watch;         /* BY_WATCHING ends when this is not 0 */
    word_t bases;                         /* what to do with them */
    word_t fs_base, gs_base;              /* to write by instruction; then what was read by it */
    word_t seen[SEGMENTS];                /* selectors */
    word_t fs_word, gs_word;              /* what lies at FS:0 and GS:0 */
    volatile word_t done, complete;       /* selectors and bases are stored; the words are, too */
};

/* The routine, and those of its instructions that may fault; the last one is undefined. */
extern char segments_entry[], segments_write_fs[], segments_write_gs[], segments_undefined[],
    segments_look[], segments_fs_word[], segments_gs_word[], segments_end[];

/* A play that only looks. */
struct play play_new(void);

/* Start it with these bases. */
void play_start(const struct thread *t, struct play *play, word_t fs_base, word_t gs_base);

/* Which selectors may be loaded into DS, ES, FS and GS, the four null selectors among them. */
enum { SELECTORS_MAX = 128 };
struct selectors {
    word_t count, at[SELECTORS_MAX];
};
const struct selectors *selectors_loadable(void);

/* Words of CPUID; 0 for leaves that do not exist. */
struct cpuid {
    uint32_t a, b, c, d;
};
struct cpuid cpuid(uint32_t leaf);

/* User level may execute RDFSBASE, WRFSBASE, RDGSBASE and WRGSBASE. */
bool has_base_instructions(void);
