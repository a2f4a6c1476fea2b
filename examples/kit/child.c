/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a program that talks with its parent. */
#include "parent.h"
#include "print.h"

enum { TEXT_BYTES = (seL4_MsgMaxLength - 1) * sizeof(seL4_Word) };

static void print_part(const char *text, size_t length)
{
    seL4_SetMR(0, length);
    for (size_t i = 0; i < length; i += sizeof(seL4_Word)) {
        seL4_Word word = 0;
        for (size_t b = 0; b < sizeof(seL4_Word) && i + b < length; b++)
            word |= (seL4_Word)(unsigned char)text[i + b] << 8 * b;
        seL4_SetMR((int)(1 + i / sizeof(seL4_Word)), word);
    }
    seL4_Word words = 1 + (length + sizeof(seL4_Word) - 1) / sizeof(seL4_Word);
    (void)seL4_Call(PROGRAM_PARENT, seL4_MessageInfo_new(PARENT_PRINT, 0, 0, words));
}

void print_out(const char *text, size_t length)
{
    for (size_t done = 0; done < length; done += TEXT_BYTES)
        print_part(text + done, length - done < TEXT_BYTES ? length - done : TEXT_BYTES);
}

int main(void)
{
    program_main();
    for (;;)
        (void)seL4_Call(PROGRAM_PARENT, seL4_MessageInfo_new(PARENT_EXIT, 0, 0, 0));
}
