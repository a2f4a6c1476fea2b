/* SPDX-License-Identifier: BSD-2-Clause */
/* Address resolution against a naive model that takes one bit after the other.  The input makes a
 * graph of CNodes, cycles included, and the addresses.  Ends the program at a difference. */
#pragma once
#include "fakes.h"

void model_cspace(struct input *in);
