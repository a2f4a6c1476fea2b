/* SPDX-License-Identifier: BSD-2-Clause */
/* Tries to stop the interrupts of the machine. */
#include <kit/parent.h>

void program_main(void)
{
    __asm__ volatile("cli");
}
