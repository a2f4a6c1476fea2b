/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules: boot 3. */
#include "model_boot_options.h"
#include <string.h>

static const char *const words[] = {
    "console_port=", "0x", "quiet", "nofastpath", "pti=", "on", "off", "3f8", "65536", "=", " ", "\t", "\377",
};

static word_t put_some(struct input *in, char *to, word_t room)
{
    word_t choice = input_below(in, 2 * sizeof words / sizeof words[0]);
    if (choice >= sizeof words / sizeof words[0]) {
        *to = (char)input_byte(in);
        return 1;
    }
    word_t length = strlen(words[choice]);
    length = length < room ? length : room;
    memcpy(to, words[choice], length);
    return length;
}

void model_boot_options(struct input *in)
{
    char line[BOOT_COMMAND_LINE] = { 0 };
    for (word_t at = 0; at < sizeof line - 1 && !input_is_empty(in);)
        at += put_some(in, line + at, sizeof line - 1 - at);

    struct boot_machine *machine = boot_model_begin();
    memcpy(machine->command_line, line, strlen(line));
    boot_options_read(machine, 0x3f8);
    struct boot_machine other = *machine;

    machine = boot_model_begin();
    memcpy(machine->command_line, " quiet pti=on", 13);
    memset(machine->command_line + 13, '1', sizeof line - 14);
    strcpy(machine->command_line, line);
    boot_options_read(machine, 0x3f8);
    REQUIRE(machine->console_port == other.console_port && machine->quiet == other.quiet);
    REQUIRE(machine->fastpath_off == other.fastpath_off && machine->pti == other.pti);
    REQUIRE(machine->pti == BOOT_PTI_AUTO || strstr(line, "pti=o"));
    REQUIRE(!machine->quiet || strstr(line, "quiet"));
}
