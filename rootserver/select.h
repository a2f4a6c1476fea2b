/* SPDX-License-Identifier: BSD-2-Clause */
/* Which tests run.  The text is patched into the image by tools/run_tests.py, since a root task has
 * no command line: an optional "+N" leaves out the first N selected tests, then follow shell
 * patterns on "topic.name" separated by spaces.  No pattern selects everything. */
#pragma once
#include "types.h"

/* The magic beginning is what the tool looks for; the text follows it. */
#define SELECTION_MAGIC "SUITE-SELECTION:"

bool select_matches(const char *topic, const char *name);
bool select_skips(word_t number);
