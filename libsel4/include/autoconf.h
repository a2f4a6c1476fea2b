/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration: CONFIG_* macros of the kernel and of libsel4.  An enabled boolean is 1, a
 * disabled one is undefined.  Both headers are written by tools/gen_config.py. */
#pragma once

#include <kernel/gen_config.h>
#include <sel4/gen_config.h>
