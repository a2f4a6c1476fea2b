/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports: an access that is allowed lies inside the range of the capability. */
#include <arch/x86_64/capability.h>

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 65535); */
static inline word_t cap_io_port_first(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 32) & 65535); */
static inline word_t cap_io_port_last(struct cap c);

/*@ requires bytes == 1 || bytes == 2 || bytes == 4;
    requires port < 65536;
    assigns \nothing;
    ensures \result <==> (((ports.word[0] >> 16) & 65535) <= port &&
                          (word_t)((word_t)(port + bytes) - 1) <= ((ports.word[0] >> 32) & 65535)); */
static bool range_allows(struct cap ports, word_t port, word_t bytes);

#include "../arch/x86_64/ioport.c"
