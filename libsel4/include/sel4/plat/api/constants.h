/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt vectors of a PC. */
#pragma once

/* Vectors for seL4_IRQControl_GetIOAPIC() and seL4_IRQControl_GetMSI().  The kernel accepts 0 to
 * 107 and says so in its RangeError; the macros keep the value that programs were built with. */
#define VECTOR_MIN 0
#define VECTOR_MAX 109
#define MSI_MIN    VECTOR_MIN
#define MSI_MAX    VECTOR_MAX

/* Processor vector of vector 0. */
#define IRQ_OFFSET 48
