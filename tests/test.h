/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything a system test needs. */
#pragma once
#include "../rootserver/clock.h"
#include "../rootserver/console.h"
#include "../rootserver/memory.h"
#include "../rootserver/message.h"
#include "../rootserver/suite.h"
#include "../rootserver/thread.h"
#include "../rootserver/types.h"
#include "../rootserver/vspace.h"
