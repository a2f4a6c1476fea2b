/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a system call of another system. */
#include <kit/parent.h>

void program_main(void)
{
    __asm__ volatile("movq $60, %%rdx\n\tsyscall" : : : "rdx", "rcx", "r11", "memory");
}
