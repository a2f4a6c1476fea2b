/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports as capabilities.  Rules: docs/rules.md, x86_64 7. */
#pragma once
#include <arch/x86_64/capability.h>
#include <kernel/invocation.h>

seL4_Error io_port_control_invoke(struct invocation *inv);
seL4_Error io_port_invoke(struct invocation *inv);

/* The last capability to a range is gone. */
void io_port_release(struct cap ports);
