/* SPDX-License-Identifier: BSD-2-Clause */
/* Which paging structure was missing when a Map method failed with seL4_FailedLookup. */
#pragma once

#include <sel4/config.h>
#include <sel4/functions.h>
#include <sel4/sel4_arch/mapping.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Message word that tells it. */
#define SEL4_MAPPING_LOOKUP_LEVEL 2

/* The level, a SEL4_MAPPING_LOOKUP_NO_* number.  Ask directly after the failure. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_MappingFailedLookupLevel(void)
{
    return seL4_GetMR(SEL4_MAPPING_LOOKUP_LEVEL);
}

#ifdef __cplusplus
}
#endif
