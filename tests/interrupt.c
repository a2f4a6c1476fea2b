/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: issuing handlers, binding, delivery, masking.  Sources are the transmitter-empty
 * interrupt of the first serial port, the timer chip, and a PCI device. */
#include "../rootserver/edu.h"
#include "../rootserver/guard.h"
#include "test.h"

enum {
    SERIAL_PIN = 4,
    TIMER_PIN = 2,
    SERIAL_ENABLE = CONSOLE_BASE + 1,
    SERIAL_ID = CONSOLE_BASE + 2,
    TIMER_PORTS = 0x40,
    LAST_VECTOR = 107,
    PINS = 24,
    TRANSMITTER_EMPTY = 2,
};

static struct reply get_ioapic(struct words caps, word_t slot, word_t depth, word_t ioapic,
                               word_t pin, word_t level, word_t polarity, word_t vector)
{
    return invoke(seL4_CapIRQControl, X86IRQIssueIRQHandlerIOAPIC, caps,
                  ARGS(slot, depth, ioapic, pin, level, polarity, vector));
}

static struct reply get_msi(word_t slot, word_t bus, word_t dev, word_t function, word_t handle,
                            word_t vector)
{
    return invoke(seL4_CapIRQControl, X86IRQIssueIRQHandlerMSI, CAPS(ROOT),
                  ARGS(slot, 64, bus, dev, function, handle, vector));
}

static word_t handler_new(word_t pin, word_t vector)
{
    const word_t slot = slot_new();

    ASSERT_OK(
        seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, slot, DEPTH, 0, pin, 0, 0, vector));
    return slot;
}

static word_t msi_handler_new(word_t vector)
{
    const word_t slot = slot_new();

    ASSERT_EQ(get_msi(slot, 0, 0, 0, 0, vector).label, seL4_NoError);
    return slot;
}

/* rules: interrupts 2.2, interrupts subtlety 8, x86_64 8 */
TEST(interrupt, unknown_label_comes_before_length)
{
    EXPECT_ERROR(invoke(seL4_CapIRQControl, IRQAckIRQ, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(seL4_CapIRQControl, X86PageMap, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: interrupts 2.1, interrupts subtlety 6, interrupts subtlety 7, x86_64 subtlety 15 */
TEST(interrupt, legacy_get_is_illegal_once_complete)
{
    EXPECT_ERROR(invoke(seL4_CapIRQControl, IRQIssueIRQHandler, CAPS(ROOT), ARGS(3, slot_new())),
                 seL4_TruncatedMessage);
    EXPECT_ERROR(invoke(seL4_CapIRQControl, IRQIssueIRQHandler, CAPS(), ARGS(3, slot_new(), 64)),
                 seL4_TruncatedMessage);
    for (word_t irq = 0; irq < 130; irq++) {
        EXPECT_ERROR(
            invoke(seL4_CapIRQControl, IRQIssueIRQHandler, CAPS(ROOT), ARGS(irq, SELF, 99)),
            seL4_IllegalOperation);
    }
}

/* rules: interrupts 2.2, x86_64 8 */
TEST(interrupt, short_message_is_truncated)
{
    static const word_t labels[] = { X86IRQIssueIRQHandlerIOAPIC, X86IRQIssueIRQHandlerMSI };

    for (word_t i = 0; i < ARRAY_COUNT(labels); i++) {
        EXPECT_ERROR(
            invoke(seL4_CapIRQControl, labels[i], CAPS(ROOT), ARGS(slot_new(), 64, 0, 0, 0, 0)),
            seL4_TruncatedMessage);
        EXPECT_ERROR(
            invoke(seL4_CapIRQControl, labels[i], CAPS(), ARGS(slot_new(), 64, 0, 0, 0, 0, 999)),
            seL4_TruncatedMessage);
    }
}

/* rules: interrupts 2.2, x86_64 8 */
TEST(interrupt, vector_is_0_to_107)
{
    static const word_t bad[] = { 108, 109, 255, BIT(32), ~(word_t)0 };
    const word_t slot = slot_new();

    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(get_ioapic(CAPS(SELF), SELF, 99, 9, 99, 9, 9, bad[i]), seL4_RangeError, 0,
                     LAST_VECTOR);
        EXPECT_ERROR(get_msi(slot, 999, 99, 9, 0, bad[i]), seL4_RangeError, 0, LAST_VECTOR);
    }
    EXPECT_DONE(get_msi(slot, 0, 0, 0, 0, LAST_VECTOR));
    EXPECT_DONE(get_msi(slot_new(), 0, 0, 0, 0, 0));
}

/* rules: interrupts 2.2, x86_64 8 */
TEST(interrupt, issued_vector_is_refused_before_the_destination)
{
    (void)msi_handler_new(50);
    EXPECT_ERROR(get_ioapic(CAPS(SELF), SELF, 99, 9, 99, 9, 9, 50), seL4_RevokeFirst);
    EXPECT_ERROR(get_msi(SELF, 999, 99, 9, 0, 50), seL4_RevokeFirst);
}

/* rules: interrupts 2.2, x86_64 8 */
TEST(interrupt, destination_is_checked_before_the_hardware)
{
    EXPECT_ERROR(get_ioapic(CAPS(SELF), slot_new(), 64, 9, 99, 9, 9, 50), seL4_FailedLookup, 0,
                 seL4_InvalidRoot);
    EXPECT_ERROR(get_ioapic(CAPS(ROOT), slot_new(), 0, 9, 99, 9, 9, 50), seL4_RangeError, 1, 64);
    EXPECT_ERROR(get_ioapic(CAPS(ROOT), SELF, 64, 9, 99, 9, 9, 50), seL4_DeleteFirst);
}

/* rules: interrupts 2.2, x86_64 8 (6) */
TEST(interrupt, hardware_parameters_of_an_ioapic_line)
{
    const word_t slot = slot_new();

    EXPECT_ERROR(get_ioapic(CAPS(ROOT), slot, 64, 1, 99, 9, 9, 50), seL4_RangeError, 0, 0);
    EXPECT_ERROR(get_ioapic(CAPS(ROOT), slot, 64, 0, PINS, 9, 9, 50), seL4_RangeError, 0, PINS - 1);
    EXPECT_ERROR(get_ioapic(CAPS(ROOT), slot, 64, 0, 3, 2, 9, 50), seL4_RangeError, 0, 1);
    EXPECT_ERROR(get_ioapic(CAPS(ROOT), slot, 64, 0, 3, 1, 2, 50), seL4_RangeError, 0, 1);
    EXPECT(slot_is_empty(slot));
    EXPECT_DONE(get_ioapic(CAPS(ROOT), slot, 64, 0, PINS - 1, 1, 1, 50));
    EXPECT_DONE(get_ioapic(CAPS(ROOT), slot_new(), 64, 0, PINS - 1, 0, 0, 51));
}

/* rules: interrupts 2.2, x86_64 8 (6) */
TEST(interrupt, hardware_parameters_of_a_message_interrupt)
{
    const word_t slot = slot_new();

    EXPECT_ERROR(get_msi(slot, 256, 32, 8, 0, 50), seL4_RangeError, 0, 255);
    EXPECT_ERROR(get_msi(slot, 255, 32, 8, 0, 50), seL4_RangeError, 0, 31);
    EXPECT_ERROR(get_msi(slot, 255, 31, 8, 0, 50), seL4_RangeError, 0, 7);
    EXPECT(slot_is_empty(slot));
    EXPECT_DONE(get_msi(slot, 255, 31, 7, ~(word_t)0, 50));
}

/* rules: interrupts 3 */
TEST(interrupt, handler_refuses_unknown_labels)
{
    const word_t handler = msi_handler_new(50);

    EXPECT_ERROR(invoke(handler, IRQIssueIRQHandler, CAPS(), ARGS()), seL4_IllegalOperation);
    EXPECT_ERROR(invoke(handler, IRQClearIRQHandler + 1, CAPS(), ARGS()), seL4_IllegalOperation);
}

/* rules: interrupts 3, interrupts subtlety 3 */
TEST(interrupt, ack_and_clear_always_succeed)
{
    const word_t handlers[] = { msi_handler_new(50), handler_new(23, 51) };

    for (word_t i = 0; i < ARRAY_COUNT(handlers); i++) {
        EXPECT_DONE(invoke(handlers[i], IRQAckIRQ, CAPS(), ARGS()));
        EXPECT_DONE(invoke(handlers[i], IRQClearIRQHandler, CAPS(), ARGS()));
        EXPECT_DONE(invoke(handlers[i], IRQClearIRQHandler, CAPS(), ARGS()));
    }
}

/* rules: interrupts 3, interrupts subtlety 1, interrupts subtlety 2, x86_64 subtlety 11 */
TEST(interrupt, set_needs_a_notification_with_the_right_to_send)
{
    const word_t handler = msi_handler_new(50);
    const word_t ntfn = notification_new();
    const word_t bad[] = { slot_new(), endpoint_new(), cap_mint_with(ntfn, seL4_CanRead, 0) };

    EXPECT_ERROR(invoke(handler, IRQSetIRQHandler, CAPS(), ARGS()), seL4_TruncatedMessage);
    for (word_t i = 0; i < ARRAY_COUNT(bad); i++) {
        EXPECT_ERROR(invoke(handler, IRQSetIRQHandler, CAPS(bad[i]), ARGS()),
                     seL4_InvalidCapability, 0);
    }
    EXPECT_DONE(
        invoke(handler, IRQSetIRQHandler, CAPS(cap_mint_with(ntfn, seL4_CanWrite, 0)), ARGS()));
    EXPECT_DONE(invoke(handler, IRQSetIRQHandler, CAPS(ntfn), ARGS()));
}

/* rules: interrupts 6 */
TEST(interrupt, vector_is_free_after_the_last_handler_is_deleted)
{
    const word_t handler = msi_handler_new(50);
    const word_t copy = cap_copy(handler);

    EXPECT_OK(cap_delete(handler));
    EXPECT_ERROR(get_msi(slot_new(), 0, 0, 0, 0, 50), seL4_RevokeFirst);
    EXPECT_OK(cap_delete(copy));
    EXPECT_DONE(get_msi(slot_new(), 0, 0, 0, 0, 50));
}

/* rules: interrupts 6 */
TEST(interrupt, revoking_a_handler_deletes_only_copies)
{
    const word_t handler = msi_handler_new(50);
    const word_t copy = cap_copy(handler);

    EXPECT_OK(cap_revoke(handler));
    EXPECT(slot_is_empty(copy));
    EXPECT_ERROR(get_msi(slot_new(), 0, 0, 0, 0, 50), seL4_RevokeFirst);
    EXPECT_OK(cap_revoke(seL4_CapIRQControl));
    EXPECT(slot_is_empty(handler));
    EXPECT_DONE(get_msi(slot_new(), 0, 0, 0, 0, 50));
}

/* rules: interrupts 3, interrupts subtlety 13 */
TEST(interrupt, mint_of_a_handler_is_a_copy)
{
    const word_t copy = cap_mint_with(msi_handler_new(50), seL4_NoRights, 0x1234);

    EXPECT_DONE(invoke(copy, IRQAckIRQ, CAPS(), ARGS()));
}

/* rules: interrupts 3 */
TEST(interrupt, binding_keeps_the_notification_alive)
{
    const word_t handler = msi_handler_new(50);
    const word_t ntfn = notification_new();
    const word_t copy = cap_copy(ntfn);
    const word_t faults = endpoint_new();
    struct thread *t = thread_with_handler(faults);
    struct message m;

    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, copy));
    thread_recv(t, ntfn);
    EXPECT_OK(cap_delete(copy));
    EXPECT_OK(cap_delete(ntfn));
    EXPECT(!message_poll(faults, &m));         /* still waiting */
    EXPECT_OK(seL4_IRQHandler_Clear(handler)); /* that was the last one: the wait is repeated */
    EXPECT(message_poll(faults, &m));
}

/* rules: interrupts 3 */
TEST(interrupt, new_binding_replaces_the_old_one)
{
    const word_t handler = msi_handler_new(50);
    const word_t ntfn = notification_new();
    const word_t faults = endpoint_new();
    struct thread *t = thread_with_handler(faults);
    struct message m;

    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, ntfn));
    thread_recv(t, ntfn);
    EXPECT_OK(cap_delete(ntfn));
    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, notification_new()));
    EXPECT(message_poll(faults, &m)); /* the old notification is gone */
}

/* rules: interrupts 6 */
TEST(interrupt, deleted_handler_releases_its_notification)
{
    const word_t handler = msi_handler_new(50);
    const word_t ntfn = notification_new();
    const word_t faults = endpoint_new();
    struct thread *t = thread_with_handler(faults);
    struct message m;

    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, ntfn));
    thread_recv(t, ntfn);
    EXPECT_OK(cap_delete(ntfn));
    EXPECT(!message_poll(faults, &m));
    EXPECT_OK(cap_delete(handler));
    EXPECT(message_poll(faults, &m));
}

/* rules: interrupts 6 */
TEST(interrupt, handlers_outlive_a_moved_control)
{
    const word_t handler = msi_handler_new(50);
    const word_t slot = slot_new();

    EXPECT_OK(cap_move(slot, seL4_CapIRQControl));
    EXPECT_DONE(invoke(handler, IRQAckIRQ, CAPS(), ARGS()));
    EXPECT_OK(cap_revoke(slot));
    EXPECT(slot_is_empty(handler));
    EXPECT_OK(cap_move(seL4_CapIRQControl, slot));
}

/* ---- delivery ---- */

/* The serial port asks for an interrupt as soon as this is enabled, the transmitter being idle. */
static void serial_request(bool on)
{
    (void)seL4_X86_IOPort_In8(console_ports(), SERIAL_ID); /* clears an old request */
    (void)seL4_X86_IOPort_Out8(console_ports(), SERIAL_ENABLE, on ? TRANSMITTER_EMPTY : 0);
}

/* Whether a signal comes within some milliseconds. */
static word_t signal_within(word_t ntfn, word_t ms)
{
    const word_t start = clock_stamp();
    word_t badge;

    do {
        badge = notification_poll(ntfn);
    } while (!badge && clock_stamp() - start < clock_from_ms(ms));
    return badge;
}

/* A serial handler bound to a fresh notification with badge 5. */
struct line {
    word_t handler, ntfn;
};

static struct line serial_line(void)
{
    serial_request(false);
    const struct line line = { handler_new(SERIAL_PIN, 20), notification_new() };

    ASSERT_OK(seL4_IRQHandler_SetNotification(line.handler, cap_mint(line.ntfn, 5)));
    return line;
}

/* rules: interrupts 4, interrupts 2.1.6 */
TEST(interrupt, line_signals_its_notification)
{
    const struct line line = serial_line();

    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 100), 5);
    serial_request(false);
}

/* rules: interrupts 4, interrupts 3, x86_64 subtlety 24 */
TEST(interrupt, line_is_masked_until_ack)
{
    const struct line line = serial_line();

    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 100), 5);
    serial_request(false);
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 5), 0);
    serial_request(false);
    EXPECT_OK(seL4_IRQHandler_Ack(line.handler));
    (void)signal_within(line.ntfn, 5); /* an edge kept by the controller, if any */
    EXPECT_OK(seL4_IRQHandler_Ack(line.handler));
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 100), 5);
    serial_request(false);
}

/* A level-triggered line that stays asserted would interrupt without end, were it not masked: nothing above
 * its handler would go on.  rules: interrupts 4, interrupts 3 */
TEST(interrupt, storm_is_over_once_its_line_is_masked)
{
    const word_t ntfn = notification_new(), handler = slot_new();
    enum { LEVEL = 1 };

    serial_request(false);
    ASSERT_OK(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, ROOT, handler, DEPTH, 0, SERIAL_PIN, LEVEL, 0, 20));
    ASSERT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 5)));
    (void)seL4_X86_IOPort_Out8(console_ports(), SERIAL_ENABLE, TRANSMITTER_EMPTY); /* never taken back */
    for (word_t i = 0; i < 50; i++) {
        EXPECT_EQ(signal_within(ntfn, 100), 5);
        EXPECT_EQ(notification_poll(ntfn), 0); /* once for each Ack */
        EXPECT_OK(seL4_IRQHandler_Ack(handler));
    }
    EXPECT_EQ(signal_within(ntfn, 100), 5);
    EXPECT_EQ(signal_within(ntfn, 10), 0);
    serial_request(false);
}

/* rules: interrupts 4 */
TEST(interrupt, waiting_thread_is_woken_and_preempts)
{
    const struct line line = serial_line();
    struct thread *t = thread_new();

    thread_recv(t, line.ntfn);
    serial_request(true);
    const word_t start = clock_stamp();
    while (!thread_finished(t) && clock_stamp() - start < clock_from_ms(100)) {
    }
    serial_request(false);
    EXPECT(thread_finished(t));
    EXPECT_EQ(thread_result(t).badge, 5);
}

/* rules: interrupts 4, threads 4 */
TEST(interrupt, idle_processor_takes_interrupts)
{
    const struct line line = serial_line();

    serial_request(true);
    EXPECT_EQ(message_recv(line.ntfn).badge, 5); /* everybody waits meanwhile */
    serial_request(false);
}

/* rules: interrupts subtlety 12, ipc 7 */
TEST(interrupt, bound_thread_is_woken_from_an_endpoint)
{
    const struct line line = serial_line();

    ASSERT_OK(seL4_TCB_BindNotification(SELF, line.ntfn));
    serial_request(true);
    EXPECT_EQ(message_recv(endpoint_new()).badge, 5);
    serial_request(false);
}

/* rules: interrupts 3, interrupts subtlety 5 */
TEST(interrupt, cleared_handler_delivers_nothing_and_masks)
{
    const struct line line = serial_line();

    EXPECT_OK(seL4_IRQHandler_Clear(line.handler));
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 5), 0);
    serial_request(false);
    EXPECT_OK(seL4_IRQHandler_SetNotification(line.handler, cap_mint(line.ntfn, 6)));
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 5), 0); /* masked by the undelivered one */
    serial_request(false);
}

/* rules: interrupts subtlety 4 */
TEST(interrupt, undelivered_interrupt_masks_until_ack)
{
    serial_request(false);
    const word_t handler = handler_new(SERIAL_PIN, 20);
    const word_t ntfn = notification_new();

    serial_request(true);
    clock_spin_ms(2);
    serial_request(false);
    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 7)));
    serial_request(true);
    EXPECT_EQ(signal_within(ntfn, 5), 0);
    serial_request(false);
    EXPECT_OK(seL4_IRQHandler_Ack(handler));
    (void)signal_within(ntfn, 5);
    EXPECT_OK(seL4_IRQHandler_Ack(handler));
    serial_request(true);
    EXPECT_EQ(signal_within(ntfn, 100), 7);
    serial_request(false);
}

/* rules: interrupts 3, interrupts subtlety 10, interrupts subtlety 11 */
TEST(interrupt, revoking_the_notification_unbinds_silently)
{
    serial_request(false);
    const word_t handler = handler_new(SERIAL_PIN, 20);
    const word_t ntfn = notification_new();

    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 5)));
    EXPECT_OK(cap_revoke(ntfn));
    serial_request(true);
    EXPECT_EQ(signal_within(ntfn, 5), 0);
    serial_request(false);
    EXPECT_OK(seL4_IRQHandler_Ack(handler));
}

/* rules: interrupts subtlety 9 */
TEST(interrupt, binding_survives_the_deletion_of_its_source)
{
    serial_request(false);
    const word_t handler = handler_new(SERIAL_PIN, 20);
    const word_t ntfn = notification_new();
    const word_t badged = cap_mint(ntfn, 9);

    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, badged));
    EXPECT_OK(cap_delete(badged));
    serial_request(true);
    EXPECT_EQ(signal_within(ntfn, 100), 9);
    serial_request(false);
}

/* rules: interrupts 6 */
TEST(interrupt, deleted_handler_masks_its_line)
{
    const struct line line = serial_line();

    EXPECT_OK(cap_delete(line.handler));
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 5), 0);
    serial_request(false);
}

/* rules: interrupts 4, threads 5.4: nothing else runs meanwhile, the interrupts find the processor idle */
TEST(interrupt, timer_chip_interrupts_repeatedly)
{
    const word_t ports = slot_new();
    const word_t ntfn = notification_new();

    ASSERT_OK(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, TIMER_PORTS, TIMER_PORTS + 3,
                                           ROOT, ports, DEPTH));
    const word_t handler = handler_new(TIMER_PIN, 21);
    ASSERT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 3)));
    (void)seL4_X86_IOPort_Out8(ports, TIMER_PORTS + 3, 0x34); /* channel 0, rate generator */
    (void)seL4_X86_IOPort_Out8(ports, TIMER_PORTS, 0x00);
    (void)seL4_X86_IOPort_Out8(ports, TIMER_PORTS, 0x08); /* every 1.7 ms */
    guard_watch(false);
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ(message_recv(ntfn).badge, 3);
        EXPECT_OK(seL4_IRQHandler_Ack(handler));
    }
    guard_watch(true);
    (void)seL4_X86_IOPort_Out8(ports, TIMER_PORTS + 3, 0x30); /* one shot, never started */
}

/* rules: x86_64 8 (6) */
TEST(interrupt, pin_issued_again_goes_to_the_newer_vector)
{
    const struct line line = serial_line();
    const word_t newer = handler_new(SERIAL_PIN, 22);
    const word_t ntfn = notification_new();

    EXPECT_OK(seL4_IRQHandler_SetNotification(newer, cap_mint(ntfn, 8)));
    EXPECT_OK(seL4_IRQHandler_Ack(line.handler)); /* it has no pin any more */
    serial_request(true);
    EXPECT_EQ(signal_within(ntfn, 100), 8);
    serial_request(false);
    EXPECT_EQ(notification_poll(line.ntfn), 0);
}

/* rules: x86_64 8 (MSI) */
TEST(interrupt, message_handler_has_nothing_to_do_with_a_former_pin)
{
    const struct line line = serial_line();

    EXPECT_OK(cap_delete(line.handler)); /* vector 20 had a pin */
    const word_t handler = msi_handler_new(20);
    EXPECT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(line.ntfn, 6)));
    serial_request(true);
    EXPECT_EQ(signal_within(line.ntfn, 5), 0);
    EXPECT_OK(seL4_IRQHandler_Ack(handler));
    EXPECT_EQ(signal_within(line.ntfn, 5), 0);
    serial_request(false);
}

/* rules: interrupts 4, x86_64 8 (delivery) */
TEST(interrupt, message_interrupts_arrive_and_are_never_masked)
{
    const word_t ntfn = notification_new();

    if (!edu_start()) {
        return;
    }
    const word_t handler = msi_handler_new(60);
    ASSERT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 2)));
    for (int i = 0; i < 3; i++) {
        edu_interrupt(60);
        EXPECT_EQ(signal_within(ntfn, 100), 2);
    }
}

/* rules: interrupts 4, x86_64 8 (delivery) */
TEST(interrupt, interrupts_of_free_vectors_are_ignored)
{
    if (!edu_start()) {
        return;
    }
    for (word_t vector = 0; vector <= LAST_VECTOR; vector += 11) {
        edu_interrupt(vector);
    }
    clock_spin_ms(1);
    EXPECT_EQ(notification_poll(notification_new()), 0);
}

/* A device may be told a vector that is no interrupt's.  Unanswered it would hold up the tick and every line.
 * rules: interrupts 4, x86_64 5.3 */
TEST(interrupt, vectors_beyond_the_interrupts_hold_up_nothing)
{
    static const word_t beyond[] = { 158, 159, 200, 239, 254, 255 };
    const struct line line = serial_line();

    if (!edu_start()) {
        return;
    }
    for (word_t i = 0; i < ARRAY_COUNT(beyond); i++) {
        edu_interrupt(beyond[i] - IRQ_OFFSET);
        serial_request(true);
        EXPECT_EQ(signal_within(line.ntfn, 100), 5);
        serial_request(false);
        EXPECT_OK(seL4_IRQHandler_Ack(line.handler));
        (void)signal_within(line.ntfn, 2);
        EXPECT_OK(seL4_IRQHandler_Ack(line.handler));
    }
}

/* A device may send any vector: 18 is not a machine check then, nor 17 an exception with an error code.
 * rules: x86_64 8 (delivery) */
TEST(interrupt, vectors_of_exceptions_are_not_delivered)
{
    const word_t ntfn = notification_new();

    if (!edu_start()) {
        return;
    }
    ASSERT_OK(seL4_IRQHandler_SetNotification(msi_handler_new(60), cap_mint(ntfn, 2)));
    for (word_t vector = 16; vector < 32; vector++) {
        edu_interrupt(vector - EDU_FIRST_VECTOR);
    }
    edu_interrupt(60);
    EXPECT_EQ(signal_within(ntfn, 100), 2); /* nor do they hold up others */
}

/* rules: interrupts 4 */
TEST(interrupt, signals_of_several_lines_accumulate)
{
    const word_t ntfn = notification_new();
    word_t seen = 0;

    if (!edu_start()) {
        return;
    }
    for (word_t i = 0; i < 4; i++) {
        const word_t handler = msi_handler_new(70 + i);

        ASSERT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, BIT(i))));
    }
    for (word_t i = 0; i < 4; i++) {
        edu_interrupt(70 + i);
    }
    for (word_t i = 0; i < 4 && seen != 15; i++) {
        seen |= signal_within(ntfn, 100);
    }
    EXPECT_EQ(seen, 15);
}

/* rules: interrupts 5, capabilities 7 */
TEST(interrupt, long_revoke_lets_an_interrupt_through)
{
    const word_t ntfn = notification_new();
    const word_t ep = endpoint_new();
    const word_t cnode = cnode_new(12);
    struct thread *t = thread_new();

    if (!edu_start()) {
        return;
    }
    const word_t handler = msi_handler_new(61);
    ASSERT_OK(seL4_IRQHandler_SetNotification(handler, cap_mint(ntfn, 1)));
    for (word_t i = 0; i < BIT(12); i++) {
        ASSERT_OK(cap_copy_into(cnode, i, 12, ep));
    }
    thread_recv(t, ntfn);
    edu_interrupt(61);
    EXPECT_OK(cap_revoke(ep)); /* comes back complete, however often interrupted */
    EXPECT(thread_finished(t));
    EXPECT_EQ(seL4_CNode_Move(ROOT, slot_new(), DEPTH, cnode, BIT(12) - 1, 12), seL4_FailedLookup);
}
