/* SPDX-License-Identifier: BSD-2-Clause */
/* Client and server in address spaces of their own.  The root task loads one server and two
 * clients, gives each client a badged capability to the server's endpoint, and prints for them. */
#include <kit/print.h>
#include <kit/program.h>

enum {
    SERVER_SLOT = PROGRAM_FIRST_SLOT, OWN_CNODE_SLOT,   /* as in programs/service.h */
    POOL_BITS = 20, POOL_SLOTS = 128, PRIORITY = 100, PROGRAMS = 3,
};

static struct pool pools[PROGRAMS];
static struct program programs[PROGRAMS];

static bool start(seL4_Word number, const char *name, seL4_CPtr parent)
{
    struct file file;
    const char *error;

    if (!archive_find(name, &file) ||
        !pool_split(&root_pool, &pools[number], name, POOL_BITS, POOL_SLOTS))
        return false;
    error = program_load(&programs[number], &pools[number], &file, parent, number, PRIORITY);
    if (error)
        print("%s cannot be loaded: %s\n", name, error);
    return !error;
}

static bool start_all(seL4_CPtr parent, seL4_CPtr service)
{
    if (!start(0, "server", parent) || !start(1, "client", parent) || !start(2, "client", parent))
        return false;
    if (program_give(&programs[0], SERVER_SLOT, service, seL4_AllRights, 0) ||
        program_give(&programs[0], OWN_CNODE_SLOT, programs[0].cnode, seL4_AllRights,
                     seL4_CNode_CapData_new(0, seL4_WordBits - PROGRAM_SLOT_BITS).words[0]))
        return false;
    for (seL4_Word badge = 1; badge < PROGRAMS; badge++)
        if (program_give(&programs[badge], SERVER_SLOT, service, seL4_CapRights_new(1, 0, 0, 1),
                         badge))
            return false;
    for (seL4_Word number = 0; number < PROGRAMS; number++)
        program_start(&programs[number]);
    return true;
}

static void serve(seL4_CPtr parent)
{
    seL4_Word badge, ended = 0;
    seL4_MessageInfo_t info = seL4_Recv(parent, &badge);

    while (ended < PROGRAMS - 1) {
        switch (seL4_MessageInfo_get_label(info)) {
        case PARENT_PRINT:
            program_print(seL4_GetMR(0));
            info = seL4_ReplyRecv(parent, seL4_MessageInfo_new(0, 0, 0, 0), &badge);
            break;
        default:
            print("client %lu has ended\n", badge);
            if (++ended < PROGRAMS - 1)
                info = seL4_Recv(parent, &badge);
        }
    }
}

int main(void)
{
    kit_start();
    seL4_CPtr parent = pool_object(&root_pool, seL4_EndpointObject, 0);
    seL4_CPtr service = pool_object(&root_pool, seL4_EndpointObject, 0);

    if (!start_all(parent, service)) {
        print("pingpong cannot start\n");
        return 1;
    }
    serve(parent);
    for (seL4_Word number = 0; number < PROGRAMS; number++)
        pool_reset(&pools[number]);
    print("all programs are gone, their memory is free again\n");
    return 0;
}
