/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP without an operating system: one thread, callbacks, TCP over IPv4 over Ethernet. */
#pragma once

#define NO_SYS                  1
#define SYS_LIGHTWEIGHT_PROT    0
#define LWIP_NETCONN            0
#define LWIP_SOCKET             0
#define LWIP_UDP                0
#define LWIP_DHCP               0
#define LWIP_RAW                0
#define LWIP_IPV6               0
#define LWIP_STATS              0
#define LWIP_SINGLE_NETIF       1
#define MEM_ALIGNMENT           8
#define MEM_SIZE                (192 * 1024)
#define MEMP_NUM_TCP_PCB        64
#define MEMP_NUM_TCP_SEG        256
#define MEMP_NUM_PBUF           64
#define PBUF_POOL_SIZE          64
#define PBUF_POOL_BUFSIZE       1600
#define TCP_MSS                 1460
#define TCP_SND_BUF             (8 * TCP_MSS)
#define TCP_SND_QUEUELEN        32
#define TCP_WND                 (8 * TCP_MSS)
#define TCP_MSL                 1000
