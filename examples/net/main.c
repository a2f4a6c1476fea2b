/* SPDX-License-Identifier: BSD-2-Clause */
/* The supervisor: gives the driver its device and the network stack its wire, tells the stack how
 * things are, and replaces a driver that fails or is asked to go. */
#include "pci.h"
#include "shared.h"
#include <kit/clock.h>
#include <kit/print.h>
#include <kit/program.h>

enum {
    DRIVER = 1, STACK = 2, TICK = 4,        /* badges; the tick is on the bound notification */
    DRIVER_PRIORITY = 200, STACK_PRIORITY = 150,
    DRIVER_BITS = 19, DRIVER_SLOTS = 320, STACK_BITS = 21, STACK_SLOTS = 700, DMA_BITS = 19,
    PCI_VECTOR = 30, PIT_VECTOR = 31, PIT_PIN = 2, DEVICE_PORT_COUNT = 32,
    PIT = 0x40, PIT_LAST = 0x43, PIT_COMMAND = 0x43, PIT_RATE = 0x34, PIT_COUNT = 59659, /* 50 ms */
    DRIVER_STARTS_MOST = 100,
};

#define WINDOW 0x18000000ul         /* where the supervisor writes into a page of somebody else */

static struct {
    struct pci_device device;
    struct pool driver_pool, stack_pool, dma_pool;
    struct program driver, stack;
    seL4_CPtr parent, ticks;                /* endpoint and bound notification */
    seL4_CPtr driver_events, stack_events;
    seL4_CPtr ports, interrupt, pit_ports, pit_interrupt;
    seL4_CPtr shared[SHARED_PAGES], dma[DMA_PAGES];
    seL4_Word driver_starts, calls, tick_count, megahertz;
} net;

static bool make_pages(struct pool *pool, seL4_CPtr *frames, seL4_Word count)
{
    for (seL4_Word i = 0; i < count; i++)
        if (!(frames[i] = pool_object(pool, seL4_X86_4K, 0)))
            return false;
    return true;
}

/* Map copies, which belong to the program's pool and go with it. */
static bool give_pages(struct program *p, const seL4_CPtr *frames, seL4_Word count, seL4_Word at)
{
    for (seL4_Word i = 0; i < count; i++) {
        seL4_CPtr copy = cap_copy(p->pool, frames[i]);
        if (!copy || program_map(p, copy, at + i * PAGE_BYTES))
            return false;
    }
    return true;
}

/* Frames made one after the other from one untyped are neighbours in physical memory. */
static bool make_dma(void)
{
    if (!pool_split(&root_pool, &net.dma_pool, "DMA memory", DMA_BITS, DMA_PAGES + 1) ||
        !make_pages(&net.dma_pool, net.dma, DMA_PAGES))
        return false;
    seL4_CPtr first = cap_copy(&net.dma_pool, net.dma[0]);
    if (!first || space_map(&root_space, first, WINDOW, seL4_ReadWrite,
                            seL4_X86_Default_VMAttributes))
        return false;
    ((seL4_Word *)WINDOW)[0] = seL4_X86_Page_GetAddress(net.dma[0]).paddr;
    ((seL4_Word *)WINDOW)[1] = net.device.port;
    return true;
}

static bool start_driver(void)
{
    struct program *p = &net.driver;
    struct file file;

    if (!archive_find("driver", &file) ||
        program_load(p, &net.driver_pool, &file, net.parent, DRIVER, DRIVER_PRIORITY) ||
        !give_pages(p, net.shared, SHARED_PAGES, SHARED_AT) ||
        !give_pages(p, net.dma, DMA_PAGES, DMA_AT))
        return false;
    if (program_give(p, EVENTS, net.driver_events, seL4_CanRead, 0) ||
        program_give(p, PEER, net.stack_events, seL4_CanWrite, EVENT_PEER) ||
        program_give(p, DEVICE_PORTS, net.ports, seL4_AllRights, 0) ||
        program_give(p, DEVICE_INTERRUPT, net.interrupt, seL4_AllRights, 0))
        return false;
    net.driver_starts++;
    program_start(p);
    return true;
}

static bool start_stack(void)
{
    struct program *p = &net.stack;
    struct file file;

    if (!archive_find("stack", &file) ||
        program_load(p, &net.stack_pool, &file, net.parent, STACK, STACK_PRIORITY) ||
        !give_pages(p, net.shared, SHARED_PAGES, SHARED_AT) ||
        program_give(p, EVENTS, net.stack_events, seL4_CanRead, 0) ||
        program_give(p, PEER, net.driver_events, seL4_CanWrite, EVENT_PEER))
        return false;
    program_start(p);
    return true;
}

/* The old driver's memory is not touched by the device any more once the new one has reset it: DMA
 * memory is not given to anybody else in between. */
static void restart_driver(const char *why)
{
    print("supervisor: the driver %s, starting another\n", why);
    pool_reset(&net.driver_pool);
    if (net.driver_starts >= DRIVER_STARTS_MOST || !start_driver())
        print("supervisor: no new driver, the network stays down\n");
}

/* An interrupt line with its notification.  Level-triggered lines are those of PCI. */
static bool take_interrupt(seL4_CPtr handler, seL4_Word pin, seL4_Word level, seL4_Word vector,
                           seL4_CPtr notification, seL4_Word badge)
{
    seL4_CPtr badged = cap_mint(&root_pool, notification, seL4_AllRights, badge);

    return badged &&
           !seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode, handler,
                                      seL4_WordBits, 0, pin, level, 0, vector) &&
           !seL4_IRQHandler_SetNotification(handler, badged);
}

static seL4_Error take_ports(seL4_CPtr slot, seL4_Word first, seL4_Word last)
{
    return seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, first, last,
                                        seL4_CapInitThreadCNode, slot, seL4_WordBits);
}

static bool take_devices(void)
{
    net.ports = pool_slot(&root_pool);
    net.interrupt = pool_slot(&root_pool);
    net.pit_ports = pool_slot(&root_pool);
    net.pit_interrupt = pool_slot(&root_pool);
    return !take_ports(net.ports, net.device.port, net.device.port + DEVICE_PORT_COUNT - 1u) &&
           !take_ports(net.pit_ports, PIT, PIT_LAST) &&
           take_interrupt(net.interrupt, net.device.interrupt, 1, PCI_VECTOR, net.driver_events,
                          EVENT_INTERRUPT) &&
           take_interrupt(net.pit_interrupt, PIT_PIN, 0, PIT_VECTOR, net.ticks, TICK);
}

/* The stack's clock strikes every 50 ms. */
static void start_ticks(void)
{
    (void)seL4_TCB_BindNotification(seL4_CapInitThreadTCB, net.ticks);
    (void)seL4_X86_IOPort_Out8(net.pit_ports, PIT_COMMAND, PIT_RATE);
    (void)seL4_X86_IOPort_Out8(net.pit_ports, PIT, PIT_COUNT & 0xff);
    (void)seL4_X86_IOPort_Out8(net.pit_ports, PIT, PIT_COUNT >> 8);
    (void)seL4_IRQHandler_Ack(net.pit_interrupt);
}

static bool make_objects(void)
{
    net.parent = pool_object(&root_pool, seL4_EndpointObject, 0);
    net.ticks = pool_object(&root_pool, seL4_NotificationObject, 0);
    net.driver_events = pool_object(&root_pool, seL4_NotificationObject, 0);
    net.stack_events = pool_object(&root_pool, seL4_NotificationObject, 0);
    return net.stack_events && make_dma() &&
           make_pages(&root_pool, net.shared, SHARED_PAGES) &&
           pool_split(&root_pool, &net.driver_pool, "driver", DRIVER_BITS, DRIVER_SLOTS) &&
           pool_split(&root_pool, &net.stack_pool, "stack", STACK_BITS, STACK_SLOTS);
}

static seL4_MessageInfo_t tell_status(void)
{
    seL4_Word bytes = 0, used = 0;

    for (seL4_Word i = 0; i < root_pool.untypeds; i++) {
        bytes += root_pool.untyped[i].bytes;
        used += root_pool.untyped[i].used;
    }
    seL4_SetMR(STATUS_MEGAHERTZ, net.megahertz);
    seL4_SetMR(STATUS_MEMORY_KIB, bytes >> 10);
    seL4_SetMR(STATUS_USED_KIB, used >> 10);
    seL4_SetMR(STATUS_DRIVER_STARTS, net.driver_starts);
    seL4_SetMR(STATUS_CALLS, net.calls);
    seL4_SetMR(STATUS_TICKS, net.tick_count);
    return seL4_MessageInfo_new(0, 0, 0, STATUS_WORDS);
}

static void serve_stack(seL4_MessageInfo_t info)
{
    net.calls++;
    switch (seL4_MessageInfo_get_label(info)) {
    case ASK_STATUS:
        seL4_Reply(tell_status());
        break;
    case PARENT_PRINT:
        program_print(seL4_GetMR(0));
        seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
        break;
    case ASK_RESTART:
        seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
        restart_driver("was asked to go");
        break;
    default:
        print("supervisor: the network stack failed (label %lu at 0x%lx)\n",
              seL4_MessageInfo_get_label(info), seL4_GetMR(0));
    }
}

static void serve_driver(seL4_MessageInfo_t info)
{
    if (seL4_MessageInfo_get_label(info) == PARENT_PRINT) {
        program_print(seL4_GetMR(0));
        seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
    } else {
        restart_driver("failed");
    }
}

static void __attribute__((noreturn)) serve(void)
{
    seL4_CPtr to_stack = cap_mint(&root_pool, net.stack_events, seL4_CanWrite, EVENT_TICK);

    for (;;) {
        seL4_Word badge;
        seL4_MessageInfo_t info = seL4_Recv(net.parent, &badge);

        if (badge == TICK) {
            net.tick_count++;
            (void)seL4_IRQHandler_Ack(net.pit_interrupt);
            seL4_Signal(to_stack);
        } else if (badge == DRIVER) {
            serve_driver(info);
        } else {
            serve_stack(info);
        }
    }
}

int main(void)
{
    kit_start();
    clock_start();
    net.megahertz = clock_megahertz();
    if (!pci_find_network(&net.device)) {
        print("net: there is no virtio network device: start QEMU with "
              "-netdev user,id=n -device virtio-net-pci,netdev=n\n");
        return 1;
    }
    print("net: device %lu of PCI bus 0, ports from 0x%x, interrupt %lu\n", net.device.number,
          net.device.port, net.device.interrupt);
    if (!make_objects() || !take_devices() || !start_driver() || !start_stack()) {
        print("net: cannot start\n");
        return 1;
    }
    start_ticks();
    serve();
}
