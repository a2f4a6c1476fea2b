/* SPDX-License-Identifier: BSD-2-Clause */
/* The end, when a state is found that must not exist. */
#include <arch/core.h>
#include <kernel/fatal.h>
#include <kernel/print.h>

noreturn void fatal(const char *what)
{
    print("\nPANIC: %s\n", what);
    if (VARIANT_DEBUG)
        arch_backtrace();
    arch_stop();
}
