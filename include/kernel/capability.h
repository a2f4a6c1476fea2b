/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities: two words.  Rules: docs/rules.md, capabilities 1.
 *
 * Word 0, common to all types:
 *   bits  0..4   type
 *   bits  5..15  what does not identify the object: rights, guard size, ...
 *   bits 16..63  what does: the low 48 bits of the object's kernel address (sign extended when
 *                read), with facts of the object's shape in the bits that alignment leaves free
 * so that two capabilities name the same object exactly when they agree in CAP_IDENTITY.
 * Word 1 is the type's own.
 *
 *   1  the type is one of those below or of the processor's
 *   2  an object is aligned to its size
 *   3  slots of a container under destruction from the zombie's count on are empty
 *   4  a CNode's level has 1 to 64 bits, of which the lowest are the radix, and its guard fits */
#pragma once
#include <kernel/types.h>

/* The numbers are those that DebugCapIdentify returns: generic types are even, those of the
 * processor (include/arch/capability.h) odd. */
enum cap_type {
    CAP_NULL = 0,
    CAP_UNTYPED = 2,
    CAP_ENDPOINT = 4,
    CAP_NOTIFICATION = 6,
    CAP_REPLY = 8,
    CAP_CNODE = 10,
    CAP_TCB = 12,
    CAP_IRQ_CONTROL = 14,
    CAP_IRQ_HANDLER = 16,
    CAP_ZOMBIE = 18,
    CAP_DOMAIN = 20,
};

struct cap {
    word_t word[2];
};

struct tcb;
struct slot;
struct endpoint;
struct notification;

#define CAP_TYPE MASK(5)
#define CAP_IDENTITY (~MASK(16) | CAP_TYPE)
#define CAP_OBJECT_SHIFT 16

static inline word_t cap_type(struct cap c) { return c.word[0] & CAP_TYPE; }
static inline bool cap_is_arch(struct cap c) { return c.word[0] & 1; }

static inline bool cap_identical(struct cap a, struct cap b)
{
    return ((a.word[0] ^ b.word[0]) & CAP_IDENTITY) == 0;
}

static inline void *cap_object(struct cap c)
{
    return (void *)((int64_t)c.word[0] >> CAP_OBJECT_SHIFT);
}

static inline word_t cap_object_word(const void *object)
{
    return (word_t)object << CAP_OBJECT_SHIFT;
}

/* null ------------------------------------------------------------------------------------- */
static inline struct cap cap_null(void) { return (struct cap){ { 0, 0 } }; }
static inline bool cap_is_null(struct cap c) { return cap_type(c) == CAP_NULL; }

/* rights: bits 5..8 of endpoint, notification and reply capabilities, in the order of the
 * interface's rights word --------------------------------------------------------------------- */
enum cap_rights {
    RIGHT_WRITE = 1,
    RIGHT_READ = 2,
    RIGHT_GRANT = 4,
    RIGHT_GRANT_REPLY = 8,
    RIGHTS_ALL = 15,
};
#define CAP_RIGHTS_SHIFT 5
#define CAP_RIGHT(r) ((word_t)(r) << CAP_RIGHTS_SHIFT)

static inline bool cap_has_right(struct cap c, enum cap_rights r) { return c.word[0] & CAP_RIGHT(r); }
static inline word_t cap_rights(struct cap c) { return (c.word[0] >> CAP_RIGHTS_SHIFT) & RIGHTS_ALL; }

/* Right masking never adds a right: the result has a right only where both sides have it. */
static inline struct cap cap_mask_rights_bits(struct cap c, word_t rights)
{
    c.word[0] &= ~CAP_RIGHT(~rights & RIGHTS_ALL);
    return c;
}

/* The grant right as it stands in a capability: CAP_RIGHT(RIGHT_GRANT) or 0. */
static inline uint8_t cap_grant(struct cap c) { return c.word[0] & CAP_RIGHT(RIGHT_GRANT); }

/* endpoint and notification: word 1 is the badge ---------------------------------------------- */
static inline struct cap cap_endpoint(struct endpoint *e, word_t badge, word_t rights)
{
    return (struct cap){ { cap_object_word(e) | CAP_RIGHT(rights) | CAP_ENDPOINT, badge } };
}
static inline struct cap cap_notification(struct notification *n, word_t badge, word_t rights)
{
    return (struct cap){ { cap_object_word(n) | CAP_RIGHT(rights) | CAP_NOTIFICATION, badge } };
}
static inline struct endpoint *cap_endpoint_object(struct cap c) { return cap_object(c); }
static inline struct notification *cap_notification_object(struct cap c) { return cap_object(c); }
static inline word_t cap_badge(struct cap c) { return c.word[1]; }

/* reply: the object is the caller; the grant right is bit 7, the master mark bit 5 ------------- */
static inline struct cap cap_reply_master(struct tcb *caller)
{
    return (struct cap){ { cap_object_word(caller) | CAP_RIGHT(RIGHT_GRANT | RIGHT_WRITE) | CAP_REPLY, 0 } };
}
/* The reply capability to a caller, from its master reply capability. */
static inline struct cap cap_reply_of_master(struct cap master, uint8_t grant)
{
    master.word[0] += grant - CAP_RIGHT(RIGHT_GRANT | RIGHT_WRITE);
    return master;
}
static inline bool cap_reply_is_master(struct cap c) { return c.word[0] & CAP_RIGHT(RIGHT_WRITE); }
static inline struct tcb *cap_reply_caller(struct cap c) { return cap_object(c); }

/* CNode: the bits that the level resolves, guard size + radix, in bits 8..14; radix in bits 16..21 (a
 * CNode is 64-byte aligned at least): resolution reads both as bytes.  Word 1 is the guard, shifted left
 * by the radix: what resolution subtracts from an address to have the index ------------------------ */
#define CNODE_RADIX_SHIFT 16
#define CNODE_LEVEL_SHIFT 8

static inline struct cap cap_cnode(struct slot *slots, word_t radix, word_t guard, word_t guard_size)
{
    return (struct cap){ { cap_object_word(slots) | radix << CNODE_RADIX_SHIFT |
                               (guard_size + radix) << CNODE_LEVEL_SHIFT | CAP_CNODE,
                           guard << radix } };
}
static inline struct slot *cap_cnode_slots(struct cap c)
{
    return (struct slot *)((word_t)cap_object(c) & ~MASK(6));
}
static inline word_t cap_cnode_radix(struct cap c) { return (c.word[0] >> CNODE_RADIX_SHIFT) & MASK(6); }
static inline word_t cap_cnode_level(struct cap c) { return (c.word[0] >> CNODE_LEVEL_SHIFT) & MASK(7); }
static inline word_t cap_cnode_guard_size(struct cap c) { return cap_cnode_level(c) - cap_cnode_radix(c); }
static inline word_t cap_cnode_guard(struct cap c) { return c.word[1] >> cap_cnode_radix(c); }

/* Resolution of the level of a CNode capability: bits is a number of level bits, guard above index.
 * Returns the index, or at least 2^radix if the guard is another. */
static hot_inline word_t cap_cnode_index(const struct cap *c, word_t bits) { return bits - c->word[1]; }
static hot_inline uint8_t cap_byte(const struct cap *c, word_t n) { return ((const uint8_t *)c)[n]; }
static hot_inline bool cap_cnode_has(const struct cap *c, word_t index)
{
    uint8_t radix = cap_byte(c, CNODE_RADIX_SHIFT / 8) % WORD_BITS;
    return likely(index / BIT(radix) == 0);
}
static hot_inline uint8_t cap_cnode_level_of(const struct cap *c)
{
    return cap_byte(c, CNODE_LEVEL_SHIFT / 8);
}

/* A CNode that resolves a whole address by itself. */
static inline bool cap_cnode_resolves_all(const struct cap *c)
{
    return (c->word[0] & (MASK(8) << CNODE_LEVEL_SHIFT | CAP_TYPE)) ==
           (WORD_BITS << CNODE_LEVEL_SHIFT | CAP_CNODE);
}

/* TCB -------------------------------------------------------------------------------------------- */
static inline struct cap cap_tcb(struct tcb *t) { return (struct cap){ { cap_object_word(t) | CAP_TCB, 0 } }; }
static inline struct tcb *cap_tcb_object(struct cap c) { return cap_object(c); }

/* untyped: size in bits 5..10, device in bit 11, the physical base (16-byte aligned) from bit 16;
 * word 1 is the watermark in bytes ------------------------------------------------------------------ */
#define UNTYPED_BITS_SHIFT 5
#define UNTYPED_DEVICE BIT(11)

static inline struct cap cap_untyped(paddr_t base, word_t bits, bool device)
{
    return (struct cap){ { base.at << CAP_OBJECT_SHIFT | bits << UNTYPED_BITS_SHIFT |
                               (device ? UNTYPED_DEVICE : 0) | CAP_UNTYPED,
                           0 } };
}
static inline paddr_t cap_untyped_base(struct cap c) { return (paddr_t){ c.word[0] >> CAP_OBJECT_SHIFT }; }
static inline word_t cap_untyped_bits(struct cap c) { return (c.word[0] >> UNTYPED_BITS_SHIFT) & MASK(6); }
static inline bool cap_untyped_is_device(struct cap c) { return c.word[0] & UNTYPED_DEVICE; }
static inline word_t cap_untyped_watermark(struct cap c) { return c.word[1]; }

/* interrupts and domains ----------------------------------------------------------------------------- */
static inline struct cap cap_irq_control(void) { return (struct cap){ { CAP_IRQ_CONTROL, 0 } }; }
static inline struct cap cap_irq_handler(word_t irq)
{
    return (struct cap){ { irq << CAP_OBJECT_SHIFT | CAP_IRQ_HANDLER, 0 } };
}
static inline word_t cap_irq(struct cap c) { return c.word[0] >> CAP_OBJECT_SHIFT; }
static inline struct cap cap_domain(void) { return (struct cap){ { CAP_DOMAIN, 0 } }; }

/* zombie: what is left of the last capability to a container under destruction.  Bit 5 says that it
 * is a TCB; a CNode keeps its radix in bits 16..21; word 1 counts the slots that may be occupied ------ */
#define ZOMBIE_TCB BIT(5)

static inline struct cap cap_zombie_cnode(struct cap cnode)
{
    word_t identity = (cnode.word[0] & CAP_IDENTITY & ~CAP_TYPE) | CAP_ZOMBIE;
    return (struct cap){ { identity, BIT(cap_cnode_radix(cnode)) } };
}
static inline struct cap cap_zombie_tcb(struct tcb *t, word_t slots)
{
    return (struct cap){ { cap_object_word(t) | ZOMBIE_TCB | CAP_ZOMBIE, slots } };
}
static inline bool cap_zombie_is_tcb(struct cap c) { return c.word[0] & ZOMBIE_TCB; }
static inline word_t cap_zombie_radix(struct cap c) { return cap_cnode_radix(c); }
static inline word_t cap_zombie_count(struct cap c) { return c.word[1]; }
/* A TCB begins with its slots, so both kinds of container do. */
static inline struct slot *cap_zombie_slots(struct cap c) { return cap_cnode_slots(c); }

/* Physical memory that the object of a memory-backed capability occupies; bytes is 0 for others. */
struct region {
    word_t base, bytes;
};
struct region cap_region(struct cap c);

/* The low four bits of a rights word (Copy, Mint) applied.  Rules: capabilities 1.3. */
struct cap cap_mask_rights(struct cap c, word_t rights);

/* A data word (badge or guard) applied; the null capability where that is not allowed.
 * preserve: true for Mutate and Rotate.  Rules: capabilities 1.4. */
struct cap cap_update_data(struct cap c, word_t data, bool preserve);
