/* SPDX-License-Identifier: BSD-2-Clause */
/* Driver of a virtio network device, by the I/O port interface.  Virtual I/O Device (VIRTIO) 1.2,
 * 2.7 (split virtqueues) and 4.1.4.8, 5.1 (legacy interface).
 *
 * It has its device's ports and interrupt, the memory it shares with the device, and that it shares
 * with the network stack: nothing else.  Queue 0 receives, queue 1 sends; buffer n belongs to
 * descriptor n for ever.  Packets are copied between buffers and rings. */
#include "../shared.h"
#include <kit/print.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    REG_FEATURES = 0, REG_DRIVER_FEATURES = 4, REG_QUEUE_PAGE = 8, REG_QUEUE_SIZE = 12,
    REG_QUEUE_SELECT = 14, REG_NOTIFY = 16, REG_STATUS = 18, REG_ISR = 19, REG_ADDRESS = 20,
    STATUS_RESET = 0, STATUS_SEEN = 1, STATUS_DRIVER = 2, STATUS_READY = 4,
    FEATURE_ADDRESS = 1 << 5,
    RECEIVE = 0, SEND = 1, QUEUES = 2,
    BUFFERS = 64, BUFFER_BYTES = 2048, HEADER_BYTES = 10, DESCRIPTOR_WRITE = 2,
    PAGE = 4096, QUEUE_PAGES = 3, QUEUE_SIZE_MOST = 256, ADDRESS_BYTES = 6,
};

struct descriptor {
    seL4_Uint64 address;
    seL4_Uint32 bytes;
    seL4_Uint16 flags, next;
};

struct available {
    seL4_Uint16 flags;
    volatile seL4_Uint16 added;
    seL4_Uint16 descriptor[];
};

struct used {
    seL4_Uint16 flags;
    volatile seL4_Uint16 added;
    struct { seL4_Uint32 descriptor, bytes; } element[];
};

struct queue {
    struct descriptor *descriptor;
    struct available *available;
    struct used *used;
    seL4_Uint16 size, taken;        /* taken: used elements that the driver has seen */
    seL4_Word first_buffer;         /* its offset in DMA memory */
};

/* DMA memory: a page with its physical address, the queues, the buffers. */
enum {
    QUEUES_OFFSET = PAGE, BUFFERS_OFFSET = QUEUES_OFFSET + QUEUES * QUEUE_PAGES * PAGE,
    DMA_END = BUFFERS_OFFSET + QUEUES * BUFFERS * BUFFER_BYTES,
};
_Static_assert(DMA_END <= DMA_PAGES * PAGE, "fits");

static struct queue queues[QUEUES];
static bool sending[BUFFERS];

void *memcpy(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

static seL4_Uint16 base;

static seL4_Word in8(seL4_Uint16 reg)
{
    return seL4_X86_IOPort_In8(DEVICE_PORTS, (seL4_Uint16)(base + reg)).result;
}

static void out8(seL4_Word reg, seL4_Word value)
{
    (void)seL4_X86_IOPort_Out8(DEVICE_PORTS, base + reg, value);
}

static void out16(seL4_Word reg, seL4_Word value)
{
    (void)seL4_X86_IOPort_Out16(DEVICE_PORTS, base + reg, value);
}

static void out32(seL4_Word reg, seL4_Word value)
{
    (void)seL4_X86_IOPort_Out32(DEVICE_PORTS, base + reg, value);
}

static seL4_Word dma_physical(seL4_Word offset)
{
    return *(seL4_Word *)DMA_AT + offset;
}

static seL4_Uint8 *buffer_of(const struct queue *q, seL4_Word number)
{
    return (seL4_Uint8 *)(DMA_AT + q->first_buffer + number * BUFFER_BYTES);
}

/* The places of the three parts within the queue's pages are the device's rule. */
static bool queue_start(seL4_Word number)
{
    struct queue *q = &queues[number];
    seL4_Word offset = QUEUES_OFFSET + number * QUEUE_PAGES * PAGE;
    seL4_Word at = DMA_AT + offset;

    out16(REG_QUEUE_SELECT, number);
    q->size = (seL4_Uint16)seL4_X86_IOPort_In16(DEVICE_PORTS,
                                                (seL4_Uint16)(base + REG_QUEUE_SIZE)).result;
    if (q->size < BUFFERS || q->size > QUEUE_SIZE_MOST)
        return false;
    memset((void *)at, 0, QUEUE_PAGES * PAGE);
    seL4_Word before_used = q->size * sizeof(struct descriptor) + 6 + q->size * 2ul;
    q->descriptor = (struct descriptor *)at;
    q->available = (struct available *)(at + q->size * sizeof(struct descriptor));
    q->used = (struct used *)(at + (before_used + PAGE - 1) / PAGE * PAGE);
    q->first_buffer = BUFFERS_OFFSET + number * BUFFERS * BUFFER_BYTES;
    for (seL4_Word i = 0; i < BUFFERS; i++)
        q->descriptor[i] = (struct descriptor){
            .address = dma_physical(q->first_buffer + i * BUFFER_BYTES),
            .bytes = BUFFER_BYTES,
            .flags = number == RECEIVE ? DESCRIPTOR_WRITE : 0,
        };
    out32(REG_QUEUE_PAGE, dma_physical(offset) / PAGE);
    return true;
}

static void queue_add(struct queue *q, seL4_Uint16 descriptor)
{
    q->available->descriptor[q->available->added % q->size] = descriptor;
    __asm__ volatile("" : : : "memory");        /* the device reads it once it is counted */
    q->available->added = (seL4_Uint16)(q->available->added + 1);
}

static bool device_start(void)
{
    out8(REG_STATUS, STATUS_RESET);
    out8(REG_STATUS, STATUS_SEEN);
    out8(REG_STATUS, STATUS_SEEN | STATUS_DRIVER);
    out32(REG_DRIVER_FEATURES, FEATURE_ADDRESS);
    for (seL4_Uint16 i = 0; i < ADDRESS_BYTES; i++)
        SHARED->address[i] = (seL4_Uint8)in8((seL4_Uint16)(REG_ADDRESS + i));
    if (!queue_start(RECEIVE) || !queue_start(SEND))
        return false;
    for (seL4_Uint16 i = 0; i < BUFFERS; i++)
        queue_add(&queues[RECEIVE], i);
    out8(REG_STATUS, STATUS_SEEN | STATUS_DRIVER | STATUS_READY);
    out16(REG_NOTIFY, RECEIVE);
    return true;
}

/* A packet for which the stack has no room is lost, as on a real wire. */
static void receive_one(const seL4_Uint8 *buffer, seL4_Word bytes)
{
    struct ring *r = &SHARED->received;
    struct packet *p = &SHARED->received_packet[r->added % RING_PACKETS];

    if (bytes <= HEADER_BYTES || bytes - HEADER_BYTES > PACKET_BYTES || !ring_has_room(r))
        return;
    p->bytes = (seL4_Uint32)(bytes - HEADER_BYTES);
    memcpy(p->data, buffer + HEADER_BYTES, p->bytes);
    __asm__ volatile("" : : : "memory");
    r->added = r->added + 1;
    SHARED->packets_received = SHARED->packets_received + 1;
}

static void receive_all(void)
{
    struct queue *q = &queues[RECEIVE];
    bool some = q->taken != q->used->added;

    while (q->taken != q->used->added) {
        seL4_Uint32 number = q->used->element[q->taken % q->size].descriptor % BUFFERS;

        receive_one(buffer_of(q, number), q->used->element[q->taken % q->size].bytes);
        queue_add(q, (seL4_Uint16)number);
        q->taken++;
    }
    if (some) {
        out16(REG_NOTIFY, RECEIVE);
        seL4_Signal(PEER);
    }
}

static void forget_sent(void)
{
    struct queue *q = &queues[SEND];

    for (; q->taken != q->used->added; q->taken++)
        sending[q->used->element[q->taken % q->size].descriptor % BUFFERS] = false;
}

static void send_one(struct queue *q, seL4_Uint16 number)
{
    struct ring *r = &SHARED->to_send;
    const struct packet *p = &SHARED->packet_to_send[r->taken % RING_PACKETS];
    seL4_Word bytes = p->bytes < PACKET_BYTES ? p->bytes : PACKET_BYTES;

    memset(buffer_of(q, number), 0, HEADER_BYTES);
    memcpy(buffer_of(q, number) + HEADER_BYTES, p->data, bytes);
    __asm__ volatile("" : : : "memory");
    r->taken = r->taken + 1;
    q->descriptor[number].bytes = (seL4_Uint32)(HEADER_BYTES + bytes);
    sending[number] = true;
    queue_add(q, number);
    SHARED->packets_sent = SHARED->packets_sent + 1;
}

static void send_all(void)
{
    struct queue *q = &queues[SEND];
    bool some = false;

    forget_sent();
    for (seL4_Uint16 i = 0; i < BUFFERS && ring_has_packet(&SHARED->to_send); i++) {
        if (!sending[i]) {
            send_one(q, i);
            some = true;
        }
    }
    if (some)
        out16(REG_NOTIFY, SEND);
}

/* The second word of DMA memory is the device's first port.  Reading the interrupt status ends the
 * interrupt, so Ack comes after it. */
void program_main(void)
{
    seL4_Word events;

    base = (seL4_Uint16)((seL4_Word *)DMA_AT)[1];
    if (!device_start()) {
        print("driver: the device does not have the queues it should have\n");
        return;
    }
    for (;;) {
        (void)in8(REG_ISR);
        (void)seL4_IRQHandler_Ack(DEVICE_INTERRUPT);
        receive_all();
        send_all();
        seL4_Wait(EVENTS, &events);
        if (events & EVENT_INTERRUPT)
            SHARED->interrupts = SHARED->interrupts + 1;
    }
}
