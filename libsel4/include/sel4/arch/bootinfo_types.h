/* SPDX-License-Identifier: BSD-2-Clause */
/* Chunks of the extra boot information of a PC.  All structs are packed. */
#pragma once

#include <stdint.h>
#include <sel4/config.h>
#include <sel4/bootinfo_types.h>

#define SEL4_MULTIBOOT_MAX_MMAP_ENTRIES 50
#define SEL4_MULTIBOOT_RAM_REGION_TYPE  1

/* ---- VESA BIOS, as VBE 3.0 lays it out ---- */

typedef struct seL4_VBEInfoBlock {
    char signature[4];
    uint16_t version;
    uint32_t oemStringPtr;
    uint32_t capabilities;
    uint32_t modeListPtr;
    uint16_t totalMemory;
    uint16_t oemSoftwareRev;
    uint32_t oemVendorNamePtr;
    uint32_t oemProductNamePtr;
    uint32_t oemProductRevPtr;
    uint8_t reserved[222];
    uint8_t oemData[256];
} SEL4_PACKED seL4_VBEInfoBlock_t;

typedef struct seL4_VBEModeInfoCommon {
    uint16_t modeAttr;
    uint8_t winAAttr;
    uint8_t winBAttr;
    uint16_t winGranularity;
    uint16_t winSize;
    uint16_t winASeg;
    uint16_t winBSeg;
    uint32_t winFuncPtr;
    uint16_t bytesPerScanLine;
} SEL4_PACKED seL4_VBEModeInfoCommon_t;

typedef struct seL4_VBEInfo12Part1 {
    uint16_t xRes;
    uint16_t yRes;
    uint8_t xCharSize;
    uint8_t yCharSize;
    uint8_t planes;
    uint8_t bitsPerPixel;
    uint8_t banks;
    uint8_t memoryModel;
    uint8_t bankSize;
    uint8_t imagePages;
    uint8_t reserved1;
} SEL4_PACKED seL4_VBEInfo12Part1_t;

typedef struct seL4_VBEInfo12Part2 {
    uint8_t redLen;
    uint8_t redOff;
    uint8_t greenLen;
    uint8_t greenOff;
    uint8_t blueLen;
    uint8_t blueOff;
    uint8_t rsvdLen;
    uint8_t rsvdOff;
    uint8_t directColorInfo;
} SEL4_PACKED seL4_VBEInfo12Part2_t;

typedef struct seL4_VBEInfo20 {
    uint32_t physBasePtr;
    uint8_t reserved2[6];
} SEL4_PACKED seL4_VBEInfo20_t;

typedef struct seL4_VBEInfo30 {
    uint16_t linBytesPerScanLine;
    uint8_t bnkImagePages;
    uint8_t linImagePages;
    uint8_t linRedLen;
    uint8_t linRedOff;
    uint8_t linGreenLen;
    uint8_t linGreenOff;
    uint8_t linBlueLen;
    uint8_t linBlueOff;
    uint8_t linRsvdLen;
    uint8_t linRsvdOff;
    uint32_t maxPixelClock;
    uint16_t modeId;
    uint8_t depth;
} SEL4_PACKED seL4_VBEInfo30_t;

typedef struct seL4_VBEModeInfoBlock {
    seL4_VBEModeInfoCommon_t vbe_common;
    seL4_VBEInfo12Part1_t vbe12_part1;
    seL4_VBEInfo12Part2_t vbe12_part2;
    seL4_VBEInfo20_t vbe20;
    seL4_VBEInfo30_t vbe30;
    uint8_t reserved3[187];
} SEL4_PACKED seL4_VBEModeInfoBlock_t;

/* SEL4_BOOTINFO_HEADER_X86_VBE */
typedef struct seL4_X86_BootInfo_VBE {
    seL4_BootInfoHeader header;
    seL4_VBEInfoBlock_t vbeInfoBlock;
    seL4_VBEModeInfoBlock_t vbeModeInfoBlock;
    uint32_t vbeMode;
    uint32_t vbeInterfaceSeg;
    uint32_t vbeInterfaceOff;
    uint32_t vbeInterfaceLen;
} SEL4_PACKED seL4_X86_BootInfo_VBE;

/* ---- memory map, as Multiboot 1 has it ---- */

typedef struct seL4_X86_mb_mmap {
    uint32_t size; /* bytes behind this member */
    uint64_t base_addr;
    uint64_t length;
    uint32_t type; /* SEL4_MULTIBOOT_RAM_REGION_TYPE or something not usable */
} SEL4_PACKED seL4_X86_mb_mmap_t;

/* SEL4_BOOTINFO_HEADER_X86_MBMMAP */
typedef struct seL4_X86_BootInfo_mmap {
    seL4_BootInfoHeader header;
    uint32_t mmap_length; /* bytes of mmap[] that are valid */
    seL4_X86_mb_mmap_t mmap[SEL4_MULTIBOOT_MAX_MMAP_ENTRIES];
} SEL4_PACKED seL4_X86_BootInfo_mmap_t;

/* SEL4_BOOTINFO_HEADER_X86_FRAMEBUFFER; behind the header come address (8 bytes), pitch, width,
 * height (4 each), bits per pixel and type (1 each). */
typedef struct seL4_X86_BootInfo_fb seL4_X86_BootInfo_fb_t;
