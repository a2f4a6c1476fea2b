/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of a batch: all objects come from one untyped, so that one Revoke takes it away. */
#include "fuzz.h"

enum {
    WORLD_BITS = 24,
    IMAGE_RADIX = 8,
    OTHER_RADIX = 4,
    SPACES = 2,
    BASE_PRIORITY = 100,
    TOP_PRIORITY = 254,
    TYPE_TCB = 12 /* as DebugCapIdentify says */
};

#define ROOT  seL4_CapInitThreadCNode
#define DEPTH ((seL4_Uint8)64)

word_t slot_timer, slot_timer_notification, slot_world, slot_play, slot_temporary, slot_effect;

static const seL4_BootInfo *boot;
static word_t slot_image, slot_root, slot_other, slot_space, slot_tcb;
static word_t image_used;

extern char __executable_start[], _end[];

/* ---- slots and objects ---------------------------------------------------------------------- */

static void retype(word_t type, word_t bits, word_t slot)
{
    require(seL4_Untyped_Retype(slot_world, type, bits, ROOT, 0, 0, slot, 1), "retype");
}

/* Objects straight into the playground. */
static void play(word_t type, word_t bits, word_t first, word_t count)
{
    require(seL4_Untyped_Retype(slot_world, type, bits, ROOT, slot_play, DEPTH, first, count),
            "retype");
}

static void to_play(word_t index, word_t slot)
{
    require(seL4_CNode_Move(slot_play, index, PLAY_RADIX, ROOT, slot, DEPTH), "move");
}

static void copy_to_play(word_t index, word_t slot)
{
    require(seL4_CNode_Copy(slot_play, index, PLAY_RADIX, ROOT, slot, DEPTH, seL4_AllRights),
            "copy");
}

/* Out of everyone's way, until the world ends. */
static void keep(word_t slot)
{
    require(seL4_CNode_Move(slot_image, image_used++, IMAGE_RADIX, ROOT, slot, DEPTH), "keep");
}

void world_start(const seL4_BootInfo *info)
{
    word_t best = 0, best_bits = 64;
    boot = info;
    for (word_t i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];
        if (!u->isDevice && u->sizeBits > WORLD_BITS && u->sizeBits < best_bits) {
            best = info->untyped.start + i;
            best_bits = u->sizeBits;
        }
    }
    word_t slot = info->empty.start;
    slot_world = slot++;
    slot_play = slot++;
    slot_image = slot++;
    slot_root = slot++;
    slot_other = slot++;
    slot_temporary = slot++;
    slot_timer = slot++;
    slot_timer_notification = slot++;
    slot_effect = slot;
    slot += 3;
    slot_space = slot;
    slot_tcb = slot + SPACES;
    require(seL4_Untyped_Retype(best, seL4_UntypedObject, WORLD_BITS, ROOT, 0, 0, slot_world, 1),
            "world");
    require(seL4_Untyped_Retype(best, seL4_NotificationObject, 0, ROOT, 0, 0,
                                slot_timer_notification, 1),
            "timer notification");
}

void world_revoke(void)
{
    require(seL4_CNode_Revoke(ROOT, slot_world, DEPTH), "revoke");
}

/* ---- address spaces ------------------------------------------------------------------------- */

static void map_table(word_t type, word_t space, word_t at)
{
    seL4_Error error;
    retype(type, 0, slot_temporary);
    if (type == seL4_X86_PDPTObject)
        error = seL4_X86_PDPT_Map(slot_temporary, space, at, seL4_X86_Default_VMAttributes);
    else if (type == seL4_X86_PageDirectoryObject)
        error =
            seL4_X86_PageDirectory_Map(slot_temporary, space, at, seL4_X86_Default_VMAttributes);
    else
        error = seL4_X86_PageTable_Map(slot_temporary, space, at, seL4_X86_Default_VMAttributes);
    require(error, "map a table");
    keep(slot_temporary);
}

static void map_frame(word_t space, word_t at, bool writable)
{
    require(seL4_X86_Page_Map(slot_temporary, space, at, writable ? seL4_ReadWrite : seL4_CanRead,
                              seL4_X86_Default_VMAttributes),
            "map a frame");
}

/* The program, of which workers can write `shared` only. */
static void map_image(word_t space)
{
    word_t frame = boot->userImageFrames.start;
    for (word_t at = (word_t)__executable_start; at < (word_t)_end; at += PAGE_BYTES, frame++) {
        bool writable = at >= (word_t)&shared && at < (word_t)(&shared + 1);
        require(seL4_CNode_Copy(ROOT, slot_temporary, DEPTH, ROOT, frame, DEPTH, seL4_AllRights),
                "image frame");
        map_frame(space, at, writable);
        keep(slot_temporary);
    }
}

static void build_space(word_t n)
{
    word_t space = slot_space + n;
    retype(seL4_X64_PML4Object, 0, space);
    if (n == 0) {
        require(seL4_X86_ASIDPool_Assign(seL4_CapInitThreadASIDPool, space), "assign");
    } else {
        retype(seL4_UntypedObject, seL4_ASIDPoolBits, slot_temporary);
        require(seL4_X86_ASIDControl_MakePool(seL4_CapASIDControl, slot_temporary, ROOT, slot_tcb,
                                              DEPTH),
                "pool");
        require(seL4_X86_ASIDPool_Assign(slot_tcb, space), "assign");
        to_play(PLAY_POOL, slot_tcb);
        keep(slot_temporary);
    }
    map_table(seL4_X86_PDPTObject, space, 0);
    map_table(seL4_X86_PageDirectoryObject, space, 0);
    map_table(seL4_X86_PageTableObject, space, (word_t)__executable_start);
    map_table(seL4_X86_PageTableObject, space, IPC_ADDRESS(0));
    map_image(space);
}

/* ---- workers -------------------------------------------------------------------------------- */

static seL4_Error start_worker(word_t tcb, word_t worker)
{
    seL4_UserContext registers = { .rip = (word_t)worker_start, .rdi = worker };
    return seL4_TCB_WriteRegisters(tcb, true, 0, sizeof registers / sizeof(word_t), &registers);
}

static void build_worker(word_t worker)
{
    word_t space = slot_space + worker % SPACES;
    word_t cspace = worker < 4 ? slot_root : slot_other;
    retype(seL4_X86_4K, 0, slot_temporary);
    map_frame(space, IPC_ADDRESS(worker), true);
    retype(seL4_TCBObject, 0, slot_tcb);
    require(seL4_TCB_Configure(slot_tcb, PLAY_ENDPOINT + worker % 4, cspace, 0, space, 0,
                               IPC_ADDRESS(worker), slot_temporary),
            "configure");
    require(seL4_TCB_SetSchedParams(slot_tcb, seL4_CapInitThreadTCB, TOP_PRIORITY,
                                    BASE_PRIORITY + worker / 3),
            "priority");
    copy_to_play(PLAY_FRAME + worker, slot_temporary);
    keep(slot_temporary);
    require(start_worker(slot_tcb, worker), "start");
    to_play(PLAY_TCB + worker, slot_tcb);
}

/* The director is more urgent than all workers: nobody interferes.  Another capability may stand
 * there now, and to call an endpoint would be the end. */
void world_restart_worker(word_t worker)
{
    if (seL4_CNode_Copy(ROOT, slot_temporary, DEPTH, slot_play, PLAY_TCB + worker, PLAY_RADIX,
                        seL4_AllRights))
        return;
    if (seL4_DebugCapIdentify(slot_temporary) == TYPE_TCB)
        (void)start_worker(slot_temporary, worker);
    require(seL4_CNode_Delete(ROOT, slot_temporary, DEPTH), "delete");
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void build_cspaces(void)
{
    retype(seL4_CapTableObject, PLAY_RADIX, slot_play);
    retype(seL4_CapTableObject, IMAGE_RADIX, slot_image);
    retype(seL4_CapTableObject, OTHER_RADIX, slot_other);
    image_used = 0;
    copy_to_play(PLAY_SELF, slot_play);
    /* In the second root the playground is one level down, under two names. */
    for (word_t i = 0; i < 2; i++)
        require(seL4_CNode_Copy(slot_other, i, OTHER_RADIX, ROOT, slot_play, DEPTH, seL4_AllRights),
                "other root");
    require(seL4_CNode_Mint(ROOT, slot_root, DEPTH, ROOT, slot_play, DEPTH, seL4_AllRights,
                            64 - PLAY_RADIX),
            "root");
    require(seL4_CNode_Mutate(ROOT, slot_temporary, DEPTH, ROOT, slot_other, DEPTH,
                              64 - PLAY_RADIX - OTHER_RADIX),
            "guard");
    require(seL4_CNode_Move(ROOT, slot_other, DEPTH, ROOT, slot_temporary, DEPTH), "guard");
}

static void build_badged(void)
{
    for (word_t i = PLAY_ENDPOINT_BADGED; i < PLAY_ENDPOINT_END; i++)
        require(seL4_CNode_Mint(slot_play, i, PLAY_RADIX, slot_play, PLAY_ENDPOINT + i % 2,
                                PLAY_RADIX, seL4_AllRights, i % 3),
                "mint");
    for (word_t i = PLAY_NOTIFICATION_BADGED; i < PLAY_NOTIFICATION_END; i++)
        require(seL4_CNode_Mint(slot_play, i, PLAY_RADIX, slot_play, PLAY_NOTIFICATION + i % 2,
                                PLAY_RADIX, seL4_AllRights, BIT(i % 8)),
                "mint");
}

/* Objects that nobody has configured or mapped. */
static const struct {
    uint8_t first, count, type, bits;
} stock[] = {
    { PLAY_UNTYPED, 2, seL4_UntypedObject, 12 },
    { PLAY_UNTYPED + 2, 1, seL4_UntypedObject, 13 },
    { PLAY_UNTYPED + 3, 1, seL4_UntypedObject, 14 },
    { PLAY_UNTYPED + 4, 1, seL4_UntypedObject, 16 },
    { PLAY_UNTYPED + 5, 1, seL4_UntypedObject, 10 },
    { PLAY_UNTYPED + 6, 2, seL4_UntypedObject, 7 },
    { PLAY_TCB + WORKERS, PLAY_TCB_END - PLAY_TCB - WORKERS, seL4_TCBObject, 0 },
    { PLAY_ENDPOINT, PLAY_ENDPOINT_BADGED - PLAY_ENDPOINT, seL4_EndpointObject, 0 },
    { PLAY_NOTIFICATION, PLAY_NOTIFICATION_BADGED - PLAY_NOTIFICATION, seL4_NotificationObject, 0 },
    { PLAY_FRAME + WORKERS, PLAY_LARGE_FRAME - PLAY_FRAME - WORKERS, seL4_X86_4K, 0 },
    { PLAY_LARGE_FRAME, PLAY_FRAME_END - PLAY_LARGE_FRAME, seL4_X86_LargePageObject, 0 },
    { PLAY_TABLE, PLAY_DIRECTORY - PLAY_TABLE, seL4_X86_PageTableObject, 0 },
    { PLAY_DIRECTORY, PLAY_PDPT - PLAY_DIRECTORY, seL4_X86_PageDirectoryObject, 0 },
    { PLAY_PDPT, PLAY_PDPT_END - PLAY_PDPT, seL4_X86_PDPTObject, 0 },
    { PLAY_SPACE, 1, seL4_X64_PML4Object, 0 },
    { PLAY_CNODE, 1, seL4_CapTableObject, 2 },
    { PLAY_CNODE + 1, 1, seL4_CapTableObject, 3 },
    { PLAY_CNODE + 2, 1, seL4_CapTableObject, 4 },
};
enum { STOCK = sizeof stock / sizeof stock[0] };

static void build_objects(void)
{
    for (word_t i = 0; i < STOCK; i++)
        play(stock[i].type, stock[i].bits, stock[i].first, stock[i].count);
}

void world_restock(struct random *r)
{
    word_t i = random_below(r, STOCK);
    word_t index = stock[i].first + random_below(r, stock[i].count);
    (void)seL4_Untyped_Retype(slot_world, stock[i].type, stock[i].bits, ROOT, slot_play, DEPTH,
                              index, 1);
}

static void build_devices(void)
{
    copy_to_play(PLAY_ASID_CONTROL, seL4_CapASIDControl);
    copy_to_play(PLAY_DOMAIN, seL4_CapDomain);
    require(seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, PORT_FIRST, PORT_FIRST + 15,
                                         slot_play, PLAY_PORT, PLAY_RADIX),
            "ports");
    for (word_t i = PLAY_IRQ; i < PLAY_IRQ_END; i++)
        require(seL4_IRQControl_GetIOAPIC(seL4_CapIRQControl, slot_play, i, PLAY_RADIX, 0,
                                          i - PLAY_IRQ + 20, 0, 0, i - PLAY_IRQ + 40),
                "irq");
}

void world_build(void)
{
    build_cspaces();
    build_objects();
    build_badged();
    build_devices();
    for (word_t i = 0; i < SPACES; i++)
        build_space(i);
    for (word_t i = 0; i < WORKERS; i++)
        build_worker(i);
    for (word_t i = 0; i < SPACES; i++)
        to_play(PLAY_SPACE + 1 + i, slot_space + i);
    to_play(PLAY_SELF + 1, slot_other);
}
