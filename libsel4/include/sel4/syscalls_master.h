/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that only the classic kernel has: the kernel remembers whom to answer. */
#pragma once

#include <sel4/config.h>
#include <sel4/messages.h>
#include <sel4/sel4_arch/syscalls.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CONFIG_KERNEL_MCS
/* Answer the thread whose Call was received last; without one nothing happens.
 *    msgInfo: the answer */
LIBSEL4_INLINE_FUNC void seL4_Reply(seL4_MessageInfo_t msgInfo)
{
    x64_sys_reply(seL4_SysReply, msgInfo.words[0], seL4_GetMR(0), seL4_GetMR(1), seL4_GetMR(2),
                  seL4_GetMR(3));
}

/* The same with the first message words from the arguments; a null pointer stands for 0. */
LIBSEL4_INLINE_FUNC void seL4_ReplyWithMRs(seL4_MessageInfo_t msgInfo, seL4_Word *mr0,
                                           seL4_Word *mr1, seL4_Word *mr2, seL4_Word *mr3)
{
    x64_sys_reply(seL4_SysReply, msgInfo.words[0], sel4_word_in(msgInfo, 0, mr0),
                  sel4_word_in(msgInfo, 1, mr1), sel4_word_in(msgInfo, 2, mr2),
                  sel4_word_in(msgInfo, 3, mr3));
}

/* Wait for a message or signal.
 *    src: endpoint or notification, with read right
 *    sender: receives the sender's badge or the signals; may be null
 *    returns what the message is; without meaning after a signal */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Recv(seL4_CPtr src, seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words into the arguments; null pointers are skipped. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_RecvWithMRs(seL4_CPtr src, seL4_Word *sender,
                                                        seL4_Word *mr0, seL4_Word *mr1,
                                                        seL4_Word *mr2, seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Take a message or signal that is there already, see seL4_Recv(); the badge is 0 if none is. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_NBRecv(seL4_CPtr src, seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    x64_sys_recv(seL4_SysNBRecv, src, &badge, &info.words[0], &mr[0], &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* Answer, then wait for the next message: seL4_Reply() and seL4_Recv() at once.
 *    dest: endpoint or notification to receive from
 *    msgInfo: the answer
 *    sender: receives the badge; may be null */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecv(seL4_CPtr dest, seL4_MessageInfo_t msgInfo,
                                                      seL4_Word *sender)
{
    seL4_MessageInfo_t info;
    seL4_Word badge, mr[4];

    sel4_words_load(mr);
    x64_sys_send_recv(seL4_SysReplyRecv, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], 0);
    sel4_words_store(mr);
    sel4_word_out(sender, badge);
    return info;
}

/* The same with the first message words from and into the arguments; a null pointer sends 0. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_ReplyRecvWithMRs(seL4_CPtr dest,
                                                             seL4_MessageInfo_t msgInfo,
                                                             seL4_Word *sender, seL4_Word *mr0,
                                                             seL4_Word *mr1, seL4_Word *mr2,
                                                             seL4_Word *mr3)
{
    seL4_MessageInfo_t info;
    seL4_Word badge;
    seL4_Word mr[4] = { sel4_word_in(msgInfo, 0, mr0), sel4_word_in(msgInfo, 1, mr1),
                        sel4_word_in(msgInfo, 2, mr2), sel4_word_in(msgInfo, 3, mr3) };

    x64_sys_send_recv(seL4_SysReplyRecv, dest, &badge, msgInfo.words[0], &info.words[0], &mr[0],
                      &mr[1], &mr[2], &mr[3], 0);
    sel4_word_out(mr0, mr[0]);
    sel4_word_out(mr1, mr[1]);
    sel4_word_out(mr2, mr[2]);
    sel4_word_out(mr3, mr[3]);
    sel4_word_out(sender, badge);
    return info;
}

/* Wait for a signal, or for a message whose info is not wanted.
 *    src: notification or endpoint, with read right
 *    sender: receives the signals or the badge; may be null */
LIBSEL4_INLINE_FUNC void seL4_Wait(seL4_CPtr src, seL4_Word *sender)
{
    (void)seL4_Recv(src, sender);
}

/* The same without waiting: the badge is 0 if nothing was there. */
LIBSEL4_INLINE_FUNC seL4_MessageInfo_t seL4_Poll(seL4_CPtr src, seL4_Word *sender)
{
    return seL4_NBRecv(src, sender);
}
#endif

#ifdef __cplusplus
}
#endif
