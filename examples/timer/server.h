/* SPDX-License-Identifier: BSD-2-Clause */
/* A server for timed waits, over the programmable interval timer (PIT, 8254) of every PC. */
#pragma once

#include <kit/memory.h>

enum { TIMER_CLIENTS = 32 };

struct server {
    seL4_CPtr endpoint;         /* clients call it, see timer_wait() */
    seL4_CPtr interrupt;        /* notification; to be bound to the server's thread */
    seL4_CPtr handler, ports;
    seL4_CPtr replies;          /* first of TIMER_CLIENTS slots: reply capabilities */
    seL4_Word due[TIMER_CLIENTS];   /* microseconds; 0 where nobody waits */
    seL4_Word answered;         /* waits that are over */
};

/* Make its capabilities.  Returns null, or what is wrong. */
const char *server_make(struct server *s);

/* The server's thread.  The argument is the struct server. */
void server_run(void *server);

/* For clients: return after at least so many milliseconds. */
void timer_wait(seL4_CPtr endpoint, seL4_Word milliseconds);
