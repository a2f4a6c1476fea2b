/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports: an access that is allowed lies inside the range of the capability; which bits of the table
 * of issued ports a range has. */
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

/*@ requires first <= last && last < 65536 && i >= first / 64 && i <= last / 64;
    terminates \true; assigns \nothing;
    ensures i == first / 64 && i == last / 64 ==> \result == ((0xffffffffffffffff & (word_t)(0xffffffffffffffff << first % 64)) & (0xffffffffffffffff >> (63 - last % 64)));
    ensures i == first / 64 && i != last / 64 ==> \result == (0xffffffffffffffff & (word_t)(0xffffffffffffffff << first % 64));
    ensures i != first / 64 && i == last / 64 ==> \result == (0xffffffffffffffff & (0xffffffffffffffff >> (63 - last % 64)));
    ensures i != first / 64 && i != last / 64 ==> \result == 0xffffffffffffffff; */
static word_t range_bits(word_t i, word_t first, word_t last);

/* theorem bits_are_those_of_the_range: first <= last && last < 65536 && i >= first / 64 && i <= last / 64 && k < 64 ==>
   ((range_bits(i, first, last) & (1 << k)) != 0 <==> (i * 64 + k >= first && i * 64 + k <= last)) */

#include "../arch/x86_64/ioport.c"
