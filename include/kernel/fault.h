/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of user threads and their delivery to handlers.  Rules: docs/rules.md, ipc 8. */
#pragma once
#include <kernel/cspace.h>

struct tcb;

/* A recorded fault; type is a seL4_Fault_tag_t, seL4_Fault_NullFault when there is none.
 * CapFault: address, receive phase, then the lookup failure.  UnknownSyscall: number.
 * UserException: vector, code.  VMFault: address, instruction fault, status.
 * DebugException: reason, address, breakpoint number as status. */
struct fault {
    word_t type;
    word_t word[2];
    word_t status;
    struct lookup_failure lookup;
};

struct fault fault_cap(cptr_t address, bool receive_phase, const struct lookup_failure *why);
struct fault fault_unknown_syscall(word_t number);
struct fault fault_user_exception(word_t vector, word_t code);
struct fault fault_vm(word_t address, bool instruction, word_t status);

/* Sends the fault to the handler of the current thread t (8.2); without a usable handler t stops. */
void fault_deliver(struct tcb *t, const struct fault *fault);

/* Writes the message of sender's recorded fault into receiver's registers and buffer; badge as
 * delivered (8.3). */
void fault_transfer(struct tcb *sender, struct tcb *receiver, word_t badge);

/* Applies the replier's message to a faulted thread and clears the fault (8.4).
 * True: the thread is to be restarted. */
bool fault_reply(struct tcb *faulter, struct tcb *replier);
