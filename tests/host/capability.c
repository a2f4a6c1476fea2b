/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <arch/capability.h>
#include <arch/x86_64/capability.h>
#include <kernel/endpoint.h>
#include <kernel/notification.h>

#define ROUNDS 2000u

/* A kernel address of an object of 2^bits bytes: lowest, highest and any in the window. */
static void *object_address(word_t round, word_t bits)
{
    word_t count = MEMORY_WINDOW_BYTES >> bits;
    word_t i = round == 0 ? 0 : round == 1 ? count - 1 : host_random() % count;
    return (void *)(MEMORY_WINDOW + (i << bits));
}

static word_t any_word(word_t round)
{
    return round == 0 ? 0 : round == 1 ? ~0ul : host_random();
}

/* A number of so many bits: none set, all set, any. */
static word_t any_field(word_t round, word_t bits)
{
    return any_word(round + host_below(3)) & MASK(bits);
}

static void types_are_those_of_the_interface(void **state)
{
    (void)state;
    const word_t generic[] = { CAP_NULL,        CAP_UNTYPED, CAP_ENDPOINT, CAP_NOTIFICATION,
                               CAP_REPLY,       CAP_CNODE,   CAP_TCB,      CAP_IRQ_CONTROL,
                               CAP_IRQ_HANDLER, CAP_ZOMBIE,  CAP_DOMAIN };
    const word_t arch[] = { CAP_FRAME,     CAP_PAGE_TABLE, CAP_PAGE_DIRECTORY,
                            CAP_PDPT,      CAP_PML4,       CAP_ASID_CONTROL,
                            CAP_ASID_POOL, CAP_IO_PORT,    CAP_IO_PORT_CONTROL };
    for (word_t i = 0; i < sizeof(generic) / sizeof(word_t); i++)
        assert_int_equal(generic[i], 2 * i);
    for (word_t i = 0; i < sizeof(arch) / sizeof(word_t); i++) {
        struct cap c = cap_simple((enum arch_cap_type)arch[i]);
        assert_int_equal(cap_type(c), arch[i]);
        assert_true(cap_is_arch(c));
    }
}

static void null_is_all_zero(void **state)
{
    (void)state;
    assert_cap_equal(cap_null(), ((struct cap){ { 0, 0 } }));
    assert_true(cap_is_null(cap_null()));
    assert_false(cap_is_arch(cap_null()));
}

static void endpoint_keeps_object_badge_and_rights(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        struct endpoint *e = object_address(i, ENDPOINT_BITS);
        word_t badge = any_word(i % 5), rights = i % 16;
        struct cap c = cap_endpoint(e, badge, rights);
        assert_int_equal(cap_type(c), CAP_ENDPOINT);
        assert_ptr_equal(cap_endpoint_object(c), e);
        assert_int_equal(cap_badge(c), badge);
        assert_int_equal(cap_rights(c), rights);
        for (word_t r = 1; r <= 8; r *= 2)
            assert_int_equal(cap_has_right(c, (enum cap_rights)r), (rights & r) != 0);
    }
}

static void notification_keeps_object_badge_and_rights(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        struct notification *n = object_address(i, NOTIFICATION_BITS);
        word_t badge = any_word(i % 5), rights = i % 16;
        struct cap c = cap_notification(n, badge, rights);
        assert_int_equal(cap_type(c), CAP_NOTIFICATION);
        assert_ptr_equal(cap_notification_object(c), n);
        assert_int_equal(cap_badge(c), badge);
        assert_int_equal(cap_rights(c), rights);
    }
}

static void reply_keeps_caller_grant_and_master(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        struct tcb *t = object_address(i, TCB_BITS);
        struct cap c = host_reply(t, i % 2), master = cap_reply_master(t);
        assert_int_equal(cap_type(c), CAP_REPLY);
        assert_ptr_equal(cap_reply_caller(c), t);
        assert_int_equal(cap_has_right(c, RIGHT_GRANT), i % 2);
        assert_false(cap_reply_is_master(c));
        assert_int_equal(cap_type(master), CAP_REPLY);
        assert_ptr_equal(cap_reply_caller(master), t);
        assert_true(cap_reply_is_master(master));
        assert_true(cap_has_right(master, RIGHT_GRANT));
        assert_true(cap_identical(c, master));
    }
}

static void cnode_keeps_slots_radix_and_guard(void **state)
{
    (void)state;
    for (word_t radix = 1; radix + SLOT_BITS <= 38; radix++) {
        for (word_t guard_size = 0; guard_size + radix <= WORD_BITS; guard_size++) {
            struct slot *slots = object_address(host_below(5), radix + SLOT_BITS);
            word_t guard = any_field(guard_size, guard_size);
            struct cap c = cap_cnode(slots, radix, guard, guard_size);
            assert_int_equal(cap_type(c), CAP_CNODE);
            assert_ptr_equal(cap_cnode_slots(c), slots);
            assert_int_equal(cap_cnode_radix(c), radix);
            assert_int_equal(cap_cnode_guard_size(c), guard_size);
            assert_int_equal(cap_cnode_guard(c), guard);
        }
    }
}

static void tcb_keeps_object(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        struct tcb *t = object_address(i, TCB_BITS);
        assert_int_equal(cap_type(cap_tcb(t)), CAP_TCB);
        assert_ptr_equal(cap_tcb_object(cap_tcb(t)), t);
    }
}

static void untyped_keeps_base_size_device_and_watermark(void **state)
{
    (void)state;
    for (word_t bits = 4; bits <= 47; bits++) {
        for (word_t i = 0; i < 16; i++) {
            word_t base = any_field(i, 48) >> bits << bits;
            struct cap c = cap_untyped((paddr_t){ base }, bits, i % 2);
            assert_int_equal(cap_type(c), CAP_UNTYPED);
            assert_int_equal(cap_untyped_base(c).at, base);
            assert_int_equal(cap_untyped_bits(c), bits);
            assert_int_equal(cap_untyped_is_device(c), i % 2);
            assert_int_equal(cap_untyped_watermark(c), 0);
        }
    }
}

static void irq_capabilities_keep_their_number(void **state)
{
    (void)state;
    assert_int_equal(cap_type(cap_irq_control()), CAP_IRQ_CONTROL);
    assert_int_equal(cap_type(cap_domain()), CAP_DOMAIN);
    for (word_t irq = 0; irq < IRQ_COUNT; irq++) {
        assert_int_equal(cap_type(cap_irq_handler(irq)), CAP_IRQ_HANDLER);
        assert_int_equal(cap_irq(cap_irq_handler(irq)), irq);
        assert_int_equal(cap_identical(cap_irq_handler(irq), cap_irq_handler(7)), irq == 7);
    }
}

static void zombie_of_a_cnode_keeps_slots_and_radix(void **state)
{
    (void)state;
    for (word_t radix = 1; radix + SLOT_BITS <= 38; radix++) {
        struct slot *slots = object_address(radix % 5, radix + SLOT_BITS);
        struct cap c = cap_zombie_cnode(cap_cnode(slots, radix, 5, 7));
        assert_int_equal(cap_type(c), CAP_ZOMBIE);
        assert_false(cap_zombie_is_tcb(c));
        assert_ptr_equal(cap_zombie_slots(c), slots);
        assert_int_equal(cap_zombie_radix(c), radix);
        assert_int_equal(cap_zombie_count(c), BIT(radix));
    }
}

static void zombie_of_a_tcb_keeps_its_slots(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        struct tcb *t = object_address(i, TCB_BITS);
        struct cap c = cap_zombie_tcb(t, i % (TCB_SLOTS + 1));
        assert_int_equal(cap_type(c), CAP_ZOMBIE);
        assert_true(cap_zombie_is_tcb(c));
        assert_ptr_equal(cap_zombie_slots(c), t);
        assert_int_equal(cap_zombie_count(c), i % (TCB_SLOTS + 1));
    }
}

static void frame_keeps_base_size_device_and_mapping(void **state)
{
    (void)state;
    const word_t sizes[] = { 12, 21, 30 };
    for (word_t i = 0; i < ROUNDS; i++) {
        word_t bits = sizes[i % 3], base = any_field(i, 48) >> bits << bits;
        struct cap c = cap_frame((paddr_t){ base }, bits, i % 2);
        assert_false(cap_is_mapped(c));
        word_t asid = any_field(i, ASID_BITS), at = any_field(i, 47) & ~MASK(12);
        cap_set_mapping(&c, asid, (vaddr_t){ at });
        assert_int_equal(cap_type(c), CAP_FRAME);
        assert_int_equal(cap_frame_base(c).at, base);
        assert_int_equal(cap_frame_bits(c), bits);
        assert_int_equal(cap_frame_is_device(c), i % 2);
        assert_true(cap_has_right(c, RIGHT_READ) && cap_has_right(c, RIGHT_WRITE));
        assert_int_equal(cap_map_asid(c), asid);
        assert_int_equal(cap_map_address(c).at, at);
        assert_int_equal(cap_is_mapped(c), asid != 0);
        cap_clear_mapping(&c);
        assert_cap_equal(c, cap_frame((paddr_t){ base }, bits, i % 2));
    }
}

static void paging_structures_keep_object_and_mapping(void **state)
{
    (void)state;
    const enum arch_cap_type types[] = { CAP_PAGE_TABLE, CAP_PAGE_DIRECTORY, CAP_PDPT };
    for (word_t i = 0; i < ROUNDS; i++) {
        void *table = object_address(i, 12);
        word_t asid = any_field(i, ASID_BITS), at = any_field(i, 47) & ~MASK(12);
        struct cap c = cap_table(types[i % 3], table);
        assert_false(cap_is_mapped(c));
        cap_set_mapping(&c, asid, (vaddr_t){ at });
        assert_int_equal(cap_type(c), types[i % 3]);
        assert_ptr_equal(cap_object(c), table);
        assert_ptr_equal(cap_page_object(c), table);
        assert_int_equal(cap_map_asid(c), asid);
        assert_int_equal(cap_map_address(c).at, at);

        struct cap pml4 = cap_pml4(table, asid);
        assert_int_equal(cap_type(pml4), CAP_PML4);
        assert_ptr_equal(cap_object(pml4), table);
        assert_int_equal(cap_map_asid(pml4), asid);
    }
}

static void asid_pool_keeps_object_and_number(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        void *pool = object_address(i, 12);
        struct cap c = cap_asid_pool(pool, i % ASID_POOLS);
        assert_int_equal(cap_type(c), CAP_ASID_POOL);
        assert_ptr_equal(cap_page_object(c), pool);
        assert_int_equal(cap_asid_pool_number(c), i % ASID_POOLS);
    }
}

static void io_port_keeps_its_range(void **state)
{
    (void)state;
    for (word_t i = 0; i < ROUNDS; i++) {
        word_t first = any_field(i, 16), last = any_field(i + 1, 16);
        struct cap c = cap_io_port(first, last);
        assert_int_equal(cap_type(c), CAP_IO_PORT);
        assert_int_equal(cap_io_port_first(c), first);
        assert_int_equal(cap_io_port_last(c), last);
        assert_false(cap_identical(c, cap_io_port(first ^ 1, last)));
        assert_false(cap_identical(c, cap_io_port(first, last ^ 0x8000)));
    }
}

/* What does not name the object makes no difference; what does, does. */
static void identity_is_the_object_and_its_shape(void **state)
{
    (void)state;
    void *at = object_address(7, 21);
    word_t p = memory_physical(at).at;
    assert_true(cap_identical(cap_endpoint(at, 1, 3), cap_endpoint(at, 2, 15)));
    assert_false(cap_identical(cap_endpoint(at, 0, 15), cap_notification(at, 0, 15)));
    assert_false(
        cap_identical(cap_endpoint(at, 0, 15), cap_endpoint((void *)((word_t)at ^ 16), 0, 15)));
    assert_true(cap_identical(cap_cnode(at, 5, 0, 0), cap_cnode(at, 5, 9, 40)));
    assert_false(cap_identical(cap_cnode(at, 5, 0, 0), cap_cnode(at, 6, 0, 0)));
    assert_false(
        cap_identical(cap_frame((paddr_t){ p }, 12, false), cap_frame((paddr_t){ p }, 21, false)));
    assert_false(
        cap_identical(cap_frame((paddr_t){ p }, 12, false), cap_frame((paddr_t){ p }, 12, true)));
    struct cap mapped = cap_frame((paddr_t){ p }, 12, false);
    cap_set_mapping(&mapped, 3, (vaddr_t){ 0x1000 });
    assert_true(cap_identical(cap_mask_rights(mapped, 0), cap_frame((paddr_t){ p }, 12, false)));
    assert_false(cap_identical(cap_tcb(at), host_reply(at, true)));
    assert_true(cap_identical(cap_zombie_tcb(at, 5), cap_zombie_tcb(at, 1)));
}

/* Rules: capabilities 1.3. */
static void masking_never_adds_a_right(void **state)
{
    (void)state;
    void *at = object_address(9, 12);
    for (word_t had = 0; had <= RIGHTS_ALL; had++) {
        for (word_t i = 0; i <= RIGHTS_ALL; i++) {
            word_t rights = i | (host_random() & ~MASK(4)); /* only the low four bits count */
            struct cap e = cap_mask_rights(cap_endpoint(at, 77, had), rights);
            assert_cap_equal(e, cap_endpoint(at, 77, had & i));
            struct cap n = cap_mask_rights(cap_notification(at, 77, had), rights);
            assert_int_equal(cap_rights(n) & 3, had & i & 3);
            assert_int_equal(cap_rights(n) & ~had, 0);
            assert_int_equal(cap_badge(n), 77);
            struct cap r = cap_mask_rights(host_reply(at, had & 1), rights);
            assert_cap_equal(r, host_reply(at, (had & 1) && (i & RIGHT_GRANT)));
        }
    }
    assert_true(cap_reply_is_master(cap_mask_rights(cap_reply_master(at), 0)));
}

/* A frame is writable only if it is readable, and becomes inaccessible without the right to read.
 */
static void masking_a_frame(void **state)
{
    (void)state;
    struct cap whole = cap_frame((paddr_t){ 0x5000 }, 12, false);
    const word_t none = 0, read = RIGHT_READ, both = RIGHT_READ | RIGHT_WRITE;
    const struct {
        word_t mask, from_both, from_read;
    } rows[] = {
        { 0, none, none },
        { RIGHT_WRITE, none, none },
        { RIGHT_READ, read, read },
        { RIGHT_READ | RIGHT_WRITE, both, read },
        { RIGHT_GRANT | RIGHT_GRANT_REPLY, none, none },
        { RIGHTS_ALL, both, read },
    };
    for (word_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cap from_both = cap_mask_rights(whole, rows[i].mask | BIT(40));
        struct cap from_read = cap_mask_rights(cap_mask_rights(whole, RIGHT_READ), rows[i].mask);
        struct cap from_none = cap_mask_rights(cap_mask_rights(whole, 0), rows[i].mask);
        assert_int_equal(cap_rights(from_both) & both, rows[i].from_both);
        assert_int_equal(cap_rights(from_read) & both, rows[i].from_read);
        assert_int_equal(cap_rights(from_none) & both, none);
        assert_int_equal(cap_frame_base(from_none).at, 0x5000);
        assert_int_equal(cap_frame_bits(from_none), 12);
    }
}

static void masking_leaves_other_types_alone(void **state)
{
    (void)state;
    void *at = object_address(11, 12);
    const struct cap caps[] = {
        cap_null(),
        cap_untyped((paddr_t){ 0x4000 }, 12, true),
        cap_cnode(at, 7, 3, 2),
        cap_tcb(at),
        cap_irq_control(),
        cap_irq_handler(31),
        cap_zombie_tcb(at, 4),
        cap_domain(),
        cap_table(CAP_PAGE_TABLE, at),
        cap_table(CAP_PDPT, at),
        cap_pml4(at, 9),
        cap_asid_pool(at, 7),
        cap_simple(CAP_ASID_CONTROL),
        cap_io_port(1, 0xffff),
        cap_simple(CAP_IO_PORT_CONTROL),
    };
    for (word_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
        for (word_t rights = 0; rights <= RIGHTS_ALL; rights++)
            assert_cap_equal(cap_mask_rights(caps[i], rights), caps[i]);
}

/* Rules: capabilities 1.4. */
static void data_of_an_endpoint_is_its_badge_once(void **state)
{
    (void)state;
    void *at = object_address(3, 5);
    for (word_t i = 0; i < 100; i++) {
        word_t badge = any_word(i);
        assert_cap_equal(cap_update_data(cap_endpoint(at, 0, 9), badge, false),
                         cap_endpoint(at, badge, 9));
        assert_cap_equal(cap_update_data(cap_notification(at, 0, 3), badge, false),
                         cap_notification(at, badge, 3));
        assert_cap_equal(cap_update_data(cap_endpoint(at, 0, 9), badge, true), cap_null());
        assert_cap_equal(cap_update_data(cap_endpoint(at, 6, 9), badge, false), cap_null());
        assert_cap_equal(cap_update_data(cap_endpoint(at, 6, 9), 6, true), cap_null());
        assert_cap_equal(cap_update_data(cap_notification(at, 6, 3), 6, false), cap_null());
    }
}

static void data_of_a_cnode_is_its_guard(void **state)
{
    (void)state;
    for (word_t radix = 1; radix + SLOT_BITS <= 38; radix++) {
        struct slot *slots = object_address(radix % 5, radix + SLOT_BITS);
        for (word_t guard_size = 0; guard_size < WORD_BITS; guard_size++) {
            word_t guard = any_word(guard_size % 5);
            struct cap before = cap_cnode(slots, radix, 1, 1);
            struct cap after = cap_update_data(before, guard << 6 | guard_size, guard_size % 2);
            if (guard_size + radix > WORD_BITS)
                assert_cap_equal(after, cap_null());
            else
                assert_cap_equal(
                    after, cap_cnode(slots, radix, guard << 6 >> 6 & MASK(guard_size), guard_size));
        }
    }
}

static void data_of_other_types_is_ignored(void **state)
{
    (void)state;
    void *at = object_address(13, 12);
    const struct cap caps[] = {
        cap_null(),
        cap_untyped((paddr_t){ 0x4000 }, 12, true),
        cap_tcb(at),
        host_reply(at, true),
        cap_irq_control(),
        cap_irq_handler(31),
        cap_domain(),
        cap_frame((paddr_t){ 0x4000 }, 12, false),
        cap_table(CAP_PAGE_TABLE, at),
        cap_pml4(at, 9),
        cap_asid_pool(at, 7),
        cap_io_port(1, 0xffff),
    };
    for (word_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
        for (word_t round = 0; round < 4; round++)
            assert_cap_equal(cap_update_data(caps[i], any_word(round), round % 2), caps[i]);
}

static void expect_region(struct cap c, const void *at, word_t bits)
{
    assert_int_equal(cap_region(c).base, memory_physical(at).at);
    assert_int_equal(cap_region(c).bytes, BIT(bits));
}

/* Rules: capabilities 1.2, "memory-backed". */
static void regions_are_those_of_the_objects(void **state)
{
    (void)state;
    for (word_t i = 0; i < 200; i++) {
        void *at = object_address(i, 21);
        paddr_t p = memory_physical(at);
        expect_region(cap_untyped(p, 21, i % 2), at, 21);
        expect_region(cap_endpoint(at, i, i % 16), at, 4);
        expect_region(cap_notification(at, i, i % 16), at, 5);
        expect_region(cap_tcb(at), at, TCB_BITS);
        expect_region(cap_cnode(at, 1 + i % 16, 3, 2), at, 6 + i % 16);
        expect_region(cap_zombie_cnode(cap_cnode(at, 1 + i % 16, 3, 2)), at, 6 + i % 16);
        expect_region(cap_zombie_tcb(at, i % 6), at, TCB_BITS);
        expect_region(cap_frame(p, 12, i % 2), at, 12);
        expect_region(cap_frame(p, 21, i % 2), at, 21);
        expect_region(cap_table(CAP_PAGE_TABLE, at), at, 12);
        expect_region(cap_table(CAP_PAGE_DIRECTORY, at), at, 12);
        expect_region(cap_table(CAP_PDPT, at), at, 12);
        expect_region(cap_pml4(at, i % 4096), at, 12);
        expect_region(cap_asid_pool(at, i % 8), at, 12);
        const struct cap without[] = {
            cap_null(),        host_reply(at, true),         cap_reply_master(at),
            cap_irq_control(), cap_irq_handler(3),           cap_domain(),
            cap_io_port(1, 2), cap_simple(CAP_ASID_CONTROL), cap_simple(CAP_IO_PORT_CONTROL)
        };
        for (word_t k = 0; k < sizeof(without) / sizeof(without[0]); k++)
            assert_int_equal(cap_region(without[k]).bytes, 0);
    }
}

/* Rules: ipc 1. */
static void buffers_need_the_rights_and_normal_memory(void **state)
{
    (void)state;
    struct cap frame = cap_frame((paddr_t){ 0x200000 }, 21, false);
    word_t *expected = (word_t *)(MEMORY_WINDOW + 0x200000 + 0x12400);
    assert_ptr_equal(vspace_buffer_readable(frame, 0x7fff00012400), expected);
    assert_ptr_equal(vspace_buffer_writable(frame, 0x7fff00012400), expected);
    struct cap read_only = cap_mask_rights(frame, RIGHT_READ);
    assert_ptr_equal(vspace_buffer_readable(read_only, 0x12400), expected);
    assert_null(vspace_buffer_writable(read_only, 0x12400));
    assert_null(vspace_buffer_readable(cap_mask_rights(frame, 0), 0x12400));
    assert_null(vspace_buffer_readable(cap_frame((paddr_t){ 0x200000 }, 21, true), 0x12400));
    assert_null(vspace_buffer_readable(cap_null(), 0));
    assert_null(vspace_buffer_readable(cap_table(CAP_PAGE_TABLE, expected), 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(types_are_those_of_the_interface),
        UNIT(null_is_all_zero),
        UNIT(endpoint_keeps_object_badge_and_rights),
        UNIT(notification_keeps_object_badge_and_rights),
        UNIT(reply_keeps_caller_grant_and_master),
        UNIT(cnode_keeps_slots_radix_and_guard),
        UNIT(tcb_keeps_object),
        UNIT(untyped_keeps_base_size_device_and_watermark),
        UNIT(irq_capabilities_keep_their_number),
        UNIT(zombie_of_a_cnode_keeps_slots_and_radix),
        UNIT(zombie_of_a_tcb_keeps_its_slots),
        UNIT(frame_keeps_base_size_device_and_mapping),
        UNIT(paging_structures_keep_object_and_mapping),
        UNIT(asid_pool_keeps_object_and_number),
        UNIT(io_port_keeps_its_range),
        UNIT(identity_is_the_object_and_its_shape),
        UNIT(masking_never_adds_a_right),
        UNIT(masking_a_frame),
        UNIT(masking_leaves_other_types_alone),
        UNIT(data_of_an_endpoint_is_its_badge_once),
        UNIT(data_of_a_cnode_is_its_guard),
        UNIT(data_of_other_types_is_ignored),
        UNIT(regions_are_those_of_the_objects),
        UNIT(buffers_need_the_rights_and_normal_memory),
    };
    return RUN(tests);
}
