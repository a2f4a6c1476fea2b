/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 8: an interrupt is a signal to a notification. */
#include <kit/memory.h>
#include <kit/print.h>

/* The programmable interval timer: channel 0, mode 2 (rate generator). */
enum {
    PIT = 0x40, PIT_LAST = 0x43, CHANNEL_0 = 0x40, COMMAND = 0x43, RATE = 0x34, COUNT = 11932,
    PIN = 2, EDGE = 0, HIGH = 0, VECTOR = 10, BADGE = 8, TICKS = 5,
};

static seL4_CPtr ports, handler, ticks;

/* The capability to the interrupt, and what it signals, with a badge. */
static seL4_Error take_interrupt(void)
{
    seL4_CPtr plain = pool_object(&root_pool, seL4_NotificationObject, 0);

    ticks = cap_mint(&root_pool, plain, seL4_AllRights, BADGE);
    handler = pool_slot(&root_pool);
    seL4_Error error = seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode,
                                                 handler, seL4_WordBits, 0, PIN, EDGE, HIGH, VECTOR);
    return error ? error : seL4_IRQHandler_SetNotification(handler, ticks);
}

/* The capability to the device's ports.  1193182 / 11932 is 100 ticks a second. */
static void start_timer(void)
{
    ports = pool_slot(&root_pool);
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, PIT, PIT_LAST,
                                       seL4_CapInitThreadCNode, ports, seL4_WordBits);
    (void)seL4_X86_IOPort_Out8(ports, COMMAND, RATE);
    (void)seL4_X86_IOPort_Out8(ports, CHANNEL_0, COUNT & 0xff);
    (void)seL4_X86_IOPort_Out8(ports, CHANNEL_0, COUNT >> 8);
}

int main(void)
{
    kit_start();
    print("the interrupt is ours: error %u\n", take_interrupt());
    start_timer();
    for (int i = 1; i <= TICKS; i++) {
        seL4_Word badge;

        (void)seL4_IRQHandler_Ack(handler);     /* the next one may come */
        seL4_Wait(ticks, &badge);
        print("tick %d, badge %lu\n", i, badge);
    }
    print("taking it a second time: %s\n",
          take_interrupt() == seL4_RevokeFirst ? "refused, it is in use" : "it is done");
    print("End of the chapter.\n");
    return 0;
}
