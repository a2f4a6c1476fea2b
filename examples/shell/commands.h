/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Carry out one line. */
void command_run(char *line);
