/* SPDX-License-Identifier: BSD-2-Clause */
/* Divides by zero. */
#include <kit/parent.h>

void program_main(void)
{
    volatile int zero = 0;

    zero = 7 / zero;
}
