/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports: issuing ranges, reading and writing inside them. */
#include "test.h"

/* Ports without a device behind them, and scratch bytes of the second CMOS bank. */
enum { NOBODY = 0x5600, CMOS_INDEX = 0x70, CMOS_DATA = 0x71, SCRATCH = 0x5f };

static struct reply issue(word_t first, word_t last, word_t slot)
{
    return invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(ROOT),
                  ARGS(first, last, slot, 64));
}

static word_t ports_new(word_t first, word_t last)
{
    const word_t slot = slot_new();

    ASSERT_EQ(issue(first, last, slot).label, seL4_NoError);
    return slot;
}

/* rules: x86_64 7 (issue 1-2) */
TEST(ioport, issue_checks_label_and_length)
{
    EXPECT_ERROR(invoke(seL4_CapIOPortControl, X86IOPortIn8, CAPS(), ARGS()),
                 seL4_IllegalOperation);
    EXPECT_ERROR(invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(ROOT),
                        ARGS(NOBODY, NOBODY, slot_new())),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(
        invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(), ARGS(9, 1, slot_new(), 64)),
        seL4_TruncatedMessage);
}

/* rules: x86_64 7 (issue 3), x86_64 subtlety 14 */
TEST(ioport, last_before_first_is_argument_1)
{
    EXPECT_ERROR(issue(NOBODY + 1, NOBODY, SELF), seL4_InvalidArgument, 1);
    EXPECT_ERROR(issue(NOBODY, BIT(16) + NOBODY - 1, SELF), seL4_InvalidArgument, 1);
}

/* rules: x86_64 7 (issue 3), x86_64 subtlety 14 */
TEST(ioport, port_numbers_are_cut_to_16_bits)
{
    const word_t ports = slot_new();

    EXPECT_DONE(issue(BIT(40) + NOBODY, BIT(16) + NOBODY + 3, ports));
    EXPECT_OK(seL4_X86_IOPort_In8(ports, NOBODY).error);
    EXPECT_DONE(invoke(ports, X86IOPortOut8, CAPS(), ARGS(BIT(20) + NOBODY + 3, 0)));
    EXPECT_ERROR(invoke(ports, X86IOPortOut8, CAPS(), ARGS(NOBODY + 4, 0)), seL4_IllegalOperation);
}

/* rules: x86_64 7 (issue 4-5) */
TEST(ioport, issued_ports_are_refused_before_the_destination)
{
    const word_t slot = slot_new();

    (void)ports_new(NOBODY + 4, NOBODY + 7);
    EXPECT_ERROR(issue(NOBODY, NOBODY + 4, SELF), seL4_RevokeFirst);
    EXPECT_ERROR(issue(NOBODY + 7, NOBODY + 9, SELF), seL4_RevokeFirst);
    EXPECT_ERROR(issue(NOBODY + 5, NOBODY + 5, SELF), seL4_RevokeFirst);
    EXPECT_ERROR(issue(NOBODY, NOBODY + 20, SELF), seL4_RevokeFirst);
    EXPECT_ERROR(issue(NOBODY, NOBODY + 3, SELF), seL4_DeleteFirst);
    EXPECT_ERROR(invoke(seL4_CapIOPortControl, X86IOPortControlIssue, CAPS(SELF),
                        ARGS(NOBODY, NOBODY, slot, 64)),
                 seL4_FailedLookup, 0, seL4_InvalidRoot);
    EXPECT_DONE(issue(NOBODY, NOBODY + 3, slot));
}

/* rules: x86_64 7 */
TEST(ioport, freed_range_can_be_issued_again)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);
    const word_t copy = cap_copy(ports);

    EXPECT_OK(cap_delete(ports));
    EXPECT_ERROR(issue(NOBODY, NOBODY, slot_new()), seL4_RevokeFirst);
    EXPECT_OK(cap_delete(copy));
    EXPECT_DONE(issue(NOBODY + 2, NOBODY + 3, slot_new()));
}

/* rules: x86_64 7, capabilities 4.3 */
TEST(ioport, copies_are_children)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);
    const word_t copy = cap_mint_with(ports, seL4_NoRights, 77);

    EXPECT_OK(seL4_X86_IOPort_In8(copy, NOBODY).error);
    EXPECT_OK(cap_revoke(ports));
    EXPECT(slot_is_empty(copy));
    EXPECT(!slot_is_empty(ports));
}

/* rules: x86_64 7 */
TEST(ioport, short_access_is_truncated)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);

    for (word_t label = X86IOPortIn8; label <= X86IOPortIn32; label++) {
        EXPECT_ERROR(invoke(ports, label, CAPS(), ARGS()), seL4_TruncatedMessage);
    }
    for (word_t label = X86IOPortOut8; label <= X86IOPortOut32; label++) {
        EXPECT_ERROR(invoke(ports, label, CAPS(), ARGS(NOBODY)), seL4_TruncatedMessage);
    }
    EXPECT_ERROR(invoke(ports, X86IOPortControlIssue, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: x86_64 7 */
TEST(ioport, access_must_lie_inside_the_range)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);
    static const struct {
        word_t label, bytes;
    } accesses[] = {
        { X86IOPortIn8, 1 },  { X86IOPortIn16, 2 },  { X86IOPortIn32, 4 },
        { X86IOPortOut8, 1 }, { X86IOPortOut16, 2 }, { X86IOPortOut32, 4 },
    };

    for (word_t i = 0; i < ARRAY_COUNT(accesses); i++) {
        const word_t label = accesses[i].label;

        EXPECT_EQ(invoke(ports, label, CAPS(), ARGS(NOBODY + 8 - accesses[i].bytes, 0)).label, 0);
        EXPECT_ERROR(invoke(ports, label, CAPS(), ARGS(NOBODY + 9 - accesses[i].bytes, 0)),
                     seL4_IllegalOperation);
        EXPECT_ERROR(invoke(ports, label, CAPS(), ARGS(NOBODY - 1, 0)), seL4_IllegalOperation);
    }
}

/* rules: x86_64 7 */
TEST(ioport, end_of_an_access_does_not_wrap)
{
    const word_t ports = ports_new(0xff00, 0xffff);

    EXPECT_ERROR(invoke(ports, X86IOPortIn32, CAPS(), ARGS(0xfffd)), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(ports, X86IOPortOut16, CAPS(), ARGS(0xffff, 0)), seL4_IllegalOperation);
    EXPECT_EQ(invoke(ports, X86IOPortIn32, CAPS(), ARGS(0xfffc)).label, seL4_NoError);
}

/* rules: x86_64 7 */
TEST(ioport, values_are_zero_extended)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);

    EXPECT_DONE(invoke(ports, X86IOPortIn8, CAPS(), ARGS(NOBODY)), 0xff);
    EXPECT_DONE(invoke(ports, X86IOPortIn16, CAPS(), ARGS(NOBODY)), 0xffff);
    EXPECT_DONE(invoke(ports, X86IOPortIn32, CAPS(), ARGS(NOBODY)), 0xffffffff);
}

/* rules: x86_64 7 */
TEST(ioport, written_bytes_reach_the_device)
{
    const word_t ports = ports_new(CMOS_INDEX, CMOS_DATA);
    static const word_t values[] = { 0x5a, 0xa5 };

    for (word_t i = 0; i < ARRAY_COUNT(values); i++) {
        EXPECT_DONE(invoke(ports, X86IOPortOut8, CAPS(), ARGS(CMOS_INDEX, SCRATCH)));
        EXPECT_DONE(invoke(ports, X86IOPortOut8, CAPS(), ARGS(CMOS_DATA, 0x1100 | values[i])));
        EXPECT_DONE(invoke(ports, X86IOPortOut8, CAPS(), ARGS(CMOS_INDEX, SCRATCH)));
        EXPECT_DONE(invoke(ports, X86IOPortIn8, CAPS(), ARGS(CMOS_DATA)), values[i]);
    }
}

/* rules: x86_64 7 */
TEST(ioport, ports_the_kernel_uses_are_not_reserved)
{
    static const word_t ports[] = { 0x20, 0x40, 0xa0 };

    for (word_t i = 0; i < ARRAY_COUNT(ports); i++) {
        EXPECT_DONE(issue(ports[i], ports[i] + 1, slot_new()));
    }
}

/* rules: x86_64 7, capabilities 4.3 */
TEST(ioport, revoking_the_control_takes_all_port_capabilities)
{
    const word_t ports = ports_new(NOBODY, NOBODY + 7);
    const word_t copy = cap_copy(ports);

    EXPECT_OK(cap_revoke(seL4_CapIOPortControl));
    const bool console_gone = slot_is_empty(console_ports());
    console_start(console_ports()); /* the suite's own was among them */
    EXPECT(console_gone);
    EXPECT(slot_is_empty(ports));
    EXPECT(slot_is_empty(copy));
    EXPECT_DONE(issue(NOBODY, NOBODY + 7, slot_new()));
}
