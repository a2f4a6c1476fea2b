/* SPDX-License-Identifier: BSD-2-Clause */
/* Wants all the memory there is. */
#include <kit/parent.h>
#include <kit/print.h>

enum { WANT_MEMORY = PARENT_FIRST_LABEL };

void program_main(void)
{
    for (;;) {
        (void)seL4_Call(PROGRAM_PARENT, seL4_MessageInfo_new(WANT_MEMORY, 0, 0, 0));
        *(volatile char *)seL4_GetMR(0) = 1;
    }
}
