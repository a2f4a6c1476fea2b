/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of system calls.  Everything takes the general path. */
#include <kernel/entry.h>

noreturn void entry_syscall(word_t cptr, word_t tag, word_t number)
{
    (void)cptr;
    (void)tag;
    entry_syscall_general(number);
}
