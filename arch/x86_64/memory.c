/* SPDX-License-Identifier: BSD-2-Clause */
/* Clearing and copying of memory, by the string instructions that processors are fast at. */
#include <arch/memory.h>

void memory_clear(void *at, word_t bytes)
{
    word_t count = bytes / sizeof(word_t);
    __asm__ volatile("rep stosq" : "+D"(at), "+c"(count) : "a"(0ul) : "memory");
}

void memory_copy(void *to, const void *from, word_t words)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

/* What the compiler may call for structures. */
void *memset(void *at, int value, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);

void *memset(void *at, int value, size_t bytes)
{
    void *p = at;
    __asm__ volatile("rep stosb" : "+D"(p), "+c"(bytes) : "a"(value) : "memory");
    return at;
}

void *memcpy(void *to, const void *from, size_t bytes)
{
    void *p = to;
    __asm__ volatile("rep movsb" : "+D"(p), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}
