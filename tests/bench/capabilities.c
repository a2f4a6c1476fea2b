/* SPDX-License-Identifier: BSD-2-Clause */
/* CNode methods, Retype, mappings, and operations on very many capabilities. */
#include "bench.h"

enum { WINDOW_PAGES = 512, SENDERS = 64 };
#define WINDOW ((word_t)0x10000000)

static void bench_cnode(void)
{
    const word_t endpoint = object_new(seL4_EndpointObject, 0);
    const word_t a = slot_new(), b = slot_new();

#define COPY MUST(seL4_CNode_Copy(ROOT, a, DEPTH, ROOT, endpoint, DEPTH, seL4_AllRights))
    MEASURE("cnode_copy", NOTHING, COPY, MUST(cap_delete(a)));
    MEASURE("cnode_delete", COPY, MUST(cap_delete(a)), NOTHING);
    MEASURE("cnode_mint", NOTHING,
            MUST(seL4_CNode_Mint(ROOT, a, DEPTH, ROOT, endpoint, DEPTH, seL4_AllRights, 7)),
            MUST(cap_delete(a)));
    COPY;
    MEASURE("cnode_move", NOTHING, MUST(seL4_CNode_Move(ROOT, b, DEPTH, ROOT, a, DEPTH)),
            MUST(seL4_CNode_Move(ROOT, a, DEPTH, ROOT, b, DEPTH)));
#undef COPY
}

static void bench_retype(void)
{
    const word_t untyped = object_new(seL4_UntypedObject, 16);
    const word_t first = scratch_slots();

    MEASURE("retype_1", NOTHING,
            MUST(seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, ROOT, 0, 0, first, 1)),
            MUST(cap_revoke(untyped)));
    MEASURE("retype_64", NOTHING,
            MUST(seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, ROOT, 0, 0, first, 64)),
            MUST(cap_revoke(untyped)));
}

static void bench_map(void)
{
    const word_t frames = slot_range(WINDOW_PAGES);

    space_tables(SPACE, WINDOW);
    objects_new(seL4_X86_4K, 0, frames, WINDOW_PAGES);
#define MAP(i)                                                                                     \
    MUST(seL4_X86_Page_Map(frames + (i), SPACE, WINDOW + (i)*PAGE_BYTES, seL4_ReadWrite,           \
                           seL4_X86_Default_VMAttributes))
#define UNMAP(i) MUST(seL4_X86_Page_Unmap(frames + (i)))
    MEASURE("map", NOTHING, MAP(0), UNMAP(0));
    MEASURE("unmap", MAP(0), UNMAP(0), NOTHING);
    MEASURE("map_512", NOTHING, for (word_t i = 0; i < WINDOW_PAGES; i++) MAP(i),
            for (word_t i = 0; i < WINDOW_PAGES; i++) UNMAP(i));
#undef MAP
#undef UNMAP
}

void bench_capabilities(void)
{
    bench_cnode();
    bench_retype();
    bench_map();
}

static void bench_revoke(void)
{
    const word_t endpoint = object_new(seL4_EndpointObject, 0);
    const word_t first = scratch_slots();
    const word_t untyped = object_new(seL4_UntypedObject, 15), cnode = slot_new();

    MEASURE("revoke_1000", cap_copies(ROOT, DEPTH, first, endpoint), MUST(cap_revoke(endpoint)),
            NOTHING);
    MEASURE("delete_cnode_1000",
            MUST(seL4_Untyped_Retype(untyped, seL4_CapTableObject, 10, ROOT, 0, 0, cnode, 1));
            cap_copies(cnode, 10, 0, endpoint), MUST(cap_delete(cnode)), NOTHING);
}

static void bench_cancel(void)
{
    const word_t badged = cap_mint(object_new(seL4_EndpointObject, 0), 5);
    word_t senders[SENDERS];

    for (word_t i = 0; i < SENDERS; i++)
        senders[i] = thread_light(send_forever, badged, PRIORITY - 20);
    MEASURE("cancel_64", let_run(), MUST(seL4_CNode_CancelBadgedSends(ROOT, badged, DEPTH)),
            NOTHING);
    for (word_t i = 0; i < SENDERS; i++)
        MUST(seL4_TCB_Suspend(senders[i]));
}

void bench_many(void)
{
    bench_revoke();
    bench_cancel();
}
