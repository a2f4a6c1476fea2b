#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The Bochs emulator, which checks what QEMU's translator does not: segment descriptors, reserved bits, privileges
of system tables.  The boot tests take its command from here.  As a program it runs the system suite:
bochs.py --kernel ELF --root ELF [--select 'leak.* fpu.*'] [--cpu ryzen] [--append 'quiet pti=on']"""
import argparse
import os
import sys

import verdict
from machine import TOOLS, image

sys.path.insert(0, TOOLS)
import run_tests

INTEL, AMD = "corei7_haswell_4770", "ryzen"
SUITE_MHZ = 120  # the suite expects 100, and what it waits for takes the longer the more there are


def command(work, name, cd, serial, model, megabytes=128, mhz=50):
    """Boots the CD; `serial` is the file that gets COM1.  An instruction takes a cycle.  A triple fault ends the
    emulator."""
    log, settings, commands = (os.path.join(work, f"{name}.{end}") for end in ("log", "bochsrc", "commands"))
    with open(settings, "w", encoding="ascii") as stream:
        stream.write(f"""
plugin_ctrl: unmapped=1, biosdev=1, speaker=0, serial=1
config_interface: textconfig
display_library: rfb, options="timeout=0"
memory: guest={megabytes}, host={megabytes}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
boot: cdrom
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path={cd}, status=inserted
com1: enabled=1, mode=file, dev={serial}
cpu: model={model}, count=1, ips={mhz}000000, reset_on_triple_fault=0
log: {log}
panic: action=fatal
clock: sync=none
""")
    with open(commands, "w", encoding="ascii") as stream:
        stream.write("continue\n")
    return ["bochs", "-q", "-f", settings, "-rc", commands]


def boots(work, name, cd, model, also=None):
    serial = os.path.join(work, name + ".serial")
    if os.path.exists(serial):
        os.remove(serial)
    return verdict.boots(command(work, name, cd, serial, model), seconds=120, serial=serial, also=also)


class Suite(run_tests.Suite):
    """The system suite, each boot from an image of its own: the selection is written into the root task."""

    def command(self, folder, skip):
        o = self.options
        root = run_tests.patched_root(o.root, folder, skip, o.select)
        cd = image(folder, "suite", o.kernel, [root], o.append)
        # The emulator's own words on its standard output would run into the serial line's.
        return ["sh", "-c", 'exec "$@" >/dev/null', "sh",
                *command(folder, "suite", cd, "/dev/stderr", o.cpu, o.mem, SUITE_MHZ)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", required=True, help="the kernel, ELF64")
    parser.add_argument("--root", required=True, help="the suite's root task")
    parser.add_argument("--select", default="", help="shell patterns on topic.name")
    parser.add_argument("--cpu", default=INTEL, help="a model of `bochs --help cpu`")
    parser.add_argument("--mem", type=int, default=512, help="MiB")
    parser.add_argument("--append", default="quiet", help="the kernel's command line")
    parser.add_argument("--log", type=argparse.FileType("wb"), help="keep the serial output here")
    parser.add_argument("--timeout", type=int, default=1800, help="seconds for everything")
    parser.add_argument("--stall", type=int, default=120, help="seconds without output")
    parser.set_defaults(iso=None)
    results = run_tests.Results()
    Suite(parser.parse_args(), results).run()
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
