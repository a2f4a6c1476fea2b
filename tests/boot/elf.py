# SPDX-License-Identifier: BSD-2-Clause
"""Small ELF files, good ones and ones with one thing wrong."""
import struct

PT_LOAD = 1
ET_REL, ET_EXEC, ET_DYN = 1, 2, 3
EM_X86_64 = 62
EM_AARCH64 = 183
BASE = 0x400000
HEADER_BYTES, SEGMENT_BYTES = 64, 56


def segment(vaddr, memsz, offset=0x1000, filesz=16):
    return struct.pack("<IIQQQQQQ", PT_LOAD, 7, offset, vaddr, vaddr, filesz, memsz, 0x1000)


def make(segments, entry=BASE, machine=EM_X86_64, elf_class=2, kind=ET_EXEC):
    """An ELF file of the given segments, with a page of data at offset 0x1000: an endless loop."""
    ident = b"\x7fELF" + bytes([elf_class, 1, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, entry, HEADER_BYTES, 0, 0,
                                 HEADER_BYTES, SEGMENT_BYTES, len(segments), 0, 0, 0)
    return (header + b"".join(segments)).ljust(0x1000, b"\0") + b"\xeb\xfe".ljust(0x1000, b"\xcc")


# name, file, what the sentence says
BROKEN = [
    ("garbage", b"This is no program.\n" * 100, "not an ELF64 file for x86-64"),
    ("32-bit", make([segment(BASE, 0x1000)], elf_class=1), "not an ELF64 file for x86-64"),
    ("wrong-machine", make([segment(BASE, 0x1000)], machine=EM_AARCH64),
     "not an ELF64 file for x86-64"),
    ("position-independent", make([segment(0, 0x1000)], entry=0, kind=ET_DYN),
     "Link it with -no-pie"),
    ("object-file", make([segment(BASE, 0x1000)], kind=ET_REL), "not linked to a fixed address"),
    ("no-segments", make([]), "no segment to load"),
    ("overlap", make([segment(BASE, 0x2000), segment(BASE + 0x1fff, 0x1000)]),
     "two segments of the root task overlap"),
    ("overflow", make([segment(BASE, 0x1000), segment(2**64 - 0x1000, 0x2000)]),
     "past the end of the address space"),
    ("truncated", make([segment(BASE, 0x1000, offset=0x1ff8)]), "past the end of its file"),
    ("kernel-address", make([segment(BASE, 0x1000), segment(2**64 - 0x10000, 0x1000)]),
     "does not fit into the user address space"),
    ("unaligned", make([segment(BASE + 16, 0x1000)], entry=BASE + 16), "page boundary"),
    ("too-large", make([segment(BASE, 2**30)]), "does not fit into memory"),
    ("too-many-pages", make([segment(BASE, 5000 * 4096)]), "more capability slots"),
    ("entry-below", make([segment(BASE, 0x1000)], entry=BASE - 1), "entry point"),
    ("entry-behind", make([segment(BASE, 0x1000)], entry=BASE + 0x1000), "entry point"),
]
