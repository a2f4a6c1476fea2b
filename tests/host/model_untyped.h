/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype against a naive model: sequences of Retype, copying and removal; after each the answer,
 * the memory and the disjointness of all objects are compared.  Ends the program at a difference.
 */
#pragma once
#include "fakes.h"

void model_untyped(struct input *in);
