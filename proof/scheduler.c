/* SPDX-License-Identifier: BSD-2-Clause */
/* The ready bitmap: a priority's bit is inside it, and marking changes nothing but that bit. */
#include <kernel/scheduler.h>

/*@ requires \valid(ready) && priority < 256;
    assigns ready->bitmap[priority / 64], ready->summary, ready->highest;
    ensures ready->bitmap[priority / 64] ==
        (\old(ready->bitmap[priority / 64]) | (word_t)(1 << (priority % 64)));
    ensures ready->summary == (\old(ready->summary) | (word_t)(1 << (priority / 64)));
    ensures ready->highest == (priority > \old(ready->highest) ? priority : \old(ready->highest)); */
static hot_inline void mark_ready(struct ready *ready, word_t priority);
