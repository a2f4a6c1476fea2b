/* SPDX-License-Identifier: BSD-2-Clause */
/* Words every part of the test root task uses. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sel4/sel4.h>

typedef seL4_Word word_t;

#define BIT(n)         ((word_t)1 << (n))
#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum {
    PAGE_BYTES = 4096,
    DEPTH = seL4_WordBits, /* depth at which a slot number of the root CNode is a whole CPtr */
};

/* The root CNode, the own thread and the own address space. */
#define ROOT  seL4_CapInitThreadCNode
#define SELF  seL4_CapInitThreadTCB
#define SPACE seL4_CapInitThreadVSpace
