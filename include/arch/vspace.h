/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces and frames as the kernel proper sees them. */
#pragma once
#include <arch/memory.h>
#include <kernel/capability.h>

#define CAP_FRAME 1

/* Frames.  Word 0: rights in bits 5..6 (write, read; write never without read), log2 bytes in bits
 * 16..21, device in bit 22, the physical base (4 KiB aligned) from bit 16 on.  Word 1: where this
 * very capability is mapped, or 0 (include/arch/ARCH/capability.h). */
#define FRAME_BITS_SHIFT 16
#define FRAME_DEVICE BIT(22)
#define FRAME_OFFSET_BITS 12

static inline struct cap cap_frame(paddr_t base, word_t bits, bool device)
{
    return (struct cap){ { base.at << CAP_OBJECT_SHIFT | bits << FRAME_BITS_SHIFT |
                               (device ? FRAME_DEVICE : 0) | CAP_RIGHT(RIGHT_READ | RIGHT_WRITE) | CAP_FRAME,
                           0 } };
}
static inline paddr_t cap_frame_base(struct cap c)
{
    return (paddr_t){ (c.word[0] >> CAP_OBJECT_SHIFT) & ~MASK(FRAME_OFFSET_BITS) };
}
static inline word_t cap_frame_bits(struct cap c) { return (c.word[0] >> FRAME_BITS_SHIFT) & MASK(6); }
static inline bool cap_frame_is_device(struct cap c) { return c.word[0] & FRAME_DEVICE; }

/* No right without the right to read (rules: x86_64 3.3). */
static inline struct cap cap_frame_mask_rights(struct cap c, word_t rights)
{
    return cap_mask_rights_bits(c, rights & RIGHT_READ ? rights : 0);
}

/* Kernel address of the IPC buffer at user address in frame, or NULL when the frame's rights do not
 * cover need, or it is device memory, or no frame (rules: ipc 1). */
static inline word_t *vspace_buffer(struct cap frame, word_t address, word_t need)
{
    if ((frame.word[0] & (CAP_TYPE | FRAME_DEVICE | CAP_RIGHT(need))) != (CAP_FRAME | CAP_RIGHT(need)))
        return NULL;
    paddr_t at = { cap_frame_base(frame).at + (address & MASK(cap_frame_bits(frame))) };
    return memory_pointer(at);
}
static inline word_t *vspace_buffer_readable(struct cap frame, word_t address)
{
    return vspace_buffer(frame, address, RIGHT_READ);
}
static inline word_t *vspace_buffer_writable(struct cap frame, word_t address)
{
    return vspace_buffer(frame, address, RIGHT_READ | RIGHT_WRITE);
}

struct tcb;

/* What to load for a thread, valid while the generation is the current one (struct arch_core): every
 * event that may take an address space from a thread starts a new generation.  (A thread whose bases have
 * to be looked at has none that is current, too: bases.c.)
 *   1  while valid, user_root is the address space in the thread's slot if that is alive, else the kernel's own
 *   2  so is root; with page-table isolation it is the kernel's, which stays loaded up to the way out */
struct vspace_cache {
    word_t root;
    word_t generation;
    word_t user_root;
};

/* The capability is an address space that has been assigned an ASID: good for a thread. */
bool vspace_is_assigned(struct cap c);

/* t's address-space slot has changed: look at it before t runs next. */
static inline void vspace_thread_changed(struct vspace_cache *cache) { cache->generation = 0; }
