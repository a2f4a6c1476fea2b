/* SPDX-License-Identifier: BSD-2-Clause */
/* A console to play with. */
#include "commands.h"
#include "probe.h"
#include "serial.h"
#include "tasks.h"
#include <kit/clock.h>
#include <kit/print.h>

enum { SHELL_PRIORITY = 200, DRIVER_PRIORITY = 250, LINE_BYTES = 80, DELETE = 127 };

/* Read a line with echo; backspace takes back the last character. */
static void read_line(char *line)
{
    size_t length = 0;

    for (;;) {
        char c = serial_read();

        if (c == '\r' || c == '\n') {
            print("\n");
            line[length] = '\0';
            return;
        }
        if ((c == '\b' || c == DELETE) && length) {
            length--;
            print("\b \b");
        } else if (c >= ' ' && c < DELETE && length < LINE_BYTES - 1) {
            line[length++] = c;
            print("%c", c);
        }
    }
}

int main(void)
{
    char line[LINE_BYTES];

    kit_start();
    clock_start();
    (void)seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB, SHELL_PRIORITY);
    if (serial_start(DRIVER_PRIORITY) || !tasks_start() || !probe_start())
        return 1;
    print("\nCapella shell.  `help` lists the commands.\n");
    for (;;) {
        print("> ");
        read_line(line);
        command_run(line);
    }
}
