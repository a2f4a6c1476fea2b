/* SPDX-License-Identifier: BSD-2-Clause */
/* Guesses at a capability that it was not given. */
#include <kit/parent.h>

void program_main(void)
{
    seL4_Send(PROGRAM_FIRST_SLOT + 5, seL4_MessageInfo_new(0, 0, 0, 0));
    seL4_Word badge;
    (void)seL4_Recv(PROGRAM_FIRST_SLOT + 5, &badge);
}
