/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of x86 processors. */
#pragma once

#include <sel4/config.h>

/* Segments of the descriptor table that hold the bases of thread-local storage and IPC buffer on
 * processors without other means. */
#define TLS_GDT_ENTRY       7
#define TLS_GDT_SELECTOR    ((TLS_GDT_ENTRY << 3) | 3)
#define IPCBUF_GDT_ENTRY    8
#define IPCBUF_GDT_SELECTOR ((IPCBUF_GDT_ENTRY << 3) | 3)

/* Debug registers: all of them serve both kinds of breakpoint. */
#define seL4_NumHWBreakpoints         4
#define seL4_FirstBreakpoint          (-1)
#define seL4_NumExclusiveBreakpoints  0
#define seL4_FirstWatchpoint          (-1)
#define seL4_NumExclusiveWatchpoints  0
#define seL4_FirstDualFunctionMonitor 0
#define seL4_NumDualFunctionMonitors  4
