/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 9: a driver: a thread that owns a device and serves clients.  The device is the
 * real-time clock; the service is to wait for a number of its periodic interrupts. */
#include <kit/print.h>
#include <kit/thread.h>

/* MC146818 real-time clock. */
enum {
    RTC = 0x70, RTC_LAST = 0x71, INDEX = 0x70, CONTENT = 0x71,
    REG_A = 0x0a, REG_B = 0x0b, REG_C = 0x0c, RATE_64_HZ = 0x2a, PERIODIC = 0x40, HOURS_24 = 0x02,
    PIN = 8, EDGE = 0, HIGH = 0, VECTOR = 12,
};

enum { INTERRUPT_BADGE = 1, DRIVER_PRIORITY = 200, CLIENT_PRIORITY = 100, CLIENTS = 3 };

static struct {
    seL4_CPtr ports, handler, endpoint, interrupt;
    seL4_CPtr waiting[CLIENTS];         /* slots for reply capabilities */
    seL4_Word left[CLIENTS];            /* interrupts that client still waits for */
    struct thread thread;
} driver;

static seL4_Word rtc_read(seL4_Word reg)
{
    (void)seL4_X86_IOPort_Out8(driver.ports, INDEX, reg);
    return seL4_X86_IOPort_In8(driver.ports, CONTENT).result;
}

static void rtc_write(seL4_Word reg, seL4_Word value)
{
    (void)seL4_X86_IOPort_Out8(driver.ports, INDEX, reg);
    (void)seL4_X86_IOPort_Out8(driver.ports, CONTENT, value);
}

/* Reading register C is what ends the device's interrupt; Ack opens the line again. */
static void handle_interrupt(void)
{
    (void)rtc_read(REG_C);
    (void)seL4_IRQHandler_Ack(driver.handler);
    for (int i = 0; i < CLIENTS; i++)
        if (driver.left[i] && --driver.left[i] == 0)
            seL4_Send(driver.waiting[i], seL4_MessageInfo_new(0, 0, 0, 0));
}

/* The answer comes later: until then the client is a capability in a slot. */
static void handle_request(seL4_Word client, seL4_Word count)
{
    (void)seL4_CNode_SaveCaller(seL4_CapInitThreadCNode, driver.waiting[client], seL4_WordBits);
    driver.left[client] = count;
}

static void run_driver(void *unused)
{
    seL4_Word badge;

    (void)unused;
    rtc_write(REG_A, RATE_64_HZ);
    rtc_write(REG_B, PERIODIC | HOURS_24);
    (void)rtc_read(REG_C);
    for (;;) {
        (void)seL4_Recv(driver.endpoint, &badge);
        if (badge == INTERRUPT_BADGE)
            handle_interrupt();
        else
            handle_request(badge - INTERRUPT_BADGE - 1, seL4_GetMR(0));
    }
}

/* The notification is bound to the thread: one Recv waits for clients and for the device. */
static void make_driver(void)
{
    seL4_CPtr plain = pool_object(&root_pool, seL4_NotificationObject, 0);

    driver.interrupt = cap_mint(&root_pool, plain, seL4_AllRights, INTERRUPT_BADGE);
    driver.endpoint = pool_object(&root_pool, seL4_EndpointObject, 0);
    driver.ports = pool_slot(&root_pool);
    driver.handler = pool_slot(&root_pool);
    for (int i = 0; i < CLIENTS; i++)
        driver.waiting[i] = pool_slot(&root_pool);
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, RTC, RTC_LAST,
                                       seL4_CapInitThreadCNode, driver.ports, seL4_WordBits);
    (void)seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode, driver.handler,
                                    seL4_WordBits, 0, PIN, EDGE, HIGH, VECTOR);
    (void)seL4_IRQHandler_SetNotification(driver.handler, driver.interrupt);
    (void)thread_make(&driver.thread, &root_pool, "clock driver", DRIVER_PRIORITY, 0);
    (void)seL4_TCB_BindNotification(driver.thread.tcb, plain);
    thread_start(&driver.thread, run_driver, NULL);
}

static seL4_CPtr done;
static volatile seL4_Word finished[CLIENTS], finished_count;    /* in the order of their end */

static void client(void *argument)
{
    seL4_Word number = (seL4_Word)argument;
    seL4_CPtr service = cap_mint(&root_pool, driver.endpoint, seL4_AllRights,
                                 INTERRUPT_BADGE + 1 + number);

    seL4_SetMR(0, 3 - number);
    (void)seL4_Call(service, seL4_MessageInfo_new(0, 0, 0, 1));
    finished[finished_count] = number;
    finished_count = finished_count + 1;
    seL4_Signal(done);
}

int main(void)
{
    static struct thread threads[CLIENTS];

    kit_start();
    done = pool_object(&root_pool, seL4_NotificationObject, 0);
    make_driver();
    for (seL4_Word i = 0; i < CLIENTS; i++) {
        (void)thread_make(&threads[i], &root_pool, "client", CLIENT_PRIORITY, 0);
        thread_start(&threads[i], client, (void *)i);
    }
    (void)seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB, CLIENT_PRIORITY - 1);
    while (finished_count < CLIENTS)        /* several signals may come as one */
        seL4_Wait(done, NULL);
    for (int i = 0; i < CLIENTS; i++)
        print("client %lu has waited for %lu interrupts\n", finished[i], 3 - finished[i]);
    print("End of the chapter.\n");
    return 0;
}
