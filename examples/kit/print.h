/* SPDX-License-Identifier: BSD-2-Clause */
/* Output for people.  Where it goes is decided by what is linked in: uart.c drives the serial port,
 * child.c asks the program's parent. */
#pragma once

#include <stddef.h>

/* As printf, with the conversions of text.h.  At most 511 bytes. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The end of the line: somebody's device. */
void print_out(const char *text, size_t length);
