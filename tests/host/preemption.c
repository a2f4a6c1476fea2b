/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/preemption.h>

/* Rules: capabilities 7. */
static void every_hundredth_unit_of_work_looks_for_interrupts(void **state)
{
    (void)state;
    host.irq_pending = true;
    for (word_t round = 0; round < 3; round++) {
        for (word_t i = 1; i < WORK_UNITS_PER_PREEMPTION; i++)
            assert_false(preempt_pending());
        assert_true(preempt_pending());
    }
}

static void without_an_interrupt_the_count_begins_again(void **state)
{
    (void)state;
    for (word_t i = 0; i < 2 * WORK_UNITS_PER_PREEMPTION; i++)
        assert_false(preempt_pending());
    assert_int_equal(work_units_left, WORK_UNITS_PER_PREEMPTION);
    host.irq_pending = true;
    assert_false(preempt_pending());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_hundredth_unit_of_work_looks_for_interrupts),
        UNIT(without_an_interrupt_the_count_begins_again),
    };
    return RUN(tests);
}
