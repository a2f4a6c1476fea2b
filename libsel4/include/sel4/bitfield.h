/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessors of fields in structs of words, for the headers of this library. */
#pragma once

#include <sel4/simple_types.h>

/* A value with its bits above `bits` cut off. */
#define SEL4_CUT(value, bits) ((seL4_Uint64)(value) & (~0ul >> (64 - (bits))))

/* T_get_F(t), T_set_F(t, value), which returns the new t, T_ptr_get_F(pointer) and
 * T_ptr_set_F(pointer, value) of field F of struct T_t: `bits` bits of words[word] from bit `low`
 * on.  A value that is too wide is cut. */
#define SEL4_FIELD(T, F, word, low, bits)                                                          \
    LIBSEL4_INLINE_FUNC seL4_Uint64 T##_get_##F(T##_t t)                                           \
    {                                                                                              \
        return SEL4_CUT(t.words[word] >> (low), bits);                                             \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC T##_t T##_set_##F(T##_t t, seL4_Uint64 value)                              \
    {                                                                                              \
        t.words[word] &= ~(SEL4_CUT(~0ul, bits) << (low));                                         \
        t.words[word] |= SEL4_CUT(value, bits) << (low);                                           \
        return t;                                                                                  \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC seL4_Uint64 T##_ptr_get_##F(T##_t *pointer)                                \
    {                                                                                              \
        return T##_get_##F(*pointer);                                                              \
    }                                                                                              \
    LIBSEL4_INLINE_FUNC void T##_ptr_set_##F(T##_t *pointer, seL4_Uint64 value)                    \
    {                                                                                              \
        *pointer = T##_set_##F(*pointer, value);                                                   \
    }                                                                                              \
    struct T##_t_##F
