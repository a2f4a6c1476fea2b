/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of the firmware, right or damaged: what is read of them is within bounds, and right if they are. */
#pragma once
#include "model_boot.h"

void model_boot_acpi(struct input *in);
