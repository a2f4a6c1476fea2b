/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor exceptions and software interrupts as fault messages. */
#include "test.h"

/* One instruction sequence for each cause; the label x_NAME is the instruction that traps. */
#define CAUSE(name, before, instruction)                                                           \
    extern char s_##name[], x_##name[];                                                            \
    __asm__(".pushsection .text\n.globl s_" #name ", x_" #name "\n"                                \
            "s_" #name ": " before "\nx_" #name ": " instruction "\n\tud2\n.popsection\n")

CAUSE(divide, "xorl %ecx, %ecx; xorl %edx, %edx; movl $1, %eax", "divl %ecx");
CAUSE(overflow, "movl $0x80000000, %eax; cltd; movl $-1, %ecx", "idivl %ecx");
CAUSE(undefined, "nop", "ud2");
CAUSE(cli, "nop", "cli");
CAUSE(hlt, "nop", "hlt");
CAUSE(in, "nop", "inb $0x80, %al");
CAUSE(out, "movw $0x3f8, %dx", "outb %al, %dx");
CAUSE(cr3, "nop", "movq %cr3, %rax");
CAUSE(msr, "movl $0x10, %ecx", "rdmsr");
CAUSE(invlpg, "nop", "invlpg (%rdi)");
CAUSE(lidt, "nop", "lidt (%rsp)");
CAUSE(non_canonical, "movabsq $0x0000800000000000, %rax", "movq (%rax), %rax");
CAUSE(non_canonical_stack, "movabsq $0x0000800000000808, %rsp", "pushq %rax");
CAUSE(selector, "movl $0x50, %eax", "movw %ax, %ds");
CAUSE(into, "nop", ".byte 0xce");
CAUSE(int3, "nop", "int3");
CAUSE(step, "pushfq; orl $0x100, (%rsp); popfq", "nop");
CAUSE(int80, "nop", "int $0x80");
CAUSE(int0, "nop", "int $0");
CAUSE(int13, "nop", "int $13");
CAUSE(int157, "nop", "int $157");
CAUSE(int158, "movl $0xab123456, %eax", "int $158");
CAUSE(int254, "movl $0x00000001, %eax", "int $254");
CAUSE(int255, "nop", "int $255");
CAUSE(sysenter, "nop", "sysenter");
CAUSE(push_zero, "xorl %esp, %esp", "pushq %rax");
CAUSE(unaligned, "pushfq; orl $0x40000, (%rsp); popfq", "movq 1(%rdi), %rax");
CAUSE(x87, "fninit; pushq $0x37b; fldcw (%rsp); fldz; fld1; fdiv %st(1), %st", "fwait");
CAUSE(sse,
      "pushq $0x1d80; ldmxcsr (%rsp); xorps %xmm1, %xmm1; pcmpeqd %xmm0, %xmm0; psrld $25, "
      "%xmm0; pslld $23, %xmm0",
      "divss %xmm1, %xmm0");
CAUSE(nested, "pushfq; orl $0x4000, (%rsp); popfq; movq $-7, %rdx; syscall", "ud2");
CAUSE(stepped, "pushfq; orl $0x100, (%rsp); movq $-7, %rdx; popfq; syscall", "nop");
CAUSE(jump_zero, "xorl %eax, %eax", "jmp *%rax");

struct caught {
    bool any;
    word_t label, length, mr[5];
};

static struct caught run(const void *start)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct caught c = { 0 };
    struct message m;

    thread_start_at(t, start, (word_t)seL4_GetIPCBuffer());
    c.any = message_poll(handler, &m);
    if (c.any) {
        c.label = info_label(m.info);
        c.length = info_length(m.info);
        for (word_t i = 0; i < ARRAY_COUNT(c.mr); i++) {
            c.mr[i] = i < MESSAGE_REGISTERS ? m.mr[i] : buffer_word(i);
        }
    }
    (void)seL4_TCB_Suspend(t->tcb);
    return c;
}

static void expect_exception(const char *start, const char *at, word_t vector, word_t code)
{
    const struct caught c = run(start);

    EXPECT(c.any);
    EXPECT_EQ(c.label, seL4_Fault_UserException);
    EXPECT_EQ(c.length, seL4_UserException_Length);
    EXPECT_EQ(c.mr[seL4_UserException_FaultIP], (word_t)at);
    EXPECT_EQ(c.mr[seL4_UserException_Number], vector);
    EXPECT_EQ(c.mr[seL4_UserException_Code], code);
}

/* rules: x86_64 4.4 */
TEST(exception, divide_by_zero)
{
    expect_exception(s_divide, x_divide, 0, 0);
}

/* rules: x86_64 4.4 */
TEST(exception, divide_overflow)
{
    expect_exception(s_overflow, x_overflow, 0, 0);
}

/* rules: x86_64 4.4 */
TEST(exception, undefined_instruction)
{
    expect_exception(s_undefined, x_undefined, 6, 0);
}

/* rules: x86_64 4.4 */
TEST(exception, into_is_undefined_in_64_bit_mode)
{
    expect_exception(s_into, x_into, 6, 0);
}

/* rules: x86_64 4.4 */
TEST(exception, privileged_instructions_are_a_protection_fault)
{
    expect_exception(s_cli, x_cli, 13, 0);
    expect_exception(s_hlt, x_hlt, 13, 0);
    expect_exception(s_cr3, x_cr3, 13, 0);
    expect_exception(s_msr, x_msr, 13, 0);
    expect_exception(s_invlpg, x_invlpg, 13, 0);
    expect_exception(s_lidt, x_lidt, 13, 0);
}

/* rules: x86_64 4.4, x86_64 6.6 */
TEST(exception, port_instructions_are_a_protection_fault)
{
    expect_exception(s_in, x_in, 13, 0);
    expect_exception(s_out, x_out, 13, 0);
}

/* rules: x86_64 4.3 */
TEST(exception, non_canonical_access_is_no_page_fault)
{
    expect_exception(s_non_canonical, x_non_canonical, 13, 0);
    const struct caught c = run(s_non_canonical_stack);
    EXPECT_EQ(c.label, seL4_Fault_UserException);
    EXPECT_EQ(c.mr[seL4_UserException_FaultIP], (word_t)x_non_canonical_stack);
    /* A stack fault on hardware, a protection fault on an emulated processor. */
    EXPECT(c.mr[seL4_UserException_Number] == 12 || c.mr[seL4_UserException_Number] == 13);
}

/* rules: x86_64 4.4 */
TEST(exception, bad_selector_reports_itself)
{
    expect_exception(s_selector, x_selector, 13, 0x50);
}

/* rules: x86_64 4.4, x86_64 subtlety 17 */
#ifndef CONFIG_HARDWARE_DEBUG_API
TEST(exception, debug_traps_are_reported_behind_the_instruction)
{
    expect_exception(s_int3, x_int3 + 1, 3, 0);
    expect_exception(s_step, x_step + 1, 1, 0);
}
#endif

/* rules: x86_64 4.4, x86_64 subtlety 18 */
TEST(exception, low_software_interrupts_are_a_protection_fault)
{
    static const struct {
        const char *start, *at;
        word_t vector;
    } rows[] = {
        { s_int0, x_int0, 0 },
        { s_int13, x_int13, 13 },
        { s_int80, x_int80, 0x80 },
        { s_int157, x_int157, 157 },
    };

    for (word_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct caught c = run(rows[i].start);
        const word_t code = c.mr[seL4_UserException_Code];

        EXPECT_EQ(c.label, seL4_Fault_UserException);
        EXPECT_EQ(c.mr[seL4_UserException_FaultIP], (word_t)rows[i].at);
        EXPECT_EQ(c.mr[seL4_UserException_Number], 13);
        /* A processor counts gate descriptors of 8 bytes, an emulated one of 16. */
        EXPECT(code == 8 * rows[i].vector + 2 || code == 16 * rows[i].vector + 2);
    }
}

/* rules: x86_64 5.3, x86_64 subtlety 17 */
TEST(exception, high_software_interrupts_are_unknown_system_calls)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    thread_start_at(t, s_int158, 0);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.info, info_word(seL4_Fault_UnknownSyscall, 0, seL4_UnknownSyscall_Length));
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)x_int158);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), 0xffffffff9e123456);
    thread_start_at(t, s_int254, 0);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_FaultIP), (word_t)x_int254);
    EXPECT_EQ(buffer_word(seL4_UnknownSyscall_Syscall), 0xfffffffffe000001);
}

/* rules: x86_64 5.4, x86_64 subtlety 18 */
TEST(exception, interrupt_255_is_ignored)
{
    expect_exception(s_int255, x_int255 + 2, 6, 0); /* goes on to the ud2 behind it */
}

/* rules: x86_64 5.4 */
TEST(exception, sysenter_is_unsupported)
{
    const struct caught c = run(s_sysenter);

    EXPECT_EQ(c.label, seL4_Fault_UserException);
    EXPECT_EQ(c.mr[seL4_UserException_FaultIP], (word_t)x_sysenter);
    /* Processors of AMD's kind do not know it at all in 64-bit mode. */
    EXPECT(c.mr[seL4_UserException_Number] == 13 || c.mr[seL4_UserException_Number] == 6);
    EXPECT_EQ(c.mr[seL4_UserException_Code], 0);
}

/* rules: boot subtlety 2, x86_64 4.2 */
TEST(exception, push_without_a_stack_is_a_page_fault)
{
    const struct caught c = run(s_push_zero);

    EXPECT_EQ(c.label, seL4_Fault_VMFault);
    EXPECT_EQ(c.mr[seL4_VMFault_IP], (word_t)x_push_zero);
    EXPECT_EQ(c.mr[seL4_VMFault_Addr], ~(word_t)7);
    EXPECT_EQ(c.mr[seL4_VMFault_PrefetchFault], 0);
    EXPECT_EQ(c.mr[seL4_VMFault_FSR] & 6, 6);
}

/* rules: boot 2 (CR0.AM) */
TEST(exception, unaligned_access_is_allowed)
{
    expect_exception(s_unaligned, x_unaligned + 4, 6, 0); /* goes on to the ud2 behind it */
}

/* rules: x86_64 4.4, boot 2 (CR0.NE) */
TEST(exception, x87_exception_comes_with_the_next_instruction)
{
    expect_exception(s_x87, x_x87, 16, 0);
}

/* rules: x86_64 4.4, x86_64 subtlety 19, boot 2 (CR4.OSXMMEXCPT) */
TEST(exception, unmasked_sse_exception_is_vector_6)
{
    const struct caught c = run(s_sse);

    /* An emulated processor may leave it out and go on to the undefined instruction behind it. */
    EXPECT_EQ(c.label, seL4_Fault_UserException);
    EXPECT_EQ(c.mr[seL4_UserException_Number], 6);
    EXPECT(c.mr[seL4_UserException_FaultIP] == (word_t)x_sse ||
           c.mr[seL4_UserException_FaultIP] == (word_t)x_sse + 4);
}

/* rules: x86_64 4.1, x86_64 4.2 */
TEST(exception, jump_to_an_unmapped_address)
{
    const struct caught c = run(s_jump_zero);

    EXPECT_EQ(c.label, seL4_Fault_VMFault);
    EXPECT_EQ(c.mr[seL4_VMFault_IP], 0);
    EXPECT_EQ(c.mr[seL4_VMFault_Addr], 0);
    /* With SMEP the processor tells that it was an instruction fetch. */
    EXPECT_EQ(c.mr[seL4_VMFault_PrefetchFault], c.mr[seL4_VMFault_FSR] >> 4);
    EXPECT_EQ(c.mr[seL4_VMFault_FSR] & 0xf, 4);
}

/* rules: x86_64 4.6, threads 1.3, x86_64 subtlety 20 */
TEST(exception, kernel_memory_is_out_of_reach)
{
    static const word_t addresses[] = { 0xffff800000000000, 0xffffff8000000000, 0xffffffff80100000,
                                        0xfffffffffffff000 };
    struct probe p = probe_new(SPACE);

    for (word_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        struct access a = probe_read(&p, addresses[i]);

        EXPECT(a.faulted);
        EXPECT_EQ(a.label, seL4_Fault_VMFault);
        EXPECT_EQ(a.mr[seL4_VMFault_Addr], addresses[i]);
        EXPECT_EQ(a.mr[seL4_VMFault_FSR] & 6, 4);
        EXPECT_LT(a.mr[seL4_VMFault_FSR], BIT(5));
        a = probe_write(&p, addresses[i], 0);
        EXPECT(a.faulted);
        EXPECT_EQ(a.mr[seL4_VMFault_FSR] & 6, 6);
        a = probe_execute(&p, addresses[i]);
        EXPECT(a.faulted);
        EXPECT_EQ(a.mr[seL4_VMFault_IP], addresses[i]);
    }
}

/* rules: x86_64 4.2 */
TEST(exception, page_fault_codes)
{
    const word_t frame = frame_new();
    struct probe p = probe_new(SPACE);

    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    EXPECT_EQ(probe_read(&p, FREE_ADDRESS).mr[seL4_VMFault_FSR], 4);
    EXPECT_EQ(probe_write(&p, FREE_ADDRESS, 1).mr[seL4_VMFault_FSR], 6);
    ASSERT_OK(frame_map_rights(frame, SPACE, FREE_ADDRESS, seL4_CanRead));
    EXPECT_EQ(probe_write(&p, FREE_ADDRESS, 1).mr[seL4_VMFault_FSR], 7);
    EXPECT_EQ(probe_write(&p, FREE_ADDRESS, 1).mr[seL4_VMFault_Addr], FREE_ADDRESS);
}

static void recurse(word_t depth)
{
    volatile word_t block[64];

    block[0] = depth;
    if (depth != ~(word_t)0) {
        recurse(depth + block[0] % 2 + 1);
    }
    block[1] = block[0];
}

/* rules: ipc 8.1 */
TEST(exception, stack_overflow_reaches_the_handler)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    struct message m;

    /* One page of stack with nothing mapped below it. */
    (void)vspace_map_tables(SPACE, FREE_ADDRESS);
    ASSERT_OK(frame_map(frame_new(), SPACE, FREE_ADDRESS + PAGE_BYTES));
    t->stack_top = FREE_ADDRESS + 2 * PAGE_BYTES;
    thread_run(t, recurse, 0);
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_Addr] / PAGE_BYTES, FREE_ADDRESS / PAGE_BYTES);
    EXPECT_EQ(m.mr[seL4_VMFault_FSR], 6);
}

/* rules: x86_64 4.4 */
TEST(exception, kernel_survives_every_cause_without_handler)
{
    static const char *const starts[] = {
        s_divide,   s_undefined, s_cli,  s_non_canonical, s_non_canonical_stack,
        s_selector, s_int3,      s_step, s_int80,         s_int158,
        s_sysenter, s_jump_zero
    };

    for (word_t i = 0; i < ARRAY_COUNT(starts); i++) {
        struct thread *t = thread_new();

        thread_start_at(t, starts[i], 0);
        EXPECT(!thread_finished(t));
    }
}

/* rules: x86_64 2.7 */
TEST(exception, non_canonical_stack_pointer_is_no_problem_of_the_kernel)
{
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    seL4_UserContext c = { .rip = (word_t)s_undefined, .rsp = 0x8000000000000000, .rflags = 0x202 };
    struct message m;

    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, 20, &c));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(m.mr[seL4_UserException_SP], 0x8000000000000000);
}

/* rules: x86_64 2.1, syscalls 1 */
TEST(exception, nested_task_flag_does_not_disturb_a_system_call)
{
    expect_exception(s_nested, x_nested, 6, 0);
}

#ifndef CONFIG_HARDWARE_DEBUG_API

/* rules: x86_64 4.4, x86_64 2.4 */
TEST(exception, trap_flag_does_not_disturb_a_system_call)
{
    const struct caught c = run(s_stepped);

    EXPECT_EQ(c.label, seL4_Fault_UserException);
    EXPECT_EQ(c.mr[seL4_UserException_Number], 1);
    /* Before or behind the instruction that follows the call. */
    EXPECT(c.mr[seL4_UserException_FaultIP] - (word_t)x_stepped <= 1);
}

#endif

/* rules: x86_64 3.1, x86_64 2.4 */
TEST(exception, system_call_at_the_very_end_of_user_memory)
{
    const word_t last = 0x00007fffffffe000;
    const word_t handler = endpoint_new();
    struct thread *t = thread_with_handler(handler);
    seL4_UserContext c = { .rip = last + PAGE_BYTES - 2,
                           .rflags = 0x202,
                           .rdx = (word_t)seL4_SysYield };
    struct message m;

    (void)vspace_map_tables(SPACE, last);
    ASSERT_OK(frame_map(frame_new(), SPACE, last));
    *(volatile uint16_t *)c.rip = 0x050f; /* syscall */
    ASSERT_OK(seL4_TCB_WriteRegisters(t->tcb, true, 0, 20, &c));
    ASSERT(message_poll(handler, &m));
    EXPECT_EQ(info_label(m.info), seL4_Fault_VMFault);
    EXPECT_EQ(m.mr[seL4_VMFault_IP], last + PAGE_BYTES);
}
