/* SPDX-License-Identifier: BSD-2-Clause */
/* A loader's information of either version, right or damaged: what is read of it is sane, and RAM is what the map
 * says and nothing else of it covers. */
#pragma once
#include "model_boot.h"

void model_boot_multiboot(struct input *in);
