/* SPDX-License-Identifier: BSD-2-Clause */
/* The variant being built, as constants that fold: every option is always defined. */
#pragma once
#include <kernel/variant.h>

#define PRIORITIES 256u
#define DOMAINS ((word_t)NUM_DOMAINS)
#define DOMAIN_SCHEDULES ((word_t)NUM_DOMAIN_SCHEDULES)
