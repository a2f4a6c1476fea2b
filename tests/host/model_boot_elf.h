/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task's file, right or damaged: one that is accepted can be loaded and entered. */
#pragma once
#include "model_boot.h"

void model_boot_elf(struct input *in);
