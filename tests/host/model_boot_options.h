/* SPDX-License-Identifier: BSD-2-Clause */
/* Any command line: what is behind its end changes nothing. */
#pragma once
#include "model_boot.h"

void model_boot_options(struct input *in);
