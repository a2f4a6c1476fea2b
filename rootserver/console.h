/* SPDX-License-Identifier: BSD-2-Clause */
/* The serial line: a polled 16550 at COM1, reached through an I/O port capability, because a
 * release kernel prints nothing for anybody. */
#pragma once
#include "types.h"

enum { CONSOLE_BASE = 0x3f8, CONSOLE_PORTS = 8 };

/* Issue the port capability into an empty slot of the root CNode and set the line up. */
void console_start(word_t slot);

/* The capability of ports CONSOLE_BASE .. CONSOLE_BASE + 7. */
word_t console_ports(void);

/* Print; format as format_append().  One call is written as a whole. */
void console_print(const char *format, ...);
