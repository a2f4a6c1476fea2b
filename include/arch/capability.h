/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities that depend on the processor: the odd types.  The kernel handles them through these. */
#pragma once
#include <kernel/invocation.h>

/* Physical memory of the object; bytes is 0 for capabilities that are not memory-backed. */
struct region arch_cap_region(struct cap c);

/* Rule capabilities 4.3 for a processor capability as parent, apart from identity: control over issued
 * ports. */
bool arch_cap_controls(struct cap parent, struct cap child);

struct cap arch_cap_mask_rights(struct cap c, word_t rights);

/* Copying (capabilities 4.5): false where it is IllegalOperation; *cap may become null. */
bool arch_cap_derive(struct cap *cap);

/* Undoes what the capability stands for; final: it is the last one. */
void arch_cap_finalise(struct cap c, bool final);

/* The slot of a final capability is empty now. */
void arch_cap_release(struct cap c);

/* Not part of a thread's address or capability space that would take long to destroy. */
seL4_Error arch_invoke(struct invocation *inv);

/* Methods of IRQControl that belong to the interrupt controllers. */
seL4_Error arch_irq_control_invoke(struct invocation *inv);

/* The processor's answer to IRQControl_Get for a line number: seL4_NoError if it may be issued. */
seL4_Error arch_irq_decode_get(struct invocation *inv, word_t irq);
