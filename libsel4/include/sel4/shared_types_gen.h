/* SPDX-License-Identifier: BSD-2-Clause */
/* One-word structs of the interface: message info, rights, CNode data. */
#pragma once

#include <sel4/bitfield.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- seL4_MessageInfo_t: what a message is ----
 *   label         invocation, error, fault or the sender's own number
 *   capsUnwrapped bit i: extra capability i arrived as its badge
 *   extraCaps     number of capabilities
 *   length        number of message words, up to seL4_MsgMaxLength */

typedef struct seL4_MessageInfo {
    seL4_Uint64 words[1];
} seL4_MessageInfo_t;

LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_MessageInfo_new(seL4_Uint64 label,
                                                            seL4_Uint64 capsUnwrapped,
                                                            seL4_Uint64 extraCaps,
                                                            seL4_Uint64 length)
{
    seL4_MessageInfo_t t;

    t.words[0] = label << 12 | SEL4_CUT(capsUnwrapped, 3) << 9 | SEL4_CUT(extraCaps, 2) << 7 |
                 SEL4_CUT(length, 7);
    return t;
}

LIBSEL4_INLINE_FUNC void seL4_MessageInfo_ptr_new(seL4_MessageInfo_t *pointer, seL4_Uint64 label,
                                                  seL4_Uint64 capsUnwrapped, seL4_Uint64 extraCaps,
                                                  seL4_Uint64 length)
{
    *pointer = seL4_MessageInfo_new(label, capsUnwrapped, extraCaps, length);
}

SEL4_FIELD(seL4_MessageInfo, label, 0, 12, 52);
SEL4_FIELD(seL4_MessageInfo, capsUnwrapped, 0, 9, 3);
SEL4_FIELD(seL4_MessageInfo, extraCaps, 0, 7, 2);
SEL4_FIELD(seL4_MessageInfo, length, 0, 0, 7);

/* ---- seL4_CapRights_t: what a capability allows ----
 *   capAllowGrantReply  a Call can be answered
 *   capAllowGrant       messages carry capabilities, and a Call can be answered
 *   capAllowRead        receive, wait, read memory
 *   capAllowWrite       send, signal, write memory */

typedef struct seL4_CapRights {
    seL4_Uint64 words[1];
} seL4_CapRights_t;

LIBSEL4_INLINE_FUNC seL4_CapRights_t seL4_CapRights_new(seL4_Uint64 capAllowGrantReply,
                                                        seL4_Uint64 capAllowGrant,
                                                        seL4_Uint64 capAllowRead,
                                                        seL4_Uint64 capAllowWrite)
{
    seL4_CapRights_t t;

    t.words[0] = SEL4_CUT(capAllowGrantReply, 1) << 3 | SEL4_CUT(capAllowGrant, 1) << 2 |
                 SEL4_CUT(capAllowRead, 1) << 1 | SEL4_CUT(capAllowWrite, 1);
    return t;
}

LIBSEL4_INLINE_FUNC void seL4_CapRights_ptr_new(seL4_CapRights_t *pointer,
                                                seL4_Uint64 capAllowGrantReply,
                                                seL4_Uint64 capAllowGrant, seL4_Uint64 capAllowRead,
                                                seL4_Uint64 capAllowWrite)
{
    *pointer = seL4_CapRights_new(capAllowGrantReply, capAllowGrant, capAllowRead, capAllowWrite);
}

SEL4_FIELD(seL4_CapRights, capAllowGrantReply, 0, 3, 1);
SEL4_FIELD(seL4_CapRights, capAllowGrant, 0, 2, 1);
SEL4_FIELD(seL4_CapRights, capAllowRead, 0, 1, 1);
SEL4_FIELD(seL4_CapRights, capAllowWrite, 0, 0, 1);

/* ---- seL4_CNode_CapData_t: the data word of a CNode capability ----
 *   guard     bits that an address must have before the CNode's own
 *   guardSize how many */

typedef struct seL4_CNode_CapData {
    seL4_Uint64 words[1];
} seL4_CNode_CapData_t;

LIBSEL4_INLINE_FUNC seL4_CNode_CapData_t seL4_CNode_CapData_new(seL4_Uint64 guard,
                                                                seL4_Uint64 guardSize)
{
    seL4_CNode_CapData_t t;

    t.words[0] = guard << 6 | SEL4_CUT(guardSize, 6);
    return t;
}

LIBSEL4_INLINE_FUNC void seL4_CNode_CapData_ptr_new(seL4_CNode_CapData_t *pointer,
                                                    seL4_Uint64 guard, seL4_Uint64 guardSize)
{
    *pointer = seL4_CNode_CapData_new(guard, guardSize);
}

SEL4_FIELD(seL4_CNode_CapData, guard, 0, 6, 58);
SEL4_FIELD(seL4_CNode_CapData, guardSize, 0, 0, 6);

#ifdef __cplusplus
}
#endif
