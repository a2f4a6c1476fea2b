/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes, creation and copying of objects by type.  The processor's types are in arch/ARCH/object.c. */
#include <arch/capability.h>
#include <arch/object.h>
#include <kernel/debug.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>
#include <kernel/object.h>

word_t object_bits(word_t type, word_t user_bits)
{
    switch (type) {
    case OBJECT_UNTYPED:
        return user_bits;
    case OBJECT_TCB:
        return TCB_BITS;
    case OBJECT_ENDPOINT:
        return ENDPOINT_BITS;
    case OBJECT_NOTIFICATION:
        return NOTIFICATION_BITS;
    case OBJECT_CNODE:
        return user_bits + SLOT_BITS;
    default:
        return arch_object_bits(type);
    }
}

/* Zeroed memory is an idle endpoint or notification and a CNode of empty slots. */
struct cap object_create(word_t type, paddr_t at, word_t user_bits, bool device)
{
    switch (type) {
    case OBJECT_UNTYPED:
        return cap_untyped(at, user_bits, device);
    case OBJECT_TCB: {
        struct tcb *t = memory_pointer(at);
        tcb_create(t);
        debug_thread_created(t);
        return cap_tcb(t);
    }
    case OBJECT_ENDPOINT:
        return cap_endpoint(memory_pointer(at), 0, RIGHTS_ALL);
    case OBJECT_NOTIFICATION:
        return cap_notification(memory_pointer(at), 0, RIGHTS_ALL);
    case OBJECT_CNODE:
        return cap_cnode(memory_pointer(at), user_bits, 0, 0);
    default:
        return arch_object_create(type, at, device);
    }
}

enum copying { COPY_DONE, COPY_REVOKE_FIRST, COPY_ILLEGAL };

static enum copying derive(struct slot *slot, struct cap *cap)
{
    switch (cap_type(*cap)) {
    case CAP_UNTYPED:
        return slot_has_children(slot) ? COPY_REVOKE_FIRST : COPY_DONE;
    case CAP_REPLY:
    case CAP_IRQ_CONTROL:
    case CAP_ZOMBIE:
        *cap = cap_null();
        return COPY_DONE;
    default:
        return cap_is_arch(*cap) && !arch_cap_derive(cap) ? COPY_ILLEGAL : COPY_DONE;
    }
}

seL4_Error object_derive(struct invocation *inv, struct slot *slot, struct cap *cap)
{
    switch (derive(slot, cap)) {
    case COPY_REVOKE_FIRST:
        return fail_revoke_first(inv, "an untyped that has children cannot be copied");
    case COPY_ILLEGAL:
        return fail_illegal(inv, "a paging structure can be copied only while it is mapped");
    case COPY_DONE:
        break;
    }
    return seL4_NoError;
}

bool object_try_derive(struct slot *slot, struct cap *cap)
{
    enum copying how = derive(slot, cap);
    return how == COPY_DONE && !cap_is_null(*cap);
}
