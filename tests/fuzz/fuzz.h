/* SPDX-License-Identifier: BSD-2-Clause */
/* The fuzzer: a root task whose workers make random system calls in a small world of objects.
 *
 * Time is cut into batches.  Each builds the world anew, so that a batch can be repeated alone, and
 * runs a number of steps; what step i of a batch does depends on seed, batch and i only.  Who takes
 * which step, and what it finds, is up to the scheduler, which QEMU makes repeatable by counting
 * instructions. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sel4/sel4.h>

typedef seL4_Word word_t;

#define BIT(n) ((word_t)1 << (n))

enum { WORKERS = 6, STEPS_MAX = 4096, PAGE_BITS = 12, PAGE_BYTES = 4096 };

/* tools/fuzz.py writes here, finding the place by the magic text. */
struct parameters {
    char magic[16];
    word_t seed, first_batch, batches; /* batches: 0 for no end */
    word_t steps;                      /* of each batch */
    word_t list;                       /* say what the steps are, instead of doing them */
    uint8_t skip[STEPS_MAX / 8];       /* steps that are left out */
};
extern const volatile struct parameters parameters;

/* All that workers can write, apart from frames of the world. */
struct shared {
    volatile word_t next_step; /* drawn by whoever comes first */
    volatile word_t batch;
    volatile word_t succeeded; /* calls to kernel objects */
    volatile word_t progress[WORKERS];
    char stack[WORKERS][PAGE_BYTES] __attribute__((aligned(4096)));
};
extern struct shared shared;

/* The playground CNode: 2^PLAY_RADIX slots, by which workers name everything. */
enum { PLAY_RADIX = 8, PLAY_SLOTS = 256 };

enum play_slot {
    PLAY_TCB = 1, /* workers first */
    PLAY_TCB_END = 11,
    PLAY_ENDPOINT = 16, /* then their badged copies */
    PLAY_ENDPOINT_BADGED = 20,
    PLAY_ENDPOINT_END = 28,
    PLAY_NOTIFICATION = 32,
    PLAY_NOTIFICATION_BADGED = 36,
    PLAY_NOTIFICATION_END = 40,
    PLAY_UNTYPED = 48,
    PLAY_UNTYPED_END = 56,
    PLAY_FRAME = 64,
    PLAY_LARGE_FRAME = 72,
    PLAY_FRAME_END = 74,
    PLAY_TABLE = 80, /* page tables */
    PLAY_DIRECTORY = 83,
    PLAY_PDPT = 85,
    PLAY_PDPT_END = 87,
    PLAY_SPACE = 87, /* one not assigned; then those of the workers */
    PLAY_SPACE_END = 90,
    PLAY_POOL = 90,
    PLAY_ASID_CONTROL = 91,
    PLAY_DOMAIN = 92,
    PLAY_PORT = 93,
    PLAY_IRQ = 94,
    PLAY_IRQ_END = 96,
    PLAY_CNODE = 96, /* small ones, then the playground itself and the workers' other root */
    PLAY_SELF = 99,
    PLAY_CNODE_END = 101,
    PLAY_EMPTY = 112, /* where new capabilities go */
    PLAY_EMPTY_END = 240,
};

/* Addresses in the workers' spaces. */
#define IPC_ADDRESS(worker) (0x10000000ul + (worker)*PAGE_BYTES)
#define FREE_ADDRESS        0x800000ul /* 4 MiB that have all tables but the last */
#define PLAY_ADDRESS        0x8000000000ul

/* I/O ports that nothing in QEMU's machine listens to: no worker gets a capability to another one,
 * for a random write elsewhere can reset the machine (0x92) or let the old interrupt controllers
 * loose. */
enum { PORT_FIRST = 0x2000, PORT_COUNT = 64 };

/* ---- numbers: each step has a generator of its own ------------------------------------------ */

/* Steps come in episodes of EPISODE_STEPS.  Most of these dwell on a few kinds of objects and a few
 * empty slots, so that things which belong together meet. */
enum { EPISODE_STEPS = 40 };
struct random {
    word_t state;
    word_t kinds;  /* of this episode: a bit each, or none */
    word_t window; /* first of its empty slots */
};
struct random random_of(word_t batch, word_t step);
word_t random_word(struct random *r);
word_t random_below(struct random *r, word_t n);
bool random_chance(struct random *r, word_t percent);

/* ---- system calls --------------------------------------------------------------------------- */
enum { CALL_WORDS = 24, CALL_CAPS = 3 };
struct call {
    word_t number, cptr, label;
    word_t caps, length;
    word_t cap[CALL_CAPS], mr[CALL_WORDS];
};

/* Makes the call with these registers and this IPC buffer; returns the tag that came back. */
word_t call_perform(const struct call *c, seL4_IPCBuffer *buffer);
word_t system_call(word_t number, word_t cptr, word_t info, const word_t mr[4]);

/* A random one. */
struct call call_random(struct random *r);

/* ---- steps ---------------------------------------------------------------------------------- */

/* An exception, something without an object, a system call on an object. */
enum step_kind { STEP_FAULT, STEP_SMALL, STEP_CALL };

static inline enum step_kind step_kind(struct random *r)
{
    word_t what = random_below(r, 100);
    return what < 4 ? STEP_FAULT : what < 8 ? STEP_SMALL : STEP_CALL;
}

static inline bool step_is_skipped(word_t step)
{
    return parameters.skip[step / 8] & 1 << step % 8;
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* Where a worker begins: register RDI is its number. */
void worker_start(void);
void worker_main(word_t worker) __attribute__((noreturn));

/* The world.  world_start: once; then build and revoke in turn. */
void world_start(const seL4_BootInfo *info);
void world_build(void);
void world_revoke(void);

/* Slots of the root CNode for the director's use. */
extern word_t slot_timer, slot_timer_notification, slot_world, slot_play, slot_temporary;
extern word_t slot_effect; /* and two behind it */

/* A new object where one was at first, if that place is empty now. */
void world_restock(struct random *r);

/* Lets a worker begin anew, if it still exists. */
void world_restart_worker(word_t worker);

/* Revoke: no child is left.  IRQHandler Clear: the line's notification goes.  Retype of what was used:
 * objects are new.  Issue: until the capability goes. */
void effect_revoke(word_t index);
void effect_clear(void);
void effect_reset(word_t bits);
void effect_issue(word_t first, word_t last);

/* Text on the kernel's console.  say_words: numbers in hexadecimal. */
void say(const char *text);
void say_words(const char *text, const word_t *words, word_t count);

/* Something that cannot be: the fuzzer itself or the kernel is wrong. */
void require(word_t error, const char *what);
