/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task that takes nothing of this library but its headers: its own entry, stack and
 * thread-local storage, and the linker's own layout.  Programs that bring a run-time library of
 * their own are made so. */
#include <sel4/sel4.h>

enum { COM1 = 0x3f8, READY = 1 << 5, DEPTH = 64, STACK_BYTES = 16384, TLS_BYTES = 512 };
enum { PAGE_TABLE_SPAN = 21, INDEX = 9, LEVELS = 3, BEHIND_IMAGE = 3 };

/* ELF-64: what is used of the headers. */
enum { PT_TLS = 7 };
struct header {
    seL4_Uint8 unused[32];
    seL4_Uint64 program_headers, section_headers;
    seL4_Uint32 flags;
    seL4_Uint16 bytes, program_header_bytes, program_header_count;
};
struct program_header {
    seL4_Uint32 type, flags;
    seL4_Uint64 offset, vaddr, paddr, file_bytes, memory_bytes, align;
};
extern const struct header __ehdr_start;
extern const char __executable_start[], _end[];

__thread seL4_IPCBuffer *__sel4_ipc_buffer;
static __thread volatile int local = 42, local_zeroed;
static __thread volatile struct {
    _Alignas(64) seL4_Word at;
} aligned = { 7 };
static const volatile seL4_CapRights_t constant = { { 3 } };
static volatile seL4_UserContext context = { .rip = 1, .gs_base = 20 };
static volatile char large[3 << 20];
static char tls[TLS_BYTES] __attribute__((aligned(64)));
static seL4_CPtr ports;

char stack[STACK_BYTES] __attribute__((aligned(16)));
void start(const seL4_BootInfo *info);

__asm__(".pushsection .text\n"
        ".globl _start\n"
        "_start: leaq stack + 16384(%rip), %rsp\n"
        "        xorl %ebp, %ebp\n"
        "        call start\n"
        "        ud2\n"
        ".popsection\n");

/* What headers and compilers call. */
void *memset(void *to, int value, __SIZE_TYPE__ bytes)
{
    for (volatile char *at = to; bytes; bytes--)
        *at++ = (char)value;
    return to;
}

char *strcpy(char *to, const char *from)
{
    for (volatile char *at = to; (*at++ = *from++);)
        continue;
    return to;
}

void __assert_fail(const char *expression, const char *file, int line, const char *function)
{
    (void)expression, (void)file, (void)line, (void)function;
    __builtin_trap();
}

static void print(const char *text)
{
    for (; *text; text++) {
        while (!(seL4_X86_IOPort_In8(ports, COM1 + 5).result & READY))
            continue;
        (void)seL4_X86_IOPort_Out8(ports, COM1, (seL4_Word)(unsigned char)*text);
    }
}

static void check(const char *name, int right)
{
    print(right ? "ok " : "not ok ");
    print(name);
    print("\n");
}

/* The thread pointer for the variables in tls[]. */
static seL4_Word make_tls(void)
{
    const struct program_header *p =
        (const void *)((const char *)&__ehdr_start + __ehdr_start.program_headers);
    while (p->type != PT_TLS)
        p++;
    seL4_Word variables = (p->memory_bytes + p->align - 1) / p->align * p->align;
    const volatile char *from = (const volatile char *)p->vaddr;
    for (seL4_Word i = 0; i < p->file_bytes; i++)
        tls[i] = from[i];
    *(seL4_Word *)(void *)(tls + variables) = (seL4_Word)tls + variables;
    return (seL4_Word)tls + variables;
}

/* How many tables of all levels the addresses need. */
static seL4_Word table_count(seL4_Word first, seL4_Word last)
{
    seL4_Word count = 0;
    for (int level = 0; level < LEVELS; level++) {
        int bits = PAGE_TABLE_SPAN + INDEX * level;
        count += (last >> bits) - (first >> bits) + 1;
    }
    return count;
}

static void check_layout(const seL4_BootInfo *info)
{
    const seL4_Word page = LIBSEL4_BIT(seL4_PageBits), first = (seL4_Word)__executable_start;
    const seL4_Word end = ((seL4_Word)_end + page - 1) / page * page;
    const seL4_SlotRegion frames = info->userImageFrames, tables = info->userImagePaging;

    check("image", frames.end - frames.start == (end - first) / page);
    check("behind the image",
          (seL4_Word)info->ipcBuffer == end && (seL4_Word)info == end + page &&
              *(const seL4_Word *)(end + 2 * page) == SEL4_BOOTINFO_HEADER_X86_ACPI_RSDP);
    check("tables", tables.end - tables.start == table_count(first, end + BEHIND_IMAGE * page - 1));
}

void start(const seL4_BootInfo *info)
{
    seL4_SetTLSBase(make_tls());
    seL4_SetIPCBuffer(info->ipcBuffer);
    ports = info->empty.start;
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + 7,
                                       seL4_CapInitThreadCNode, ports, DEPTH);
#ifdef CONFIG_DEBUG_BUILD
    seL4_DebugNameThread(seL4_CapInitThreadTCB, "own start");
#endif
    check("thread-local data", local == 42 && local_zeroed == 0 && aligned.at == 7);
    check("initialised data", constant.words[0] == 3 && context.rip == 1 && context.gs_base == 20);
    check("zeroed data", large[0] == 0 && large[sizeof(large) - 1] == 0);
    check_layout(info);
    print("TASK DONE\n");
    (void)seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}
