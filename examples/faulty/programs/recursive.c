/* SPDX-License-Identifier: BSD-2-Clause */
/* Uses up its stack. */
#include <kit/parent.h>

static volatile int without_end = 1;

static int deeper(volatile int *above)
{
    volatile int here[64] = { *above };

    return without_end ? deeper(here) + here[0] : 0;
}

void program_main(void)
{
    volatile int start = 0;

    (void)deeper(&start);
}
