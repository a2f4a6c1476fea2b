/* SPDX-License-Identifier: BSD-2-Clause */
/* Derivation lists against a naive tree: the operations that the input says, and after each one a
 * comparison of who descends from whom, of the links and of finality.  Ends the program at a
 * difference. */
#pragma once
#include "fakes.h"

void model_derivation(struct input *in);
