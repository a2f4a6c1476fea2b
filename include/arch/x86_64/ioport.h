/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports as capabilities.  Rules: docs/rules.md, x86_64 7.
 *   1  the ranges of all capabilities are equal or disjoint
 *   2  a port is marked as issued exactly when a capability's range contains it */
#pragma once
#include <arch/x86_64/capability.h>
#include <kernel/invocation.h>

#define IO_PORTS 65536u

seL4_Error io_port_control_invoke(struct invocation *inv);
seL4_Error io_port_invoke(struct invocation *inv);

/* The last capability to a range is gone. */
void io_port_release(struct cap ports);

/* Ports that are issued: a bit each.  Written by ioport.c only. */
extern word_t io_ports_issued[IO_PORTS / WORD_BITS];
