/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's PCI device "edu", which sends a message-signalled interrupt on demand.  Programs themselves cannot: they
 * have no memory where a store is a message. */
#pragma once
#include "types.h"

/* For this test: find the device and map its registers at FREE_ADDRESS.  False if there is none. */
bool edu_start(void);

enum { EDU_FIRST_VECTOR = 0x30 };

/* Send the message of a vector as GetMSI counts it, from EDU_FIRST_VECTOR on; it has been sent when this
 * returns. */
void edu_interrupt(word_t vector);
