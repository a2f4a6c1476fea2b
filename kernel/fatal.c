/* SPDX-License-Identifier: BSD-2-Clause */
/* The end, when a state is found that must not exist. */
#include <arch/core.h>
#include <kernel/fatal.h>
#include <kernel/print.h>

noreturn void fatal_at(const char *what, word_t ip, word_t sp)
{
    print("\nPANIC: %s\n", what);
    if (VARIANT_DEBUG)
        arch_backtrace(ip, sp);
    arch_stop();
}

noreturn void fatal(const char *what)
{
    fatal_at(what, (word_t)__builtin_return_address(0), (word_t)__builtin_frame_address(0));
}
