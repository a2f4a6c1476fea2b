/* SPDX-License-Identifier: BSD-2-Clause */
/* The director: builds the world, lets the workers run, wakes up by a timer interrupt to revive
 * those that are stuck and to do what only it has the capabilities for, and takes the world away
 * again. */
#include "fuzz.h"

enum {
    DIRECTOR_STEP = 1 << 20, /* steps of the director are numbered from here on */
    PERIOD_TICKS = 4773,     /* of the timer chip: 4 ms */
    WAKES_MAX = 400,
    PATIENCE = 1,
    DIRECTOR_PERIOD = 6,
    SLOT_PORTS = 1,
    TIMER_PIN = 2,
    TIMER_VECTOR = 90,
    TIMER_COMMAND = 0x43,
    TIMER_CHANNEL0 = 0x40,
    TIMER_RATE_GENERATOR = 0x34,
};

/* Not zero, so that it has a place in the file. */
const volatile struct parameters parameters = {
    .magic = { 'F', 'U', 'Z', 'Z', '-', 'P', 'A', 'R', 'A', 'M', 'E', 'T', 'E', 'R', 'S', ':' },
    .seed = 1,
    .steps = 1000,
};

void say(const char *text)
{
    static const word_t none[4];
    for (; *text; text++)
        (void)system_call((word_t)(int64_t)seL4_SysDebugPutChar, (word_t)(unsigned char)*text, 0,
                          none);
}

void say_words(const char *text, const word_t *words, word_t count)
{
    say(text);
    for (word_t i = 0; i < count; i++) {
        char digits[18];
        word_t at = sizeof digits, value = words[i];
        digits[--at] = '\0';
        do
            digits[--at] = "0123456789abcdef"[value % 16];
        while (value /= 16);
        say(" ");
        say(digits + at);
    }
}

void require(word_t error, const char *what)
{
    if (!error)
        return;
    say_words("\nFUZZ ERROR", &error, 1);
    say(" ");
    say(what);
    say("\n");
    for (;;)
        (void)seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}

/* ---- the timer ------------------------------------------------------------------------------ */

static void timer_start(word_t ports)
{
    require(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, TIMER_CHANNEL0, TIMER_COMMAND,
                                         seL4_CapInitThreadCNode, ports, 64),
            "timer ports");
    require(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, seL4_CapInitThreadCNode, slot_timer, 64,
                                      0, TIMER_PIN, 0, 0, TIMER_VECTOR),
            "timer interrupt");
    require(seL4_IRQHandler_SetNotification(slot_timer, slot_timer_notification),
            "timer notification");
    require(seL4_X86_IOPort_Out8(ports, TIMER_COMMAND, TIMER_RATE_GENERATOR), "timer");
    require(seL4_X86_IOPort_Out8(ports, TIMER_CHANNEL0, PERIOD_TICKS & 255), "timer");
    require(seL4_X86_IOPort_Out8(ports, TIMER_CHANNEL0, PERIOD_TICKS >> 8), "timer");
}

static void timer_wait(void)
{
    seL4_Wait(slot_timer_notification, NULL);
    require(seL4_IRQHandler_Ack(slot_timer), "acknowledge");
}

/* ---- a batch -------------------------------------------------------------------------------- */

/* Controls that cannot be copied: the director uses them on behalf of the playground. */
static void director_step(struct random *r)
{
    word_t to = PLAY_EMPTY + random_below(r, PLAY_EMPTY_END - PLAY_EMPTY);
    word_t a = random_below(r, 16), b = random_below(r, 16);
    switch (random_below(r, 9)) {
    case 0:
        (void)seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, slot_play, to, PLAY_RADIX, 0,
                                        16 + a % 8, a & 1, b & 1, 44 + b);
        break;
    case 1:
        (void)seL4_IRQControl_GetMSI(seL4_CapIRQControl, slot_play, to, PLAY_RADIX, 0, 0, 0, 0,
                                     44 + b);
        break;
    case 2:
        (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, PORT_FIRST + a * 3,
                                           PORT_FIRST + a * 3 + b, slot_play, to, PLAY_RADIX);
        break;
    case 3:
        (void)seL4_CNode_Copy(slot_play, PLAY_SELF, PLAY_RADIX, seL4_CapInitThreadCNode, slot_play,
                              64, seL4_AllRights);
        break;
    case 4:
        effect_revoke(b < 4 ? to : PLAY_UNTYPED + a % (PLAY_UNTYPED_END - PLAY_UNTYPED));
        break;
    case 5:
        effect_clear();
        break;
    case 6:
        effect_reset(seL4_NotificationBits + a % 8);
        break;
    case 7:
        effect_issue(random_word(r), random_word(r));
        break;
    default:
        (void)seL4_CNode_Copy(slot_play, to, PLAY_RADIX, slot_play, a + b * 8, PLAY_RADIX,
                              seL4_AllRights);
        break;
    }
}

static void revive(word_t seen[WORKERS], word_t stuck[WORKERS])
{
    for (word_t w = 0; w < WORKERS; w++) {
        word_t now = shared.progress[w];
        stuck[w] = now == seen[w] ? stuck[w] + 1 : 0;
        seen[w] = now;
        if (stuck[w] > PATIENCE) {
            stuck[w] = 0;
            world_restart_worker(w);
        }
    }
}

static void run_batch(word_t batch)
{
    word_t seen[WORKERS] = { 0 }, stuck[WORKERS] = { 0 };
    shared.batch = batch;
    shared.next_step = shared.succeeded = 0;
    world_build();
    for (word_t wake = 0; wake < WAKES_MAX && shared.next_step < parameters.steps; wake++) {
        struct random r = random_of(batch, DIRECTOR_STEP + wake);
        timer_wait();
        if (wake % DIRECTOR_PERIOD == 0)
            director_step(&r);
        world_restock(&r);
        revive(seen, stuck);
    }
    world_revoke();
    say_words("FUZZ batch, steps, successes",
              (word_t[]){ batch, shared.next_step, shared.succeeded }, 3);
    say("\n");
}

/* Calls: number, capability address, label; capabilities; message words. */
static void list_step(word_t batch, word_t step)
{
    struct random r = random_of(batch, step);
    enum step_kind kind = step_kind(&r);
    say_words("step", &step, 1);
    if (kind == STEP_CALL) {
        struct call c = call_random(&r);
        say_words(": call", (word_t[]){ c.number, c.cptr, c.label }, 3);
        say_words("; caps", c.cap, c.caps);
        say_words("; words", c.mr, c.length < CALL_WORDS ? c.length : CALL_WORDS);
        say("\n");
    } else {
        say(kind == STEP_FAULT ? ": a fault\n" : ": no object\n");
    }
}

static void list_batch(word_t batch)
{
    for (word_t step = 0; step < parameters.steps; step++)
        if (!step_is_skipped(step))
            list_step(batch, step);
    say("FUZZ DONE\n");
}

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    if (parameters.list) {
        list_batch(parameters.first_batch);
        return 0;
    }
    world_start(info);
    timer_start(info->empty.end - SLOT_PORTS);
    for (word_t i = 0; parameters.batches == 0 || i < parameters.batches; i++)
        run_batch(parameters.first_batch + i);
    say("FUZZ DONE\n");
    return 0;
}
