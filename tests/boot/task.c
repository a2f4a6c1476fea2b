/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task that says what it was started with, for the boot tests: lines `name value` on COM1,
 * the last one BOOT TASK DONE. */
#include <sel4/sel4.h>

#define COM1 0x3f8
#define COM1_PORTS 8
#define STATUS 5
#define STATUS_CAN_SEND 0x20
#define PORT_SLOT (info->empty.start)

static const seL4_BootInfo *info;

static void put(char c)
{
    while (!(seL4_X86_IOPort_In8(PORT_SLOT, COM1 + STATUS).result & STATUS_CAN_SEND))
        ;
    (void)seL4_X86_IOPort_Out8(PORT_SLOT, COM1, (unsigned char)c);
}

static void put_text(const char *text)
{
    while (*text)
        put(*text++);
}

static void put_line(const char *name, seL4_Word value)
{
    char digits[20];
    int count = 0;

    put_text(name);
    put(' ');
    do {
        digits[count++] = "0123456789"[value % 10];
        value /= 10;
    } while (value);
    while (count)
        put(digits[--count]);
    put_text("\r\n");
}

static void put_chunks(void)
{
    const char *chunk = (const char *)info + seL4_BootInfoFrameSize;
    const char *end = chunk + info->extraLen;

    while (chunk < end) {
        seL4_BootInfoHeader header;
        __builtin_memcpy(&header, chunk, sizeof header);
        put_line("chunk", header.id);
        if (header.id == SEL4_BOOTINFO_HEADER_X86_TSC_FREQ) {
            unsigned mhz;
            __builtin_memcpy(&mhz, chunk + sizeof header, sizeof mhz);
            put_line("mhz", mhz);
        }
        chunk += header.len;
    }
}

static void put_memory(void)
{
    seL4_Word bytes[2] = { 0, 0 };

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        bytes[info->untypedList[i].isDevice] += 1ul << info->untypedList[i].sizeBits;
    put_line("memory", bytes[0]);
    put_line("device", bytes[1]);
    put_line("untypeds", info->untyped.end - info->untyped.start);
}

int main(void)
{
    info = seL4_GetBootInfo();
    (void)seL4_X86_IOPortControl_Issue(seL4_CapIOPortControl, COM1, COM1 + COM1_PORTS - 1,
                                       seL4_CapInitThreadCNode, PORT_SLOT, 64);
    put_text("\r\nBOOT TASK\r\n");
    put_line("frames", info->userImageFrames.end - info->userImageFrames.start);
    put_line("paging", info->userImagePaging.end - info->userImagePaging.start);
    put_line("slots", 1ul << info->initThreadCNodeSizeBits);
    put_memory();
    put_chunks();
    put_text("BOOT TASK DONE\r\n");
    return 0;
}
