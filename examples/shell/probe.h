/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory at addresses that may not be mapped: a helper thread makes the access, and when it faults
 * the shell learns of it by a message. */
#pragma once

#include <kit/memory.h>

/* False if there is not enough memory. */
bool probe_start(void);

/* Read or write a word.  False if there is no memory, or it may not be written. */
bool probe_read(seL4_Word address, seL4_Word *value);
bool probe_write(seL4_Word address, seL4_Word value);
