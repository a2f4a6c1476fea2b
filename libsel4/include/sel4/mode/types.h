/* SPDX-License-Identifier: BSD-2-Clause */
/* Widths of badges and guards, in bits. */
#pragma once

#define seL4_BadgeBits     64
#define seL4_GuardBits     58
#define seL4_GuardSizeBits 6
