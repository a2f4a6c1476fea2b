/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's part of the checker: address spaces, the kernel's mappings, FPU (kernel/check.h).
 */
#pragma once
#include <kernel/types.h>

/* There are capabilities of this odd type. */
bool arch_check_knows(word_t type);

/* All slots have been walked through. */
void arch_check(void);
