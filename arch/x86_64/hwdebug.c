/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints and single-stepping of threads.  Rules: docs/rules.md, x86_64 10.
 *
 * The debug registers are loaded when the kernel leaves for a thread.  Breakpoints are at user
 * addresses, which the kernel never uses itself, so none is hit while it runs, but for one case:
 * see debug_entry.S. */
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/hwdebug.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/trap.h>
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>
#include <kernel/entry.h>
#include <kernel/invocation.h>

/* DR7: for each breakpoint an enabling bit and four bits that say when it is hit.  DR6: which one
 * was.  Intel SDM vol. 3B, 18.2.3 and 18.2.4. */
#define ENABLE(n) BIT(2 * (n))
#define CONDITION_SHIFT(n) (16 + 4 * (n))
#define CONDITION_ACCESS MASK(2)
#define CONDITION_SIZE_SHIFT 2
#define STATUS_HIT(n) BIT(n)
#define STATUS_STEP BIT(14)

enum access { ACCESS_EXECUTE = 0, ACCESS_WRITE = 1, ACCESS_READ_WRITE = 3 };

#define SIZES 4u
static const word_t size_of[SIZES] = { 1, 2, 8, 4 };

static struct breakpoints *breakpoints(struct tcb *t) { return &t->hwdebug.of[0]; }

static bool is_armed(const struct breakpoints *b, word_t n) { return b->control & ENABLE(n); }
static word_t condition(const struct breakpoints *b, word_t n)
{
    return b->control >> CONDITION_SHIFT(n) & MASK(4);
}
static enum access condition_access(word_t c) { return (enum access)(c & CONDITION_ACCESS); }

/* Methods -------------------------------------------------------------------------------------- */

/* These methods do not look at the length of the message.  A word of a buffer that is not there is
 * 0. */
static word_t any_argument(const struct invocation *inv, word_t index)
{
    if (index < MESSAGE_REGISTERS)
        return inv->caller->context.message[index];
    const word_t *buffer = tcb_buffer_readable(inv->caller);
    return buffer ? buffer[BUFFER_MESSAGE + index] : 0;
}

static struct breakpoints *target(const struct invocation *inv)
{
    return breakpoints(cap_tcb_object(inv->cap));
}

/* Breakpoint numbers are 16 bits wide in the interface. */
static word_t breakpoint_number(const struct invocation *inv)
{
    return any_argument(inv, 0) & MASK(16);
}

static seL4_Error fail_number(struct invocation *inv)
{
    return fail_range(inv, 0, BREAKPOINTS - 1, "breakpoint number");
}

static void disarm(struct breakpoints *b, word_t n)
{
    b->address[n] = 0;
    b->control &= ~(ENABLE(n) | MASK(4) << CONDITION_SHIFT(n));
}

/* Families and models as the interface lists them, not what later processors can do. */
static bool can_watch_8_bytes(void)
{
    return (cpu.family == 15 && (cpu.model == 3 || cpu.model == 4 || cpu.model == 6)) ||
           (cpu.family == 6 && (cpu.model == 15 || cpu.model == 23 || cpu.model == 0x1c));
}

static word_t size_code(word_t size)
{
    word_t code = 0;
    while (code < SIZES && size_of[code] != size)
        code++;
    return code;
}

static seL4_Error decode_instruction(struct invocation *inv, word_t size, word_t access)
{
    if (size)
        return fail_argument(inv, 3, "an instruction breakpoint has size 0");
    if (access != seL4_BreakOnRead)
        return fail_argument(inv, 4, "an instruction breakpoint has access \"read\"");
    return seL4_NoError;
}

static seL4_Error decode_data(struct invocation *inv, word_t address, word_t size, word_t access)
{
    if (!size)
        return fail_argument(inv, 3, "a data breakpoint needs a size");
    if (access >= seL4_MaxBreakpointAccess)
        return fail_argument(inv, 3, "no such kind of access");
    if (size_code(size) == SIZES)
        return fail_argument(inv, 3, "size is not 1, 2, 4 or 8");
    if (address % size)
        return fail_alignment(inv, "address is not a multiple of size");
    return seL4_NoError;
}

/* SetBreakpoint: 0 number, 1 address, 2 type, 3 size, 4 access. */
static seL4_Error invoke_set(struct invocation *inv)
{
    struct breakpoints *b = target(inv);
    word_t n = breakpoint_number(inv), address = any_argument(inv, 1), type = any_argument(inv, 2);
    word_t size = any_argument(inv, 3), access = any_argument(inv, 4);
    if (address >= USER_MAX)
        return fail_argument(inv, 1, "not a user address");
    if (type != seL4_DataBreakpoint && type != seL4_InstructionBreakpoint)
        return fail_argument(inv, 2, "not a type of breakpoint that can be set");
    seL4_Error error = type == seL4_InstructionBreakpoint ? decode_instruction(inv, size, access)
                                                          : decode_data(inv, address, size, access);
    if (error)
        return error;
    if (n >= BREAKPOINTS)
        return fail_number(inv);
    if (size == 8 && !can_watch_8_bytes())
        return fail_argument(inv, 3, "this processor cannot watch 8 bytes");

    word_t when = ACCESS_EXECUTE;
    if (type == seL4_DataBreakpoint)
        when = (access == seL4_BreakOnWrite ? ACCESS_WRITE : ACCESS_READ_WRITE) |
               size_code(size) << CONDITION_SIZE_SHIFT;
    invocation_commit(inv);
    disarm(b, n);
    b->address[n] = address;
    b->control |= ENABLE(n) | when << CONDITION_SHIFT(n);
    return seL4_NoError;
}

enum result { RESULT_ADDRESS, RESULT_TYPE, RESULT_SIZE, RESULT_ACCESS, RESULT_ENABLED, RESULTS };

/* One that is not armed reads as an instruction breakpoint. */
static void describe(const struct breakpoints *b, word_t n, word_t result[RESULTS])
{
    word_t c = condition(b, n);
    bool data = condition_access(c) != ACCESS_EXECUTE;
    result[RESULT_ADDRESS] = b->address[n];
    result[RESULT_TYPE] = data ? seL4_DataBreakpoint : seL4_InstructionBreakpoint;
    result[RESULT_SIZE] = data ? size_of[c >> CONDITION_SIZE_SHIFT] : 0;
    result[RESULT_ACCESS] = condition_access(c) == ACCESS_WRITE ? seL4_BreakOnWrite
                            : data                              ? seL4_BreakOnReadWrite
                                                                : seL4_BreakOnRead;
    result[RESULT_ENABLED] = is_armed(b, n);
}

/* GetBreakpoint: 0 number. */
static seL4_Error invoke_get(struct invocation *inv)
{
    word_t n = breakpoint_number(inv), result[RESULTS];
    if (n >= BREAKPOINTS)
        return fail_number(inv);
    describe(target(inv), n, result);
    tcb_return_words(inv, result, RESULTS);
    return seL4_NoError;
}

/* UnsetBreakpoint: 0 number. */
static seL4_Error invoke_unset(struct invocation *inv)
{
    word_t n = breakpoint_number(inv);
    if (n >= BREAKPOINTS)
        return fail_number(inv);
    invocation_commit(inv);
    disarm(target(inv), n);
    return seL4_NoError;
}

static void step(struct tcb *t, word_t count)
{
    struct breakpoints *b = breakpoints(t);
    b->steps = count;
    b->stepping = count != 0;
    if (!b->stepping)
        t->context.flags &= ~(word_t)RFLAGS_TF;
}

/* ConfigureSingleStepping: 0 not used, 1 count.  The result says that no breakpoint was taken for
 * it. */
static seL4_Error invoke_step(struct invocation *inv)
{
    step(cap_tcb_object(inv->cap), any_argument(inv, 1));
    invocation_return_word(inv, false);
    return seL4_NoError;
}

seL4_Error hwdebug_invoke(struct invocation *inv)
{
    switch (inv->label) {
    case TCBSetBreakpoint:
        return invoke_set(inv);
    case TCBGetBreakpoint:
        return invoke_get(inv);
    case TCBUnsetBreakpoint:
        return invoke_unset(inv);
    case TCBConfigureSingleStepping:
        return invoke_step(inv);
    default:
        return fail_illegal(inv, "no method of a TCB");
    }
}

/* Exceptions ----------------------------------------------------------------------------------- */

/* Counts an executed instruction.  True: it is time for a report. */
static bool count_step(struct breakpoints *b)
{
    bool last = b->steps <= 1;
    b->steps -= last ? b->steps : 1;
    return last;
}

static noreturn void report(word_t reason, word_t address, word_t n)
{
    struct fault fault = {
        .type = seL4_Fault_DebugException, .word = { reason, address }, .status = n,
    };
    entry_fault(&fault);
}

static noreturn void report_hit(struct tcb *t, word_t n)
{
    const struct breakpoints *b = breakpoints(t);
    bool data = condition_access(condition(b, n)) != ACCESS_EXECUTE;
    /* Otherwise it would be hit again when the thread goes on: the instruction is still to come. */
    if (!data)
        t->context.flags |= RFLAGS_RF;
    report(data ? seL4_DataBreakpoint : seL4_InstructionBreakpoint, b->address[n], n);
}

noreturn void hwdebug_trap(struct tcb *t, word_t vector)
{
    struct breakpoints *b = breakpoints(t);
    if (vector == VECTOR_BREAKPOINT)
        report(seL4_SoftwareBreakRequest, 0, 0);
    word_t status = read_dr6();
    write_dr6(DEBUG_STATUS_NONE);
    bool stepped = (status & STATUS_STEP) && count_step(b);
    /* The processor also tells of conditions that are met but not enabled. */
    for (word_t n = 0; n < BREAKPOINTS; n++)
        if ((status & STATUS_HIT(n)) && is_armed(b, n))
            report_hit(t, n);
    if (stepped)
        report(seL4_SingleStep, 0, 0);
    arch_switch_to(t);
}

word_t hwdebug_fault_words(const struct tcb *t, word_t *words)
{
    const struct fault *f = &t->fault;
    words[seL4_DebugException_FaultIP] = context_fault_ip(&t->context);
    words[seL4_DebugException_ExceptionReason] = f->word[0];
    if (f->word[0] != seL4_DataBreakpoint && f->word[0] != seL4_InstructionBreakpoint)
        return seL4_DebugException_ExceptionReason + 1;
    words[seL4_DebugException_TriggerAddress] = f->word[1];
    words[seL4_DebugException_BreakpointNumber] = f->status;
    return seL4_DebugException_Length;
}

void hwdebug_fault_reply(struct tcb *t, word_t length, word_t first)
{
    if (t->fault.word[0] == seL4_SingleStep)
        step(t, length >= 2 ? first : 1);
}

/* Registers ------------------------------------------------------------------------------------ */

void hwdebug_load(struct tcb *t)
{
    const struct breakpoints *b = breakpoints(t);
    if (b->stepping)
        t->context.flags |= RFLAGS_TF;
    if (b->control) {
        write_dr0(b->address[0]);
        write_dr1(b->address[1]);
        write_dr2(b->address[2]);
        write_dr3(b->address[3]);
    }
    core_this()->arch.debug_control = b->control;
    write_dr7(b->control | DEBUG_CONTROL_NONE);
}

void hwdebug_registers_copied(struct tcb *t)
{
    t->context.flags &= ~(word_t)(RFLAGS_TF | RFLAGS_RF);
}
