/* SPDX-License-Identifier: BSD-2-Clause */
/* From the boot loader (32-bit protected mode, paging off, EAX the loader's magic number, EBX its
 * information) to boot_main() in long mode, and from there to kernel_start() on the kernel stack.
 * .entry runs at its physical address; all else is linked at IMAGE_BASE + physical address. */

#define IMAGE_BASE 0xffffffff80000000
#define PHYSICAL(symbol) ((symbol) - IMAGE_BASE)
#define BOOT_STACK_BYTES 16384

#define EFLAGS_FIXED 2
#define CR0_PE_PG 0x80000001
#define CR4_PAE 0x20
#define CPUID_REQUIRED 0x07018071       /* x87, TSC, MSRs, PAE, CMOV, PAT, FXSAVE, SSE, SSE2 */
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define TABLE 3      /* present, writable */
#define LARGE_PAGE 0x83

        .section .entry, "ax"

        .balign 8
multiboot1_header:
        .long 0x1badb002
        .long 3                         /* page-aligned modules, memory information */
        .long -(0x1badb002 + 3)
        .long 0, 0, 0, 0, 0             /* the ELF headers say where to load */
        .long 0, 0, 0, 0                /* no video mode */

        .balign 8
multiboot2_header:
        .long 0xe85250d6
        .long 0                         /* i386 */
        .long multiboot2_end - multiboot2_header
        .long -(0xe85250d6 + (multiboot2_end - multiboot2_header))
        .short 0, 0                     /* end */
        .long 8
multiboot2_end:

        .balign 8
gdt:    .quad 0
        .quad 0x00209a0000000000        /* 64-bit code */
gdt_pointer:
        .short . - gdt - 1
        .long gdt

        .code32
        .globl boot_entry
boot_entry:
        cli
        movl $PHYSICAL(boot_stack_top), %esp
        pushl $EFLAGS_FIXED             /* whatever the loader left in NT, AC, DF, IOPL */
        popfl
        xorl %ecx, %ecx                 /* or watched */
        movl %ecx, %dr7
        movl %eax, %edi                 /* the arguments of boot_main */
        movl %ebx, %esi
        call check_processor
        call make_tables

        movl $PHYSICAL(boot_pml4), %eax
        movl %eax, %cr3
        movl $CR4_PAE, %eax             /* alone: LA57 would mean tables of five levels */
        movl %eax, %cr4
        movl $MSR_EFER, %ecx
        movl $EFER_LME, %eax
        xorl %edx, %edx
        wrmsr
        movl %cr0, %eax
        orl $CR0_PE_PG, %eax
        movl %eax, %cr0
        lgdt gdt_pointer
        ljmp $8, $long_mode

/* Returns if the processor has long mode, and what compilers expect of one that has.  Destroys EAX, EBX, ECX, EDX. */
check_processor:
        pushfl
        popl %eax
        movl %eax, %ecx
        xorl $0x200000, %eax            /* EFLAGS.ID can be changed exactly if there is CPUID */
        pushl %eax
        popfl
        pushfl
        popl %eax
        pushl %ecx
        popfl
        cmpl %eax, %ecx
        je no_long_mode
        movl $0x80000000, %eax
        cpuid
        cmpl $0x80000001, %eax
        jb no_long_mode
        movl $0x80000001, %eax
        cpuid
        testl $(1 << 29), %edx
        jz no_long_mode
        movl $1, %eax
        cpuid
        notl %edx
        testl $CPUID_REQUIRED, %edx
        jnz lacking
        ret

lacking:
        movl $lacking_text, %ebp
        jmp refuse
no_long_mode:
        movl $no_long_mode_text, %ebp
/* Says what EBP points to on COM1 and on the text screen, and stops. */
refuse: call serial_setup
        movl %ebp, %esi
        movl $0xb8000, %edi
1:      lodsb
        testb %al, %al
        jz 3f
        movb $7, %ah
        cmpb $' ', %al
        jb 2f                           /* the end of the line is for the serial line only */
        stosw
2:      movb %al, %bl
        call serial_put
        jmp 1b
3:      cli
        hlt
        jmp 3b

/* COM1 at 115200 8N1. */
serial_setup:
        movl $serial_settings, %esi
        movl $5, %ecx
1:      movzbl (%esi), %edx
        addl $0x3f8, %edx
        movb 1(%esi), %al
        outb %al, %dx
        addl $2, %esi
        loop 1b
        ret

/* Character in BL.  Waits for the line a bounded time: there may be none. */
serial_put:
        movl $0x3fd, %edx
        movl $100000, %ecx
1:      inb %dx, %al
        testb $0x20, %al
        loopz 1b
        movl $0x3f8, %edx
        movb %bl, %al
        outb %al, %dx
        ret

/* The first 4 GiB at 0 and at WINDOW_BASE, and the first of them at IMAGE_BASE, all in 2 MiB pages.
 * The tables are zero.  Destroys EAX, ECX. */
make_tables:
        movl $PHYSICAL(boot_pdpt_low) + TABLE, PHYSICAL(boot_pml4)
        movl $PHYSICAL(boot_pdpt_high) + TABLE, PHYSICAL(boot_pml4) + 511 * 8
        movl $PHYSICAL(boot_pd) + TABLE, PHYSICAL(boot_pdpt_high) + 510 * 8
        movl $PHYSICAL(boot_pd) + TABLE, %eax
        xorl %ecx, %ecx
1:      movl %eax, PHYSICAL(boot_pdpt_low)(, %ecx, 8)
        movl %eax, PHYSICAL(boot_pdpt_high)(, %ecx, 8)
        addl $4096, %eax
        incl %ecx
        cmpl $4, %ecx
        jb 1b
        movl $LARGE_PAGE, %eax
        xorl %ecx, %ecx
2:      movl %eax, PHYSICAL(boot_pd)(, %ecx, 8)
        addl $0x200000, %eax
        incl %ecx
        cmpl $2048, %ecx
        jb 2b
        ret

no_long_mode_text:
        .asciz "Capella cannot start: the processor has no 64-bit mode.\r\n"
lacking_text:
        .asciz "Capella cannot start: the processor lacks x87, TSC, MSRs, PAE, CMOV, PAT, FXSR (FXSAVE), SSE or SSE2.\r\n"
serial_settings:                        /* register, value */
        .byte 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3

        .code64
long_mode:
        movabs $boot_high, %rax
        jmp *%rax

        .text
/* EDI the magic number, ESI the information; the upper halves are not defined after the switch. */
boot_high:
        movl $0, %eax
        movl %eax, %ds
        movl %eax, %es
        movl %eax, %fs
        movl %eax, %gs
        movl %eax, %ss
        movl %edi, %edi
        movl %esi, %esi
        movq $boot_stack_top, %rsp
        xorl %ebp, %ebp
        call boot_main
        movq $kernel_stack_top, %rsp
        call kernel_start
        ud2

/* RDI: number of an MSR, RSI: where its value goes.  Returns in EAX whether there is such a register.  Meanwhile the
 * IDT's entry of #GP is boot_no_msr: it continues behind the RDMSR that faulted, with value 0 and the answer no. */
        .globl boot_msr_look, boot_no_msr
boot_msr_look:
        movl %edi, %ecx
        xorl %edi, %edi
        incl %edi
        rdmsr
        shlq $32, %rdx
        orq %rdx, %rax
        movq %rax, (%rsi)
        movl %edi, %eax
        ret
boot_no_msr:
        xorl %eax, %eax
        xorl %edx, %edx
        xorl %edi, %edi
        addq $8, %rsp                   /* error code */
        addq $2, (%rsp)                 /* the length of RDMSR */
        iretq

        .bss
        .balign 4096
boot_pml4:      .skip 4096
boot_pdpt_low:  .skip 4096
boot_pdpt_high: .skip 4096
boot_pd:        .skip 4 * 4096
        .skip BOOT_STACK_BYTES
boot_stack_top:

        .section .note.GNU-stack, "", @progbits
