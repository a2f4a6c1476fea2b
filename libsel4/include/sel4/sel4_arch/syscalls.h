/* SPDX-License-Identifier: BSD-2-Clause */
/* The SYSCALL instruction in the shapes that system calls need.  Not for programs: their functions
 * are in sel4/syscalls.h.
 *
 * In:  rdx number, rdi capability, rsi message info, r10 r8 r9 r15 message words 0 to 3; with MCS
 *      also r12 reply object, r13 a second capability.
 * Out: rdi badge, rsi message info, r10 r8 r9 r15 message words.
 * The processor destroys rcx and r11.  The kernel may lose rsp, so that it waits in rbx. */
#pragma once

#include <sel4/config.h>
#include <sel4/types.h>
#include <sel4/syscall.h>

#ifdef __cplusplus
extern "C" {
#endif

#define X64_SYSCALL   "movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
#define X64_DESTROYED "rbx", "rcx", "r11", "memory"

/* A call without arguments. */
SEL4_ALWAYS_INLINE void x64_sys_null(seL4_Syscall_ID sys)
{
    __asm__ volatile(X64_SYSCALL : : "d"(sys) : X64_DESTROYED);
}

/* Send without message words. */
SEL4_ALWAYS_INLINE void x64_sys_send_null(seL4_Syscall_ID sys, seL4_Word dest, seL4_Word info)
{
    __asm__ volatile(X64_SYSCALL : : "d"(sys), "D"(dest), "S"(info) : X64_DESTROYED);
}

/* Send. */
SEL4_ALWAYS_INLINE void x64_sys_send(seL4_Syscall_ID sys, seL4_Word dest, seL4_Word info,
                                     seL4_Word mr0, seL4_Word mr1, seL4_Word mr2, seL4_Word mr3)
{
    register seL4_Word word0 __asm__("r10") = mr0;
    register seL4_Word word1 __asm__("r8") = mr1;
    register seL4_Word word2 __asm__("r9") = mr2;
    register seL4_Word word3 __asm__("r15") = mr3;

    __asm__ volatile(X64_SYSCALL
                     :
                     : "d"(sys), "D"(dest), "S"(info), "r"(word0), "r"(word1), "r"(word2),
                       "r"(word3)
                     : X64_DESTROYED);
}

#ifndef CONFIG_KERNEL_MCS
/* Answer the pending caller. */
SEL4_ALWAYS_INLINE void x64_sys_reply(seL4_Syscall_ID sys, seL4_Word info, seL4_Word mr0,
                                      seL4_Word mr1, seL4_Word mr2, seL4_Word mr3)
{
    register seL4_Word word0 __asm__("r10") = mr0;
    register seL4_Word word1 __asm__("r8") = mr1;
    register seL4_Word word2 __asm__("r9") = mr2;
    register seL4_Word word3 __asm__("r15") = mr3;

    __asm__ volatile(X64_SYSCALL
                     :
                     : "d"(sys), "S"(info), "r"(word0), "r"(word1), "r"(word2), "r"(word3)
                     : X64_DESTROYED);
}

/* Receive.  The kernel leaves *out_info and the words alone after a signal or an empty poll; they
 * are 0 then and undefined, in that order. */
SEL4_ALWAYS_INLINE void x64_sys_recv(seL4_Syscall_ID sys, seL4_Word src, seL4_Word *out_badge,
                                     seL4_Word *out_info, seL4_Word *out_mr0, seL4_Word *out_mr1,
                                     seL4_Word *out_mr2, seL4_Word *out_mr3,
                                     LIBSEL4_UNUSED seL4_Word reply)
{
    register seL4_Word word0 __asm__("r10");
    register seL4_Word word1 __asm__("r8");
    register seL4_Word word2 __asm__("r9");
    register seL4_Word word3 __asm__("r15");
    seL4_Word info = 0;

    __asm__ volatile(X64_SYSCALL
                     : "+D"(src), "+S"(info), "=r"(word0), "=r"(word1), "=r"(word2), "=r"(word3)
                     : "d"(sys)
                     : X64_DESTROYED);
    *out_badge = src;
    *out_info = info;
    *out_mr0 = word0;
    *out_mr1 = word1;
    *out_mr2 = word2;
    *out_mr3 = word3;
}

/* Send, then receive. */
SEL4_ALWAYS_INLINE void x64_sys_send_recv(seL4_Syscall_ID sys, seL4_Word dest, seL4_Word *out_badge,
                                          seL4_Word info, seL4_Word *out_info,
                                          seL4_Word *in_out_mr0, seL4_Word *in_out_mr1,
                                          seL4_Word *in_out_mr2, seL4_Word *in_out_mr3,
                                          LIBSEL4_UNUSED seL4_Word reply)
{
    register seL4_Word word0 __asm__("r10") = *in_out_mr0;
    register seL4_Word word1 __asm__("r8") = *in_out_mr1;
    register seL4_Word word2 __asm__("r9") = *in_out_mr2;
    register seL4_Word word3 __asm__("r15") = *in_out_mr3;

    __asm__ volatile(X64_SYSCALL
                     : "+D"(dest), "+S"(info), "+r"(word0), "+r"(word1), "+r"(word2), "+r"(word3)
                     : "d"(sys)
                     : X64_DESTROYED);
    *out_badge = dest;
    *out_info = info;
    *in_out_mr0 = word0;
    *in_out_mr1 = word1;
    *in_out_mr2 = word2;
    *in_out_mr3 = word3;
}
#else
/* Receive.  The kernel leaves *out_info and the words alone after a signal or an empty poll; they
 * are 0 then and undefined, in that order. */
SEL4_ALWAYS_INLINE void x64_sys_recv(seL4_Syscall_ID sys, seL4_Word src, seL4_Word *out_badge,
                                     seL4_Word *out_info, seL4_Word *out_mr0, seL4_Word *out_mr1,
                                     seL4_Word *out_mr2, seL4_Word *out_mr3, seL4_Word reply)
{
    register seL4_Word word0 __asm__("r10");
    register seL4_Word word1 __asm__("r8");
    register seL4_Word word2 __asm__("r9");
    register seL4_Word word3 __asm__("r15");
    register seL4_Word reply_object __asm__("r12") = reply;
    seL4_Word info = 0;

    __asm__ volatile(X64_SYSCALL
                     : "+D"(src), "+S"(info), "=r"(word0), "=r"(word1), "=r"(word2), "=r"(word3)
                     : "d"(sys), "r"(reply_object)
                     : X64_DESTROYED);
    *out_badge = src;
    *out_info = info;
    *out_mr0 = word0;
    *out_mr1 = word1;
    *out_mr2 = word2;
    *out_mr3 = word3;
}

/* Send, then receive. */
SEL4_ALWAYS_INLINE void x64_sys_send_recv(seL4_Syscall_ID sys, seL4_Word dest, seL4_Word *out_badge,
                                          seL4_Word info, seL4_Word *out_info,
                                          seL4_Word *in_out_mr0, seL4_Word *in_out_mr1,
                                          seL4_Word *in_out_mr2, seL4_Word *in_out_mr3,
                                          seL4_Word reply)
{
    register seL4_Word word0 __asm__("r10") = *in_out_mr0;
    register seL4_Word word1 __asm__("r8") = *in_out_mr1;
    register seL4_Word word2 __asm__("r9") = *in_out_mr2;
    register seL4_Word word3 __asm__("r15") = *in_out_mr3;
    register seL4_Word reply_object __asm__("r12") = reply;

    __asm__ volatile(X64_SYSCALL
                     : "+D"(dest), "+S"(info), "+r"(word0), "+r"(word1), "+r"(word2), "+r"(word3)
                     : "d"(sys), "r"(reply_object)
                     : X64_DESTROYED);
    *out_badge = dest;
    *out_info = info;
    *in_out_mr0 = word0;
    *in_out_mr1 = word1;
    *in_out_mr2 = word2;
    *in_out_mr3 = word3;
}

/* Send to one capability without waiting, then receive from another. */
SEL4_ALWAYS_INLINE void x64_sys_nbsend_recv(seL4_Syscall_ID sys, seL4_Word dest, seL4_Word src,
                                            seL4_Word *out_badge, seL4_Word info,
                                            seL4_Word *out_info, seL4_Word *in_out_mr0,
                                            seL4_Word *in_out_mr1, seL4_Word *in_out_mr2,
                                            seL4_Word *in_out_mr3, seL4_Word reply)
{
    register seL4_Word word0 __asm__("r10") = *in_out_mr0;
    register seL4_Word word1 __asm__("r8") = *in_out_mr1;
    register seL4_Word word2 __asm__("r9") = *in_out_mr2;
    register seL4_Word word3 __asm__("r15") = *in_out_mr3;
    register seL4_Word reply_object __asm__("r12") = reply;
    register seL4_Word send_to __asm__("r13") = dest;

    __asm__ volatile(X64_SYSCALL
                     : "+D"(src), "+S"(info), "+r"(word0), "+r"(word1), "+r"(word2), "+r"(word3)
                     : "d"(sys), "r"(reply_object), "r"(send_to)
                     : X64_DESTROYED);
    *out_badge = src;
    *out_info = info;
    *in_out_mr0 = word0;
    *in_out_mr1 = word1;
    *in_out_mr2 = word2;
    *in_out_mr3 = word3;
}
#endif

#ifdef __cplusplus
}
#endif
