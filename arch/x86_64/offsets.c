/* SPDX-License-Identifier: BSD-2-Clause */
/* Offsets that the entry code needs, for the generated header <arch/offsets.h>. */
#include <arch/context.h>
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/tables.h>
#include <kernel/abi.h>
#include <kernel/tcb.h>

#define DEFINE(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value))
#define REGISTER(name, field) DEFINE(CONTEXT_##name, offsetof(struct context, field))

void offsets(void);
void offsets(void)
{
    REGISTER(GENERAL, message);
    REGISTER(RDI, badge);
    REGISTER(ENTRY, entry);
    REGISTER(RIP, ip);
    REGISTER(RFLAGS, flags);
    DEFINE(TCB_CONTEXT, offsetof(struct tcb, context));
    DEFINE(CONTEXT_BYTES, sizeof(struct context));
    DEFINE(ENTRY_SYSCALL, CONTEXT_BY_SYSCALL | CONTEXT_STEP_BACK);
    DEFINE(SYSCALL_CALL, seL4_SysCall);
    DEFINE(SYSCALL_REPLY_RECV, seL4_SysReplyRecv);
    DEFINE(TRAP_STUBS_BYTES, VECTORS * TRAP_STUB_BYTES);
    DEFINE(PTI_STUBS_BYTES, VECTORS * PTI_STUB_BYTES);
    DEFINE(DEBUG_STATUS_NONE, DEBUG_STATUS_NONE);
    DEFINE(TSS_RSP0, offsetof(struct tss, rsp0));
    DEFINE(TCB_USER_ROOT, offsetof(struct tcb, space.user_root));
    DEFINE(USER_VIEW_STACK_TOP, offsetof(struct user_view, stack) + sizeof user_view.stack);
    DEFINE(USER_VIEW_KERNEL_ROOT, offsetof(struct user_view, kernel_root));
    DEFINE(USER_VIEW_DOUBLE_FAULT_TOP, offsetof(struct user_view, ist_stack[IST_DOUBLE_FAULT]));
}
