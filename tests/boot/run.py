#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots the kernel on many machines, by several loaders, and with everything that can be wrong; two
at a time.  run.py --kernel ELF --kernel32 ELF --task ELF --loader ELF --work FOLDER
[--debug] [--only TEXT] [--stops NUMBER]"""
import argparse
import os
import signal
import sys
import threading
import time

import bochs
import clocks
import elf
import faults
import maps
import screens
import state
import tables
from harness import Tests
from machine import DONE, QEMU, Machine, image
from verdict import REFUSAL, boots, refuses, says, screen_says, values

OVMF = ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE_4M.fd"]
CPUS = ["qemu64", "Nehalem", "Haswell", "EPYC", "max"]
MEMORIES = ["32M", "128M", "3G", "6G"]


def stutter(machine, end):
    """Stop the emulator most of the time, as a busy host does."""
    while not end.wait(0.002):
        machine.process.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        machine.process.send_signal(signal.SIGCONT)


def frequency(command, disturbed):
    """The MHz that the kernel measured."""
    machine, end = Machine(command), threading.Event()
    if disturbed:
        threading.Thread(target=stutter, args=(machine, end), daemon=True).start()
    try:
        machine.wait_for(DONE, 60)
        return values(machine.output)["mhz"][0]
    finally:
        end.set()
        machine.stop()


def measures_time(command):
    """The clocks of the emulator go on while it does not run: both boots must see the same."""
    quiet = frequency(command, False)
    found = [frequency(command, True) for _ in range(3)]
    right = all(abs(mhz - quiet) * 50 < quiet for mhz in found)
    return None if right else f"{quiet} MHz, but disturbed {found}"


def iso(arguments, name, modules, version="2"):
    return image(arguments.work, name, arguments.kernel, modules, version=version)


def write(arguments, name, data):
    path = os.path.join(arguments.work, name)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


def firmware():
    found = [path for path in OVMF if os.path.exists(path)]
    return ["-drive", "if=pflash,format=raw,readonly=on,file=" + found[0]]


def usb(image):
    return ["-drive", "if=none,id=stick,format=raw,readonly=on,file=" + image,
            "-device", "qemu-xhci", "-device", "usb-storage,drive=stick,bootindex=1"]


def kernel(arguments, module, *more, memory="128M", cpu="max"):
    command = QEMU + ["-monitor", "none", "-m", memory, "-cpu", cpu, "-kernel", arguments.kernel32]
    return command + (["-initrd", module] if module else []) + list(more)


def add_machines(tests, arguments, cd):
    task = arguments.task
    for cpu in CPUS:
        for memory in MEMORIES:
            tests.add(f"kernel {cpu} {memory}", boots,
                      kernel(arguments, task, memory=memory, cpu=cpu), memory)
    unbacked = ["-object", "memory-backend-ram,id=ram,size=512G,reserve=off",
                "-machine", "memory-backend=ram"]
    for cpu in ("qemu64", "max"):
        tests.add(f"kernel {cpu} 512G", boots,
                  kernel(arguments, task, *unbacked, memory="512G", cpu=cpu))
    tests.add("kernel four processors", boots, kernel(arguments, task, "-smp", "4"), "128M")
    tests.add("kernel on a busy host", measures_time, kernel(arguments, task))
    tests.add("kernel icount", boots, kernel(arguments, task, "-icount", "shift=0,sleep=off"))
    qemu = QEMU + ["-monitor", "none"]
    for cpu, memory in [(c, "128M") for c in CPUS] + [("max", m) for m in ("32M", "3G", "6G")]:
        tests.add(f"bios cd {cpu} {memory}", boots,
                  qemu + ["-m", memory, "-cpu", cpu, "-cdrom", cd, "-boot", "d"])
    tests.add("bios usb", boots, qemu + ["-m", "128M"] + usb(cd))
    for cpu, memory in [("qemu64", "128M"), ("EPYC", "128M"), ("max", "3G"), ("Haswell", "6G")]:
        tests.add(f"uefi cd {cpu} {memory}", boots,
                  qemu + firmware() + ["-m", memory, "-cpu", cpu, "-cdrom", cd])
    tests.add("uefi usb", boots, qemu + firmware() + ["-m", "128M"] + usb(cd))
    old = iso(arguments, "task-multiboot1", [task], version="")
    tests.add("bios cd, version 1", boots, qemu + ["-m", "128M", "-cdrom", old, "-boot", "d"], "128M")
    tests.add("uefi cd, version 1", refuses, qemu + firmware() + ["-m", "128M", "-cdrom", old],
              "Multiboot 2")
    for model in (bochs.INTEL, bochs.AMD):
        tests.add(f"bochs {model}", bochs.boots, arguments.work, f"bochs-{model}", cd, model)


def add_options(tests, arguments):
    task = arguments.task
    tests.add("command line: nonsense", boots,
              kernel(arguments, task, "-append", "root=/dev/sda1 = quiet= console_port debug_port=x"))
    tests.add("command line: no console", boots,
              kernel(arguments, task, "-append", "console_port=0"))
    tests.add("command line: quiet", boots,
              kernel(arguments, task, "-append", "quiet nofastpath"))
    # Behind the loop in elf.make()'s page lies INT3: a fault that nobody handles.  Only a debug
    # kernel tells.
    if arguments.debug:
        fault = elf.make([elf.segment(elf.BASE, 0x1000)], entry=elf.BASE + 2)
        tests.add("root task that faults", says,
                  kernel(arguments, write(arguments, "faulting-task", fault)),
                  'thread "rootserver" stopped: fault 3')
    tests.add("further modules", boots, kernel(arguments, f"{task},{arguments.kernel}"))


def add_broken(tests, arguments):
    task = arguments.task
    for name, data, sentence in elf.BROKEN:
        tests.add("broken: " + name, refuses,
                  kernel(arguments, write(arguments, "broken-" + name, data)), sentence)
    # So much of 4 MiB for the image that the objects have no room.
    large = write(arguments, "broken-memory", elf.make([elf.segment(elf.BASE, 0x278000)]))
    tests.add("broken: little memory", refuses, kernel(arguments, large, memory="4M"),
              "too little memory")
    tests.add("broken: no module", refuses, kernel(arguments, None), "no module")
    tests.add("broken: no ACPI", refuses, kernel(arguments, task, "-no-acpi"), "RSDP")
    tests.add("broken: no local APIC", refuses, kernel(arguments, task, cpu="qemu64,-apic"),
              "no local APIC")
    for lacking in ("fpu", "tsc", "msr", "pae", "cmov", "pat", "fxsr", "sse", "sse2"):
        tests.add(f"processor without {lacking}", refuses, kernel(arguments, task, cpu=f"max,-{lacking}"),
                  "the processor lacks")
    tests.add("processor without syscall", refuses, kernel(arguments, task, cpu="max,-syscall"), "SYSCALL")
    for fewer in ("level=1", "level=7", "-xsave", "-avx", "-pge", "-mce", "-mtrr", "-nx", "-x2apic", "-hypervisor"):
        tests.add(f"processor with {fewer}", boots, kernel(arguments, task, cpu="max," + fewer))
    tests.add("broken: 32-bit processor", refuses, kernel(arguments, task, cpu="qemu32"), "64-bit")
    command = kernel(arguments, task, cpu="pentium3")
    tests.add("broken: 32-bit machine", refuses, ["qemu-system-i386"] + command[1:], "64-bit")
    garbage = os.path.join(arguments.work, "broken-garbage")
    for name, modules, sentence in [("no module", [], "no module"), ("garbage", [garbage], "ELF64")]:
        cd = iso(arguments, "broken-" + name.replace(" ", "-"), modules)
        tests.add("broken: cd " + name, refuses,
                  QEMU + ["-monitor", "none", "-m", "128M", "-cdrom", cd, "-boot", "d"], sentence)
    silent = ["qemu-system-x86_64", "-display", "none", "-no-reboot", "-serial", "none", "-monitor",
              "stdio", "-m", "128M", "-kernel", arguments.kernel32]
    tests.add("screen: no module, no serial line", screen_says, silent, REFUSAL + "the boot loader")
    tests.add("screen: 32-bit processor, no serial line", screen_says,
              silent + ["-cpu", "qemu32"], REFUSAL + "the processor")


def main():
    parser = argparse.ArgumentParser()
    for name in ("--kernel", "--kernel32", "--task", "--loader", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--stops", type=int, default=10, help="boots in which the emulator is stopped for seconds")
    parser.add_argument("--debug", action="store_true", help="the kernel is a debug kernel")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)

    tests = Tests(arguments)
    add_machines(tests, arguments, iso(arguments, "task", [arguments.task]))
    add_options(tests, arguments)
    add_broken(tests, arguments)
    faults.add(tests, arguments)
    state.add(tests, arguments)
    tables.add(tests, arguments)
    maps.add(tests, arguments)
    clocks.add(tests, arguments)
    screens.add(tests, arguments)
    sys.exit(0 if tests.run() else 1)


main()
