/* SPDX-License-Identifier: BSD-2-Clause */
/* What lwIP wants to know of the compiler and the system. */
#pragma once

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H   1
#define LWIP_NO_CTYPE_H    1
#define SSIZE_MAX          0x7fffffffffffffffl
typedef long ssize_t;

#define X8_F  "x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "lu"

unsigned lwip_random(void);
void lwip_say(const char *text);

#define LWIP_RAND()              lwip_random()
#define LWIP_PLATFORM_DIAG(x)    do { } while (0)
#define LWIP_PLATFORM_ASSERT(x)  lwip_say(x)
