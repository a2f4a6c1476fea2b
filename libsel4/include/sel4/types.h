/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of capabilities and messages. */
#pragma once

#include <sel4/config.h>
#include <sel4/simple_types.h>
#include <sel4/errors.h>
#include <sel4/constants.h>
#include <sel4/arch/objecttype.h>

/* What a capability parameter refers to; all are addresses in the caller's capability space. */
typedef seL4_CPtr seL4_CNode;
typedef seL4_CPtr seL4_IRQHandler;
typedef seL4_CPtr seL4_IRQControl;
typedef seL4_CPtr seL4_TCB;
typedef seL4_CPtr seL4_Untyped;
typedef seL4_CPtr seL4_DomainSet;
typedef seL4_CPtr seL4_SchedContext;
typedef seL4_CPtr seL4_SchedControl;

#define seL4_NilData 0

#include <sel4/shared_types.h>
#include <sel4/arch/types.h>
