/* SPDX-License-Identifier: BSD-2-Clause */
/* Any framebuffer: nothing is drawn outside of the memory that gets mapped, which is none of the machine's RAM. */
#pragma once
#include "model_boot.h"

void model_boot_screen(struct input *in);
