/* SPDX-License-Identifier: BSD-2-Clause */
/* Assertions of the library and of programs. */
#pragma once

#include <sel4/macros.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reports a failed assertion and does not return.  Programs may bring their own. */
void __assert_fail(const char *expression, const char *file, int line, const char *function)
    __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

/* Fail with a text. */
#define seL4_Fail(text) __assert_fail(text, __FILE__, __LINE__, __func__)

/* Fail unless the condition holds. */
#define seL4_Assert(condition) ((condition) ? (void)0 : seL4_Fail(#condition))

#define seL4_CompileTimeAssert(condition) SEL4_STATIC_ASSERT(condition, #condition)
