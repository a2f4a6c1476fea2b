/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the shell. */
#include "commands.h"
#include "probe.h"
#include "serial.h"
#include "tasks.h"
#include <kit/clock.h>
#include <kit/print.h>
#include <kit/space.h>
#include <kit/text.h>

enum { WORDS = 4, DEFAULT_PRIORITY = 50 };

struct command {
    const char *name, *arguments, *meaning;
    void (*run)(int count, seL4_Word *argument);
};

static const struct command commands[];

static struct task *task_of(int count, const seL4_Word *argument)
{
    if (count < 1 || argument[0] < 1 || argument[0] > TASKS || !tasks[argument[0] - 1].alive) {
        print("There is no such thread; `threads` lists them.\n");
        return NULL;
    }
    return &tasks[argument[0] - 1];
}

static void do_help(int count, seL4_Word *argument)
{
    (void)count, (void)argument;
    for (const struct command *c = commands; c->name; c++)
        print("  %-8s %-16s %s\n", c->name, c->arguments, c->meaning);
}

static void do_threads(int count, seL4_Word *argument)
{
    (void)count, (void)argument;
    print("  no  name           priority  state      count\n"
          "   -  shell               200  running    -\n"
          "   -  serial driver       250  waits      -\n");
    for (seL4_Word i = 0; i < TASKS; i++)
        if (tasks[i].alive)
            print("  %2lu  counter             %3lu  %-9s  %lu\n", i + 1, tasks[i].priority,
                  tasks[i].suspended ? "suspended" : "ready", tasks[i].count);
}

static void do_memory(int count, seL4_Word *argument)
{
    seL4_Word total = 0, used = 0;

    (void)count, (void)argument;
    print("  untyped      size KiB   used KiB\n");
    for (seL4_Word i = 0; i < root_pool.untypeds; i++) {
        const struct pool_untyped *u = &root_pool.untyped[i];

        print("  slot %4lu  %9lu  %9lu\n", u->cap, u->bytes >> 10, (u->used + 1023) >> 10);
        total += u->bytes;
        used += u->used;
    }
    print("  together   %9lu  %9lu\n  slots: %lu of %lu used\n", total >> 10, used >> 10,
          root_pool.next_slot - root_pool.first_slot, root_pool.end_slot - root_pool.first_slot);
}

static void do_spawn(int count, seL4_Word *argument)
{
    seL4_Word priority = count ? argument[0] : DEFAULT_PRIORITY;

    if (priority > TASK_PRIORITY_MOST) {
        print("The priority must not be above %u, or the shell would starve.\n",
              TASK_PRIORITY_MOST);
        return;
    }
    struct task *t = task_spawn(priority);
    if (t)
        print("Thread %u runs.\n", (unsigned)(t - tasks) + 1);
    else
        print("There is no room for more than %u threads: kill one.\n", TASKS);
}

static void do_suspend(int count, seL4_Word *argument)
{
    struct task *t = task_of(count, argument);

    if (t) {
        task_suspend(t);
        print("Thread %lu stands still at %lu.\n", argument[0], t->count);
    }
}

static void do_resume(int count, seL4_Word *argument)
{
    struct task *t = task_of(count, argument);

    if (t) {
        task_resume(t);
        print("Thread %lu goes on.\n", argument[0]);
    }
}

static void do_kill(int count, seL4_Word *argument)
{
    struct task *t = task_of(count, argument);

    if (t) {
        task_kill(t);
        print("Thread %lu is gone, its memory is free.\n", argument[0]);
    }
}

static void do_map(int count, seL4_Word *argument)
{
    seL4_CPtr frame = count ? pool_object(&root_pool, seL4_X86_4K, 0) : 0;

    if (!frame || space_map(&root_space, frame, argument[0] & ~(PAGE_BYTES - 1ul), seL4_ReadWrite,
                            seL4_X86_Default_VMAttributes))
        print("That cannot be mapped: give an address below 0x7fff00000000 that is free.\n");
    else
        print("A page of zeros is at 0x%lx.\n", argument[0] & ~(PAGE_BYTES - 1ul));
}

static void do_peek(int count, seL4_Word *argument)
{
    seL4_Word value;

    if (count && probe_read(argument[0], &value))
        print("0x%lx: 0x%016lx\n", argument[0], value);
    else
        print("There is no memory: the read faulted, and only its thread died.\n");
}

static void do_poke(int count, seL4_Word *argument)
{
    if (count < 2 || !probe_write(argument[0], argument[1]))
        print("There is no memory that can be written: only the probing thread died.\n");
}

static void do_uptime(int count, seL4_Word *argument)
{
    seL4_Word ms = clock_microseconds() / 1000;

    (void)count, (void)argument;
    print("up %lu.%03lu s\n", ms / 1000, ms % 1000);
}

#ifdef CONFIG_DEBUG_BUILD
static void do_kernel(int count, seL4_Word *argument)
{
    (void)count, (void)argument;
    serial_drain();
    seL4_DebugDumpScheduler();
}

static void do_graph(int count, seL4_Word *argument)
{
    (void)count, (void)argument;
    serial_drain();
    seL4_DebugSnapshot();
}
#else
static void do_kernel(int count, seL4_Word *argument)
{
    (void)count, (void)argument;
    print("A release kernel does not tell: boot a debug kernel.\n");
}

#define do_graph do_kernel
#endif

static const struct command commands[] = {
    { "help", "", "this list", do_help },
    { "threads", "", "the threads, from the shell's own books", do_threads },
    { "memory", "", "untyped memory, from the shell's own books", do_memory },
    { "kernel", "", "the threads as the kernel sees them", do_kernel },
    { "graph", "", "the kernel's capabilities, for tools/capgraph.py", do_graph },
    { "spawn", "[priority]", "start a thread that counts", do_spawn },
    { "suspend", "thread", "stop it", do_suspend },
    { "resume", "thread", "let it go on", do_resume },
    { "kill", "thread", "destroy it and take its memory back", do_kill },
    { "map", "address", "map a fresh page", do_map },
    { "peek", "address", "read a word of memory", do_peek },
    { "poke", "address value", "write a word of memory", do_poke },
    { "uptime", "", "time since the processor started", do_uptime },
    { 0 },
};

/* Cut the line into words.  Returns how many. */
static int split(char *line, const char *words[WORDS])
{
    int count = 0;

    while (count < WORDS) {
        while (*line == ' ')
            line++;
        if (!*line)
            break;
        words[count++] = line;
        while (*line && *line != ' ')
            line++;
        if (*line)
            *line++ = '\0';
    }
    return count;
}

void command_run(char *line)
{
    const char *words[WORDS];
    seL4_Word arguments[WORDS] = { 0 };
    int count = split(line, words);
    const struct command *c = commands;

    if (!count)
        return;
    for (int i = 1; i < count; i++) {
        if (!text_number(words[i], &arguments[i - 1])) {
            print("%s is not a number.\n", words[i]);
            return;
        }
    }
    while (c->name && !text_equal(c->name, words[0]))
        c++;
    if (c->name)
        c->run(count - 1, arguments);
    else
        print("%s: no such command; `help` lists them.\n", words[0]);
}
