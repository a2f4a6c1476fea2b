/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 2: copying, weakening, badging, moving and taking back capabilities. */
#include <kit/memory.h>
#include <kit/print.h>

enum { ROOT = seL4_CapInitThreadCNode, DEPTH = seL4_WordBits, BADGE = 5 };

static const char *what(seL4_Error error)
{
    return error == seL4_NoError            ? "it is done"
           : error == seL4_DeleteFirst      ? "refused: the slot is not empty"
           : error == seL4_FailedLookup     ? "refused: there is no capability"
           : error == seL4_IllegalOperation ? "refused: not with this capability"
                                            : "refused";
}

static seL4_Error copy(seL4_CPtr to, seL4_CPtr from)
{
    return seL4_CNode_Copy(ROOT, to, DEPTH, ROOT, from, DEPTH, seL4_AllRights);
}

static seL4_Error mint(seL4_CPtr to, seL4_CPtr from, seL4_CapRights_t rights, seL4_Word badge)
{
    return seL4_CNode_Mint(ROOT, to, DEPTH, ROOT, from, DEPTH, rights, badge);
}

static seL4_CPtr original, slot, other;     /* a notification, and two empty slots */

static void show_copies(void)
{
    print("copy into an empty slot: %s\n", what(copy(slot, original)));
    print("copy into it again: %s\n", what(copy(slot, original)));
    print("delete the copy: %s\n", what(seL4_CNode_Delete(ROOT, slot, DEPTH)));
    print("copy from the slot that is empty now: %s\n", what(copy(other, slot)));
}

static void show_badge(void)
{
    seL4_Word badge = 0;

    print("mint a copy that can only signal, with badge %u: %s\n", BADGE,
          what(mint(slot, original, seL4_CanWrite, BADGE)));
    print("mint that again with another badge: %s\n",
          what(mint(other, slot, seL4_CanWrite, BADGE + 1)));
    seL4_Signal(slot);
    seL4_Wait(original, &badge);
    print("signalled through the copy; the original says badge %lu\n", badge);
}

static void show_revoke(void)
{
    print("revoke all that came from the original: %s\n",
          what(seL4_CNode_Revoke(ROOT, original, DEPTH)));
    print("copy from the badged one: %s\n", what(copy(other, slot)));
    print("move the original: %s\n",
          what(seL4_CNode_Move(ROOT, slot, DEPTH, ROOT, original, DEPTH)));
}

/* Slots are a resource as well: a pool of the kit says when it has no more, and what to do. */
static void show_full(void)
{
    struct pool small;

    (void)pool_split(&root_pool, &small, "a pool of two slots", PAGE_BITS, 2);
    while (pool_slot(&small))
        ;
}

int main(void)
{
    kit_start();
    original = pool_object(&root_pool, seL4_NotificationObject, 0);
    slot = pool_slot(&root_pool);
    other = pool_slot(&root_pool);
    show_copies();
    show_badge();
    show_revoke();
    show_full();
    print("End of the chapter.\n");
    return 0;
}
