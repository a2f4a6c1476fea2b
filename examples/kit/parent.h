/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program and its parent agree on. */
#pragma once

#include <sel4/sel4.h>

/* Slots of the program's capability space. */
enum { PROGRAM_PARENT = 16, PROGRAM_FIRST_SLOT = 17, PROGRAM_SLOT_BITS = 7 };

/* Labels of calls to the parent.  Labels below are those of faults. */
enum {
    PARENT_PRINT = 16,          /* word 0: bytes of text, which follow from word 1 on */
    PARENT_EXIT = 17,           /* not answered */
    PARENT_FIRST_LABEL = 18,    /* free for the application */
};

/* What child.c calls; the program ends when it returns. */
void program_main(void);
