/* SPDX-License-Identifier: BSD-2-Clause */
/* What every host test includes, in the order that cmocka wants. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)
