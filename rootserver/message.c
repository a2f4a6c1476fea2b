/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls by hand.  The kernel may return any stack pointer, so RBX carries it across. */
#include "message.h"

struct message message(word_t label, word_t length, word_t mr0, word_t mr1, word_t mr2, word_t mr3)
{
    return (struct message){ .info = info_word(label, 0, length), .mr = { mr0, mr1, mr2, mr3 } };
}

struct message message_word(word_t label, word_t mr0)
{
    return message(label, 1, mr0, UNTOUCHED(1), UNTOUCHED(2), UNTOUCHED(3));
}

struct message system_call(seL4_Syscall_ID number, word_t cptr, struct message m)
{
    register word_t mr0 __asm__("r10") = m.mr[0];
    register word_t mr1 __asm__("r8") = m.mr[1];
    register word_t mr2 __asm__("r9") = m.mr[2];
    register word_t mr3 __asm__("r15") = m.mr[3];

    __asm__ volatile("movq %%rsp, %%rbx\n\t"
                     "syscall\n\t"
                     "movq %%rbx, %%rsp"
                     : "+D"(cptr), "+S"(m.info), "+r"(mr0), "+r"(mr1), "+r"(mr2), "+r"(mr3)
                     : "d"((word_t)number)
                     : "rbx", "rcx", "r11", "memory");
    return (struct message){ .badge = cptr, .info = m.info, .mr = { mr0, mr1, mr2, mr3 } };
}

struct message message_call(word_t cptr, struct message m)
{
    return system_call(seL4_SysCall, cptr, m);
}

void message_send(word_t cptr, struct message m)
{
    (void)system_call(seL4_SysSend, cptr, m);
}

void message_nbsend(word_t cptr, struct message m)
{
    (void)system_call(seL4_SysNBSend, cptr, m);
}

void message_reply(struct message m)
{
    (void)system_call(seL4_SysReply, 0, m);
}

struct message message_recv(word_t cptr)
{
    return system_call(seL4_SysRecv, cptr, UNTOUCHED_MESSAGE);
}

struct message message_nbrecv(word_t cptr)
{
    return system_call(seL4_SysNBRecv, cptr, UNTOUCHED_MESSAGE);
}

struct message message_reply_recv(word_t cptr, struct message m)
{
    return system_call(seL4_SysReplyRecv, cptr, m);
}

bool message_poll(word_t endpoint, struct message *m)
{
    *m = message_nbrecv(endpoint);
    return m->info != UNTOUCHED_INFO;
}

void notification_signal(word_t cptr)
{
    message_send(cptr, EMPTY_MESSAGE);
}

word_t notification_poll(word_t cptr)
{
    return message_nbrecv(cptr).badge;
}

word_t buffer_word(word_t i)
{
    return seL4_GetIPCBuffer()->msg[i];
}

void buffer_word_set(word_t i, word_t value)
{
    seL4_GetIPCBuffer()->msg[i] = value;
}

/* Registers and IPC buffer for an invocation. */
static struct message fill(word_t info, const struct words *caps, const struct words *args)
{
    struct message m = UNTOUCHED_MESSAGE;

    m.info = info;
    for (word_t i = 0; i < caps->count; i++) {
        seL4_SetCap((int)i, caps->at[i]);
    }
    for (word_t i = 0; i < 8; i++) {
        buffer_word_set(i, UNTOUCHED(i));
    }
    for (word_t i = 0; i < args->count; i++) {
        if (i < MESSAGE_REGISTERS) {
            m.mr[i] = args->at[i];
        } else {
            buffer_word_set(i, args->at[i]);
        }
    }
    return m;
}

struct reply invoke_with_info(word_t cptr, word_t info, struct words caps, struct words args)
{
    const struct message in = fill(info, &caps, &args);
    const struct message out = message_call(cptr, in);
    struct reply reply = {
        .badge = out.badge,
        .label = info_label(out.info),
        .unwrapped = info_unwrapped(out.info),
        .caps = info_caps(out.info),
        .length = info_length(out.info),
    };

    for (word_t i = 0; i < ARRAY_COUNT(reply.mr); i++) {
        reply.mr[i] = i < MESSAGE_REGISTERS ? out.mr[i] : buffer_word(i);
    }
    for (word_t i = 0; i < MESSAGE_REGISTERS; i++) {
        reply.sent[i] = in.mr[i];
    }
    return reply;
}

struct reply invoke(word_t cptr, word_t label, struct words caps, struct words args)
{
    return invoke_with_info(cptr, info_word(label, caps.count, args.count), caps, args);
}

void invoke_silently(seL4_Syscall_ID number, word_t cptr, word_t label, struct words caps,
                     struct words args)
{
    (void)system_call(number, cptr, fill(info_word(label, caps.count, args.count), &caps, &args));
}
