/* SPDX-License-Identifier: BSD-2-Clause */
/* The short ways through system calls against the general one: every call that the input says is
 * made on both, from the same state, and all that can be told apart afterwards is compared.  Ends
 * the program at a difference. */
#pragma once
#include "fakes.h"

void model_paths(struct input *in);

/* How many calls so far. */
extern word_t paths_calls;
