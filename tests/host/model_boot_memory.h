/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges against a bitmap; then kernel, image and module in them, and the list of untyped memory: in RAM,
 * nothing twice, within the list's capacity. */
#pragma once
#include "model_boot.h"

void model_boot_memory(struct input *in);
