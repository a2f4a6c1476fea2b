/* SPDX-License-Identifier: BSD-2-Clause */
/* User registers by their numbers in the interface, and which values they may take.
 * Rules: docs/rules.md, threads 1.2, 1.3. */
#include <arch/x86_64/context.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/tables.h>

_Static_assert(offsetof(struct context, ip) + 5 * sizeof(word_t) == sizeof(struct context),
               "the processor pushes its frame at the end");
_Static_assert(offsetof(struct context, message) == 0 && offsetof(struct context, badge) == 32 &&
               offsetof(struct context, general) == 56, "the order of <arch/x86_64/registers.h>");
_Static_assert(sizeof(struct context) % 64 == 0, "the end is aligned, or the processor would align it");

/* Where a register is in struct context, in words: so lists of registers name them. */
#define WORD_OF(field) (uint8_t)(offsetof(struct context, field) / sizeof(word_t))

enum register_word {
    RIP = WORD_OF(ip),
    RSP = WORD_OF(sp),
    RFLAGS = WORD_OF(flags),
    RAX = WORD_OF(general[GENERAL_RAX]),
    RBX = WORD_OF(general[GENERAL_RBX]),
    RCX = WORD_OF(general[GENERAL_RCX]),
    RDX = WORD_OF(number),
    RSI = WORD_OF(info),
    RDI = WORD_OF(badge),
    RBP = WORD_OF(general[GENERAL_RBP]),
    R8 = WORD_OF(message[1]),
    R9 = WORD_OF(message[2]),
    R10 = WORD_OF(message[0]),
    R11 = WORD_OF(general[GENERAL_R11]),
    R12 = WORD_OF(general[GENERAL_R12]),
    R13 = WORD_OF(general[GENERAL_R13]),
    R14 = WORD_OF(general[GENERAL_R14]),
    R15 = WORD_OF(message[3]),
    FS_BASE = WORD_OF(tls_base),
    GS_BASE = WORD_OF(other_base),
};

const struct register_list context_registers = {
    CONTEXT_REGISTERS, 0, 2,
    { RIP, RSP, RFLAGS, RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, FS_BASE, GS_BASE },
};
const struct register_list context_syscall_message = {
    18, 15, 17,
    { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, RIP, RSP, RFLAGS },
};
const struct register_list context_exception_message = { 3, 0, 2, { RIP, RSP, RFLAGS } };

void context_create(struct context *c)
{
    c->flags = RFLAGS_FIXED | RFLAGS_IF;
    c->code_segment = SELECTOR_USER_CODE;
    c->stack_segment = SELECTOR_USER_DATA;
}

static bool covers(word_t first, word_t count, word_t place) { return place - first < count; }

void context_read(const struct context *c, const struct register_list *list, word_t first, word_t count,
                  word_t *words)
{
    const uint8_t *word = list->word + first;
#pragma GCC unroll 4
    for (word_t i = 0; i < count; i++)
        words[i] = ((const word_t *)c)[word[i]];
    if (covers(first, count, list->ip))
        words[list->ip - first] = context_fault_ip(c);
}

/* Flags that user level may choose: arithmetic ones and direction. */
static word_t sanitise_flags(word_t v)
{
    const word_t reserved = BIT(3) | BIT(5);
    return ((v | RFLAGS_FIXED | RFLAGS_IF) & ~(reserved | RFLAGS_TF)) & MASK(12);
}

static word_t sanitise_address(word_t v) { return is_canonical(v) ? v : 0; }

void context_write(struct context *c, const struct register_list *list, word_t first, word_t count,
                   const word_t *words)
{
    const uint8_t *word = list->word + first;
#pragma GCC unroll 4
    for (word_t i = 0; i < count; i++)
        ((word_t *)c)[word[i]] = words[i];
    if (covers(first, count, list->ip)) {
        c->ip = sanitise_address(c->ip);
        c->entry &= ~CONTEXT_STEP_BACK;
    }
    if (covers(first, count, list->flags))
        c->flags = sanitise_flags(c->flags);
    if (first + count > CONTEXT_FRAME_REGISTERS) { /* only the list of all registers is that long */
        c->tls_base = sanitise_address(c->tls_base);
        if (first + count > CONTEXT_FRAME_REGISTERS + 1)
            c->other_base = sanitise_address(c->other_base);
    }
}

void context_copy(struct context *to, const struct context *from, bool frame, bool integer)
{
    if (frame) {
        /* Some processors store where a jump wanted to go before they find that there is no such address. */
        word_t ip = sanitise_address(context_fault_ip(from));
        for (word_t i = 0; i < CONTEXT_FRAME_REGISTERS; i++)
            ((word_t *)to)[context_registers.word[i]] = ((const word_t *)from)[context_registers.word[i]];
        to->ip = ip;
        to->entry &= ~CONTEXT_STEP_BACK;
    }
    if (integer) {
        to->tls_base = from->tls_base;
        to->other_base = from->other_base;
    }
}

bool context_is_tls_base(word_t base) { return is_canonical(base); }
