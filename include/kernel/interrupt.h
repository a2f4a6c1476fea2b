/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt lines as capabilities, and their delivery.  Rules: docs/rules.md, interrupts. */
#pragma once
#include <arch/irq.h>
#include <kernel/invocation.h>

enum irq_state {
    IRQ_INACTIVE, /* may be issued; masked */
    IRQ_SIGNAL,   /* a handler capability exists */
    IRQ_TIMER,    /* the kernel's own */
    IRQ_RESERVED, /* never issued */
};

/*   1  the slot is empty unless the state is IRQ_SIGNAL; it holds a notification capability
 *   2  the state is IRQ_SIGNAL exactly as long as there is a handler capability */
struct irq_line {
    enum irq_state state;
    struct slot notification;
};

/* An interrupt has arrived while a thread or the idle loop ran. */
void interrupt_handle(word_t irq);

/* Effect of issuing a handler: the line is live and unmasked, its capability in dest. */
void interrupt_issue(word_t irq, struct slot *dest, struct slot *control);

/* The last handler capability is being deleted: forget the notification. */
void interrupt_finalise(word_t irq);
/* Its slot is empty now: the line may be issued again. */
void interrupt_release(word_t irq);

seL4_Error irq_control_invoke(struct invocation *inv);
seL4_Error irq_handler_invoke(struct invocation *inv);
