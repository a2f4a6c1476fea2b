/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of CNodes.  Rules: docs/rules.md, capabilities 5. */
#pragma once
#include <kernel/invocation.h>

seL4_Error cnode_invoke(struct invocation *inv);
