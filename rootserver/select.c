/* SPDX-License-Identifier: BSD-2-Clause */
/* Test selection by patterns that a tool writes into the image. */
#include "select.h"
#include "format.h"

extern char selection[256];
char selection[256] __attribute__((section(".selection"), used)) = SELECTION_MAGIC;

/* The compiler must not believe what the image was built with. */
static const char *selection_text(void)
{
    const char *text = selection;

    __asm__("" : "+r"(text));
    return text + sizeof(SELECTION_MAGIC) - 1;
}

static bool at_end(const char *pattern)
{
    return *pattern == '\0' || *pattern == ' ';
}

/* Shell pattern: `*`, `?`, everything else itself.  `pattern` ends at a space or the end.  On a
 * mismatch go back to the last star and let it swallow one character more. */
static bool glob_matches(const char *pattern, const char *text)
{
    const char *star = NULL;
    const char *resume = text;

    while (*text) {
        if (!at_end(pattern) && *pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (!at_end(pattern) && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return at_end(pattern);
}

static const char *after_word(const char *text)
{
    while (!at_end(text)) {
        text++;
    }
    while (*text == ' ') {
        text++;
    }
    return text;
}

bool select_matches(const char *topic, const char *name)
{
    const char *pattern = selection_text();
    char full[128];
    size_t n = 0;

    while (*topic && n < 60) {
        full[n++] = *topic++;
    }
    full[n++] = '.';
    while (*name && n < sizeof(full) - 1) {
        full[n++] = *name++;
    }
    full[n] = '\0';

    if (*pattern == '+') {
        pattern = after_word(pattern);
    }
    if (!*pattern) {
        return true;
    }
    for (; *pattern; pattern = after_word(pattern)) {
        if (glob_matches(pattern, full)) {
            return true;
        }
    }
    return false;
}

bool select_skips(word_t number)
{
    const char *text = selection_text();
    word_t skipped = 0;

    if (*text++ != '+') {
        return false;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        skipped = skipped * 10 + (word_t)(*text - '0');
    }
    return number <= skipped;
}
