# SPDX-License-Identifier: BSD-2-Clause
"""Scripts for loader.c, which enters a kernel in any state: memory, devices and registers, and what a boot
loader tells.  A script that enters the kernel just as QEMU would have done:

    script = chain.Script()
    script.place(kernel)
    script.enter_as_started()
    command = chain.command(arguments, script, "nothing-special", [arguments.task])

Instead of the first loader's information there may be one from multiboot1() or multiboot2(), whose modules,
memory map and ACPI tables then are the script's to place."""
import os
import struct

from machine import QEMU

(ENTER, ENTER_AS_STARTED, COPY, FILL, STORE, OUT, MSR, CR0, CR4, DEBUG, XCR0, GDT, IDT, LDT, TASK, FPU, MXCSR,
 SERVE) = range(18)  # as in loader.c
ALL = 2**32 - 1
FLAGS_FIXED = 2  # EFLAGS bit 1 is always set
PT_LOAD = 1

# Free for scripts in a machine of 128 MiB: above the kernel, below the loader.
INFORMATION_AT, TABLES_AT, MODULES_AT = 0x1000000, 0x1800000, 0x2000000
# (start, bytes, type) of QEMU's machine of 128 MiB: 1 is memory, 2 is none.
MEMORY_128M = [(0, 0x9fc00, 1), (0x9fc00, 0x400, 2), (0xf0000, 0x10000, 2), (0x100000, 0x7ee0000, 1),
               (0x7fe0000, 0x20000, 2), (0xfffc0000, 0x40000, 2)]


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


class Elf:
    """An ELF64 file: entry, segments (physical address, bytes, size in memory), symbols."""

    def __init__(self, path):
        self.data = read(path)
        self.entry, headers, sections = struct.unpack_from("<QQQ", self.data, 24)
        size, count, section_size, section_count = struct.unpack_from("<HHHH", self.data, 54)
        self.segments = []
        for i in range(count):
            kind, _, offset, _, address, in_file, in_memory = struct.unpack_from("<IIQQQQQ", self.data,
                                                                                 headers + i * size)
            if kind == PT_LOAD:
                self.segments.append((address, self.data[offset:offset + in_file], in_memory))
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, sections + i * section_size)
                         for i in range(section_count)]

    def symbol(self, wanted):
        """The address of a symbol that is there once."""
        found = []
        for _, kind, _, _, offset, size, strings, *_ in self.sections:
            for at in range(offset, offset + size if kind == 2 else 0, 24):
                name, _, _, _, value, _ = struct.unpack_from("<IBBHQQ", self.data, at)
                start = self.sections[strings][4] + name
                if self.data[start:self.data.index(b"\0", start)] == wanted.encode():
                    found.append(value)
        if len(found) != 1:
            raise LookupError(f"{len(found)} symbols {wanted}")
        return found[0]


class Script:
    """Commands in the order in which the loader does them.  `eflags` gathers what the kernel is entered with."""

    def __init__(self):
        self.data, self.entry, self.eflags = b"", None, FLAGS_FIXED

    def command(self, operation, *words, data=b""):
        data += bytes(-len(data) % 4)
        self.data += struct.pack(f"<{2 + len(words)}I", operation, len(words) + len(data) // 4, *words) + data

    # memory and devices
    def copy(self, address, data):
        self.command(COPY, address, len(data), data=data)

    def fill(self, address, count, value=0):
        self.command(FILL, address, count, value)

    def store(self, address, value):
        self.command(STORE, address, value)

    def out(self, port, value, width=1):
        self.command(OUT, port, width, value)

    def place(self, path):
        """The kernel to enter, at its physical addresses."""
        kernel = Elf(path)
        self.entry = kernel.entry
        for address, data, size in kernel.segments:
            self.copy(address, data)
            self.fill(address + len(data), size - len(data))

    def module(self, path, address=MODULES_AT):
        """A module for multiboot1() or multiboot2(): its place."""
        data = read(path)
        self.copy(address, data)
        return address, address + len(data)

    # registers
    def msr(self, number, value):
        self.command(MSR, number, 0, 0, value & ALL, value >> 32)

    def change_msr(self, number, kept=2**64 - 1, added=0):
        self.command(MSR, number, kept & ALL, kept >> 32, added & ALL, added >> 32)

    def cr0(self, kept=ALL, added=0):
        self.command(CR0, kept, added)

    def cr4(self, kept=ALL, added=0):
        self.command(CR4, kept, added)

    def debug(self, number, value):
        self.command(DEBUG, number, value)

    def xcr0(self, value):
        self.command(XCR0, value)

    def gdt(self, base, limit):
        self.command(GDT, base, limit)

    def idt(self, base, limit):
        self.command(IDT, base, limit)

    def ldt(self, selector):
        self.command(LDT, selector)

    def task(self, selector):
        self.command(TASK, selector)

    def fpu(self, control):
        self.command(FPU, control)

    def mxcsr(self, value):
        self.command(MXCSR, value)

    def serve(self, vector):
        """The interrupt stays in service in the local APIC.  Masks both 8259s and sets task priority 0."""
        self.command(SERVE, vector)

    # the end
    def enter(self, magic, information):
        self.command(ENTER, self.entry, self.eflags, magic, information)

    def enter_as_started(self):
        """With the machine's own information of version 1, and the modules behind the script."""
        self.command(ENTER_AS_STARTED, self.entry, self.eflags)


def descriptor(base, limit, access, flags=0):
    """A segment descriptor of 8 bytes.  Intel SDM vol. 3A, figure 3-8."""
    return struct.pack("<HHBBBB", limit & 0xffff, base & 0xffff, base >> 16 & 0xff, access,
                       flags << 4 | limit >> 16, base >> 24)


def call_gate(selector, offset, level=3):
    """A 32-bit call gate.  Intel SDM vol. 3A, figure 5-8."""
    return struct.pack("<HHBBH", offset & 0xffff, selector, 0, 0x8c | level << 5, offset >> 16)


def multiboot1(script, memory, modules, words="", at=INFORMATION_AT, entry_bytes=20):
    """Places information of version 1: the arguments of enter()."""
    line, entries, table = at + 0x200, at + 0x1000, at + 0x2000
    script.copy(line, words.encode() + b"\0")
    script.copy(entries, b"".join(struct.pack("<IIII", start, end, line, 0) for start, end in modules))
    mmap = b"".join(struct.pack("<I", entry_bytes) + struct.pack("<QQI", *one).ljust(entry_bytes, b"\xff")
                    for one in memory)
    script.copy(table, mmap)
    upper = max((start + size for start, size, kind in memory if kind == 1 and start < 2**32), default=0)
    script.copy(at, struct.pack("<7I", 1 | 4 | 8 | 64, 639, max(upper // 1024 - 1024, 0), 0, line, len(modules),
                                entries).ljust(44, b"\0") + struct.pack("<II", len(mmap), table).ljust(76, b"\0"))
    return 0x2badb002, at


def tag2(kind, body):
    data = struct.pack("<II", kind, 8 + len(body)) + body
    return data + bytes(-len(data) % 8)


def multiboot2(script, memory, modules, words="", rsdp=None, framebuffer=None, more=b"", at=INFORMATION_AT,
               entry_bytes=24):
    """Places information of version 2: the arguments of enter().  `framebuffer`: address, bytes of a line, width,
    height, bits of a pixel, type.  `more`: further tags."""
    tags = [tag2(1, words.encode() + b"\0")]
    tags += [tag2(3, struct.pack("<II", start, end) + b"module\0") for start, end in modules]
    if memory is not None:
        tags.append(tag2(6, struct.pack("<II", entry_bytes, 0) + b"".join(
            struct.pack("<QQII", *one, 0).ljust(entry_bytes, b"\xff") for one in memory)))
    if framebuffer:
        tags.append(tag2(8, struct.pack("<QIIIBB", *framebuffer).ljust(24, b"\0")))
    if rsdp is not None:
        tags.append(tag2(14 if len(rsdp) == 20 else 15, rsdp))
    body = b"".join(tags) + more + tag2(0, b"")
    script.copy(at, struct.pack("<II", 8 + len(body), 0) + body)
    return 0x36d76289, at


def write(arguments, script, name):
    path = os.path.join(arguments.work, name + ".script")
    with open(path, "wb") as stream:
        stream.write(script.data)
    return path


def command(arguments, script, name, modules, *more, memory="128M", cpu="max"):
    """QEMU, with the script's machine."""
    return QEMU + ["-monitor", "none", "-m", memory, "-cpu", cpu, "-kernel", arguments.loader,
                   "-initrd", ",".join([write(arguments, script, name), *modules]), *more]
