/* SPDX-License-Identifier: BSD-2-Clause */
/* Scalars of the kernel.  Types that must not be mixed are structs of one word. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t word_t;                /* a register, a message word, a size in bytes */
typedef struct { word_t at; } paddr_t;  /* physical memory */
typedef struct { word_t at; } vaddr_t;  /* user virtual memory; never dereferenced */
typedef struct { word_t at; } cptr_t;   /* a name in a thread's capability space */

#define WORD_BITS 64u
#define BIT(n) ((word_t)1 << (n))
#define MASK(n) (BIT(n) - 1) /* the low n bits, n < 64 */

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define noreturn _Noreturn
#define hot_inline inline __attribute__((__always_inline__)) /* on the shortest paths */

/* What a performing function that has preemption points says. */
enum progress { DONE, PREEMPTED };
