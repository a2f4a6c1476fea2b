/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes through a null pointer. */
#include <kit/parent.h>

void program_main(void)
{
    int *volatile nowhere = 0;

    *(volatile int *)nowhere = 1;
}
