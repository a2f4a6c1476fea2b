/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts and exceptions, as entry.S passes them on. */
#pragma once
#include <kernel/types.h>

enum exception_vector {
    VECTOR_DEBUG = 1,
    VECTOR_NMI = 2,
    VECTOR_BREAKPOINT = 3,
    VECTOR_NO_FPU = 7,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_MACHINE_CHECK = 18,
};

/* From here on a vector is raised by INT n only; 255 is the spurious interrupt (rules: x86_64 5.3). */
#define VECTOR_SOFTWARE 158u

struct context;

/* The current thread's registers are in its context. */
noreturn void trap_from_user(word_t vector);
/* The kernel's are in a context on its stack. */
noreturn void trap_from_kernel(word_t vector, const struct context *context);
/* Reports and stops. */
noreturn void trap_fatal(word_t vector, const struct context *context);
/* entry.S: the same on the stack of double faults. */
noreturn void trap_fatal_elsewhere(word_t vector, const struct context *context);
