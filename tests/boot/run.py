#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots the kernel on many machines, by several loaders, and with everything that can be wrong; two
at a time.  run.py --kernel ELF --kernel32 ELF --task ELF --work FOLDER
[--debug] [--only TEXT]"""
import argparse
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import threading
import time

import elf
import faults
from machine import DONE, QEMU, Machine, tail

HERE = os.path.dirname(os.path.abspath(__file__))
MAKE_ISO = os.path.join(HERE, "..", "..", "tools", "make_iso.sh")
OVMF = ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE_4M.fd"]
CPUS = ["qemu64", "Nehalem", "Haswell", "EPYC", "max"]
MEMORIES = ["32M", "128M", "3G", "6G"]
REFUSAL = "Capella cannot start: "
MIB = 1 << 20


def bytes_of(size):
    return int(size[:-1]) * {"M": 1 << 20, "G": 1 << 30}[size[-1]]


def values(output):
    """The root task's lines after its heading, by name."""
    found = {}
    for name, value in re.findall(r"^(\w+) (\d+)$", output.split("BOOT TASK\n")[-1], re.M):
        found.setdefault(name, []).append(int(value))
    return found


def check_task(output, memory):
    """None, or what is wrong with the boot information."""
    v = values(output)
    if not {3, 2, 5} <= set(v.get("chunk", [])):
        return "a chunk of the extra boot information is missing"
    if not 0 < v["mhz"][0] < 20000:
        return "TSC frequency of %d MHz" % v["mhz"][0]
    if v["untypeds"][0] > 230:
        return "too many untypeds"
    if memory:
        # The first MiB and 128 KiB of ACPI tables are no memory for programs.
        usable = bytes_of(memory) - MIB - MIB // 8
        held = usable - v["memory"][0] - 4096 * v["frames"][0]
        if not 0 <= held < MIB:
            return "kernel and root task's objects hold %d KiB" % (held >> 10)
    return None


class Tests:
    def __init__(self, arguments):
        self.arguments = arguments
        self.lock = threading.Lock()
        self.passed = self.failed = 0
        self.list = []

    def add(self, name, function, *rest):
        if self.arguments.only in name:
            self.list.append((name, function, rest))

    def one(self, test):
        name, function, rest = test
        started = time.time()
        try:
            problem = function(*rest)
        except Exception as error:  # a test must not take the others with it
            problem = "%s: %s" % (type(error).__name__, error)
        with self.lock:
            self.passed += not problem
            self.failed += bool(problem)
            print("%s %d - %s  # %.1f s" % ("not ok" if problem else "ok",
                                            self.passed + self.failed, name,
                                            time.time() - started), flush=True)
            if problem:
                print("# " + problem.strip().replace("\n", "\n# "), flush=True)

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(self.one, self.list))
        print("%d passed, %d failed" % (self.passed, self.failed))
        return self.failed == 0 and self.passed > 0


def boots(command, memory=None, seconds=60, serial=None):
    machine = Machine(command, serial)
    try:
        if not machine.wait_for(DONE, seconds):
            return "no end of the root task; the last lines:\n" + tail(machine.output)
        return check_task(machine.output, memory)
    finally:
        machine.stop()


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


def refuses(command, sentence, seconds=60):
    machine = Machine(command)
    try:
        if not machine.wait_for(REFUSAL, seconds) or not machine.wait_for(".\n", 2):
            return "not refused; the last lines:\n" + tail(machine.output)
        said = machine.output.split(REFUSAL)[1].split("\n")[0]
        return None if sentence in said else "it says: " + said
    finally:
        machine.stop()


def says(command, sentence, seconds=60):
    machine = Machine(command)
    try:
        if machine.wait_for(sentence, seconds):
            return "a panic" if "PANIC" in machine.output else None
        return "it does not say so; the last lines:\n" + tail(machine.output)
    finally:
        machine.stop()


def screen_says(command, sentence, seconds=10):
    """The same without a serial line: the text screen is read through the monitor."""
    machine = Machine(command)
    try:
        end = time.time() + seconds
        while time.time() < end:
            words = re.findall(r"0x([0-9a-f]{4})\b", machine.command("xp /2000hx 0xb8000"))
            text = "".join(chr(int(word, 16) & 0xff) for word in words)
            if sentence in text:
                return None
            time.sleep(0.5)
        return "the screen shows: " + re.sub(r"\s+", " ", text).strip()[-300:]
    finally:
        machine.stop()


def iso(arguments, name, modules, version="2"):
    path = os.path.join(arguments.work, name + ".iso")
    subprocess.run(["sh", MAKE_ISO, path, arguments.kernel, "", *modules], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "MULTIBOOT": version})
    return path


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


def bochs(arguments, image):
    serial = os.path.join(arguments.work, "bochs.serial")
    log = os.path.join(arguments.work, "bochs.log")
    for path in (serial, log):
        if os.path.exists(path):
            os.remove(path)
    settings = write(arguments, "bochsrc", f"""
plugin_ctrl: unmapped=1, biosdev=1, speaker=0, serial=1
config_interface: textconfig
display_library: rfb, options="timeout=0"
memory: guest=128, host=128
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
boot: cdrom
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path={image}, status=inserted
com1: enabled=1, mode=file, dev={serial}
cpu: model=corei7_haswell_4770, count=1, ips=50000000, reset_on_triple_fault=0
log: {log}
panic: action=fatal
clock: sync=none
""".encode())
    commands = write(arguments, "bochs.commands", b"continue\n")
    return boots(["bochs", "-q", "-f", settings, "-rc", commands], seconds=120, serial=serial)


def kernel(arguments, module, *more, memory="128M", cpu="max"):
    command = QEMU + ["-monitor", "none", "-m", memory, "-cpu", cpu, "-kernel", arguments.kernel32]
    return command + (["-initrd", module] if module else []) + list(more)


def add_machines(tests, arguments, image):
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
                  qemu + ["-m", memory, "-cpu", cpu, "-cdrom", image, "-boot", "d"])
    tests.add("bios usb", boots, qemu + ["-m", "128M"] + usb(image))
    for cpu, memory in [("qemu64", "128M"), ("EPYC", "128M"), ("max", "3G"), ("Haswell", "6G")]:
        tests.add(f"uefi cd {cpu} {memory}", boots,
                  qemu + firmware() + ["-m", memory, "-cpu", cpu, "-cdrom", image])
    tests.add("uefi usb", boots, qemu + firmware() + ["-m", "128M"] + usb(image))
    old = iso(arguments, "task-multiboot1", [task], version="")
    tests.add("bios cd, version 1", boots, qemu + ["-m", "128M", "-cdrom", old, "-boot", "d"], "128M")
    tests.add("uefi cd, version 1", refuses, qemu + firmware() + ["-m", "128M", "-cdrom", old],
              "Multiboot 2")
    tests.add("bochs", bochs, arguments, image)


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
    tests.add("broken: 32-bit processor", refuses, kernel(arguments, task, cpu="qemu32"), "64-bit")
    command = kernel(arguments, task, cpu="pentium3")
    tests.add("broken: 32-bit machine", refuses, ["qemu-system-i386"] + command[1:], "64-bit")
    garbage = os.path.join(arguments.work, "broken-garbage")
    for name, modules, sentence in [("no module", [], "no module"), ("garbage", [garbage], "ELF64")]:
        image = iso(arguments, "broken-" + name.replace(" ", "-"), modules)
        tests.add("broken: cd " + name, refuses,
                  QEMU + ["-monitor", "none", "-m", "128M", "-cdrom", image, "-boot", "d"], sentence)
    silent = ["qemu-system-x86_64", "-display", "none", "-no-reboot", "-serial", "none", "-monitor",
              "stdio", "-m", "128M", "-kernel", arguments.kernel32]
    tests.add("screen: no module, no serial line", screen_says, silent, REFUSAL + "the boot loader")
    tests.add("screen: 32-bit processor, no serial line", screen_says,
              silent + ["-cpu", "qemu32"], REFUSAL + "the processor")


def main():
    parser = argparse.ArgumentParser()
    for name in ("--kernel", "--kernel32", "--task", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--debug", action="store_true", help="the kernel is a debug kernel")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)

    tests = Tests(arguments)
    add_machines(tests, arguments, iso(arguments, "task", [arguments.task]))
    add_options(tests, arguments)
    add_broken(tests, arguments)
    faults.add(tests, arguments)
    sys.exit(0 if tests.run() else 1)


main()
