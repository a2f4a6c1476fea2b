/* SPDX-License-Identifier: BSD-2-Clause */
/* Start, order of the measurements, and the report.  The main thread is the most urgent one: it
 * waits for results and prints each when it is signalled. */
#include "../../rootserver/console.h"
#include "bench.h"

enum { MAIN_PRIORITY = 254, READY_THREADS = 200 };

word_t samples[WARM + RUNS];
word_t overhead;
const char *report_suffix = "";
struct thread measurer;

/* What the measuring thread hands over. */
static struct {
    const char *name;   /* NULL: the end */
    const char *failed; /* what could not be done, and the error */
    word_t error;
    word_t duration, longest; /* of a latency; duration 0: the samples count */
} result;
static word_t result_ready; /* notification */

/* ---- counters of privileged writes ---- */

#ifdef CONFIG_COUNT_SYSCALL
static struct {
    word_t names[COUNTERS_MAX], before[COUNTERS_MAX], least[COUNTERS_MAX], kinds;
} counters;

static word_t read_counter(word_t kind, word_t *name)
{
    register word_t cptr __asm__("rdi") = kind;
    register word_t tag __asm__("rsi") = 0;

    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+r"(cptr), "+r"(tag)
                     : "d"((word_t)CONFIG_COUNT_SYSCALL)
                     : "rbx", "rcx", "r8", "r9", "r10", "r11", "r15", "memory");
    *name = tag;
    return cptr;
}

void count_before(void)
{
    counters.kinds = 0;
    for (word_t i = 0; i < COUNTERS_MAX; i++) {
        counters.before[i] = read_counter(i, &counters.names[i]);
        counters.kinds += counters.names[i] != 0;
    }
}

/* The fewest of all runs: a timer interrupt may come in between. */
void count_after(word_t run)
{
    for (word_t i = 0; i < counters.kinds; i++) {
        word_t name;
        const word_t writes = read_counter(i, &name) - counters.before[i];

        if (run == 0 || writes < counters.least[i])
            counters.least[i] = writes;
    }
}

static void print_result(void)
{
    console_print("WRITES %s%s", result.name, report_suffix);
    for (word_t i = 0; i < counters.kinds; i++)
        console_print(" %s %u", (const char *)&counters.names[i], counters.least[i]);
    console_print("\n");
}
#else
void count_before(void) {}
void count_after(word_t run)
{
    (void)run;
}

static void print_result(void)
{
    const word_t *s = samples + WARM;

    console_print("BENCH %s%s %d %d %d\n", result.name, report_suffix, (int64_t)s[0],
                  (int64_t)s[RUNS / 2], (int64_t)s[RUNS - 1]);
}
#endif

/* ---- results ---- */

static void sort(word_t *values, word_t count)
{
    for (word_t i = 1; i < count; i++) {
        const word_t value = values[i];
        word_t at = i;

        for (; at > 0 && (int64_t)values[at - 1] > (int64_t)value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

void measure_overhead(void)
{
    overhead = ~(word_t)0;
    for (word_t i = 0; i < WARM + RUNS; i++) {
        const word_t begin = stamp(), end = stamp();

        if (end - begin < overhead)
            overhead = end - begin;
    }
}

void report(const char *name)
{
    sort(samples + WARM, RUNS);
    result.name = name;
    send(result_ready);
}

void report_latency(const char *name, word_t longest, word_t duration)
{
    result.name = name;
    result.longest = longest;
    result.duration = duration;
    send(result_ready);
    result.duration = 0;
}

void give_up(const char *what, word_t error)
{
    result.failed = what;
    result.error = error;
    for (;;)
        send(result_ready);
}

/* ---- order ---- */

/* Everything once, then what must not depend on the number of ready threads once more. */
static void __attribute__((noreturn)) measure(word_t unused, word_t unused_too)
{
    (void)unused;
    (void)unused_too;
    measure_overhead();
    bench_messages();
    bench_capabilities();
    bench_threads();
    bench_suspend();
    bench_many();
    bench_latency();

    for (word_t i = 0; i < READY_THREADS; i++)
        (void)thread_light(spin, 0, 1 + i * 7 % (PRIORITY - 30));
    report_suffix = "@ready";
    bench_messages();
    bench_suspend();

    result.name = NULL;
    for (;;)
        send(result_ready);
}

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    console_start(info->empty.end - 1);
    objects_start();
    result_ready = object_new(seL4_NotificationObject, 0);
    MUST(seL4_TCB_SetPriority(MAIN, MAIN, MAIN_PRIORITY));
    measurer = thread_new(SPACE, 0, PRIORITY);
    thread_start(&measurer, measure, 0, 0);
    do {
        (void)recv(result_ready);
        if (result.failed)
            console_print("BENCH FAILED %s: error %u\n", result.failed, result.error);
        else if (result.duration)
            console_print("LATENCY %s %u %u\n", result.name, result.longest, result.duration);
        else if (result.name)
            print_result();
    } while (!result.failed && result.name);
    console_print("BENCH DONE\n");
    for (;;)
        (void)seL4_TCB_Suspend(MAIN);
}
