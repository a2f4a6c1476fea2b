/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt-driven driver of the first serial port (16550).  A thread of its own serves the
 * device; the shell's thread reads and writes through two rings.
 *
 * The driver's priority is above that of the only thread that uses it, so that the driver never
 * sees a ring half changed. */
#pragma once

#include <kit/memory.h>

/* Take the device and start the driver's thread.  Returns null, or what is wrong. */
const char *serial_start(seL4_Word priority);

/* The next byte typed; waits for it. */
char serial_read(void);

/* Send text; waits while there is no room for it.  A line feed is preceded by a carriage return. */
void serial_write(const char *text, size_t length);

/* Wait until all has been sent: before the kernel prints on the same line. */
void serial_drain(void);
