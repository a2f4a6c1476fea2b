/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the kernel was when it stopped.  Without frame pointers a word of the stack that points into the
 * kernel's code is taken for a return address: the list may hold some that are over already. */
#include <arch/core.h>
#include <kernel/print.h>

enum { BACKTRACE_MOST = 24 };

extern char kernel_text_start[], kernel_text_end[], kernel_stack[], kernel_stack_top[];

void arch_backtrace(word_t ip, word_t sp)
{
    word_t count = 0;

    print("backtrace: %lx", ip);
    if (sp < (word_t)kernel_stack)
        sp = (word_t)kernel_stack_top; /* lost */
    for (const word_t *at = (const word_t *)sp; (const char *)at < kernel_stack_top && count < BACKTRACE_MOST; at++) {
        if (*at >= (word_t)kernel_text_start && *at < (word_t)kernel_text_end) {
            print(" %lx", *at);
            count++;
        }
    }
    print("\n");
}
