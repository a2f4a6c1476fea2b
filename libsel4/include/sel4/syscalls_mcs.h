/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that only the mixed-criticality kernel has: a reply object remembers whom to
 * answer. */
#pragma once

#include <sel4/config.h>
#include <sel4/messages.h>
#include <sel4/sel4_arch/syscalls.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CONFIG_KERNEL_MCS
/* Wait for a message or signal.
 *    src: endpoint or notification, with read right
 *    sender: receives the sender's badge or the signals; may be null
 *    reply: reply object that a Call is remembered in; needed for an endpoint
 *    returns what the message is; without meaning after a signal */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Recv(seL4_CPtr src, seL4_Word *sender, seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], reply);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words into the arguments; null pointers are skipped. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_RecvWithMRs(seL4_CPtr src, seL4_Word *sender,
                                                        seL4_Word *mr0, seL4_Word *mr1,
                                                        seL4_Word *mr2, seL4_Word *mr3,
                                                        seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], reply);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Take a message or signal that is there already, see seL4_Recv(); the badge is 0 if none is. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBRecv(seL4_CPtr src, seL4_Word *sender,
                                                   seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysNBRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3],
                 reply);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* Answer, then wait for the next message.
 *    dest: endpoint or notification to receive from
 *    msgInfo: the answer
 *    sender: receives the badge; may be null
 *    reply: reply object to answer with and to remember the next Call in */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecv(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                                      seL4_Word *sender, seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    sel4_words_load(mr);
    x64_sys_send_recv(seL4_SysReplyRecv, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], reply);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words from and into the arguments; a null pointer sends 0. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecvWithMRs(seL4_CPtr dest,
                                                             seL4_MessageInfo_t msgInfo,
                                                             seL4_Word *sender, seL4_Word *mr0,
                                                             seL4_Word *mr1, seL4_Word *mr2,
                                                             seL4_Word *mr3, seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;
    seL4_Word mr[4] = { sel4_word_in(msgInfo, 0, mr0), sel4_word_in(msgInfo, 1, mr1),
                        sel4_word_in(msgInfo, 2, mr2), sel4_word_in(msgInfo, 3, mr3) };

    x64_sys_send_recv(seL4_SysReplyRecv, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], reply);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Send without waiting for the receiver, then receive.
 *    dest: capability to send to or invoke
 *    msgInfo: the message
 *    src: endpoint or notification to receive from
 *    sender: receives the badge; may be null
 *    reply: reply object that a Call is remembered in */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBSendRecv(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                                       seL4_CPtr src, seL4_Word *sender,
                                                       seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    sel4_words_load(mr);
    x64_sys_nbsend_recv(seL4_SysNBSendRecv, dest, src, &badge, msgInfo.words[0], &info.words[0],
                        &mr[0], &mr[1], &mr[2], &mr[3], reply);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words from and into the arguments; a null pointer sends 0. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBSendRecvWithMRs(
    seL4_CPtr dest, seL4_MessageInfo_t msgInfo, seL4_CPtr src, seL4_Word *sender, seL4_Word *mr0,
    seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3, seL4_CPtr reply)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;
    seL4_Word mr[4] = { sel4_word_in(msgInfo, 0, mr0), sel4_word_in(msgInfo, 1, mr1),
                        sel4_word_in(msgInfo, 2, mr2), sel4_word_in(msgInfo, 3, mr3) };

    x64_sys_nbsend_recv(seL4_SysNBSendRecv, dest, src, &badge, msgInfo.words[0], &info.words[0],
                        &mr[0], &mr[1], &mr[2], &mr[3], reply);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Send without waiting for the receiver, then wait.  No reply object: a Call that is received
 * cannot be answered.
 *    dest: capability to send to or invoke
 *    msgInfo: the message
 *    src: endpoint or notification to wait for
 *    sender: receives the badge; may be null */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBSendWait(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                                       seL4_CPtr src, seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    sel4_words_load(mr);
    x64_sys_send_recv(seL4_SysNBSendWait, src, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], dest);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words from and into the arguments; a null pointer sends 0. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBSendWaitWithMRs(seL4_CPtr dest,
                                                              seL4_MessageInfo_t msgInfo,
                                                              seL4_CPtr src, seL4_Word *sender,
                                                              seL4_Word *mr0, seL4_Word *mr1,
                                                              seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;
    seL4_Word mr[4] = { sel4_word_in(msgInfo, 0, mr0), sel4_word_in(msgInfo, 1, mr1),
                        sel4_word_in(msgInfo, 2, mr2), sel4_word_in(msgInfo, 3, mr3) };

    x64_sys_send_recv(seL4_SysNBSendWait, src, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], dest);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Wait for a message or signal without a reply object: a Call that is received cannot be answered.
 *    src: endpoint or notification, with read right
 *    sender: receives the badge or the signals; may be null */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Wait(seL4_CPtr src, seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysWait, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words into the arguments; null pointers are skipped. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_WaitWithMRs(seL4_CPtr src, seL4_Word *sender,
                                                        seL4_Word *mr0, seL4_Word *mr1,
                                                        seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysWait, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Take a message or signal that is there already; the badge is 0 if none is. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBWait(seL4_CPtr src, seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysNBWait, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same by its other name. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Poll(seL4_CPtr src, seL4_Word *sender)
{
    return seL4_NBWait(src, sender);
}
#else
#error "sel4/syscalls_mcs.h is for MCS kernels, and this is for a classic one: include sel4/sel4.h"
#endif

#ifdef __cplusplus
}
#endif
