/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that do not depend on the processor. */
#pragma once

#include <sel4/config.h>
#include <sel4/macros.h>

enum priorityConstants {
    seL4_InvalidPrio = -1,
    seL4_MinPrio = 0,
    seL4_MaxPrio = CONFIG_NUM_PRIORITIES - 1
};

/* Most words and capabilities of a message. */
enum seL4_MsgLimits { seL4_MsgLengthBits = 7, seL4_MsgExtraCapBits = 2, seL4_MsgMaxLength = 120 };

#define seL4_MsgMaxExtraCaps (LIBSEL4_BIT(seL4_MsgExtraCapBits) - 1)

/* Width of a seL4_CapRights_t. */
#define seL4_CapRightsBits 4

/* Most objects that one seL4_Untyped_Retype() makes. */
#ifdef CONFIG_RETYPE_FAN_OUT_LIMIT
#define seL4_UntypedRetypeMaxObjects CONFIG_RETYPE_FAN_OUT_LIMIT
#else
#define seL4_UntypedRetypeMaxObjects 256
#endif

/* Feature flags of a thread, see seL4_TCB_SetFlags(). */
#ifdef CONFIG_HAVE_FPU
#define SEL4_TCB_FLAGS_KNOWN 1
#else
#define SEL4_TCB_FLAGS_KNOWN 0
#endif

typedef enum seL4_TCBFlag {
    seL4_TCBFlag_NoFlag = 0,
    seL4_TCBFlag_fpuDisabled = 1, /* using the floating-point unit is an exception */
    seL4_TCBFlag_MASK = SEL4_TCB_FLAGS_KNOWN,
    SEL4_FORCE_LONG_ENUM(seL4_TCBFlag)
} seL4_TCBFlag;

#ifdef CONFIG_KERNEL_MCS
/* Flags of seL4_SchedControl_ConfigureFlags(). */
typedef enum seL4_SchedContextFlag {
    seL4_SchedContext_NoFlag = 0,
    seL4_SchedContext_Sporadic = 1, /* time not used is kept */
    SEL4_FORCE_LONG_ENUM(seL4_SchedContextFlag)
} seL4_SchedContextFlag;
#endif

/* What stopped a thread that is being debugged. */
typedef enum seL4_BreakpointType {
    seL4_DataBreakpoint = 0,
    seL4_InstructionBreakpoint,
    seL4_SingleStep,
    seL4_SoftwareBreakRequest,
    SEL4_FORCE_LONG_ENUM(seL4_BreakpointType)
} seL4_BreakpointType;

/* What kind of access a breakpoint watches for. */
typedef enum seL4_BreakpointAccess {
    seL4_BreakOnRead = 0,
    seL4_BreakOnWrite,
    seL4_BreakOnReadWrite,
    seL4_MaxBreakpointAccess,
    SEL4_FORCE_LONG_ENUM(seL4_BreakpointAccess)
} seL4_BreakpointAccess;

#include <sel4/arch/constants.h>
#include <sel4/sel4_arch/constants.h>
#include <sel4/plat/api/constants.h>
