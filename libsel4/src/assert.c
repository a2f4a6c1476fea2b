/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens when an assertion fails, unless the program has its own idea. */
#include <sel4/sel4.h>

#ifdef CONFIG_PRINTING
static void print(const char *text)
{
    seL4_DebugPutString((char *)text);
}
#else
static void print(LIBSEL4_UNUSED const char *text) {}
#endif

static void print_number(int number)
{
    char text[12];
    char *first = text + sizeof(text) - 1;
    unsigned rest = number < 0 ? 0 : (unsigned)number;

    *first = 0;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    print(first);
}

/* Ends in an exception, which the thread's fault handler sees. */
LIBSEL4_WEAK void __assert_fail(const char *expression, const char *file, int line,
                                const char *function)
{
    print(file);
    print(":");
    print_number(line);
    print(": ");
    print(function);
    print(": assertion failed: ");
    print(expression);
    print("\n");
    __asm__ volatile("ud2");
    __builtin_unreachable();
}
