/* SPDX-License-Identifier: BSD-2-Clause */
/* How boot ends. */
#pragma once
#include <arch/x86_64/paging.h>

/* The pages of the boot part in the kernel image's mapping. */
struct boot_mapping {
    pte_t *entry;
    word_t address, pages;
};

extern struct boot_mapping boot_mapping;

/* Runs on the kernel stack: nothing of the boot part is used any more. */
noreturn void kernel_start(void);
