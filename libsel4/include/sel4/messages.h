/* SPDX-License-Identifier: BSD-2-Clause */
/* Message words between system call functions and their callers, for the headers of this library:
 * the first four words travel in registers. */
#pragma once

#include <sel4/functions.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A word to send: 0 if the message is not that long or the caller gave no pointer. */
SEL4_ALWAYS_INLINE seL4_Word sel4_word_in(seL4_MessageInfo_t info, seL4_Word i, const seL4_Word *mr)
{
    return mr && seL4_MessageInfo_get_length(info) > i ? *mr : 0;
}

/* A word received, for a caller who may not want it. */
SEL4_ALWAYS_INLINE void sel4_word_out(seL4_Word *mr, seL4_Word value)
{
    if (mr)
        *mr = value;
}

/* The four words as the IPC buffer has them, and back. */
SEL4_ALWAYS_INLINE void sel4_words_load(seL4_Word mr[4])
{
    for (int i = 0; i < 4; i++)
        mr[i] = seL4_GetMR(i);
}

SEL4_ALWAYS_INLINE void sel4_words_store(const seL4_Word mr[4])
{
    for (int i = 0; i < 4; i++)
        seL4_SetMR(i, mr[i]);
}

#ifdef __cplusplus
}
#endif
