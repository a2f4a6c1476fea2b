/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that does nothing wrong. */
#include <kit/parent.h>
#include <kit/print.h>

void program_main(void)
{
    print("nothing is wrong with me\n");
}
