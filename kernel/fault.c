/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: a thread that cannot go on sends a message to its handler, as if it had called it.
 * Rules: docs/rules.md, ipc 8. */
#include <kernel/abi.h>
#include <kernel/debug.h>
#include <kernel/endpoint.h>
#include <kernel/message.h>
#include <kernel/print.h>
#include <kernel/scheduler.h>

#define EXCEPTION_CODE_BITS 28 /* rules: ipc 8.3 */
#define VM_STATUS_BITS 5

struct fault fault_cap(cptr_t address, bool receive_phase, const struct lookup_failure *why)
{
    return (struct fault){ .type = seL4_Fault_CapFault, .word = { address.at, receive_phase }, .lookup = *why };
}

struct fault fault_unknown_syscall(word_t number)
{
    return (struct fault){ .type = seL4_Fault_UnknownSyscall, .word = { number, 0 } };
}

struct fault fault_user_exception(word_t vector, word_t code)
{
    return (struct fault){ .type = seL4_Fault_UserException, .word = { vector, code & MASK(EXCEPTION_CODE_BITS) } };
}

struct fault fault_vm(word_t address, bool instruction, word_t status)
{
    return (struct fault){ .type = seL4_Fault_VMFault, .word = { address, instruction },
                           .status = status & MASK(VM_STATUS_BITS) };
}

static void no_handler(struct tcb *t, const struct fault *fault)
{
    if (VARIANT_DEBUG && !quiet)
        print("thread \"%s\" stopped: fault %lu (%lx, %lx) at %lx, and no handler takes it\n", debug_name(t),
              fault->type, fault->word[0], fault->word[1], context_fault_ip(&t->context));
    thread_block(t, THREAD_INACTIVE);
}

void fault_deliver(struct tcb *t, const struct fault *fault)
{
    struct lookup_failure failure;
    struct slot *slot = cspace_lookup(&t->slot[TCB_CSPACE].cap, (cptr_t){ t->fault_handler }, &failure);
    if (!slot || cap_type(slot->cap) != CAP_ENDPOINT || !cap_has_right(slot->cap, RIGHT_WRITE) ||
        !(cap_rights(slot->cap) & (RIGHT_GRANT | RIGHT_GRANT_REPLY))) {
        no_handler(t, fault);
        return;
    }
    t->fault = *fault;
    struct send how = {
        .badge = cap_badge(slot->cap),
        .blocking = true,
        .is_call = true,
        .grant = cap_grant(slot->cap),
        .can_grant_reply = true,
    };
    endpoint_send(cap_endpoint_object(slot->cap), t, &how);
}

/* The words of a fault message.  Returns how many. */
static word_t fault_words(const struct tcb *t, word_t words[seL4_UnknownSyscall_Length])
{
    const struct fault *f = &t->fault;
    switch (f->type) {
    case seL4_Fault_CapFault:
        words[seL4_CapFault_IP] = context_fault_ip(&t->context);
        words[seL4_CapFault_Addr] = f->word[0];
        words[seL4_CapFault_InRecvPhase] = f->word[1];
        return seL4_CapFault_LookupFailureType +
               lookup_failure_words(&f->lookup, words + seL4_CapFault_LookupFailureType);
    case seL4_Fault_UnknownSyscall:
        context_read(&t->context, &context_syscall_message, 0, context_syscall_message.count, words);
        words[seL4_UnknownSyscall_Syscall] = f->word[0];
        return seL4_UnknownSyscall_Length;
    case seL4_Fault_UserException:
        context_read(&t->context, &context_exception_message, 0, context_exception_message.count, words);
        words[seL4_UserException_Number] = f->word[0];
        words[seL4_UserException_Code] = f->word[1];
        return seL4_UserException_Length;
    default:
        if (VARIANT_HW_DEBUG && f->type != seL4_Fault_VMFault)
            return hwdebug_fault_words(t, words);
        words[seL4_VMFault_IP] = context_fault_ip(&t->context);
        words[seL4_VMFault_Addr] = f->word[0];
        words[seL4_VMFault_PrefetchFault] = f->word[1];
        words[seL4_VMFault_FSR] = f->status;
        return seL4_VMFault_Length;
    }
}

void fault_transfer(struct tcb *sender, struct tcb *receiver, word_t badge)
{
    word_t words[seL4_UnknownSyscall_Length];
    word_t *buffer = tcb_buffer_writable(receiver);
    word_t length = message_fit(buffer, fault_words(sender, words));
    message_put(receiver, buffer, words, length);
    receiver->context.info = tag_new(sender->fault.type, 0, 0, length);
    receiver->context.badge = badge;
}

static void write_registers(struct tcb *to, const struct tcb *replier, const struct register_list *list)
{
    word_t length = tag_length(replier->context.info);
    const word_t *buffer = length > MESSAGE_REGISTERS ? tcb_buffer_readable(replier) : NULL;
    length = message_fit(buffer, length < list->count ? length : list->count);
    word_t in_registers = length < MESSAGE_REGISTERS ? length : MESSAGE_REGISTERS;
    context_write(&to->context, list, 0, in_registers, replier->context.message);
    if (length > MESSAGE_REGISTERS)
        context_write(&to->context, list, MESSAGE_REGISTERS, length - MESSAGE_REGISTERS,
                      buffer + BUFFER_MESSAGE + MESSAGE_REGISTERS);
}

bool fault_reply(struct tcb *faulter, struct tcb *replier)
{
    word_t type = faulter->fault.type;
    faulter->fault.type = seL4_Fault_NullFault;
    switch (type) {
    case seL4_Fault_UnknownSyscall:
        write_registers(faulter, replier, &context_syscall_message);
        break;
    case seL4_Fault_UserException:
        write_registers(faulter, replier, &context_exception_message);
        break;
    case seL4_Fault_CapFault:
    case seL4_Fault_VMFault:
        return true;
    default:
        if (VARIANT_HW_DEBUG)
            hwdebug_fault_reply(faulter, tag_length(replier->context.info), replier->context.message[0]);
    }
    return tag_label(replier->context.info) == 0;
}
