/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_boot.c arch/x86_64/boot_ranges.c arch/x86_64/boot_place.c arch/x86_64/boot_untyped.c */
#include "model_boot_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, data + size };
    model_boot_memory(&in);
    return 0;
}
