/* SPDX-License-Identifier: BSD-2-Clause */
/* Object types of the processor, numbered from OBJECT_GENERIC_COUNT on. */
#pragma once
#include <kernel/capability.h>
#include <kernel/object.h>

#define OBJECT_COUNT (OBJECT_GENERIC_COUNT + 7u)

word_t arch_object_bits(word_t type);
bool arch_object_is_frame(word_t type);
struct cap arch_object_create(word_t type, paddr_t at, bool device);
