/* SPDX-License-Identifier: BSD-2-Clause */
/* What operations must have done, where the kernel's invariants do not tell: that something is
 * gone. The director does this between the steps of workers, who are less urgent: nobody
 * interferes. */
#include "fuzz.h"

#define ROOT  seL4_CapInitThreadCNode
#define DEPTH ((seL4_Uint8)64)

enum { EFFECT_PIN = 15, EFFECT_VECTOR = 80 };

static void drop(word_t slot)
{
    require(seL4_CNode_Delete(ROOT, slot, DEPTH), "delete");
}

/* Untypeds without children, and no others, can be copied. */
static seL4_Error copy(word_t from, word_t index, seL4_Uint8 depth)
{
    seL4_Error error =
        seL4_CNode_Copy(ROOT, slot_temporary, DEPTH, from, index, depth, seL4_AllRights);
    if (!error)
        drop(slot_temporary);
    return error;
}

void effect_revoke(word_t index)
{
    if (seL4_CNode_Revoke(slot_play, index, PLAY_RADIX) == seL4_NoError)
        require(copy(slot_play, index, PLAY_RADIX) == seL4_RevokeFirst,
                "a child behind its Revoke");
}

void effect_clear(void)
{
    word_t untyped = slot_effect, notification = untyped + 1, line = untyped + 2;
    if (seL4_Untyped_Retype(slot_world, seL4_UntypedObject, seL4_NotificationBits, ROOT, 0, 0,
                            untyped, 1))
        return; /* the world is full */
    require(seL4_Untyped_Retype(untyped, seL4_NotificationObject, 0, ROOT, 0, 0, notification, 1),
            "notification");
    require(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, line, DEPTH, 0, EFFECT_PIN, 0, 0,
                                      EFFECT_VECTOR),
            "line");
    require(seL4_IRQHandler_SetNotification(line, notification), "line");
    drop(notification);
    require(copy(ROOT, untyped, DEPTH) != seL4_RevokeFirst, "the line's notification is gone");
    require(seL4_IRQHandler_Clear(line), "line");
    require(copy(ROOT, untyped, DEPTH), "a notification behind Clear");
    drop(line);
    drop(untyped);
}

void effect_reset(word_t bits)
{
    word_t untyped = slot_effect, notification = untyped + 1, badge;
    if (seL4_Untyped_Retype(slot_world, seL4_UntypedObject, bits, ROOT, 0, 0, untyped, 1))
        return; /* the world is full */
    for (int i = 0; i < 2; i++) {
        require(
            seL4_Untyped_Retype(untyped, seL4_NotificationObject, 0, ROOT, 0, 0, notification, 1),
            "notification");
        seL4_Poll(notification, &badge);
        require(badge, "a new notification is signalled");
        require(seL4_CNode_Mint(ROOT, slot_temporary, DEPTH, ROOT, notification, DEPTH,
                                seL4_AllRights, 1),
                "badge");
        seL4_Signal(slot_temporary);
        drop(slot_temporary);
        drop(notification);
    }
    drop(untyped);
}

/* Any ports: the capability is in nobody's reach.  Ranges end when the last capability goes. */
void effect_issue(word_t first, word_t last)
{
    for (int i = 0; i < 2; i++) {
        seL4_Error error = seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, first, last, ROOT,
                                                        slot_temporary, DEPTH);
        if (i == 0 && error)
            return;
        require(error, "ports that nobody has");
        require(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, first, last, ROOT, slot_effect,
                                             DEPTH) != seL4_RevokeFirst,
                "ports are issued twice");
        drop(slot_temporary);
    }
}
