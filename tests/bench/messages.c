/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, signals and Yield: there and back.  Measured a second time with many threads ready. */
#include "bench.h"

/* ---- the other sides ---- */

/* Answers with as many words as came. */
static void __attribute__((noreturn)) echo(word_t endpoint, word_t unused)
{
    word_t tag = recv(endpoint);

    (void)unused;
    for (;;)
        tag = reply_recv(endpoint, tag_length(tag));
}

static void __attribute__((noreturn)) sink(word_t cptr, word_t unused)
{
    (void)unused;
    for (;;)
        (void)recv(cptr);
}

static void __attribute__((noreturn)) yielder(word_t unused, word_t unused_too)
{
    (void)unused;
    (void)unused_too;
    for (;;)
        yield();
}

static word_t deep_samples[WARM + RUNS];

/* Measures by itself, with a CSpace of its own. */
static void __attribute__((noreturn)) deep_client(word_t endpoint, word_t done)
{
    MEASURE_INTO(deep_samples, NOTHING, (void)call(endpoint, 0), NOTHING)
    send(done);
    for (;;)
        (void)recv(done);
}

/* ---- what is measured ---- */

struct partners {
    word_t other_space;
    struct thread near, far, far_equal, sink, waiter, yielder, taker, deep;
    word_t near_endpoint, far_endpoint, far_equal_endpoint, sink_endpoint, taker_endpoint;
    word_t notification, idle_notification, idle_endpoint, deep_done, deep_index, deep_done_index;
    word_t gift, receive_slot;
};

static struct partners p;

/* Four CNodes of 16 slots, one below the other; the endpoint and the notification in the last. */
static word_t deep_cspace(void)
{
    word_t cnode = object_new(seL4_CapTableObject, 4);

    MUST(seL4_CNode_Copy(cnode, 1, 4, ROOT, p.near_endpoint, DEPTH, seL4_AllRights));
    MUST(seL4_CNode_Copy(cnode, 2, 4, ROOT, p.deep_done, DEPTH, seL4_AllRights));
    p.deep_index = 1;
    p.deep_done_index = 2;
    for (word_t level = 1; level < 4; level++) {
        const word_t above = object_new(seL4_CapTableObject, 4);

        MUST(seL4_CNode_Copy(above, 1, 4, ROOT, cnode, DEPTH, seL4_AllRights));
        p.deep_index |= BIT(4 * level);
        p.deep_done_index |= BIT(4 * level);
        cnode = above;
    }
    return cnode;
}

static struct thread echo_new(word_t space, word_t *endpoint)
{
    const struct thread t = thread_new(space, 0, PRIORITY);

    *endpoint = object_new(seL4_EndpointObject, 0);
    return t;
}

static void make_partners(void)
{
    p.other_space = space_new();
    p.near = echo_new(SPACE, &p.near_endpoint);
    p.far = echo_new(p.other_space, &p.far_endpoint);
    p.far_equal = echo_new(p.other_space, &p.far_equal_endpoint);
    p.far_equal.thread_pointer = measurer.thread_pointer;
    p.taker = echo_new(p.other_space, &p.taker_endpoint);
    p.sink = echo_new(p.other_space, &p.sink_endpoint);
    p.waiter = thread_new(SPACE, 0, PRIORITY);
    p.yielder = thread_new(SPACE, 0, PRIORITY);
    p.notification = object_new(seL4_NotificationObject, 0);
    p.idle_notification = object_new(seL4_NotificationObject, 0);
    p.idle_endpoint = object_new(seL4_EndpointObject, 0);
    p.deep_done = object_new(seL4_NotificationObject, 0);
    p.gift = object_new(seL4_EndpointObject, 0);
    p.receive_slot = slot_new();
    p.taker.buffer->receiveCNode = ROOT;
    p.taker.buffer->receiveIndex = p.receive_slot;
    p.taker.buffer->receiveDepth = DEPTH;
    p.deep =
        thread_new_in(deep_cspace(), seL4_CNode_CapData_new(0, 48).words[0], SPACE, 0, PRIORITY);
}

static void start_partners(void)
{
    thread_serve(&p.near, echo, p.near_endpoint, PRIORITY);
    thread_serve(&p.far, echo, p.far_endpoint, PRIORITY);
    thread_serve(&p.far_equal, echo, p.far_equal_endpoint, PRIORITY);
    thread_serve(&p.taker, echo, p.taker_endpoint, PRIORITY);
    thread_serve(&p.sink, sink, p.sink_endpoint, PRIORITY + 1);
    thread_serve(&p.waiter, sink, p.notification, PRIORITY + 1);
}

static void stop_partners(void)
{
    const struct thread *all[] = { &p.near, &p.far,    &p.far_equal, &p.taker,
                                   &p.sink, &p.waiter, &p.deep };

    for (word_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        thread_stop(all[i]);
}

/* One round trip like the first, between two labels that tools/bench_path.py knows. */
static void __attribute__((noinline)) marked_round_trip(word_t endpoint)
{
    __asm__ volatile(".globl path_begin\npath_begin:");
    (void)call(endpoint, 0);
    __asm__ volatile(".globl path_end\npath_end:");
}

static void round_trips(void)
{
    static const struct {
        const char *name;
        word_t length;
    } lengths[] = { { "call_0", 0 },   { "call_4", 4 },   { "call_8", 8 },
                    { "call_16", 16 }, { "call_64", 64 }, { "call_120", 120 } };

    for (word_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
        MEASURE(lengths[i].name, NOTHING, (void)call(p.far_endpoint, lengths[i].length), NOTHING);
    for (word_t i = 0; i < WARM; i++)
        marked_round_trip(p.far_equal_endpoint);
    MEASURE("call_0_equal_tls", NOTHING, (void)call(p.far_equal_endpoint, 0), NOTHING);
    MEASURE("call_0_same_space", NOTHING, (void)call(p.near_endpoint, 0), NOTHING);

    thread_start(&p.deep, deep_client, p.deep_index, p.deep_done_index);
    (void)recv(p.deep_done);
    for (word_t i = 0; i < WARM + RUNS; i++)
        samples[i] = deep_samples[i];
    report("call_0_deep");

    MEASURE("call_cap", seL4_SetCap(0, p.gift), (void)call(p.taker_endpoint, tag_of(0, 1, 0)),
            MUST(cap_delete(p.receive_slot)));
    MEASURE("call_unwrapped", seL4_SetCap(0, p.taker_endpoint),
            (void)call(p.taker_endpoint, tag_of(0, 1, 0)), NOTHING);
}

static void one_way(void)
{
    const word_t ntfn = p.idle_notification;

    MEASURE("send_wake", NOTHING, send(p.sink_endpoint), NOTHING);
    MEASURE("signal_idle", nbrecv(ntfn), send(ntfn), NOTHING);
    MEASURE("signal_wake", NOTHING, send(p.notification), NOTHING);
    MEASURE("wait_signalled", send(ntfn), (void)recv(ntfn), NOTHING);
    MEASURE("poll_signalled", send(ntfn), nbrecv(ntfn), NOTHING);
    MEASURE("poll_empty", NOTHING, nbrecv(ntfn), NOTHING);
    MEASURE("nbsend_none", NOTHING, nbsend(p.idle_endpoint), NOTHING);
}

void bench_messages(void)
{
    if (!p.other_space)
        make_partners();
    start_partners();
    round_trips();
    one_way();
    thread_start(&p.yielder, yielder, 0, 0);
    MEASURE("yield", NOTHING, yield(), NOTHING);
    thread_stop(&p.yielder);
    stop_partners();
}
