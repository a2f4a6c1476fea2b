/* SPDX-License-Identifier: BSD-2-Clause */
/* Short ways through system calls give what the general way gives.  Plays go through every
 * condition, in every combination, and then at random.  A kernel started with the word nofastpath
 * must print the same digests: `make test-fastpath` compares. */
#include "fastpath_play.h"

/* ---- plays that go through one condition after the other ---- */

static struct step step(seL4_Syscall_ID number, word_t cptr, word_t info)
{
    return (struct step){ .number = (word_t)number,
                          .cptr = play_name(cptr),
                          .info = info,
                          .mr = { 0xa0 + info % 7, 0xa1, 0xa2, 0xa3 } };
}

/* A server that waits, another behind it, a client, and somebody else who is ready. */
static struct play usual_play(void)
{
    struct play p = { 0 };

    for (word_t i = 0; i < ACTORS; i++) {
        p.actor[i].priority = LOW_ACTOR;
        p.actor[i].gift[0] = play_name(VICTIM);
        p.actor[i].gift[1] = play_name(BADGED);
        p.actor[i].gift[2] = play_name(NOTIFICATION);
        p.actor[i].rest = i < 2;
    }
    p.actor[0].steps = 2;
    p.actor[0].step[0] = step(seL4_SysRecv, ENDPOINT, 0);
    p.actor[0].step[1] = step(seL4_SysReplyRecv, ENDPOINT, 0);
    p.actor[1].steps = 1;
    p.actor[1].step[0] = step(seL4_SysRecv, ENDPOINT, 0);
    p.actor[2].steps = 2;
    p.actor[2].step[0] = step(seL4_SysCall, BADGED, 0);
    p.actor[2].step[1] = step(seL4_SysSend, SIGNAL, 0);
    p.actor[3].steps = 1;
    p.actor[3].step[0] = step(seL4_SysYield, EMPTY, 0);
    return p;
}

static const seL4_Syscall_ID sending[] = { seL4_SysCall, seL4_SysSend, seL4_SysNBSend };

TEST(bothways, every_length_and_buffer)
{
    word_t number = 0;

    play_stage();
    for (word_t length = 0; length < 128; length += length < 9 || length > 118 ? 1 : 11) {
        const bool usual_buffers = length < 4 || (length > 5 && length < 120);

        for (word_t i = 0; i < 9 * ARRAY_COUNT(sending); i += usual_buffers ? 9 : 1) {
            struct play p = usual_play();

            p.actor[0].space = SPACE_OTHER;
            p.actor[0].buffer = i / 3 % 3;
            p.actor[2].buffer = i % 3;
            p.actor[0].step[1].info = info_word(2, 0, length) | ((length + i) & 7) << 9;
            p.actor[2].step[0].info = info_word(0xfffffffffffff, 0, length) | ((length + i) & 7)
                                                                                  << 9;
            p.actor[2].step[0].number = (word_t)sending[i / 9];
            play_perform(&p, "length", number++);
        }
    }
}

TEST(bothways, every_capability)
{
    word_t number = 0;

    play_stage();
    for (word_t cptr = VICTIM; cptr < NAMES; cptr++) {
        for (word_t i = 0; i < 4 * ARRAY_COUNT(sending); i++) {
            struct play p = usual_play();

            p.actor[0].gift[0] = p.actor[2].gift[i & 1] = play_name(cptr);
            p.actor[0].step[i / 2 % 2].cptr = play_name(cptr);
            p.actor[0].step[1].info = info_word(1, i & 1, i & 1 ? 6 : 2);
            p.actor[2].step[0].info = info_word(TCBSuspend, i & 1 ? 3 : 0, i & 1 ? 5 : 1);
            p.actor[2].step[0].cptr = i & 2 ? play_name(cptr) : play_name(BADGED);
            p.actor[2].step[0].number = (word_t)sending[i / 4];
            p.actor[2].handler = i & 1 ? HANDLER : 0;
            play_perform(&p, "capability", number++);
        }
    }
}

/* Server, client and bystander below, beside and above each other, in every domain. */
TEST(bothways, every_order_of_priorities)
{
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 27 * ARRAY_COUNT(sending); i++) {
        for (word_t domain = 0; domain < (CONFIG_NUM_DOMAINS > 1 ? 3 : 1); domain++) {
            struct play p = usual_play();

            p.actor[0].priority += i % 3;
            p.actor[2].priority += i / 3 % 3;
            p.actor[3].priority += i / 9 % 3;
            p.actor[2].step[0].number = (word_t)sending[i / 27];
            p.actor[0].domain = domain == 1;
            p.actor[3].domain = domain == 2;
            play_perform(&p, "priority", number++);
        }
    }
}

/* A server that wakes somebody before it answers: who of the three goes on? */
TEST(bothways, every_order_at_an_answer)
{
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 27 * 2; i++) {
        struct play p = usual_play();

        p.actor[0].priority += i % 3;
        p.actor[1].priority += i / 3 % 3;
        p.actor[2].priority += i / 9 % 3;
        p.actor[0].steps = 3;
        p.actor[0].step[1] = step(seL4_SysSend, SIGNAL, 0);
        p.actor[0].step[2] = step(seL4_SysReplyRecv, ENDPOINT, info_word(1, 0, i < 27 ? 2 : 9));
        p.actor[1].step[0] = step(seL4_SysRecv, SIGNAL, 0);
        p.actor[2].step[1] = step(seL4_SysYield, EMPTY, 0);
        p.actor[3].steps = 0;
        play_perform(&p, "answer", number++);
    }
}

/* Recorded faults, bound notifications, spaces that are empty or gone: on either side. */
TEST(bothways, every_state_of_a_partner)
{
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 2 * 4 * 2 * 3 * ARRAY_COUNT(sending); i++) {
        struct play p = usual_play();
        struct actor *a = &p.actor[i & 1 ? 0 : 2];

        a->space = i / 2 % 4;
        a->handler = i / 8 % 2 ? HANDLER : 0;
        a->stale_fault = a->handler;
        a->bound = i / 16 % 3;
        p.bound_active = i / 16 % 3 == 2;
        p.actor[2].step[0].number = (word_t)sending[i / 48];
        play_perform(&p, "state", number++);
    }
}

/* The server is also the client's fault handler, and answers that as it answers calls. */
TEST(bothways, every_answer_to_a_fault)
{
    static const word_t lengths[] = { 0, 1, 3, 4, 5, 18, 120 };
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 3 * 2 * 3 * ARRAY_COUNT(lengths); i++) {
        struct play p = usual_play();

        p.actor[2].handler = BADGED;
        p.actor[2].stale_fault = i % 3 == 2;
        p.actor[2].step[0].number = i % 3 ? (word_t)seL4_SysCall : 100;
        p.actor[2].step[0].cptr = i % 3 == 1 ? BIT(40) : play_name(BADGED);
        p.actor[0].buffer = i / 6 % 3;
        p.actor[0].step[1].info = info_word(i / 3 % 2, 0, lengths[i / 18]);
        play_perform(&p, "fault", number++);
    }
}

/* Which grant right counts for a reply: that of the capability that the server last received with.
 */
TEST(bothways, every_grant)
{
    static const word_t receiving[] = { ENDPOINT, MINTED + 2, MINTED + 5 };
    static const word_t calling[] = { BADGED, MINTED + 3, MINTED + 4 };
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 27; i++) {
        struct play p = usual_play();

        p.actor[0].steps = 3;
        p.actor[0].step[0] = step(seL4_SysRecv, receiving[i % 3], 0);
        p.actor[0].step[1] = step(seL4_SysReplyRecv, receiving[i / 3 % 3], 1);
        p.actor[0].step[2] = step(seL4_SysReplyRecv, ENDPOINT, info_word(3, 1, 1));
        p.actor[1].steps = 0;
        p.actor[2].step[0] = p.actor[2].step[1] = step(seL4_SysCall, calling[i / 9], 0);
        play_perform(&p, "grant", number++);
    }
}

/* A client goes away before it is answered, or after that while the server owes another one. */
TEST(bothways, every_death_of_a_client)
{
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 2 * 2 * 3 * 2; i++) {
        struct play p = usual_play();

        p.last_dies = true;
        p.actor[0].steps = 4;
        p.actor[0].step[1] = step(i & 1 ? seL4_SysReplyRecv : seL4_SysYield, ENDPOINT, 1);
        p.actor[0].step[2] = step(seL4_SysRecv, SIGNAL, 0);
        p.actor[0].step[3] = step(i & 2 ? seL4_SysReply : seL4_SysReplyRecv, ENDPOINT, 2);
        p.actor[1].steps = 0;
        p.actor[2].step[0] = step(seL4_SysCall, BADGED, i / 4 % 3);
        p.actor[3].priority += i / 12;
        p.actor[3].step[0] = step(seL4_SysCall, ENDPOINT, 3);
        p.actor[3].rest = true;
        play_perform(&p, "death", number++);
    }
}

/* A server that finds its bound notification signalled when it answers and waits again, or no
 * caller, or senders. */
TEST(bothways, every_reason_not_to_wait)
{
    static const seL4_Syscall_ID waiting[] = { seL4_SysReplyRecv, seL4_SysRecv, seL4_SysNBRecv };
    static const enum name objects[] = { ENDPOINT, SECOND_ENDPOINT, NOTIFICATION, BOUND };
    word_t number = 0;

    play_stage();
    for (word_t i = 0; i < 2 * 2 * 2 * 2 * 3 * 4; i++) {
        struct play p = usual_play();

        p.actor[0].bound = i & 1;
        p.actor[0].steps = 3;
        p.actor[0].step[1] = step(seL4_SysSend, i & 2 ? SIGNAL_BOUND : SIGNAL, 0);
        p.actor[0].step[2] = step(waiting[i / 16 % 3], objects[i / 48], 1);
        p.actor[1].priority += i & 4 ? 1 : 0;
        p.actor[1].steps = 2;
        p.actor[1].step[0] = step(i & 8 ? seL4_SysSend : seL4_SysCall, SECOND_ENDPOINT, 2);
        p.actor[1].step[1] = step(seL4_SysRecv, ENDPOINT, 0);
        play_perform(&p, "reason", number++);
    }
}

/* ---- plays at random ---- */

static word_t seed;

static word_t dice(word_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (seed >> 11) % sides;
}

static word_t random_tag(void)
{
    static const word_t lengths[] = { 0, 0, 1, 2, 3, 4, 5, 8, 64, 119, 120, 121, 127 };
    const word_t label = dice(4) ? dice(3) : 0xfffffffffffff - dice(5);

    return info_word(label, dice(6) ? 0 : dice(4), lengths[dice(ARRAY_COUNT(lengths))]) |
           (dice(3) ? 0 : dice(8)) << 9;
}

static struct step random_step(void)
{
    static const seL4_Syscall_ID numbers[] = {
        seL4_SysCall,      seL4_SysCall,   seL4_SysCall,  seL4_SysReplyRecv, seL4_SysReplyRecv,
        seL4_SysReplyRecv, seL4_SysSend,   seL4_SysSend,  seL4_SysNBSend,    seL4_SysRecv,
        seL4_SysRecv,      seL4_SysNBRecv, seL4_SysReply, seL4_SysYield,
    };
    struct step s = step(numbers[dice(ARRAY_COUNT(numbers))], ENDPOINT, random_tag());
    const word_t kind = dice(8);

    if (kind == 0) {
        s.cptr = dice(4) ? play_name(VICTIM + dice(NAMES - VICTIM)) : BIT(40);
    } else if (kind < 4) {
        s.cptr = play_name(MINTED + dice(MINTED_COUNT));
    } else if (kind == 4) {
        s.cptr = play_name(SIGNAL_BOUND);
    }
    if (dice(20) == 0) {
        s.number = 100; /* an unknown system call */
    }
    return s;
}

static struct play random_play(void)
{
    static const word_t handlers[] = { HANDLER, ENDPOINT, BADGED, SECOND_ENDPOINT };
    struct play p = { .bound_active = dice(2), .last_dies = dice(4) == 0 };
    const word_t bound = dice(2 * ACTORS);

    for (word_t i = 0; i < ACTORS; i++) {
        struct actor *a = &p.actor[i];

        a->priority = LOW_ACTOR + dice(3);
        a->domain = dice(8) == 0;
        for (word_t g = 0; g < ARRAY_COUNT(a->gift); g++) {
            a->gift[g] = play_name(VICTIM + dice(NAMES - VICTIM));
        }
        a->space = dice(8) ? dice(2) : dice(4);
        a->buffer = dice(4) ? 0 : dice(3);
        a->handler = dice(3) ? 0 : handlers[dice(ARRAY_COUNT(handlers))];
        a->stale_fault = a->handler && dice(2);
        a->bound = i == bound;
        a->rest = dice(3) != 0;
        a->steps = 1 + dice(STEPS);
        for (word_t s = 0; s < a->steps; s++) {
            a->step[s] = random_step();
        }
    }
    return p;
}

static void random_plays(word_t first, word_t count)
{
    play_stage();
    for (word_t i = first; i < first + count; i++) {
        seed = 0x9e3779b97f4a7c15 * (i + 1);
        const struct play p = random_play();

        play_perform(&p, "random", i);
    }
}

TEST(bothways, random_plays)
{
    random_plays(0, 100);
}
TEST(bothways, more_random_plays)
{
    random_plays(100, 100);
}
TEST(bothways, other_random_plays)
{
    random_plays(200, 100);
}
