/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server and its clients agree on. */
#pragma once

#include <kit/parent.h>

/* SERVICE: the server's endpoint; a client's copy has its badge. */
enum { SERVICE = PROGRAM_FIRST_SLOT, OWN_CNODE, SAVED_REPLY };

/* Answers are two words and the client's own badge.  PING: the number of pings so far, and whether
 * this one woke somebody.  WAIT is answered by the next PING of somebody else: with its badge. */
enum { PING = 1, WAIT = 2 };
enum { ROUNDS = 3 };
