/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports: ranges are issued once, and used through their capabilities. */
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/ioport.h>
#include <kernel/abi.h>

word_t io_ports_issued[IO_PORTS / WORD_BITS];

/* The bits of word i that belong to ports first..last. */
static word_t range_bits(word_t i, word_t first, word_t last)
{
    word_t bits = ~(word_t)0;
    if (i == first / WORD_BITS)
        bits &= ~(word_t)0 << first % WORD_BITS;
    if (i == last / WORD_BITS)
        bits &= ~(word_t)0 >> (WORD_BITS - 1 - last % WORD_BITS);
    return bits;
}

static bool any_issued(word_t first, word_t last)
{
    for (word_t i = first / WORD_BITS; i <= last / WORD_BITS; i++)
        if (io_ports_issued[i] & range_bits(i, first, last))
            return true;
    return false;
}

void io_port_release(struct cap ports)
{
    word_t first = cap_io_port_first(ports), last = cap_io_port_last(ports);
    for (word_t i = first / WORD_BITS; i <= last / WORD_BITS; i++)
        io_ports_issued[i] &= ~range_bits(i, first, last);
}

/* Issue: 0 first port, 1 last port, 2 index, 3 depth; extra 0 root. */
seL4_Error io_port_control_invoke(struct invocation *inv)
{
    struct slot *dest;
    if (inv->label != X86IOPortControlIssue)
        return fail_illegal(inv, "no method of I/O port control");
    if (!has_arguments(inv, 4, 1))
        return fail_truncated(inv);
    word_t first = argument(inv, 0) % IO_PORTS, last = argument(inv, 1) % IO_PORTS;
    if (last < first)
        return fail_argument(inv, 1, "last port below the first");
    if (any_issued(first, last))
        return fail_revoke_first(inv, "some of the ports are issued already");
    seL4_Error error =
        cspace_empty_slot_decode(inv, &inv->extra.slot[0]->cap, argument(inv, 2), argument(inv, 3), &dest);
    if (error)
        return error;
    invocation_commit(inv);
    for (word_t i = first / WORD_BITS; i <= last / WORD_BITS; i++)
        io_ports_issued[i] |= range_bits(i, first, last);
    slot_insert_derived(dest, cap_io_port(first, last), inv->slot);
    return seL4_NoError;
}

static bool range_allows(struct cap ports, word_t port, word_t bytes)
{
    return port >= cap_io_port_first(ports) && port + bytes - 1 <= cap_io_port_last(ports);
}

static seL4_Error invoke_in(struct invocation *inv, word_t bytes)
{
    if (!has_arguments(inv, 1, 0))
        return fail_truncated(inv);
    uint16_t port = (uint16_t)argument(inv, 0);
    if (!range_allows(inv->cap, port, bytes))
        return fail_illegal(inv, "port outside the range of the capability");
    invocation_return_word(inv, bytes == 1 ? in8(port) : bytes == 2 ? in16(port) : in32(port));
    return seL4_NoError;
}

static seL4_Error invoke_out(struct invocation *inv, word_t bytes)
{
    if (!has_arguments(inv, 2, 0))
        return fail_truncated(inv);
    uint16_t port = (uint16_t)argument(inv, 0);
    word_t data = argument(inv, 1);
    if (!range_allows(inv->cap, port, bytes))
        return fail_illegal(inv, "port outside the range of the capability");
    invocation_commit(inv);
    if (bytes == 1)
        out8(port, (uint8_t)data);
    else if (bytes == 2)
        out16(port, (uint16_t)data);
    else
        out32(port, (uint32_t)data);
    return seL4_NoError;
}

seL4_Error io_port_invoke(struct invocation *inv)
{
    switch (inv->label) {
    case X86IOPortIn8:
        return invoke_in(inv, 1);
    case X86IOPortIn16:
        return invoke_in(inv, 2);
    case X86IOPortIn32:
        return invoke_in(inv, 4);
    case X86IOPortOut8:
        return invoke_out(inv, 1);
    case X86IOPortOut16:
        return invoke_out(inv, 2);
    case X86IOPortOut32:
        return invoke_out(inv, 4);
    default:
        return fail_illegal(inv, "no method of I/O ports");
    }
}
