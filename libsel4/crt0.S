/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry of a root task.  The kernel enters with the BootInfo address in rdi, rsp and all other
 * registers 0.  rdi goes on to sel4_start() in src/start.c; the stack is set up here. */

    .section .text.start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    leaq    root_stack_top(%rip), %rsp
    xorl    %ebp, %ebp              /* ends the chain of frames for debuggers */
    call    sel4_start
    ud2                             /* it does not return */
    .size _start, . - _start

    .section .bss.root_stack, "aw", @nobits
    .balign 4096
    .space  65536
root_stack_top:

    .section .note.GNU-stack, "", @progbits
