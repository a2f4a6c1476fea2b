# SPDX-License-Identifier: BSD-2-Clause
"""Screens that a loader claims: those that are there are used, the others are not, and a line says so.  Either way the
root task writes to it (tests/boot/task.c) and comes to its end."""
import chain
from verdict import boots

SECONDS = 30
PIXELS, TEXT = 1, 2
VGA, LAPIC, RAM = 0xfd000000, 0xfee00000, 0x3000000
# address, bytes of a line, width, height, bits of a pixel, type
RIGHT = {
    "text 80x25": (0xb8000, 160, 80, 25, 16, TEXT),
    "text 80x50": (0xb8000, 160, 80, 50, 16, TEXT),
    "text 132x60": (0xb8000, 264, 132, 60, 16, TEXT),
    "pixels": (VGA, 4096, 1024, 768, 32, PIXELS),
    "pixels in pages not their own": (VGA + 24, 4100, 1024, 768, 32, PIXELS),
    "pixels above 4 GiB": (0x180000000, 4096, 1024, 768, 32, PIXELS),
}
WRONG = {
    "pitch 0": (VGA, 0, 1024, 768, 32, PIXELS),
    "lines too short": (VGA, 1024, 1024, 768, 32, PIXELS),
    "lines too long": (VGA, 0x80000000, 1024, 768, 32, PIXELS),
    "wrapping": (2**64 - 0x100000, 4096, 1024, 768, 32, PIXELS),
    "the last byte of all": (2**64 - 1, 4096, 1024, 768, 32, PIXELS),
    "beyond the processor's width": (2**45, 4096, 1024, 768, 32, PIXELS),
    "no physical address": (2**56, 4096, 1024, 768, 32, PIXELS),
    "in RAM": (RAM, 4096, 1024, 768, 32, PIXELS),
    "at the local APIC": (LAPIC, 4096, 1024, 768, 32, PIXELS),
    "without size": (VGA, 4096, 0, 0, 32, PIXELS),
    "text of too many rows": (0xb8000, 160, 80, 300, 16, TEXT),
    "text without columns": (0xb8000, 160, 0, 25, 16, TEXT),
    "text elsewhere": (0xb0000, 160, 80, 25, 16, TEXT),
}


def command(arguments, name, framebuffer):
    script = chain.Script()
    script.place(arguments.kernel)
    script.enter(*chain.multiboot2(script, chain.MEMORY_128M, [script.module(arguments.task)],
                                   framebuffer=framebuffer))
    return chain.command(arguments, script, "screen-" + name.replace(" ", "-").replace("'", ""), [])


def add(tests, arguments):
    for name, framebuffer in {**RIGHT, **WRONG}.items():
        machine = command(arguments, name, framebuffer)
        refused = "cannot be used\n"
        tests.add("screen: " + name, boots, machine, None, SECONDS, None,
                  (lambda wrong: lambda output: None if (refused in output) == wrong else "used wrongly or not at all")
                  (name in WRONG) if arguments.debug else None)
