/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains.  Rules: docs/rules.md, threads 6. */
#pragma once
#include <kernel/invocation.h>

/* The time of the current domain is up: go to the next entry of the schedule. */
void domain_advance(void);

seL4_Error domain_invoke(struct invocation *inv);
