/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of kernel entries, for kernels that log them. */
#pragma once

#include <sel4/config.h>
#include <sel4/simple_types.h>

/* Why the kernel was entered. */
typedef enum entry_type {
    Entry_Unknown = 0,
    Entry_Interrupt = 1,
    Entry_UnknownSyscall = 2,
    Entry_UserLevelFault = 3,
    Entry_DebugFault = 4,
    Entry_VMFault = 5,
    Entry_Syscall = 6,
    Entry_VMExit = 7
} entry_type_t;

/* An entry in 32 bits: `path` is an entry_type_t; of a system call the second layout. */
typedef union kernel_entry {
    struct {
        seL4_Uint32 path : 3;
        seL4_Uint32 core : 3;
        seL4_Uint32 word : 26;
    } SEL4_PACKED;
    struct {
        seL4_Uint32 : 3;
        seL4_Uint32 syscall_no : 4;
        seL4_Uint32 cap_type : 5;
        seL4_Uint32 is_fastpath : 1;
        seL4_Uint32 invocation_tag : 19;
    } SEL4_PACKED;
} kernel_entry_t;

typedef struct benchmark_track_kernel_entry {
    seL4_Uint64 start_time; /* cycles */
    seL4_Uint32 duration;   /* cycles */
    kernel_entry_t entry;
} benchmark_track_kernel_entry_t;

SEL4_COMPILE_ASSERT(benchmark_track_kernel_entry_size,
                    sizeof(benchmark_track_kernel_entry_t) == 16);
