/* SPDX-License-Identifier: BSD-2-Clause */
#include "model_untyped.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, data + size };
    host_setup(NULL);
    model_untyped(&in);
    return 0;
}
