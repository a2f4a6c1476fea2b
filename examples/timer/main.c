/* SPDX-License-Identifier: BSD-2-Clause */
/* Many clients of the timer server (server.c), each waiting again and again for its own time.  The
 * root task sums up how late they were woken. */
#include "server.h"
#include <kit/clock.h>
#include <kit/print.h>
#include <kit/thread.h>

enum { CLIENTS = 12, WAITS = 8, CLIENT_PRIORITY = 120, SERVER_PRIORITY = 200, TICK_US = 2000 };

static struct {
    struct thread thread;
    seL4_Word milliseconds, worst_us;
} clients[CLIENTS];

static struct thread server_thread;
static struct server server;
static seL4_CPtr done;      /* signalled by each client at its end */

static void client(void *argument)
{
    seL4_Word number = (seL4_Word)argument;

    for (int i = 0; i < WAITS; i++) {
        seL4_Word due = clock_microseconds() + clients[number].milliseconds * 1000;
        timer_wait(server.endpoint, clients[number].milliseconds);
        seL4_Word now = clock_microseconds();
        seL4_Word late = now > due ? now - due : 0;

        if (now < due)
            print("client %lu was woken too early\n", number);
        if (late > clients[number].worst_us)
            clients[number].worst_us = late;
    }
    seL4_Signal(done);
}

static bool start_clients(void)
{
    for (seL4_Word i = 0; i < CLIENTS; i++) {
        clients[i].milliseconds = 5 + 7 * i;
        if (!thread_make(&clients[i].thread, &root_pool, "client", CLIENT_PRIORITY, 0))
            return false;
        thread_start(&clients[i].thread, client, (void *)i);
    }
    return true;
}

/* Signals that come while one is taken are one signal: the clients' badges tell who is done. */
static void report(void)
{
    seL4_Word worst = 0;

    for (seL4_Word i = 0; i < CLIENTS; i++) {
        if (clients[i].worst_us > worst)
            worst = clients[i].worst_us;
        print("client %2lu: %u waits of %2lu ms\n", i, WAITS, clients[i].milliseconds);
    }
    print("no client was woken early; the latest was %s one tick late\n",
          worst <= TICK_US ? "less than" : "MORE THAN");
    print("worst lateness: %lu us\n", worst);
}

static seL4_Word all_waits(void)
{
    seL4_Word ended = 0;

    while (server.answered < CLIENTS * WAITS)
        seL4_Wait(done, &ended);
    return server.answered;
}

int main(void)
{
    kit_start();
    clock_start();
    done = pool_object(&root_pool, seL4_NotificationObject, 0);
    const char *error = server_make(&server);

    if (error || !thread_make(&server_thread, &root_pool, "timer server", SERVER_PRIORITY, 0)) {
        print("the timer server cannot start: %s\n", error ? error : "no memory");
        return 1;
    }
    (void)seL4_TCB_BindNotification(server_thread.tcb, server.interrupt);
    thread_start(&server_thread, server_run, &server);
    if (!start_clients()) {
        print("no memory for the clients\n");
        return 1;
    }
    (void)seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB, CLIENT_PRIORITY - 1);
    print("%lu waits done\n", all_waits());
    report();
    return 0;
}
