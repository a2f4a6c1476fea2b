/* SPDX-License-Identifier: BSD-2-Clause */
/* Empty; programs of long ago include it. */
#pragma once
