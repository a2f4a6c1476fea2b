/* SPDX-License-Identifier: BSD-2-Clause */
/* The routine behind segments_play.h, and what this processor has. */
#include "segments_play.h"

/* RDI: struct play.  RBP keeps it; the stack is not used. */
__asm__(".pushsection .text\n"
        ".globl segments_entry, segments_write_fs, segments_write_gs, segments_undefined\n"
        ".globl segments_look, segments_fs_word, segments_gs_word, segments_end\n"
        "segments_entry:\n\t"
        "movq %rdi, %rbp\n\t"
        "movq 0(%rbp), %rdx\n\t"
        "testq %rdx, %rdx\n\t"
        "jz 1f\n\t"
        "movq 8(%rbp), %rdi\n\t"
        "xorl %esi, %esi\n\t"
        "syscall\n"
        "1:\n\t"
        ".macro LOAD_SEGMENT at, segment\n\t"
        "cmpq $-1, \\at(%rbp)\n\t"
        "je 2f\n\t"
        "movw \\at(%rbp), %\\segment\n"
        "2:\n\t"
        ".endm\n\t"
        "LOAD_SEGMENT 16, ds\n\t"
        "LOAD_SEGMENT 24, es\n\t"
        "LOAD_SEGMENT 32, fs\n\t"
        "LOAD_SEGMENT 40, gs\n\t"
        ".purgem LOAD_SEGMENT\n\t"
        "testb $1, 104(%rbp)\n\t"
        "jz 1f\n\t"
        "movq 112(%rbp), %rax\n"
        "segments_write_fs:\n\t"
        "wrfsbase %rax\n"
        "1:\n\t"
        "testb $2, 104(%rbp)\n\t"
        "jz 1f\n\t"
        "movq 120(%rbp), %rax\n"
        "segments_write_gs:\n\t"
        "wrgsbase %rax\n"
        "1:\n\t"
        "movq 48(%rbp), %rax\n\t"
        "cmpq $1, %rax\n\t"
        "jb segments_call\n\t"
        "je segments_undefined\n\t"
        "cmpq $3, %rax\n\t"
        "jb segments_page_fault\n\t"
        "je segments_watch\n\t"
        "jmp segments_look\n"
        "segments_undefined:\n\t"
        "ud2\n"
        "segments_page_fault:\n\t"
        "movq 16, %rax\n"
        "segments_watch:\n\t"
        "movq 96(%rbp), %rcx\n"
        "1:\n\t"
        "cmpq $0, (%rcx)\n\t"
        "je 1b\n\t"
        "jmp segments_look\n"
        "segments_call:\n\t"
        "movq 56(%rbp), %rdx\n\t"
        "movq 64(%rbp), %rdi\n\t"
        "movq 72(%rbp), %rsi\n\t"
        "movq 80(%rbp), %r10\n\t"
        "movq 88(%rbp), %r8\n\t"
        "syscall\n"
        "segments_look:\n\t"
        ".macro STORE_SEGMENT at, segment\n\t"
        "movl %\\segment, %eax\n\t"
        "movzwl %ax, %eax\n\t"
        "movq %rax, \\at(%rbp)\n\t"
        ".endm\n\t"
        "STORE_SEGMENT 128, ds\n\t"
        "STORE_SEGMENT 136, es\n\t"
        "STORE_SEGMENT 144, fs\n\t"
        "STORE_SEGMENT 152, gs\n\t"
        ".purgem STORE_SEGMENT\n\t"
        "testb $4, 104(%rbp)\n\t"
        "jz 1f\n\t"
        "rdfsbase %rax\n\t"
        "movq %rax, 112(%rbp)\n\t"
        "rdgsbase %rax\n\t"
        "movq %rax, 120(%rbp)\n"
        "1:\n\t"
        "movq $1, 176(%rbp)\n\t"
        "testb $8, 104(%rbp)\n\t"
        "jz 1f\n"
        "segments_fs_word:\n\t"
        "movq %fs:0, %rax\n\t"
        "movq %rax, 160(%rbp)\n"
        "1:\n\t"
        "testb $16, 104(%rbp)\n\t"
        "jz 1f\n"
        "segments_gs_word:\n\t"
        "movq %gs:0, %rax\n\t"
        "movq %rax, 168(%rbp)\n"
        "1:\n\t"
        "movq $1, 184(%rbp)\n"
        "segments_end:\n\t"
        "ud2\n"
        ".popsection\n");

_Static_assert(offsetof(struct play, load) == 16, "known to segments_entry");
_Static_assert(offsetof(struct play, how) == 48, "known to segments_entry");
_Static_assert(offsetof(struct play, number) == 56, "known to segments_entry");
_Static_assert(offsetof(struct play, watch) == 96, "known to segments_entry");
_Static_assert(offsetof(struct play, bases) == 104, "known to segments_entry");
_Static_assert(offsetof(struct play, seen) == 128, "known to segments_entry");
_Static_assert(offsetof(struct play, fs_word) == 160, "known to segments_entry");
_Static_assert(offsetof(struct play, complete) == 184, "known to segments_entry");

struct play play_new(void)
{
    return (struct play){ .load = { KEEP, KEEP, KEEP, KEEP }, .how = AT_ONCE };
}

void play_start(const struct thread *t, struct play *play, word_t fs_base, word_t gs_base)
{
    seL4_UserContext context = {
        .rip = (word_t)segments_entry,
        .rflags = 0x202,
        .rdi = (word_t)play,
        .fs_base = fs_base,
        .gs_base = gs_base,
    };

    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, sizeof context / sizeof(word_t), &context));
}

/* Loading does what VERR says, and needs the present bit besides. */
static bool is_loadable(word_t selector)
{
    uint32_t rights = 0;
    bool readable;

    __asm__("verr %w1" : "=@ccz"(readable) : "r"((uint32_t)selector));
    if (!readable) {
        return false;
    }
    __asm__("larl %1, %0" : "+r"(rights) : "r"((uint32_t)selector) : "cc");
    return (rights & BIT(15)) != 0;
}

const struct selectors *selectors_loadable(void)
{
    static struct selectors list;

    list.count = 0;
    for (word_t selector = 0; selector < 0x200 && list.count < SELECTORS_MAX; selector++) {
        const bool local = (selector & 4) != 0;

        if (selector < 4 || (!local && is_loadable(selector))) {
            list.at[list.count++] = selector;
        }
    }
    return &list;
}

struct cpuid cpuid(uint32_t leaf)
{
    struct cpuid r = { .a = leaf & 0x80000000 };

    __asm__ volatile("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    if (r.a < leaf) {
        return (struct cpuid){ 0 };
    }
    r = (struct cpuid){ .a = leaf };
    __asm__ volatile("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
    return r;
}

bool has_base_instructions(void)
{
    return (cpuid(7).b & 1) != 0;
}
