/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe.h"
#include <kit/thread.h>

enum { PROBE_BITS = 17, PROBE_SLOTS = 24, PROBE_PRIORITY = 210, DONE = 64 };

static struct {
    struct pool pool;
    struct thread thread;
    seL4_CPtr endpoint;
    seL4_Word address, value;
    bool write;
} probe;

bool probe_start(void)
{
    probe.endpoint = pool_object(&root_pool, seL4_EndpointObject, 0);
    return probe.endpoint &&
           pool_split(&root_pool, &probe.pool, "probe", PROBE_BITS, PROBE_SLOTS);
}

static void access_memory(void *unused)
{
    volatile seL4_Word *at = (volatile seL4_Word *)probe.address;

    (void)unused;
    if (probe.write)
        *at = probe.value;
    else
        probe.value = *at;
    seL4_Send(probe.endpoint, seL4_MessageInfo_new(DONE, 0, 0, 0));
}

/* Either the helper's own message comes, or that about its fault. */
static bool run(void)
{
    bool done = false;

    if (thread_make(&probe.thread, &probe.pool, "probe", PROBE_PRIORITY, probe.endpoint)) {
        thread_start(&probe.thread, access_memory, NULL);
        done = seL4_MessageInfo_get_label(seL4_Recv(probe.endpoint, NULL)) == DONE;
        thread_forget(&probe.thread);
    }
    pool_reset(&probe.pool);
    return done;
}

bool probe_read(seL4_Word address, seL4_Word *value)
{
    probe.address = address;
    probe.write = false;
    if (!run())
        return false;
    *value = probe.value;
    return true;
}

bool probe_write(seL4_Word address, seL4_Word value)
{
    probe.address = address;
    probe.value = value;
    probe.write = true;
    return run();
}
