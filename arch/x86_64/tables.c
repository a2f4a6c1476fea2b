/* SPDX-License-Identifier: BSD-2-Clause */
/* GDT, IDT and TSS.  Intel SDM vol. 3A, 3.4.5, 6.14 and 8.7. */
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/tables.h>
#include <arch/x86_64/trap.h>
#include <kernel/core.h>

#define VECTOR_USER_FIRST 158u /* INT n from here on is an unknown system call (x86_64 4.4) */

/* Entry code of vector v: v stubs behind these. */
extern const char trap_stubs[], pti_stubs[];

#define SEGMENT_CODE 0x00209a0000000000u
#define SEGMENT_DATA 0x0000920000000000u
#define SEGMENT_TSS 0x0000890000000000u
#define SEGMENT_USER 0x0000600000000000u

static const word_t segments[] = {
    [1] = SEGMENT_CODE,
    [2] = SEGMENT_DATA,
    [4] = SEGMENT_DATA | SEGMENT_USER,
    [5] = SEGMENT_CODE | SEGMENT_USER,
    [6] = SEGMENT_DATA | SEGMENT_USER,
    [7] = SEGMENT_DATA | SEGMENT_USER, /* selectors that user programs may load into FS and GS */
    [8] = SEGMENT_DATA | SEGMENT_USER,
};
#define GDT_TSS 9 /* two words */

enum { GATE_INTERRUPT = 0x8e, GATE_USER = 3 << 5 };

struct tss tss;
struct user_view user_view __attribute__((aligned(4096)));
_Static_assert(sizeof user_view == 6 * 4096, "linker.ld");

struct table_register {
    uint16_t limit;
    word_t base;
} __attribute__((packed));

static enum ist vector_ist(word_t vector)
{
    switch (vector) {
    case VECTOR_DEBUG:
        return IST_DEBUG;
    case VECTOR_NMI:
        return IST_NMI;
    case VECTOR_DOUBLE_FAULT:
        return IST_DOUBLE_FAULT;
    case VECTOR_MACHINE_CHECK:
        return IST_MACHINE_CHECK;
    default:
        return IST_NONE;
    }
}

static word_t vector_entry(word_t vector)
{
    if (cpu.pti)
        return (word_t)pti_stubs + vector * PTI_STUB_BYTES;
    return (word_t)trap_stubs + vector * TRAP_STUB_BYTES;
}

void gate_set(struct gate *gate, word_t entry)
{
    *gate = (struct gate){
        .offset_low = (uint16_t)entry,
        .offset_middle = (uint16_t)(entry >> 16),
        .offset_high = (uint32_t)(entry >> 32),
        .selector = SELECTOR_KERNEL_CODE,
        .type = GATE_INTERRUPT,
    };
}

static void idt_fill(void)
{
    for (word_t v = 0; v < VECTORS; v++) {
        gate_set(&user_view.idt[v], vector_entry(v));
        user_view.idt[v].ist = (uint8_t)vector_ist(v);
        if (v == VECTOR_BREAKPOINT || v >= VECTOR_USER_FIRST)
            user_view.idt[v].type |= GATE_USER;
    }
}

static void tss_fill(struct tss *used)
{
    for (word_t i = 0; i < IST_COUNT - 1; i++)
        used->ist[i] = (word_t)(user_view.ist_stack[i] + IST_STACK_BYTES);
    used->io_bitmap = sizeof *used;
}

static void gdt_fill(word_t tss_base)
{
    for (word_t i = 0; i < sizeof segments / sizeof segments[0]; i++)
        user_view.gdt[i] = segments[i];
    user_view.gdt[GDT_TSS] = (tss_base & MASK(24)) << 16 | (tss_base >> 24 & MASK(8)) << 56 |
                             SEGMENT_TSS | (sizeof tss - 1);
    user_view.gdt[GDT_TSS + 1] = tss_base >> 32;
}

void tables_init(void)
{
    idt_fill();
    struct tss *used = cpu.pti ? &user_view.tss : &tss;
    tss_fill(used);
    user_view.tss.rsp0 = (word_t)(&user_view.stack + 1);
    tss.rsp0 = (word_t)(&core_this()->idle.context + 1); /* no other thread has run */
    gdt_fill((word_t)used);
    struct table_register gdtr = { sizeof user_view.gdt - 1, (word_t)user_view.gdt };
    struct table_register idtr = { sizeof user_view.idt - 1, (word_t)user_view.idt };
    __asm__ volatile("lgdt %0\n\t"
                     "lidt %1\n\t"
                     "ltr %w2\n\t"
                     "lldt %w5\n\t"
                     "mov %w3, %%ss\n\t"
                     "pushq %4\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:"
                     :
                     : "m"(gdtr), "m"(idtr), "r"(SELECTOR_TSS), "r"(SELECTOR_KERNEL_DATA),
                       "i"(SELECTOR_KERNEL_CODE), "r"(0)
                     : "rax", "memory");
}
