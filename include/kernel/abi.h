/* SPDX-License-Identifier: BSD-2-Clause */
/* The numbers that kernel and user level share: all that the kernel takes from libsel4. */
#pragma once
#include <sel4/arch/invocation.h>
#include <sel4/constants.h>
#include <sel4/errors.h>
#include <sel4/objecttype.h>
#include <sel4/shared_types.h>
#include <sel4/syscall.h>
#include <sel4/types.h>
