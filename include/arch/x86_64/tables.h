/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptor tables.  The selectors of user code and stack are part of the interface (boot 8). */
#pragma once
#include <kernel/types.h>

enum selector {
    SELECTOR_KERNEL_CODE = 1 << 3,
    SELECTOR_KERNEL_DATA = 2 << 3,
    SELECTOR_SYSRET_DATA = 4 << 3 | 3, /* what SYSRET loads into SS */
    SELECTOR_USER_CODE = 5 << 3 | 3,
    SELECTOR_USER_DATA = 6 << 3 | 3,
    SELECTOR_TSS = 9 << 3,
};

#define VECTORS 256u
#define TRAP_STUB_BYTES 16u /* entry code of a vector: entry.S */
#define PTI_STUB_BYTES 8u   /* pti.S */

enum ist { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_DEBUG, IST_COUNT };
#define IST_STACK_BYTES 4096u

/* Task state segment.  Intel SDM vol. 3A, figure 8-11. */
struct tss {
    uint32_t reserved0;
    word_t rsp0; /* stack on entry from user level */
    word_t rsp1, rsp2, reserved1;
    word_t ist[7];
    word_t reserved2;
    uint16_t reserved3;
    uint16_t io_bitmap; /* beyond the limit: every port access of user level faults */
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "the processor reads it");
_Static_assert(offsetof(struct tss, rsp0) == 4, "the processor reads it");

extern struct tss tss;

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "the processor reads it");

/* What the processor itself reads and writes on the way from user level into the kernel, in pages of its
 * own: with page-table isolation user mode can read these on some processors. */
struct user_view {
    word_t stack[64]; /* first: with isolation, where frames from user level go (pti.S) */
    struct tss tss;   /* with isolation, the processor's; rsp0 is the end of stack */
    word_t gdt[11];
    word_t kernel_root; /* with isolation: CR3 in the kernel */
    struct gate idt[256] __attribute__((aligned(4096)));
    uint8_t ist_stack[IST_COUNT - 1][IST_STACK_BYTES] __attribute__((aligned(4096)));
};
extern struct user_view user_view;

/* Lets a vector enter the kernel there. */
void gate_set(struct gate *gate, word_t entry);

/* Fills and loads GDT, IDT and TSS; there is no LDT.  Again when cpu.pti has changed. */
void tables_init(void);
