/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part of the checker: address spaces, the kernel's mappings, I/O ports, FPU
 * (kernel/check.h). */
#pragma once
#include <kernel/slot.h>

/* There are capabilities of this odd type. */
bool arch_check_knows(word_t type);

/* Once for each object of such a type: the first slot that is about it. */
void arch_check_object(const struct slot *s);

/* The processor's own state, that of no thread. */
void arch_check_processor(void);

/* All slots have been walked through. */
void arch_check(void);
