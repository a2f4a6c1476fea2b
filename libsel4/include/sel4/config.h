/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration this library was built for. */
#pragma once

#include <autoconf.h>
