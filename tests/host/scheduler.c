/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "fakes.h"
#include <kernel/domain.h>
#include <kernel/scheduler.h>

static struct tcb *ready_thread(word_t priority)
{
    struct tcb *t = host_thread(priority);
    t->state = THREAD_RUNNING;
    return t;
}

static struct tcb *queued_thread(word_t priority)
{
    struct tcb *t = ready_thread(priority);
    scheduler_enqueue_back(t);
    return t;
}

/* Invariants 1 and 2 of struct ready. */
static void check_bitmap(void)
{
    const struct ready *ready = &core.ready[0];
    for (word_t p = 0; p < PRIORITIES; p++) {
        bool set = ready->bitmap[p / WORD_BITS] >> p % WORD_BITS & 1;
        assert_int_equal(set, ready->queue[p].head != NULL);
        assert_int_equal(ready->summary >> p / WORD_BITS & 1, ready->bitmap[p / WORD_BITS] != 0);
    }
}

static void bitmap_follows_the_queues(void **state)
{
    (void)state;
    static struct tcb *t[PRIORITIES];
    for (word_t p = 0; p < PRIORITIES; p++) {
        t[p] = queued_thread(p);
        check_bitmap();
        assert_int_equal(core.ready[0].highest, p);
    }
    for (word_t p = PRIORITIES; p-- > 0;) {
        assert_int_equal(core.ready[0].highest, p);
        scheduler_dequeue(t[p]);
        check_bitmap();
    }
    assert_int_equal(core.ready[0].summary, 0);
}

static void highest_is_found_among_any_set(void **state)
{
    (void)state;
    for (word_t round = 0; round < 200; round++) {
        struct tcb *t[5];
        word_t highest = 0;
        for (word_t i = 0; i < 5; i++) {
            t[i] = queued_thread(host_below(PRIORITIES));
            highest = t[i]->priority > highest ? t[i]->priority : highest;
        }
        assert_int_equal(core.ready[0].highest, highest);
        for (word_t p = 0; p < PRIORITIES; p++)
            assert_int_equal(scheduler_has_above(&core, p), p < highest);
        for (word_t i = 0; i < 5; i++)
            scheduler_dequeue(t[i]);
        assert_false(scheduler_has_above(&core, 0));
    }
}

static void queueing_twice_is_queueing_once(void **state)
{
    (void)state;
    struct tcb *a = queued_thread(5), *b = queued_thread(5);
    scheduler_enqueue_front(b);
    scheduler_enqueue_back(a);
    assert_ptr_equal(core.ready[0].queue[5].head, a);
    assert_ptr_equal(core.ready[0].queue[5].tail, b);
    scheduler_dequeue(a);
    scheduler_dequeue(a);
    assert_ptr_equal(core.ready[0].queue[5].head, b);
    check_bitmap();
}

/* Rules: threads 5.2. */
static void the_first_to_wake_is_the_candidate(void **state)
{
    (void)state;
    struct tcb *a = ready_thread(5), *b = ready_thread(5);
    scheduler_wake(a);
    assert_int_equal(core.action, SCHEDULE_CANDIDATE);
    assert_ptr_equal(core.candidate, a);
    assert_false(a->queued);
    scheduler_wake(b);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    assert_ptr_equal(core.ready[0].queue[5].head, b);
    assert_ptr_equal(core.ready[0].queue[5].tail, a);
}

static void force_queues_the_candidate(void **state)
{
    (void)state;
    struct tcb *a = ready_thread(5);
    scheduler_wake(a);
    scheduler_force();
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    assert_true(a->queued);
}

static void a_blocked_current_thread_keeps_the_candidate(void **state)
{
    (void)state;
    struct tcb *a = ready_thread(5);
    scheduler_wake(a);
    thread_block(core.current, THREAD_BLOCKED_ON_REPLY);
    assert_int_equal(core.action, SCHEDULE_CANDIDATE);
    core.action = SCHEDULE_RESUME;
    thread_block(core.current, THREAD_BLOCKED_ON_REPLY);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    core.action = SCHEDULE_RESUME;
    thread_block(a, THREAD_INACTIVE);
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

/* Rules: threads 5.3.  Current has priority 100. */
static void candidate(word_t priority, bool current_goes_on, word_t also_ready,
                      bool expect_candidate)
{
    host_setup(NULL);
    struct tcb *current = core.current, *t = ready_thread(priority);
    struct tcb *other = also_ready < PRIORITIES ? queued_thread(also_ready) : NULL;
    if (!current_goes_on)
        thread_block(current, THREAD_BLOCKED_ON_REPLY);
    core.action = SCHEDULE_RESUME;
    scheduler_wake(t);
    schedule();
    assert_int_equal(core.current == t, expect_candidate);
    assert_int_equal(t->queued, !expect_candidate);
    assert_int_equal(current->queued, current_goes_on && core.current != current);
    if (!expect_candidate && current_goes_on && !other)
        assert_ptr_equal(core.current, current);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    assert_false(core.current->queued);
    check_bitmap();
}

static void a_more_urgent_candidate_runs_at_once(void **state)
{
    (void)state;
    candidate(101, true, 256, true);
    candidate(255, true, 256, true);
    candidate(101, false, 256, true);
}

static void an_equal_candidate_waits_while_current_can_go_on(void **state)
{
    (void)state;
    candidate(100, true, 256, false);
    candidate(100, true, 100, false);
    candidate(100, false, 256, true);
    candidate(100, false, 100, true); /* ahead of those that were ready before */
}

static void a_less_urgent_candidate_runs_only_if_nobody_is_above(void **state)
{
    (void)state;
    candidate(99, true, 256, false);
    candidate(99, false, 256, true);
    candidate(99, false, 99, true);
    candidate(99, false, 98, true);
    candidate(99, false, 100, false);
    candidate(99, false, 255, false);
}

/* An equal or more urgent candidate is not compared with those that were ready: they are not above
 * a current thread that was running. */
static void behind_the_idle_thread_the_ready_ones_count(void **state)
{
    (void)state;
    core.current = &core.idle;
    struct tcb *high = queued_thread(50), *t = ready_thread(40);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, high);
    assert_true(t->queued);

    host_setup(NULL);
    core.current = &core.idle;
    queued_thread(40);
    t = ready_thread(40);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, t);
    assert_false(core.idle.queued);
}

static void an_equal_candidate_goes_to_the_back(void **state)
{
    (void)state;
    struct tcb *current = core.current, *old = queued_thread(100), *t = ready_thread(100);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, current);
    assert_ptr_equal(core.ready[0].queue[100].head, old);
    assert_ptr_equal(core.ready[0].queue[100].tail, t);
}

static void a_less_urgent_candidate_goes_to_the_front(void **state)
{
    (void)state;
    struct tcb *current = core.current, *old = queued_thread(60), *t = ready_thread(60);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, current);
    assert_ptr_equal(core.ready[0].queue[60].head, t);
    assert_ptr_equal(core.ready[0].queue[60].tail, old);
}

static void preempted_threads_go_to_the_front(void **state)
{
    (void)state;
    struct tcb *current = core.current, *old = queued_thread(100), *t = ready_thread(200);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, t);
    assert_ptr_equal(core.ready[0].queue[100].head, current);
    assert_ptr_equal(core.ready[0].queue[100].tail, old);
}

static void without_ready_threads_the_idle_thread_runs(void **state)
{
    (void)state;
    thread_block(core.current, THREAD_INACTIVE);
    schedule();
    assert_ptr_equal(core.current, &core.idle);
    assert_false(core.idle.queued);
    struct tcb *t = ready_thread(0);
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, t);
}

static void a_restarted_thread_begins_at_its_fault_ip(void **state)
{
    (void)state;
    struct tcb *t = host_thread(200);
    t->state = THREAD_RESTART;
    t->context.ip = 0x1002;
    t->context.entry = CONTEXT_STEP_BACK;
    scheduler_wake(t);
    schedule();
    assert_ptr_equal(core.current, t);
    assert_int_equal(t->state, THREAD_RUNNING);
    assert_int_equal(t->context.ip, 0x1000);
    assert_int_equal(context_fault_ip(&t->context), 0x1000);
}

/* Rules: threads 5.5. */
static void priority_of_a_ready_thread(void **state)
{
    (void)state;
    struct tcb *t = queued_thread(50);
    scheduler_set_priority(t, 60);
    check_bitmap();
    assert_int_equal(t->priority, 60);
    schedule();
    assert_true(t->queued);
    assert_ptr_equal(core.ready[0].queue[60].head, t);
    assert_null(core.ready[0].queue[50].head);
}

static void priority_of_the_current_thread(void **state)
{
    (void)state;
    struct tcb *current = core.current, *other = queued_thread(50);
    scheduler_set_priority(current, 40);
    assert_int_equal(core.action, SCHEDULE_CHOOSE);
    schedule();
    assert_ptr_equal(core.current, other);
    assert_ptr_equal(core.ready[0].queue[40].head, current);
}

static void priority_of_a_blocked_thread_is_only_a_number(void **state)
{
    (void)state;
    struct tcb *t = host_thread(50);
    t->state = THREAD_BLOCKED_ON_SEND;
    scheduler_set_priority(t, 255);
    assert_int_equal(t->priority, 255);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    assert_false(t->queued);
}

/* Rules: threads 5.6, 5.7. */
static void a_slice_is_so_many_ticks(void **state)
{
    (void)state;
    struct tcb *current = core.current, *other = queued_thread(100);
    for (word_t i = 1; i < TIME_SLICE; i++) {
        scheduler_tick();
        assert_int_equal(core.action, SCHEDULE_RESUME);
        assert_int_equal(current->time_slice, TIME_SLICE - i);
    }
    scheduler_tick();
    assert_int_equal(current->time_slice, TIME_SLICE);
    schedule();
    assert_ptr_equal(core.current, other);
    assert_ptr_equal(core.ready[0].queue[100].tail, current);
}

static void ticks_do_not_count_against_a_thread_that_is_not_running(void **state)
{
    (void)state;
    core.current->state = THREAD_RESTART;
    core.current->time_slice = 1;
    scheduler_tick();
    assert_int_equal(core.current->time_slice, 1);
    assert_int_equal(core.action, SCHEDULE_RESUME);
    core.current = &core.idle;
    scheduler_tick();
    assert_int_equal(core.action, SCHEDULE_RESUME);
}

static void yield_goes_behind_equals_and_keeps_the_slice(void **state)
{
    (void)state;
    struct tcb *current = core.current, *equal = queued_thread(100), *less = queued_thread(99);
    current->time_slice = 3;
    scheduler_yield();
    schedule();
    assert_ptr_equal(core.current, equal);
    assert_int_equal(current->time_slice, 3);
    scheduler_yield();
    schedule();
    assert_ptr_equal(core.current, current);
    assert_true(less->queued);
}

/* The model: arrays of threads, the rules as they are written. --------------------------------- */

#define THREADS 10u
#define LEVELS  4u
static const word_t level_priority[LEVELS] = { 0, 63, 64, 255 };

static struct tcb *all[THREADS];
static struct {
    struct tcb *ready[LEVELS][THREADS];
    word_t count[LEVELS];
    struct tcb *current, *candidate;
    enum schedule_action action;
} model;

static word_t level_of(const struct tcb *t)
{
    word_t i = 0;
    while (level_priority[i] != t->priority)
        i++;
    return i;
}

static bool find(const struct tcb *t, word_t *level, word_t *at)
{
    for (*level = 0; *level < LEVELS; ++*level)
        for (*at = 0; *at < model.count[*level]; ++*at)
            if (model.ready[*level][*at] == t)
                return true;
    return false;
}

static void model_insert(struct tcb *t, bool front)
{
    word_t level, at;
    if (find(t, &level, &at))
        return;
    level = level_of(t);
    at = front ? 0 : model.count[level];
    for (word_t i = model.count[level]++; i > at; i--)
        model.ready[level][i] = model.ready[level][i - 1];
    model.ready[level][at] = t;
}

static void model_take(struct tcb *t)
{
    word_t level, at;
    if (!find(t, &level, &at))
        return;
    for (model.count[level]--; at < model.count[level]; at++)
        model.ready[level][at] = model.ready[level][at + 1];
}

static void model_force(void)
{
    if (model.action == SCHEDULE_CANDIDATE)
        model_insert(model.candidate, true);
    model.action = SCHEDULE_CHOOSE;
}

static void model_wake(struct tcb *t)
{
    if (model.action == SCHEDULE_RESUME) {
        model.action = SCHEDULE_CANDIDATE;
        model.candidate = t;
        return;
    }
    model_force();
    model_insert(t, true);
}

static struct tcb *model_first(void)
{
    for (word_t level = LEVELS; level-- > 0;)
        if (model.count[level])
            return model.ready[level][0];
    return &core.idle;
}

static struct tcb *model_decide(void)
{
    struct tcb *c = model.current, *t = model.candidate;
    bool was_runnable = c != &core.idle && tcb_is_runnable(c);
    if (was_runnable)
        model_insert(c, true);
    if (model.action == SCHEDULE_CHOOSE)
        return model_first();
    struct tcb *first = model_first();
    bool somebody_above = first != &core.idle && first->priority > t->priority;
    if ((c == &core.idle || t->priority < c->priority) && somebody_above) {
        model_insert(t, true);
        return model_first();
    }
    if (was_runnable && t->priority == c->priority) {
        model_insert(t, false);
        return model_first();
    }
    return t;
}

static void model_schedule(void)
{
    if (model.action == SCHEDULE_RESUME)
        return;
    model.current = model_decide();
    model_take(model.current);
    model.action = SCHEDULE_RESUME;
}

static void compare_with_model(void)
{
    assert_ptr_equal(core.current, model.current);
    assert_int_equal(core.action, model.action);
    if (core.action == SCHEDULE_CANDIDATE)
        assert_ptr_equal(core.candidate, model.candidate);
    for (word_t level = 0; level < LEVELS; level++) {
        const struct tcb *t = core.ready[0].queue[level_priority[level]].head;
        for (word_t i = 0; i < model.count[level]; i++, t = t->next) {
            assert_ptr_equal(t, model.ready[level][i]);
            assert_true(t->queued);
        }
        assert_null(t);
    }
    check_bitmap();
}

static void wake_one(struct tcb *t, bool resumed)
{
    if (tcb_is_runnable(t))
        return;
    t->state = resumed ? THREAD_RESTART : THREAD_RUNNING;
    if (resumed) { /* rules: threads 3.9 */
        scheduler_enqueue_front(t);
        model_insert(t, true);
    }
    scheduler_wake(t);
    model_wake(t);
}

static void stop_one(struct tcb *t)
{
    if (model.action == SCHEDULE_CANDIDATE && t == model.candidate)
        return;
    scheduler_dequeue(t);
    model_take(t);
    thread_block(t, THREAD_INACTIVE);
    if (t == model.current && model.action == SCHEDULE_RESUME)
        model.action = SCHEDULE_CHOOSE;
}

/* A kernel entry of its own: how it is noted that nothing has to be chosen is not laid down. */
static void set_priority_of(struct tcb *t)
{
    word_t priority = level_priority[host_below(LEVELS)];
    schedule();
    model_schedule();
    model_take(t);
    scheduler_set_priority(t, priority);
    if (tcb_is_runnable(t)) {
        if (t == model.current)
            model_force();
        else
            model_wake(t);
    }
    schedule();
    model_schedule();
}

static void yield(void)
{
    if (!tcb_is_runnable(core.current) || model.action != SCHEDULE_RESUME)
        return;
    scheduler_yield();
    model_insert(model.current, false);
    model_force();
}

static void random_operations_against_the_model(void **state)
{
    memset(&model, 0, sizeof(model));
    host_setup(state);
    for (word_t i = 0; i < THREADS; i++)
        all[i] = host_thread(level_priority[host_below(LEVELS)]);
    core.current = model.current = &core.idle;
    for (word_t round = 0; round < 30000; round++) {
        struct tcb *t = all[host_below(THREADS)];
        switch (host_below(8)) {
        case 0:
            wake_one(t, false);
            break;
        case 1:
            wake_one(t, true);
            break;
        case 2:
            stop_one(t);
            break;
        case 3:
            set_priority_of(t);
            break;
        case 4:
            yield();
            break;
        case 5:
            scheduler_force();
            model_force();
            break;
        default:
            schedule();
            model_schedule();
            break;
        }
        compare_with_model();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(bitmap_follows_the_queues),
        UNIT(highest_is_found_among_any_set),
        UNIT(queueing_twice_is_queueing_once),
        UNIT(the_first_to_wake_is_the_candidate),
        UNIT(force_queues_the_candidate),
        UNIT(a_blocked_current_thread_keeps_the_candidate),
        UNIT(a_more_urgent_candidate_runs_at_once),
        UNIT(an_equal_candidate_waits_while_current_can_go_on),
        UNIT(a_less_urgent_candidate_runs_only_if_nobody_is_above),
        UNIT(behind_the_idle_thread_the_ready_ones_count),
        UNIT(an_equal_candidate_goes_to_the_back),
        UNIT(a_less_urgent_candidate_goes_to_the_front),
        UNIT(preempted_threads_go_to_the_front),
        UNIT(without_ready_threads_the_idle_thread_runs),
        UNIT(a_restarted_thread_begins_at_its_fault_ip),
        UNIT(priority_of_a_ready_thread),
        UNIT(priority_of_the_current_thread),
        UNIT(priority_of_a_blocked_thread_is_only_a_number),
        UNIT(a_slice_is_so_many_ticks),
        UNIT(ticks_do_not_count_against_a_thread_that_is_not_running),
        UNIT(yield_goes_behind_equals_and_keeps_the_slice),
        UNIT(random_operations_against_the_model),
    };
    return RUN(tests);
}
