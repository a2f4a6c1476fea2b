# SPDX-License-Identifier: BSD-2-Clause
"""What loaders tell of memory and modules, odd and damaged: the root task gets as much memory as the map allows, or
the kernel says why not, and whatever did not fit is said."""
import functools
import struct

import chain
from verdict import boots, refuses, values

SECONDS = 20
MIB, GIB = 1 << 20, 1 << 30
RAM, RESERVED, NVS = 1, 2, 4
LOW = [(0, 0x9fc00, RAM), (0x9fc00, 0x400, RESERVED), (0xf0000, 0x10000, RESERVED)]
HIGH = (4 * GIB, 3 * GIB, RAM)  # of a machine of 6 GiB


def odd(count):
    """Memory for kernel and modules, `count` ranges with odd ends, one above 4 GiB."""
    pieces = [(64 * MIB + 4 * MIB * i + 0x3001, 3 * MIB - 0x1777 * (i % 40), RAM) for i in range(count)]
    return LOW + [(MIB, 47 * MIB, RAM)] + pieces + [HIGH]


def pages(count):
    """So many ranges, the smallest of them first but for the kernel's, the largest last."""
    return LOW + [(MIB, 47 * MIB, RAM)] + [(64 * MIB + MIB * i, 0x1000 * (2 + i), RAM) for i in range(count - 2)] + [HIGH]


def sees(least, most, *lines):
    """So much memory, and these lines on the console; without lines none of the kind."""
    def look(output):
        memory = values(output)["memory"][0]
        if not least <= memory <= most:
            return f"{memory >> 10} KiB of memory, not {least >> 10} to {most >> 10}"
        wanted = [line for line in lines if line not in output]
        if wanted:
            return "it does not say: " + ", ".join(wanted)
        said = [word for word in ("do not fit", "too many", "impossible", "entries") if not lines and word in output]
        return "it says: " + ", ".join(said) if said else None
    return look


def run(arguments, name, verdict, multiboot, memory, *rest, count=1, size="128M", cpu="max", **options):
    script = chain.Script()
    script.place(arguments.kernel)
    modules = [script.module(arguments.task)] + [(chain.TABLES_AT, chain.TABLES_AT + 16)] * (count - 1)
    script.enter(*multiboot(script, memory, modules, **options))
    command = chain.command(arguments, script, "maps-" + name.replace(" ", "-").replace(",", "").replace("'", ""), [],
                            memory=size, cpu=cpu)
    return verdict(command, *rest) if verdict is refuses else boots(command, seconds=SECONDS, also=rest[0])


def damaged(kind, size, *words):
    """A tag whose size is not true."""
    return struct.pack(f"<{2 + len(words)}I", kind, size, *words)


def add(tests, arguments):
    def test(name, *rest, **options):
        tests.add("maps: " + name, functools.partial(run, arguments, name, *rest, **options))

    both = (("1", chain.multiboot1), ("2", chain.multiboot2))
    whole = 125 * MIB, 127 * MIB
    for version, multiboot in both:
        test(f"12 odd ranges, version {version}", boots, multiboot, odd(12), sees(
            3 * GIB + 47 * MIB, 4 * GIB, "do not fit into the list"), size="6G")
        test(f"70 odd ranges, version {version}", boots, multiboot, odd(70), sees(
            3 * GIB + 130 * MIB, 4 * GIB, "do not fit into the list", "memory: 8 ranges ("), size="6G")
        test(f"64 ranges, version {version}", boots, multiboot, pages(64), sees(
            3 * GIB + 46 * MIB, 4 * GIB, "do not fit into the list"), size="6G")
        test(f"65 ranges, version {version}", boots, multiboot, pages(65), sees(
            3 * GIB + 46 * MIB, 4 * GIB, "memory: 1 ranges (8 KiB) are too many"), size="6G")
        test(f"8 modules, version {version}", boots, multiboot, chain.MEMORY_128M, sees(*whole), count=8)
        test(f"9 modules, version {version}", boots, multiboot, chain.MEMORY_128M, sees(
            *whole, "modules: 9 are too many"), count=9)
        test(f"entries of 28 bytes, version {version}", boots, multiboot, chain.MEMORY_128M, sees(*whole),
             entry_bytes=24 if version == "1" else 28)
        for order in 1, -1:
            inside = (chain.MEMORY_128M + [(64 * MIB + 0x800, 8 * MIB, NVS)])[::order]
            test(f"NVS inside RAM, {'after' if order == 1 else 'before'} it, version {version}", boots, multiboot, inside,
                 sees(117 * MIB, 119 * MIB))
        hole = LOW + [(MIB, 0x20000, RAM), (2 * MIB, 125 * MIB, RAM)]
        test(f"hole, version {version}", refuses, multiboot, hole, "a hole where the kernel")
        test(f"little, version {version}", refuses, multiboot, LOW + [(MIB, 0x20000, RAM)], "there is too little memory")
    test("RAM where interrupt messages go", boots, chain.multiboot2, chain.MEMORY_128M + [(0xfee00000, MIB, RAM)], sees(*whole))
    test("RAM beyond the processor's addresses", boots, chain.multiboot2, chain.MEMORY_128M + [(1 << 37, GIB, RAM)],
         sees(*whole), cpu="max,phys-bits=36")
    test("70 entries, version 1", boots, chain.multiboot1, chain.MEMORY_128M + [(2 * GIB, 0x1000, RESERVED)] * 64, sees(
        *whole, "the root task sees 50 of 70 entries"))
    test("entries of impossible size", boots, chain.multiboot2, chain.MEMORY_128M, sees(
        *whole, "an entry of impossible size"), more=damaged(6, 16, 0, 0))
    for size in 0x20, 0x10000, 0xfffffff0, 0xffffffff, 7:
        test(f"tag of {size:#x} bytes", boots, chain.multiboot2, chain.MEMORY_128M, sees(
            *whole, "a tag of impossible size"), more=damaged(6, size, 24, 0))
    test("short tags", boots, chain.multiboot2, chain.MEMORY_128M, sees(*whole),
         more=damaged(3, 8) + damaged(8, 8) + damaged(6, 8) + damaged(14, 8) + damaged(15, 8))
