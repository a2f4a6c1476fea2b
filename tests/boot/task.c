/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task that says what it was started with, for the boot tests: lines `name value` on COM1,
 * the last one BOOT TASK DONE.  What a program can see of the processor it notes before anything else runs:
 * whatever state the machine was in when the kernel began, it is the same, and there is a timer. */
#include <sel4/sel4.h>
#include <cpuid.h>

#define COM1 0x3f8
#define COM1_PORTS 8
#define STATUS 5
#define STATUS_CAN_SEND 0x20
#define PORT_SLOT (info->empty.start)
#define THREAD_SLOT (info->empty.start + 1)

static const seL4_BootInfo *info;

/* first_look fills it, in this order. */
static __attribute__((used)) struct {
    seL4_Word rflags, cs, ss, ds, es, fs, gs, ldt, task, cr0, fcw, mxcsr;
} look;
static __attribute__((used)) seL4_Word look_general, look_stack[8];

/* The entry of the image, in front of crt0.S.  look_general: all general registers but RDI or-ed together. */
void first_look(void);
__asm__(".pushsection .text\n"
        ".globl first_look\n"
        "first_look:\n\t"
        "movq %rsp, look_general(%rip)\n\t"
        "leaq look_stack + 64(%rip), %rsp\n\t"
        "pushfq\n\t"
        "popq look(%rip)\n\t"
        ".irp register, rax, rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15\n\t"
        "orq %\\register, look_general(%rip)\n\t"
        ".endr\n\t"
        "place = 8\n\t"
        ".irp selector, cs, ss, ds, es, fs, gs\n\t"
        "movl %\\selector, %eax\n\t"
        "movq %rax, look + place(%rip)\n\t"
        "place = place + 8\n\t"
        ".endr\n\t"
        ".irp instruction, sldt, str, smsw\n\t"  /* CR4.UMIP would forbid all three */
        "xorl %eax, %eax\n\t"
        "\\instruction %eax\n\t"
        "movq %rax, look + place(%rip)\n\t"
        "place = place + 8\n\t"
        ".endr\n\t"
        "fnstcw look + place(%rip)\n\t"
        "stmxcsr look + place + 8(%rip)\n\t"
        "jmp _start\n"
        ".popsection\n");

static void put(char c)
{
    while (!(seL4_X86_IOPort_In8(PORT_SLOT, COM1 + STATUS).result & STATUS_CAN_SEND))
        ;
    (void)seL4_X86_IOPort_Out8(PORT_SLOT, COM1, (unsigned char)c);
}

static void put_text(const char *text)
{
    while (*text)
        put(*text++);
}

static void put_line(const char *name, seL4_Word value)
{
    char digits[20];
    int count = 0;

    put_text(name);
    put(' ');
    do {
        digits[count++] = "0123456789"[value % 10];
        value /= 10;
    } while (value);
    while (count)
        put(digits[--count]);
    put_text("\r\n");
}

static void put_chunks(void)
{
    const char *chunk = (const char *)info + seL4_BootInfoFrameSize;
    const char *end = chunk + info->extraLen;

    while (chunk < end) {
        seL4_BootInfoHeader header;
        __builtin_memcpy(&header, chunk, sizeof header);
        put_line("chunk", header.id);
        if (header.id == SEL4_BOOTINFO_HEADER_X86_TSC_FREQ) {
            unsigned mhz;
            __builtin_memcpy(&mhz, chunk + sizeof header, sizeof mhz);
            put_line("mhz", mhz);
        }
        chunk += header.len;
    }
}

static void put_memory(void)
{
    seL4_Word bytes[2] = { 0, 0 };

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        bytes[info->untypedList[i].isDevice] += 1ul << info->untypedList[i].sizeBits;
    put_line("memory", bytes[0]);
    put_line("device", bytes[1]);
    put_line("untypeds", info->untyped.end - info->untyped.start);
}

static void put_look(void)
{
    unsigned a, b, c, d;

    put_line("general", look_general);
    put_line("rflags", look.rflags);
    put_line("cs", look.cs);
    put_line("ss", look.ss);
    put_line("ds", look.ds);
    put_line("es", look.es);
    put_line("fs", look.fs);
    put_line("gs", look.gs);
    put_line("ldt", look.ldt);
    put_line("task", look.task);
    put_line("cr0", look.cr0);
    put_line("fcw", look.fcw);
    put_line("mxcsr", look.mxcsr);
    __cpuid(1, a, b, c, d);
    if (c & bit_OSXSAVE) {
        unsigned low, high;
        __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        put_line("xcr0", (seL4_Word)high << 32 | low);
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
        put_line("ospke", !!(c & bit_OSPKE));
    if (__get_cpuid(0x80000001, &a, &b, &c, &d) && d & 1 << 27) {
        unsigned aux;
        __asm__ volatile("rdtscp" : "=c"(aux) : : "rax", "rdx"); /* CR4.TSD would forbid it */
        put_line("tsc_aux", aux);
    }
}

static volatile seL4_Word rounds;

static void count_rounds(void)
{
    for (;;)
        rounds++;
}

/* Memory for a thread. */
static seL4_CPtr some_untyped(void)
{
    seL4_Word i = 0;
    while (info->untypedList[i].isDevice || info->untypedList[i].sizeBits < seL4_TCBBits)
        i++;
    return info->untyped.start + i;
}

/* Returns only if the timer takes the processor from a thread that does not give it up. */
static void be_preempted(void)
{
    seL4_UserContext start = { .rip = (seL4_Word)count_rounds };

    (void)seL4_Untyped_Retype(some_untyped(), seL4_TCBObject, 0, seL4_CapInitThreadCNode, 0, 0, THREAD_SLOT, 1);
    (void)seL4_TCB_Configure(THREAD_SLOT, 0, seL4_CapInitThreadCNode, 0, seL4_CapInitThreadVSpace, 0, 0, 0);
    (void)seL4_TCB_SetPriority(THREAD_SLOT, seL4_CapInitThreadTCB, seL4_MaxPrio);
    (void)seL4_TCB_WriteRegisters(THREAD_SLOT, 1, 0, sizeof start / sizeof start.rip, &start);
    while (!rounds)
        ;
    (void)seL4_TCB_Suspend(THREAD_SLOT);
}

/* Through the kernel, where there is such a call: every row of any screen, and every column of a row. */
static void fill_screen(void)
{
#ifdef CONFIG_PRINTING
    for (int i = 0; i < 70; i++)
        seL4_DebugPutChar('\n');
    for (int i = 0; i < 140; i++)
        seL4_DebugPutChar('.');
#endif
}

int main(void)
{
    info = seL4_GetBootInfo();
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + COM1_PORTS - 1,
                                       seL4_CapInitThreadCNode, PORT_SLOT, 64);
    fill_screen();
    put_text("\r\nBOOT TASK\r\n");
    put_line("frames", info->userImageFrames.end - info->userImageFrames.start);
    put_line("paging", info->userImagePaging.end - info->userImagePaging.start);
    put_line("slots", 1ul << info->initThreadCNodeSizeBits);
    put_memory();
    put_chunks();
    put_look();
    be_preempted();
    put_text("BOOT TASK DONE\r\n");
    return 0;
}
