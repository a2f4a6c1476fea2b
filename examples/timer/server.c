/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients that wait are remembered by their reply capabilities.  The PIT is set to interrupt once,
 * when the first of them is due; its 16 bits last for 54 ms, so that longer waits take several
 * interrupts.  The time itself is the time-stamp counter's. */
#include "server.h"
#include <kit/clock.h>

/* The PIT: channel 0, mode 0 (interrupt on terminal count), low byte then high byte. */
enum {
    PIT = 0x40, PIT_LAST = 0x43, CHANNEL_0 = 0x40, COMMAND = 0x43, ONE_SHOT = 0x30,
    PIT_KHZ = 1193, PIT_MOST = 0xffff,
    PIT_PIN = 2,                /* of the first I/O APIC, on every PC */
    PIT_VECTOR = 20,            /* any that is free */
    TIMER_BADGE = 1,
};

const char *server_make(struct server *s)
{
    s->endpoint = pool_object(&root_pool, seL4_EndpointObject, 0);
    seL4_CPtr plain = pool_object(&root_pool, seL4_NotificationObject, 0);
    s->interrupt = cap_mint(&root_pool, plain, seL4_AllRights, TIMER_BADGE);
    s->handler = pool_slot(&root_pool);
    s->ports = pool_slot(&root_pool);
    s->replies = pool_slot(&root_pool);
    for (int i = 1; i < TIMER_CLIENTS; i++)
        if (!pool_slot(&root_pool))
            return "no slots";
    if (!s->endpoint || !s->interrupt)
        return "no memory";
    if (seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, PIT, PIT_LAST, seL4_CapInitThreadCNode,
                                     s->ports, seL4_WordBits))
        return "its ports are taken";
    if (seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode, s->handler,
                                  seL4_WordBits, 0, PIT_PIN, 0, 0, PIT_VECTOR) ||
        seL4_IRQHandler_SetNotification(s->handler, s->interrupt))
        return "its interrupt is taken";
    return NULL;
}

static void pit_start(const struct server *s, seL4_Word microseconds)
{
    seL4_Word count = microseconds * PIT_KHZ / 1000 + 1;

    if (count > PIT_MOST)
        count = PIT_MOST;
    (void)seL4_X86_IOPort_Out8(s->ports, COMMAND, ONE_SHOT);
    (void)seL4_X86_IOPort_Out8(s->ports, CHANNEL_0, (seL4_Uint8)count);
    (void)seL4_X86_IOPort_Out8(s->ports, CHANNEL_0, (seL4_Uint8)(count >> 8));
}

/* Answer everybody who is due.  Returns when the next one is, or 0. */
static seL4_Word answer_due(struct server *s)
{
    seL4_Word next = 0;

    for (int i = 0; i < TIMER_CLIENTS; i++) {
        if (s->due[i] && s->due[i] <= clock_microseconds()) {
            s->due[i] = 0;
            s->answered++;
            seL4_Send(s->replies + (seL4_Word)i, seL4_MessageInfo_new(0, 0, 0, 0));
        }
        if (s->due[i] && (!next || s->due[i] < next))
            next = s->due[i];
    }
    return next;
}

static void serve_due(struct server *s)
{
    seL4_Word next = answer_due(s);
    seL4_Word now = clock_microseconds();

    if (next)
        pit_start(s, next > now ? next - now : 0);
}

/* A wait in a free place.  Without one the client is answered at once: it must come again. */
static void add_client(struct server *s, seL4_Word milliseconds)
{
    int i = 0;

    while (i < TIMER_CLIENTS && s->due[i])
        i++;
    if (i == TIMER_CLIENTS) {
        seL4_Reply(seL4_MessageInfo_new(seL4_NotEnoughMemory, 0, 0, 0));
        return;
    }
    (void)seL4_CNode_SaveCaller(seL4_CapInitThreadCNode, s->replies + (seL4_Word)i, seL4_WordBits);
    s->due[i] = clock_microseconds() + milliseconds * 1000;
}

/* The interrupt's notification is bound to this thread: it arrives where the calls do. */
void server_run(void *server)
{
    struct server *s = server;
    seL4_Word badge;

    for (;;) {
        seL4_Word milliseconds;

        (void)seL4_Recv(s->endpoint, &badge);
        milliseconds = seL4_GetMR(0);
        if (badge == TIMER_BADGE)
            (void)seL4_IRQHandler_Ack(s->handler);
        else
            add_client(s, milliseconds);
        serve_due(s);
    }
}

void timer_wait(seL4_CPtr endpoint, seL4_Word milliseconds)
{
    seL4_MessageInfo_t info;

    do {
        seL4_SetMR(0, milliseconds);
        info = seL4_Call(endpoint, seL4_MessageInfo_new(0, 0, 0, 1));
        if (seL4_MessageInfo_get_label(info))
            seL4_Yield();
    } while (seL4_MessageInfo_get_label(info));
}
