/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory and string functions that compilers call on their own, for programs without a C
 * library; one with a C library gets its.  The empty asm statements keep the compiler from turning
 * a loop into a call of the very function it is in. */
#include <sel4/macros.h>

typedef __SIZE_TYPE__ size_t;

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);
char *strcpy(char *to, const char *from);

/* Copy from the first byte to the last. */
static void *copy_upwards(void *to, const void *from, size_t bytes)
{
    void *d = to;
    size_t words = bytes / 8;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(words) : : "memory");
    bytes %= 8;
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}

LIBSEL4_WEAK void *memcpy(void *to, const void *from, size_t bytes)
{
    return copy_upwards(to, from, bytes);
}

LIBSEL4_WEAK void *memmove(void *to, const void *from, size_t bytes)
{
    char *d = to;
    const char *s = from;

    if (d <= s || d >= s + bytes)
        return copy_upwards(to, from, bytes);
    while (bytes--) {
        d[bytes] = s[bytes];
        __asm__ volatile("" : : : "memory");
    }
    return to;
}

LIBSEL4_WEAK void *memset(void *to, int value, size_t bytes)
{
    void *d = to;
    size_t words = bytes / 8;
    unsigned long pattern = (unsigned char)value * 0x0101010101010101ul;

    __asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
    bytes %= 8;
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(bytes) : "a"(pattern) : "memory");
    return to;
}

LIBSEL4_WEAK int memcmp(const void *left, const void *right, size_t bytes)
{
    const unsigned char *l = left, *r = right;

    for (; bytes && *l == *r; l++, r++, bytes--)
        __asm__ volatile("" : : : "memory");
    return bytes ? *l - *r : 0;
}

LIBSEL4_WEAK size_t strlen(const char *text)
{
    size_t length = 0;

    for (; text[length]; length++)
        __asm__ volatile("" : : : "memory");
    return length;
}

LIBSEL4_WEAK char *strcpy(char *to, const char *from)
{
    return copy_upwards(to, from, strlen(from) + 1);
}
