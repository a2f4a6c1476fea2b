/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread.h"
#include "space.h"
#include <sel4/start.h>

/* A place, from its start: a page that is never mapped, thread-local variables and stack, IPC
 * buffer. */
enum { STACK_PAGES = 8, PLACE_PAGES = 16, USER_FLAGS = 0x202 };
#define PLACES 0x20000000ul

static bool taken[THREADS_MAX];

static seL4_Word place_start(seL4_Word place)
{
    return PLACES + place * PLACE_PAGES * PAGE_BYTES;
}

static seL4_Word stack_start(seL4_Word place)
{
    return place_start(place) + PAGE_BYTES;
}

static seL4_IPCBuffer *buffer_of(seL4_Word place)
{
    return (seL4_IPCBuffer *)(stack_start(place) + STACK_PAGES * PAGE_BYTES);
}

static seL4_CPtr map_page(struct pool *pool, seL4_Word address)
{
    seL4_CPtr frame = pool_object(pool, seL4_X86_4K, 0);

    if (!frame || space_map(&root_space, frame, address, seL4_ReadWrite,
                            seL4_X86_Default_VMAttributes))
        return 0;
    return frame;
}

/* Returns the frame of the IPC buffer, or 0. */
static seL4_CPtr map_place(struct pool *pool, seL4_Word place)
{
    seL4_CPtr frame = 0;

    for (seL4_Word page = 0; page <= STACK_PAGES; page++) {
        frame = map_page(pool, stack_start(place) + page * PAGE_BYTES);
        if (!frame)
            return 0;
    }
    return frame;
}

bool thread_make(struct thread *t, struct pool *pool, const char *name, seL4_Word priority,
                 seL4_CPtr fault)
{
    seL4_Word place = 0;

    while (place < THREADS_MAX && taken[place])
        place++;
    if (place == THREADS_MAX)
        return false;
    *t = (struct thread){ .tcb = pool_object(pool, seL4_TCBObject, 0), .place = place };
    seL4_CPtr frame = t->tcb ? map_place(pool, place) : 0;
    if (!frame || seL4_TCB_Configure(t->tcb, fault, seL4_CapInitThreadCNode, 0,
                                     seL4_CapInitThreadVSpace, 0, (seL4_Word)buffer_of(place),
                                     frame))
        return false;
    taken[place] = true;
    thread_name(t->tcb, name);
    return !seL4_TCB_SetPriority(t->tcb, seL4_CapInitThreadTCB, priority);
}

static void __attribute__((noreturn)) thread_main(struct thread *t)
{
    t->function(t->argument);
    for (;;)
        (void)seL4_TCB_Suspend(t->tcb);
}

void thread_start(struct thread *t, void (*function)(void *), void *argument)
{
    seL4_UserContext registers = {
        .rip = (seL4_Word)thread_main,
        .rsp = (seL4_Word)buffer_of(t->place) - sizeof(seL4_Word),     /* as a call leaves it */
        .rflags = USER_FLAGS,
        .rdi = (seL4_Word)t,
        .fs_base = sel4_tls_make((void *)stack_start(t->place), buffer_of(t->place)),
    };

    t->function = function;
    t->argument = argument;
    (void)seL4_TCB_WriteRegisters(t->tcb, true, 0, sizeof(registers) / sizeof(seL4_Word),
                                  &registers);
}

void thread_forget(struct thread *t)
{
    taken[t->place] = false;
    t->tcb = 0;
}

#ifdef CONFIG_DEBUG_BUILD
void thread_name(seL4_CPtr tcb, const char *name)
{
    seL4_DebugNameThread(tcb, name);
}
#else
void thread_name(LIBSEL4_UNUSED seL4_CPtr tcb, LIBSEL4_UNUSED const char *name) {}
#endif
