/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of passed trace points, for kernels that log them. */
#pragma once

#include <sel4/config.h>
#include <sel4/simple_types.h>

#ifdef CONFIG_BENCHMARK_TRACEPOINTS
typedef struct benchmark_tracepoint_log_entry {
    seL4_Word id;       /* which trace point */
    seL4_Word duration; /* cycles from its start to its end */
} benchmark_tracepoint_log_entry_t;
#endif
