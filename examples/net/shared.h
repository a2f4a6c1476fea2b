/* SPDX-License-Identifier: BSD-2-Clause */
/* What supervisor, driver and network stack agree on. */
#pragma once

#include <kit/parent.h>

/* Slots of the driver and of the stack, beside PROGRAM_PARENT. */
enum {
    EVENTS = PROGRAM_FIRST_SLOT,    /* notification to wait for */
    PEER,                           /* notification of the other one */
    DEVICE_PORTS, DEVICE_INTERRUPT, /* the driver alone */
};

/* Badges on the notifications. */
enum { EVENT_INTERRUPT = 1, EVENT_PEER = 2, EVENT_TICK = 4 };

/* Calls of the stack to the supervisor. */
enum {
    ASK_STATUS = PARENT_FIRST_LABEL,        /* answered with STATUS_* words */
    ASK_RESTART,                            /* kill the driver and start a new one */
};

enum {
    STATUS_MEGAHERTZ, STATUS_MEMORY_KIB, STATUS_USED_KIB, STATUS_DRIVER_STARTS, STATUS_CALLS,
    STATUS_TICKS, STATUS_WORDS,
};

/* A packet, and the rings in which packets go from one to the other.  Each index is written by one
 * side only; a packet is complete before the index counts it, and it is copied in and out, so that
 * the death of the driver loses packets but never the rings. */
enum { PACKET_BYTES = 1600, RING_PACKETS = 64 };

struct packet {
    seL4_Uint32 bytes;
    seL4_Uint8 data[2048 - sizeof(seL4_Uint32)];
};

struct ring {
    volatile seL4_Uint32 added, taken;
};

struct shared {
    struct ring received, to_send;
    volatile seL4_Uint8 address[8];         /* the device's Ethernet address */
    volatile seL4_Uint64 interrupts, packets_received, packets_sent;
    seL4_Uint8 rest_of_page[4096 - 2 * sizeof(struct ring) - 32];
    struct packet received_packet[RING_PACKETS], packet_to_send[RING_PACKETS];
};

/* Memory that driver and stack share, and that driver and device share. */
#define SHARED_AT 0x10000000ul
#define DMA_AT    0x11000000ul
enum { SHARED_PAGES = sizeof(struct shared) / 4096, DMA_PAGES = 80 };

_Static_assert(sizeof(struct shared) % 4096 == 0, "whole pages");

/* The first word of the driver's DMA memory says its physical address. */
#define SHARED ((struct shared *)SHARED_AT)

static inline int ring_has_room(const struct ring *r)
{
    return r->added - r->taken < RING_PACKETS;
}

static inline int ring_has_packet(const struct ring *r)
{
    return r->added != r->taken;
}
