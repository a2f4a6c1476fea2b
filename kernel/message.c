/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfer of messages and capabilities between threads.  Rules: docs/rules.md, ipc 4.1, 4.2. */
#include <kernel/abi.h>
#include <kernel/endpoint.h>
#include <kernel/message.h>
#include <kernel/object.h>

bool message_lookup_caps(const struct tcb *sender, const word_t *buffer, word_t count,
                         struct extra_caps *caps, cptr_t *address, struct lookup_failure *failure)
{
    caps->count = 0;
    if (!buffer)
        return true;
    while (caps->count < count) {
        *address = (cptr_t){ buffer[BUFFER_CAPS + caps->count] };
        struct slot *slot = cspace_lookup(&sender->slot[TCB_CSPACE].cap, *address, failure);
        if (!slot)
            return false;
        caps->slot[caps->count++] = slot;
    }
    return true;
}

/* The slot that the receiver has named for an incoming capability, if there is an empty one. */
static struct slot *receive_slot(const struct tcb *receiver, const word_t *buffer)
{
    struct lookup_failure failure;
    struct slot *root = cspace_lookup(&receiver->slot[TCB_CSPACE].cap, (cptr_t){ buffer[BUFFER_RECEIVE_CNODE] }, &failure);
    if (!root)
        return NULL;
    struct slot *slot =
        cspace_slot_lookup(&root->cap, buffer[BUFFER_RECEIVE_INDEX], buffer[BUFFER_RECEIVE_DEPTH]);
    return slot && slot_is_empty(slot) ? slot : NULL;
}

/* Capabilities to the endpoint itself arrive as their badges; one other goes into the receive slot.
 * Returns the tag's bits that say so. */
static word_t transfer_caps(const struct extra_caps *caps, const struct endpoint *endpoint,
                            const struct tcb *receiver, word_t *buffer)
{
    word_t unwrapped = 0, i;
    bool filled = false;
    for (i = 0; i < caps->count; i++) {
        struct cap cap = caps->slot[i]->cap;
        if (endpoint && cap_type(cap) == CAP_ENDPOINT && cap_endpoint_object(cap) == endpoint) {
            buffer[BUFFER_CAPS + i] = cap_badge(cap);
            unwrapped |= BIT(i);
        } else {
            struct slot *dest = filled ? NULL : receive_slot(receiver, buffer);
            if (!dest || !object_try_derive(caps->slot[i], &cap))
                break;
            slot_insert_derived(dest, cap, caps->slot[i]);
            filled = true;
        }
    }
    return tag_new(0, unwrapped, i, 0);
}

void message_put(struct tcb *t, word_t *buffer, const word_t *words, word_t length)
{
    for (word_t i = 0; i < length && i < MESSAGE_REGISTERS; i++)
        t->context.message[i] = words[i];
    if (length > MESSAGE_REGISTERS)
        memory_copy(buffer + BUFFER_MESSAGE + MESSAGE_REGISTERS, words + MESSAGE_REGISTERS,
                    length - MESSAGE_REGISTERS);
}

static word_t copy_words(const struct tcb *sender, const word_t *from, struct tcb *receiver, word_t *to,
                         word_t length)
{
    word_t in_registers = length < MESSAGE_REGISTERS ? length : MESSAGE_REGISTERS;
    for (word_t i = 0; i < in_registers; i++)
        receiver->context.message[i] = sender->context.message[i];
    if (!from || !to || length <= MESSAGE_REGISTERS)
        return in_registers;
    memory_copy(to + BUFFER_MESSAGE + MESSAGE_REGISTERS, from + BUFFER_MESSAGE + MESSAGE_REGISTERS,
                length - MESSAGE_REGISTERS);
    return length;
}

void message_transfer(struct tcb *sender, struct endpoint *endpoint, word_t badge, bool grant,
                      struct tcb *receiver)
{
    if (unlikely(sender->fault.type != seL4_Fault_NullFault)) {
        fault_transfer(sender, receiver, badge);
        return;
    }
    word_t tag = sender->context.info;
    word_t *from = NULL, *to = NULL;
    struct extra_caps caps = { .count = 0 };
    if (tag_length(tag) > MESSAGE_REGISTERS || (grant && tag_caps(tag))) {
        from = tcb_buffer_readable(sender);
        to = tcb_buffer_writable(receiver);
    }
    if (grant && tag_caps(tag)) {
        struct lookup_failure failure;
        cptr_t address;
        if (!message_lookup_caps(sender, from, tag_caps(tag), &caps, &address, &failure))
            caps.count = 0;
    }
    word_t length = copy_words(sender, from, receiver, to, tag_length(tag));
    word_t cap_bits = caps.count && to ? transfer_caps(&caps, endpoint, receiver, to) : 0;
    receiver->context.info = tag_new(tag_label(tag), 0, 0, length) | cap_bits;
    receiver->context.badge = badge;
}
