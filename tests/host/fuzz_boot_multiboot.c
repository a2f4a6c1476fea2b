/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_boot.c arch/x86_64/boot_multiboot.c arch/x86_64/boot_ranges.c */
#include "model_boot_multiboot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, data + size };
    model_boot_multiboot(&in);
    return 0;
}
