/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes, linkage and compile-time checks. */
#pragma once

#include <sel4/config.h>

#define LIBSEL4_BIT(n) (1ul << (n))

/* An enumerator that makes its enum 8 bytes wide, as wide as the register it travels in. */
#define SEL4_FORCE_LONG_ENUM(name) name##_enum_is_long = 0x7fffffffffffffffL

#define CONST __attribute__((__const__))
#define PURE  __attribute__((__pure__))

#define SEL4_PACKED                 __attribute__((packed))
#define SEL4_DEPRECATED(message)    __attribute__((deprecated(message)))
#define SEL4_DEPRECATE_MACRO(value) _Pragma("GCC warning \"this macro is deprecated\"") value

#define LIBSEL4_UNUSED   __attribute__((unused))
#define LIBSEL4_WEAK     __attribute__((weak))
#define LIBSEL4_NOINLINE __attribute__((noinline))

/* All functions of the library are small and known to the caller's compiler. */
#define LIBSEL4_INLINE      LIBSEL4_UNUSED static inline
#define LIBSEL4_INLINE_FUNC LIBSEL4_UNUSED static inline
#define SEL4_ALWAYS_INLINE  __attribute__((always_inline)) static inline

/* Before a loop: its number of rounds is a small constant, so no loop is needed. */
#ifdef __clang__
#define SEL4_UNROLL _Pragma("clang loop unroll(full)")
#else
#define SEL4_UNROLL _Pragma("GCC unroll 32")
#endif

#ifdef CONFIG_LIB_SEL4_USE_THREAD_LOCALS
#define LIBSEL4_THREAD_LOCAL __thread
#else
#define LIBSEL4_THREAD_LOCAL
#endif

#ifdef __cplusplus
#define SEL4_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define SEL4_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#define SEL4_COMPILE_ASSERT(name, condition) SEL4_STATIC_ASSERT(condition, #name)

/* An object of 2^size bytes is a table of 2^index entries of 2^entry bytes. */
#define SEL4_SIZE_SANITY(index, entry, size)                                                       \
    SEL4_COMPILE_ASSERT(index##_and_##entry##_make_##size, (index) + (entry) == (size))

#define seL4_integer_size_assert(type, size)                                                       \
    SEL4_COMPILE_ASSERT(type##_is_##size##_bytes, sizeof(type) == (size))
