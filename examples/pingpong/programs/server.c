/* SPDX-License-Identifier: BSD-2-Clause */
/* One loop serves all clients.  A client that waits is remembered by its reply capability, which
 * SaveCaller moves from the thread to a slot. */
#include "service.h"
#include <stdbool.h>

static seL4_Word waiting;       /* badge of the client whose reply capability is saved, or 0 */

static seL4_MessageInfo_t words(seL4_Word first, seL4_Word second, seL4_Word third)
{
    seL4_SetMR(0, first);
    seL4_SetMR(1, second);
    seL4_SetMR(2, third);
    return seL4_MessageInfo_new(0, 0, 0, 3);
}

/* Answer whoever waits.  Returns whether somebody did. */
static bool wake(seL4_Word by)
{
    if (!waiting || waiting == by)
        return false;
    seL4_Send(SAVED_REPLY, words(by, 0, waiting));
    waiting = 0;
    return true;
}

void program_main(void)
{
    seL4_Word badge, pings = 0;
    seL4_MessageInfo_t info = seL4_Recv(SERVICE, &badge);

    for (;;) {
        if (seL4_MessageInfo_get_label(info) == WAIT) {
            (void)seL4_CNode_SaveCaller(OWN_CNODE, SAVED_REPLY, seL4_WordBits);
            waiting = badge;
            info = seL4_Recv(SERVICE, &badge);
            continue;
        }
        bool woke = wake(badge);
        info = seL4_ReplyRecv(SERVICE, words(++pings, woke, badge), &badge);
    }
}
