/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"

#define THREADS 6u

static struct tcb_queue queue;
static struct tcb *t[THREADS];

static int setup(void **state)
{
    host_setup(state);
    queue = (struct tcb_queue){ NULL, NULL };
    for (word_t i = 0; i < THREADS; i++)
        t[i] = host_thread(1);
    return 0;
}

static void expect_queue(word_t count, const word_t *index)
{
    struct tcb *prev = NULL, *here = queue.head;
    for (word_t i = 0; i < count; i++) {
        assert_ptr_equal(here, t[index[i]]);
        assert_ptr_equal(here->prev, prev);
        prev = here;
        here = here->next;
    }
    assert_null(here);
    assert_ptr_equal(queue.tail, prev);
}
#define QUEUE(...) expect_queue(WORDS(__VA_ARGS__))

static void append_is_first_come_first_served(void **state)
{
    (void)state;
    for (word_t i = 0; i < 3; i++)
        queue_append(&queue, t[i]);
    QUEUE(0, 1, 2);
}

static void prepend_goes_before_all(void **state)
{
    (void)state;
    for (word_t i = 0; i < 3; i++)
        queue_prepend(&queue, t[i]);
    QUEUE(2, 1, 0);
    queue_append(&queue, t[3]);
    QUEUE(2, 1, 0, 3);
}

static void remove_from_every_place(void **state)
{
    (void)state;
    for (word_t i = 0; i < 5; i++)
        queue_append(&queue, t[i]);
    queue_remove(&queue, t[2]);
    QUEUE(0, 1, 3, 4);
    queue_remove(&queue, t[0]);
    QUEUE(1, 3, 4);
    queue_remove(&queue, t[4]);
    QUEUE(1, 3);
    queue_remove(&queue, t[3]);
    queue_remove(&queue, t[1]);
    assert_null(queue.head);
    assert_null(queue.tail);
    queue_append(&queue, t[1]);
    QUEUE(1);
}

static void random_operations_against_an_array(void **state)
{
    (void)state;
    word_t order[THREADS], count = 0;
    for (word_t round = 0; round < 20000; round++) {
        word_t i = host_below(THREADS), at = 0;
        while (at < count && order[at] != i)
            at++;
        if (at < count) {
            queue_remove(&queue, t[i]);
            memmove(order + at, order + at + 1, (--count - at) * sizeof(word_t));
        } else if (host_below(2)) {
            queue_append(&queue, t[i]);
            order[count++] = i;
        } else {
            queue_prepend(&queue, t[i]);
            memmove(order + 1, order, count++ * sizeof(word_t));
            order[0] = i;
        }
        expect_queue(count, order);
    }
}

#undef UNIT
#define UNIT(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(append_is_first_come_first_served),
        UNIT(prepend_goes_before_all),
        UNIT(remove_from_every_place),
        UNIT(random_operations_against_an_array),
    };
    return RUN(tests);
}
