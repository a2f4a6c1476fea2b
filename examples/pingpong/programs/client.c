/* SPDX-License-Identifier: BSD-2-Clause */
/* The badge decides who waits and who pings; the clients do not know theirs, the server tells it. */
#include "service.h"
#include <kit/print.h>
#include <stdbool.h>

static seL4_Word me;            /* this client's badge, as the server says */
static bool woke_other;

static seL4_Word ask(seL4_Word label)
{
    (void)seL4_Call(SERVICE, seL4_MessageInfo_new(label, 0, 0, 0));
    woke_other |= seL4_GetMR(1) != 0;
    me = seL4_GetMR(2);
    return seL4_GetMR(0);
}

void program_main(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        seL4_Word number = ask(PING);
        print("client %lu: my ping was number %lu\n", me, number);
    }
    if (me == 1) {
        seL4_Word who = ask(WAIT);
        print("client %lu: woken by a ping of client %lu\n", me, who);
    } else {
        /* Until the other one waits, pings are only counted. */
        while (!woke_other) {
            (void)ask(PING);
            seL4_Yield();
        }
        print("client %lu: my ping woke the other\n", me);
    }
}
