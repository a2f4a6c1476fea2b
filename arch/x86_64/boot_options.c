/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel command line: words between bytes up to the space; what is not known is ignored.
 * Rules: boot 3.  Pure: tested on the host. */
#include <arch/x86_64/boot.h>

static bool is_space(char c) { return (uint8_t)c <= ' '; }

/* The rest of word behind prefix, or NULL. */
static const char *after(const char *word, const char *prefix)
{
    for (; *prefix; prefix++, word++)
        if (*word != *prefix)
            return NULL;
    return word;
}

static word_t digit(char c)
{
    if (c >= '0' && c <= '9')
        return (word_t)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (word_t)(c - 'a') + 10 : 16;
}

/* Decimal or 0x-hexadecimal, up to the end of the word; 0 if it is neither. */
static uint16_t number(const char *text)
{
    const char *hexadecimal = after(text, "0x");
    word_t base = hexadecimal ? 16 : 10, value = 0;
    for (text = hexadecimal ? hexadecimal : text; *text && !is_space(*text); text++) {
        if (digit(*text) >= base)
            return 0;
        value = value * base + digit(*text);
        if (value > UINT16_MAX)
            return 0;
    }
    return (uint16_t)value;
}

static bool is_word(const char *word, const char *name)
{
    const char *rest = after(word, name);
    return rest && (!*rest || is_space(*rest));
}

static void read_word(const char *word, struct boot_machine *machine)
{
    const char *value = after(word, "console_port=");
    if (value)
        machine->console_port = number(value);
    if (is_word(word, "quiet"))
        machine->quiet = true;
    if (is_word(word, "nofastpath"))
        machine->fastpath_off = true;
    if (is_word(word, "pti=on"))
        machine->pti = BOOT_PTI_ON;
    if (is_word(word, "pti=off"))
        machine->pti = BOOT_PTI_OFF;
}

void boot_options_read(struct boot_machine *machine, uint16_t default_port)
{
    const char *text = machine->command_line;
    machine->console_port = default_port;
    while (*text) {
        if (!is_space(*text))
            read_word(text, machine);
        while (*text && !is_space(*text))
            text++;
        while (*text && is_space(*text))
            text++;
    }
}
