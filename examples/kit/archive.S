/* SPDX-License-Identifier: BSD-2-Clause */
/* The archive itself; ARCHIVE is its path. */
    .section .rodata.archive, "a", @progbits
    .globl  archive_start
    .balign 16
archive_start:
    .incbin ARCHIVE
    .section .note.GNU-stack, "", @progbits
