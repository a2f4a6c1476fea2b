/* SPDX-License-Identifier: BSD-2-Clause */
/* The two parts of the console: a serial line and a screen. */
#pragma once
#include <kernel/types.h>

/* Sets the line to 115200 8N1 and uses it from then on; port 0: none. */
void console_serial_init(uint16_t port);

enum screen_kind { SCREEN_NONE, SCREEN_TEXT, SCREEN_PIXELS };

struct screen {
    enum screen_kind kind;
    char *memory;        /* mapped */
    word_t row_bytes;    /* from one line of characters or of pixels to the next */
    word_t columns, rows;
    word_t pixel_bytes;
    word_t column, row;  /* where the next character goes */
};

extern struct screen screen;

void screen_put(char c);
