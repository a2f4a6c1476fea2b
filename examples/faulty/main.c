/* SPDX-License-Identifier: BSD-2-Clause */
/* A supervisor for programs nobody trusts.  Each runs in a sandbox: an address space, a capability
 * space and a memory budget of its own.  Its faults come to the supervisor, which explains them,
 * takes everything back by one Revoke, and starts it again a few times. */
#include "explain.h"
#include <kit/print.h>
#include <kit/program.h>

enum {
    SANDBOXES = 8, BUDGET_BITS = 18, SANDBOX_SLOTS = 128, PRIORITY = 50, STARTS = 2,
    HEAP_START = 0x10000000,
    WANT_MEMORY = PARENT_FIRST_LABEL,       /* as in programs/greedy.c: asks for a page of memory */
};

static struct sandbox {
    struct file file;
    struct pool pool;
    struct program program;
    seL4_Word starts, heap_end;
} sandboxes[SANDBOXES];

static seL4_Word sandbox_count;
static seL4_Word running;
static seL4_CPtr parent;

/* The badge is the number of the sandbox plus 1, because 0 means that there is none. */
static void sandbox_start(struct sandbox *s)
{
    seL4_Word badge = (seL4_Word)(s - sandboxes) + 1;
    const char *error = program_load(&s->program, &s->pool, &s->file, parent, badge, PRIORITY);

    s->starts++;
    s->heap_end = HEAP_START;
    if (error) {
        print("%s: not started: %s\n", s->file.name, error);
        pool_reset(&s->pool);
        return;
    }
    running++;
    print("%s: started, %s\n", s->file.name, s->starts == 1 ? "first time" : "again");
    program_start(&s->program);
}

static void sandbox_end(struct sandbox *s, bool again)
{
    pool_reset(&s->pool);
    running--;
    if (again && s->starts < STARTS)
        sandbox_start(s);
    else if (again)
        print("%s: given up after %lu starts, its memory is back\n", s->file.name, s->starts);
}

/* One more page for the program's heap.  False when its budget is used up. */
static bool sandbox_grow(struct sandbox *s)
{
    seL4_CPtr frame = pool_object(&s->pool, seL4_X86_4K, 0);

    if (!frame || program_map(&s->program, frame, s->heap_end))
        return false;
    s->heap_end += PAGE_BYTES;
    return true;
}

static void answer(seL4_Word word)
{
    seL4_SetMR(0, word);
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 1));
}

static void serve(struct sandbox *s, seL4_MessageInfo_t info)
{
    switch (seL4_MessageInfo_get_label(info)) {
    case PARENT_PRINT:
        print("%s says: ", s->file.name);
        program_print(seL4_GetMR(0));
        answer(0);
        return;
    case PARENT_EXIT:
        print("%s: ended by itself\n", s->file.name);
        sandbox_end(s, false);
        return;
    case WANT_MEMORY:
        if (sandbox_grow(s)) {
            answer(s->heap_end - PAGE_BYTES);
            return;
        }
        print("%s: stopped: its budget of %u KiB is used up\n", s->file.name,
              1u << (BUDGET_BITS - 10));
        sandbox_end(s, true);
        return;
    default:
        explain_fault(s->file.name, info);
        sandbox_end(s, true);
    }
}

static bool make_sandboxes(void)
{
    const char *at = NULL;
    struct file file;

    while (sandbox_count < SANDBOXES && archive_next(&at, &file)) {
        struct sandbox *s = &sandboxes[sandbox_count++];

        if (!pool_split(&root_pool, &s->pool, file.name, BUDGET_BITS, SANDBOX_SLOTS))
            return false;
        s->file = file;
    }
    return true;
}

int main(void)
{
    kit_start();
    parent = pool_object(&root_pool, seL4_EndpointObject, 0);
    if (!parent || !make_sandboxes()) {
        print("no memory for the sandboxes\n");
        return 1;
    }
    for (seL4_Word i = 0; i < sandbox_count; i++) {
        sandbox_start(&sandboxes[i]);
        while (running) {
            seL4_Word badge;
            seL4_MessageInfo_t info = seL4_Recv(parent, &badge);

            if (badge)
                serve(&sandboxes[badge - 1], info);
        }
    }
    print("no program is left, the supervisor is unharmed\n");
    return 0;
}
