/* SPDX-License-Identifier: BSD-2-Clause */
/* Why an invocation failed.  The details are in the first message registers. */
#pragma once

#include <sel4/macros.h>

typedef enum seL4_Error {
    seL4_NoError = 0,
    seL4_InvalidArgument,   /* MR0: number of the argument */
    seL4_InvalidCapability, /* MR0: 0 for the invoked capability, n + 1 for extra capability n */
    seL4_IllegalOperation,
    seL4_RangeError, /* MR0, MR1: lowest and highest legal value */
    seL4_AlignmentError,
    seL4_FailedLookup, /* MR0: 1 for a source, 0 for a target; from MR1 a lookup failure */
    seL4_TruncatedMessage,
    seL4_DeleteFirst,
    seL4_RevokeFirst,
    seL4_NotEnoughMemory, /* MR0: bytes left in the untyped memory */
    seL4_NumErrors
} seL4_Error;

/* Why a capability was not found, and the words that follow it in a message. */
typedef enum seL4_LookupFailureType {
    seL4_NoFailure = 0,
    seL4_InvalidRoot,
    seL4_MissingCapability, /* bits left */
    seL4_DepthMismatch,     /* bits left, bits the CNode resolves */
    seL4_GuardMismatch,     /* bits left, guard found, its size in bits */
    SEL4_FORCE_LONG_ENUM(seL4_LookupFailureType)
} seL4_LookupFailureType;
