/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities: every field comes back as it was put in, no field touches another, masking adds no right. */
#include <kernel/capability.h>
#include <arch/x86_64/capability.h>

/*@ assigns \nothing; ensures \result == (c.word[0] & 31); */
static inline word_t cap_type(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 1) != 0; */
static inline bool cap_is_arch(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 31) == 0; */
static inline bool cap_is_null(struct cap c);

/*@ assigns \nothing; ensures \result.word[0] == 0; ensures \result.word[1] == 0; */
static inline struct cap cap_null(void);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 5) & 15); */
static inline word_t cap_rights(struct cap c);

/*@ assigns \nothing;
    ensures \result.word[0] == (c.word[0] & (word_t)(~((word_t)((((word_t)(~rights)) & 15) << 5))));
    ensures \result.word[1] == c.word[1]; */
static inline struct cap cap_mask_rights_bits(struct cap c, word_t rights);

/*@ assigns \nothing; ensures \result == (c.word[0] & 128); */
static inline uint8_t cap_grant(struct cap c);

/*@ assigns \nothing; ensures \result == c.word[1]; */
static inline word_t cap_badge(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 32) != 0; */
static inline bool cap_reply_is_master(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 63); */
static inline word_t cap_cnode_radix(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 8) & 127); */
static inline word_t cap_cnode_level(struct cap c);

/*@ assigns \nothing;
    ensures \result == (word_t)(((c.word[0] >> 8) & 127) - ((c.word[0] >> 16) & 63)); */
static inline word_t cap_cnode_guard_size(struct cap c);

/*@ assigns \nothing; ensures \result == (c.word[1] >> ((c.word[0] >> 16) & 63)); */
static inline word_t cap_cnode_guard(struct cap c);

/*@ assigns \nothing; ensures \result == (c.word[0] >> 16); */
static inline word_t cap_irq(struct cap c);

/*@ assigns \nothing; ensures \result.word[0] == (((word_t)(irq << 16)) | 16); ensures \result.word[1] == 0; */
static inline struct cap cap_irq_handler(word_t irq);

/*@ assigns \nothing; ensures \result.word[0] == 14; ensures \result.word[1] == 0; */
static inline struct cap cap_irq_control(void);

/*@ assigns \nothing; ensures \result.word[0] == 20; ensures \result.word[1] == 0; */
static inline struct cap cap_domain(void);

/*@ assigns \nothing;
    ensures \result.word[0] ==
        (((word_t)(base.at << 16)) | ((word_t)(bits << 5)) | (device ? 2048 : 0) | 2);
    ensures \result.word[1] == 0; */
static inline struct cap cap_untyped(paddr_t base, word_t bits, bool device);

/*@ assigns \nothing; ensures \result.at == (c.word[0] >> 16); */
static inline paddr_t cap_untyped_base(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 5) & 63); */
static inline word_t cap_untyped_bits(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 2048) != 0; */
static inline bool cap_untyped_is_device(struct cap c);

/*@ assigns \nothing; ensures \result == c.word[1]; */
static inline word_t cap_untyped_watermark(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[0] & 32) != 0; */
static inline bool cap_zombie_is_tcb(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 63); */
static inline word_t cap_zombie_radix(struct cap c);

/*@ assigns \nothing; ensures \result == c.word[1]; */
static inline word_t cap_zombie_count(struct cap c);

/*@ assigns \nothing; ensures \result == (c.word[1] & 4095); */
static inline word_t cap_map_asid(struct cap c);

/*@ assigns \nothing; ensures \result <==> (c.word[1] & 4095) != 0; */
static inline bool cap_is_mapped(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 7); */
static inline word_t cap_asid_pool_number(struct cap c);

/*@ assigns \nothing;
    ensures \result.word[0] == (((word_t)(first << 16)) | ((word_t)(last << 32)) | 19);
    ensures \result.word[1] == 0; */
static inline struct cap cap_io_port(word_t first, word_t last);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 16) & 65535); */
static inline word_t cap_io_port_first(struct cap c);

/*@ assigns \nothing; ensures \result == ((c.word[0] >> 32) & 65535); */
static inline word_t cap_io_port_last(struct cap c);

/* theorem types_below_32: cap_type(c) < 32 */
/* theorem arch_types_are_odd: cap_is_arch(c) <==> cap_type(c) % 2 == 1 */
/* theorem null_is_null: cap_is_null(cap_null()) */
/* theorem masking_adds_no_right: (cap_rights(cap_mask_rights_bits(c, r)) & ~cap_rights(c)) == 0 */
/* theorem masking_is_intersection: cap_rights(cap_mask_rights_bits(c, r)) == (cap_rights(c) & r) */
/* theorem masking_changes_nothing_else:
   (cap_mask_rights_bits(c, r).word[0] & ~480) == (c.word[0] & ~480) && cap_mask_rights_bits(c, r).word[1] == c.word[1] */
/* theorem grant_is_a_right: cap_grant(c) != 0 <==> (cap_rights(c) & 4) != 0 */
/* theorem irq_round_trip: irq < 256 ==> cap_irq(cap_irq_handler(irq)) == irq && cap_type(cap_irq_handler(irq)) == 16 */
/* theorem irq_control_type: cap_type(cap_irq_control()) == 14 */
/* theorem domain_type: cap_type(cap_domain()) == 20 */
/* theorem untyped_type: bits < 64 ==> cap_type(cap_untyped(base, bits, device)) == 2 */
/* theorem untyped_bits_round_trip: bits < 64 ==> cap_untyped_bits(cap_untyped(base, bits, device)) == bits */
/* theorem untyped_base_round_trip:
   bits < 64 && base.at < 0x1000000000000 ==> cap_untyped_base(cap_untyped(base, bits, device)).at == base.at */
/* theorem untyped_device_round_trip: bits < 64 ==> (cap_untyped_is_device(cap_untyped(base, bits, device)) <==> device != 0) */
/* theorem untyped_begins_unused: cap_untyped_watermark(cap_untyped(base, bits, device)) == 0 */
/* theorem cnode_index_in_bounds: cap_cnode_radix(c) < 64 && cap_cnode_level(c) < 128 */
/* theorem ports_type: first < 65536 && last < 65536 ==> cap_type(cap_io_port(first, last)) == 19 */
/* theorem ports_round_trip: first < 65536 && last < 65536 ==>
   cap_io_port_first(cap_io_port(first, last)) == first && cap_io_port_last(cap_io_port(first, last)) == last */
/* theorem asid_in_bounds: cap_map_asid(c) < 4096 && (cap_is_mapped(c) <==> cap_map_asid(c) != 0) */
/* theorem asid_pool_in_bounds: cap_asid_pool_number(c) < 8 */
