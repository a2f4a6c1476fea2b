/* SPDX-License-Identifier: BSD-2-Clause */
/* Object types for seL4_Untyped_Retype().  The numbers go on in sel4/sel4_arch/objecttype.h and
 * then in sel4/arch/objecttype.h. */
#pragma once

#include <sel4/config.h>
#include <sel4/macros.h>
#include <sel4/simple_types.h>

typedef enum api_object {
    seL4_UntypedObject = 0,
    seL4_TCBObject,
    seL4_EndpointObject,
    seL4_NotificationObject,
    seL4_CapTableObject,
#ifdef CONFIG_KERNEL_MCS
    seL4_SchedContextObject,
    seL4_ReplyObject,
#endif
    seL4_NonArchObjectTypeCount
} seL4_ObjectType;

typedef seL4_Word api_object_t;

#define seL4_AsyncEndpointObject SEL4_DEPRECATE_MACRO(seL4_NotificationObject)
