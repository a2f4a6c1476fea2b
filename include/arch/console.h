/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own output: serial line and screen. */
#pragma once
#include <kernel/types.h>

/* On the serial line a LF is preceded by a CR. */
void console_put(char c);
