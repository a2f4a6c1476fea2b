/* SPDX-License-Identifier: BSD-2-Clause */
/* Time since the processor started, from its time-stamp counter. */
#pragma once

#include <sel4/sel4.h>

/* Read the frequency from the boot information; call it first. */
void clock_start(void);
seL4_Word clock_microseconds(void);

/* Counts of the time-stamp counter in a microsecond. */
seL4_Word clock_megahertz(void);
