/* SPDX-License-Identifier: BSD-2-Clause */
/* What the root task finds at start: the BootInfo frame and the slots of its CNode. */
#pragma once

#include <sel4/config.h>
#include <sel4/types.h>

/* Slots of the root task's CNode with a fixed meaning.  A slot may be empty in a configuration. */
enum seL4_RootCNodeCapSlots {
    seL4_CapNull = 0,
    seL4_CapInitThreadTCB = 1,
    seL4_CapInitThreadCNode = 2,
    seL4_CapInitThreadVSpace = 3,
    seL4_CapIRQControl = 4,
    seL4_CapASIDControl = 5,
    seL4_CapInitThreadASIDPool = 6,
    seL4_CapIOPortControl = 7,
    seL4_CapIOSpace = 8, /* with an IOMMU */
    seL4_CapBootInfoFrame = 9,
    seL4_CapInitThreadIPCBuffer = 10,
    seL4_CapDomain = 11,
    seL4_CapSMMUSIDControl = 12, /* not on x86 */
    seL4_CapSMMUCBControl = 13,  /* not on x86 */
    seL4_CapInitThreadSC = 14,   /* with MCS */
    seL4_CapSMC = 15,            /* not on x86 */
    seL4_NumInitialCaps = 16
};

#define seL4_CapInitThreadPD seL4_CapInitThreadVSpace

typedef seL4_Word seL4_SlotPos;

/* Slots start to end - 1 of the root task's CNode. */
typedef struct seL4_SlotRegion {
    seL4_SlotPos start;
    seL4_SlotPos end;
} seL4_SlotRegion;

/* An untyped capability. */
typedef struct seL4_UntypedDesc {
    seL4_Word paddr;     /* physical address */
    seL4_Uint8 sizeBits; /* log2 bytes */
    seL4_Uint8 isDevice; /* 1: device memory, for frames only */
    seL4_Uint8 padding[6];
} seL4_UntypedDesc;

typedef struct seL4_BootInfo {
    seL4_Word extraLen;                /* bytes of extra boot information, from the next page on */
    seL4_NodeId nodeID;                /* processor of the root task */
    seL4_Word numNodes;                /* processors in use */
    seL4_Word numIOPTLevels;           /* levels of IOMMU page tables; all ones without IOMMU */
    seL4_IPCBuffer *ipcBuffer;         /* the root task's IPC buffer */
    seL4_SlotRegion empty;             /* free slots */
    seL4_SlotRegion sharedFrames;      /* none */
    seL4_SlotRegion userImageFrames;   /* the program's pages, by ascending address */
    seL4_SlotRegion userImagePaging;   /* its PDPTs, then page directories, then page tables */
    seL4_SlotRegion ioSpaceCaps;       /* none on x86 */
    seL4_SlotRegion extraBIPages;      /* pages of the extra boot information */
    seL4_Word initThreadCNodeSizeBits; /* log2 slots of the root task's CNode */
    seL4_Domain initThreadDomain;      /* domain of the root task */
#ifdef CONFIG_KERNEL_MCS
    seL4_SlotRegion schedcontrol; /* one capability per processor */
#endif
    seL4_SlotRegion untyped; /* memory, device memory first */
    seL4_UntypedDesc untypedList[CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS]; /* its descriptions */
} seL4_BootInfo;

#define seL4_BootInfoFrameBits 12
#define seL4_BootInfoFrameSize LIBSEL4_BIT(seL4_BootInfoFrameBits)

SEL4_COMPILE_ASSERT(seL4_BootInfo_fits_its_frame, sizeof(seL4_BootInfo) <= seL4_BootInfoFrameSize);

/* The extra boot information is a row of chunks, each with this header. */
typedef struct seL4_BootInfoHeader {
    seL4_Word id;  /* a seL4_BootInfoID */
    seL4_Word len; /* bytes, this header included */
} seL4_BootInfoHeader;

/* What a chunk holds; see sel4/arch/bootinfo_types.h.  Unknown ones can be skipped. */
typedef enum seL4_BootInfoID {
    SEL4_BOOTINFO_HEADER_PADDING = 0,
    SEL4_BOOTINFO_HEADER_X86_VBE = 1,
    SEL4_BOOTINFO_HEADER_X86_MBMMAP = 2,
    SEL4_BOOTINFO_HEADER_X86_ACPI_RSDP = 3,
    SEL4_BOOTINFO_HEADER_X86_FRAMEBUFFER = 4,
    SEL4_BOOTINFO_HEADER_X86_TSC_FREQ = 5, /* 4 bytes: MHz */
    SEL4_BOOTINFO_HEADER_FDT = 6,          /* not on x86 */
    SEL4_BOOTINFO_HEADER_NUM,
    SEL4_FORCE_LONG_ENUM(seL4_BootInfoID)
} seL4_BootInfoID;
