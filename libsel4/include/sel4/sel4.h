/* SPDX-License-Identifier: BSD-2-Clause */
/* The seL4 interface: all that most programs need. */
#pragma once

#include <sel4/config.h>
#include <sel4/types.h>
#include <sel4/errors.h>
#include <sel4/constants.h>
#include <sel4/arch/objecttype.h>
#include <sel4/bootinfo.h>
#include <sel4/faults.h>
#include <sel4/syscall.h>
#include <sel4/syscalls.h>
#include <sel4/functions.h>
#include <sel4/arch/invocation.h>
#include <interfaces/sel4_client.h>
#include <sel4/virtual_client.h>
#include <sel4/macros.h>
#include <sel4/assert.h>
#include <sel4/debug_assert.h>
#include <sel4/deprecated.h>
