/* SPDX-License-Identifier: BSD-2-Clause */
/* A boot loader that leaves the machine in any state a test wants: a Multiboot 1 program that replays a
 * script, its first module, which ends with entering a kernel.  chain.py composes scripts.
 *
 * A script is a list of commands of 32-bit words: the operation, the number of words behind this pair, these
 * words.  Each is done at once, so their order is the script's business: a control register that forbids
 * something comes behind what needs it.  For example `COPY 2, 0x100000, 1, 0xf4, ENTER 4, 0x100000, 2, 0, 0`
 * is the whole of a kernel that halts.  There is no handler for exceptions: one in here ends in shutdown. */
#include <stdint.h>

enum operation {                /* words */
    ENTER,                      /* entry, EFLAGS, EAX, EBX */
    ENTER_AS_STARTED,           /* entry, EFLAGS; EAX and EBX as they were here, but without the script */
    COPY,                       /* address, bytes, the bytes */
    FILL,                       /* address, bytes, value */
    STORE,                      /* address, value: 32 bits at once, for devices */
    OUT,                        /* port, bytes, value */
    MSR,                        /* number, kept bits low and high, set bits low and high */
    CR0, CR4,                   /* kept bits, set bits */
    DEBUG,                      /* debug register, value */
    XCR0,                       /* value */
    GDT, IDT,                   /* base, limit */
    LDT, TASK,                  /* selector */
    FPU,                        /* control word */
    MXCSR,                      /* value */
    SERVE,                      /* vector: in service in the local APIC from now on */
};

#define COM1 0x3f8
enum { COM1_LINE = 3, LINE_8N1 = 3, COM1_STATUS = 5, STATUS_CAN_SEND = 0x20 };
#define LAPIC 0xfee00000
enum { LAPIC_TASK_PRIORITY = 0x80, LAPIC_SPURIOUS = 0xf0, LAPIC_SERVICE = 0x100, LAPIC_COMMAND = 0x300 };
enum { SPURIOUS_ENABLE = 0x1ff, COMMAND_SELF = 1 << 18 };
enum { PIC1_MASK = 0x21, PIC2_MASK = 0xa1 };

struct table { uint16_t limit; uint32_t base; } __attribute__((packed));
struct module { uint32_t start, end, name, reserved; };
struct information { /* Multiboot 1, up to what is needed here */
    uint32_t flags, lower, upper, device, command_line, module_count;
    struct module *modules;
};

__attribute__((section(".multiboot"), used)) static const uint32_t header[] = {
    0x1badb002, 3, -(0x1badb002u + 3), /* page-aligned modules, memory information */
};

/* Flat segments of our own: the first loader's may have gone. */
__attribute__((used)) static uint64_t gdt[] = { 0, 0x00cf9a000000ffff, 0x00cf92000000ffff };
__attribute__((used)) static const struct table gdt_pointer = { sizeof gdt - 1, (uint32_t)gdt };
enum { CODE = 8 };

__attribute__((used, aligned(16))) static char stack[16384];

extern const char interrupt_return[];
extern const char loader_start[], loader_end[]; /* of loader.ld */
__asm__(".globl _start\n"
        "_start:\n\t"
        "cli\n\t"
        "movl $stack + 16384, %esp\n\t"
        "lgdt gdt_pointer\n\t"
        "ljmp $8, $1f\n"
        "1:\n\t"
        "movl $16, %ecx\n\t"
        ".irp segment, ds, es, fs, gs, ss\n\t"
        "movl %ecx, %\\segment\n\t"
        ".endr\n\t"
        "pushl %ebx\n\t"
        "pushl %eax\n\t"
        "call replay\n"
        "interrupt_return:\n\t"
        "iret\n");

static void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static void out(uint16_t port, uint32_t bytes, uint32_t value)
{
    if (bytes == 4)
        __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
    else if (bytes == 2)
        __asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
    else
        out8(port, (uint8_t)value);
}

static uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* When the kernel says nothing at all, this tells whether it was entered. */
static void say(const char *text)
{
    out8(COM1 + COM1_LINE, LINE_8N1);
    for (; *text; text++) {
        for (int tries = 0; tries < 100000 && !(in8(COM1 + COM1_STATUS) & STATUS_CAN_SEND); tries++)
            ;
        out8(COM1, (uint8_t)*text);
    }
}

static void copy(volatile char *to, const char *from, uint32_t bytes)
{
    while (bytes--)
        *to++ = *from++;
}

static void fill(volatile char *to, uint32_t bytes, uint32_t value)
{
    while (bytes--)
        *to++ = (char)value;
}

static void change_msr(const uint32_t *word)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(word[0]));
    __asm__ volatile("wrmsr" : : "c"(word[0]), "a"((low & word[1]) | word[3]), "d"((high & word[2]) | word[4]));
}

#define CHANGE(reg, kept, set) do { \
    uint32_t value_; \
    __asm__ volatile("movl %%" reg ", %0" : "=r"(value_)); \
    __asm__ volatile("movl %0, %%" reg : : "r"((value_ & (kept)) | (set)) : "memory"); \
} while (0)

static void set_debug(uint32_t number, uint32_t value)
{
    switch (number) {
    case 0: __asm__ volatile("movl %0, %%dr0" : : "r"(value)); break;
    case 1: __asm__ volatile("movl %0, %%dr1" : : "r"(value)); break;
    case 2: __asm__ volatile("movl %0, %%dr2" : : "r"(value)); break;
    case 3: __asm__ volatile("movl %0, %%dr3" : : "r"(value)); break;
    case 6: __asm__ volatile("movl %0, %%dr6" : : "r"(value)); break;
    case 7: __asm__ volatile("movl %0, %%dr7" : : "r"(value)); break;
    }
}

static volatile uint32_t *lapic(uint32_t reg) { return (volatile uint32_t *)(LAPIC + reg); }

/* The processor sends itself an interrupt, takes it, and never ends it. */
static void serve(uint32_t vector)
{
    static uint64_t idt[256];
    const struct table pointer = { sizeof idt - 1, (uint32_t)idt };
    uint32_t handler = (uint32_t)interrupt_return;

    for (int i = 0; i < 256; i++)
        idt[i] = (uint64_t)(handler >> 16) << 48 | 0x8e0000000000 | CODE << 16 | (handler & 0xffff);
    __asm__ volatile("lidt %0" : : "m"(pointer), "m"(idt));
    out8(PIC1_MASK, 0xff);
    out8(PIC2_MASK, 0xff);
    *lapic(LAPIC_SPURIOUS) = SPURIOUS_ENABLE;
    *lapic(LAPIC_TASK_PRIORITY) = 0;
    *lapic(LAPIC_COMMAND) = COMMAND_SELF | vector;
    __asm__ volatile("sti");
    while (!(*lapic(LAPIC_SERVICE + vector / 32 * 16) >> vector % 32 & 1))
        ;
    __asm__ volatile("cli");
}

static _Noreturn void enter(uint32_t entry, uint32_t eflags, uint32_t eax, uint32_t ebx)
{
    say("boot-loader: entering the kernel\r\n");
    __asm__ volatile("pushl %0\n\t"
                     "popfl\n\t"
                     "jmp *%1"
                     : : "r"(eflags), "r"(entry), "a"(eax), "b"(ebx) : "memory");
    __builtin_unreachable();
}

static void replay_one(uint32_t operation, const uint32_t *word, uint32_t magic, struct information *info)
{
    const struct table table = { (uint16_t)word[1], word[0] };

    switch ((enum operation)operation) {
    case ENTER: enter(word[0], word[1], word[2], word[3]);
    case ENTER_AS_STARTED:
        info->module_count--;
        info->modules++;
        enter(word[0], word[1], magic, (uint32_t)info);
    case COPY: copy((char *)word[0], (const char *)(word + 2), word[1]); break;
    case FILL: fill((char *)word[0], word[1], word[2]); break;
    case STORE: *(volatile uint32_t *)word[0] = word[1]; break;
    case OUT: out((uint16_t)word[0], word[1], word[2]); break;
    case MSR: change_msr(word); break;
    case CR0: CHANGE("cr0", word[0], word[1]); break;
    case CR4: CHANGE("cr4", word[0], word[1]); break;
    case DEBUG: set_debug(word[0], word[1]); break;
    case XCR0: __asm__ volatile("xsetbv" : : "c"(0), "a"(word[0]), "d"(0)); break;
    case GDT: __asm__ volatile("lgdt %0" : : "m"(table)); break;
    case IDT: __asm__ volatile("lidt %0" : : "m"(table)); break;
    case LDT: __asm__ volatile("lldt %w0" : : "r"(word[0])); break;
    case TASK: __asm__ volatile("ltr %w0" : : "r"(word[0])); break;
    case FPU: __asm__ volatile("fldcw %0" : : "m"(word[0])); break;
    case MXCSR: __asm__ volatile("ldmxcsr %0" : : "m"(word[0])); break;
    case SERVE: serve(word[0]); break;
    default:
        say("boot-loader: an unknown command\r\n");
        for (;;)
            __asm__ volatile("hlt");
    }
}

/* QEMU places modules behind this program, but GRUB as low as it can: where the kernel will be copied to. */
static void move_modules(const struct information *info)
{
    struct module *const end = info->modules + info->module_count;
    uint32_t to = (uint32_t)loader_end;

    for (const struct module *m = info->modules; m < end; m++)
        to = m->end > to ? m->end : to;
    for (struct module *m = info->modules; m < end; m++) {
        uint32_t bytes = m->end - m->start;
        if (m->start >= (uint32_t)loader_start)
            continue;
        to = (to + 4095) & ~4095u;
        copy((char *)to, (const char *)m->start, bytes);
        m->start = to;
        m->end = to += bytes;
    }
}

__attribute__((used)) static _Noreturn void replay(uint32_t magic, struct information *info)
{
    move_modules(info);
    for (const uint32_t *at = (const uint32_t *)info->modules->start;; at += 2 + at[1])
        replay_one(at[0], at + 2, magic, info);
}
