/* SPDX-License-Identifier: BSD-2-Clause */
/* Tutorial, chapter 5: messages, answers, badges, and a capability in a message. */
#include <kit/print.h>
#include <kit/thread.h>

enum { ROOT = seL4_CapInitThreadCNode, DEPTH = seL4_WordBits, ALICE = 1, BOB = 2, PRIORITY = 100 };
enum { ADD = 1, GIVE = 2 };

static struct thread alice, bob;
static seL4_CPtr alices_endpoint, bobs_endpoint, gift;

/* A client in one line: the message goes out and the answer comes in with one system call. */
static seL4_Word add(seL4_CPtr server, seL4_Word a, seL4_Word b)
{
    seL4_SetMR(0, a);
    seL4_SetMR(1, b);
    (void)seL4_Call(server, seL4_MessageInfo_new(ADD, 0, 0, 2));
    return seL4_GetMR(0);
}

static void be_alice(void *unused)
{
    (void)unused;
    print("Alice: 2 + 3 = %lu\n", add(alices_endpoint, 2, 3));
}

static void be_bob(void *unused)
{
    (void)unused;
    print("Bob: 40 + 2 = %lu\n", add(bobs_endpoint, 40, 2));
    seL4_SetCap(0, gift);
    (void)seL4_Call(bobs_endpoint, seL4_MessageInfo_new(GIVE, 0, 1, 0));
    print("Bob: my gift has arrived\n");
}

/* The server: one loop for all clients; the badge tells who it is.  A capability in the message
 * goes to the slot that was named before. */
static void serve(seL4_CPtr endpoint, seL4_CPtr received)
{
    seL4_Word badge;
    seL4_MessageInfo_t info;

    seL4_SetCapReceivePath(ROOT, received, DEPTH);
    info = seL4_Recv(endpoint, &badge);
    while (seL4_MessageInfo_get_label(info) == ADD) {
        print("server: a question from %s\n", badge == ALICE ? "Alice" : "Bob");
        seL4_SetMR(0, seL4_GetMR(0) + seL4_GetMR(1));
        info = seL4_ReplyRecv(endpoint, seL4_MessageInfo_new(0, 0, 0, 1), &badge);
    }
    print("server: %s gave me %lu capability\n", badge == ALICE ? "Alice" : "Bob",
          seL4_MessageInfo_get_extraCaps(info));
    seL4_Signal(received);
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
}

int main(void)
{
    seL4_Word signals = 0;

    kit_start();
    seL4_CPtr endpoint = pool_object(&root_pool, seL4_EndpointObject, 0);
    alices_endpoint = cap_mint(&root_pool, endpoint, seL4_AllRights, ALICE);
    bobs_endpoint = cap_mint(&root_pool, endpoint, seL4_AllRights, BOB);
    gift = pool_object(&root_pool, seL4_NotificationObject, 0);
    (void)thread_make(&alice, &root_pool, "Alice", PRIORITY + 1, 0);
    (void)thread_make(&bob, &root_pool, "Bob", PRIORITY, 0);
    thread_start(&alice, be_alice, NULL);
    thread_start(&bob, be_bob, NULL);
    serve(endpoint, pool_slot(&root_pool));
    (void)seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB, PRIORITY - 1);
    seL4_Wait(gift, &signals);
    print("the gift works: the server has signalled through it\n");
    print("End of the chapter.\n");
    return 0;
}
