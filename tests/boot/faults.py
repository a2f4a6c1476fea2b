# SPDX-License-Identifier: BSD-2-Clause
"""What the kernel says when the processor or the kernel itself is at fault, and what user mode sees of
the kernel's memory."""
import os
import re
import subprocess
import time

import elf
from machine import Machine, tail

GENERAL = "RAX RBX RCX RDX RSI RDI RBP RSP R8 R9 R10 R11 R12 R13 R14 R15 RIP".split()
VIEW_BYTES = 7 * 4096  # a page of code, and struct user_view


def write_loop(arguments, name):
    """A root task that does nothing for ever."""
    path = os.path.join(arguments.work, name + ".elf")
    with open(path, "wb") as stream:
        stream.write(elf.make([elf.segment(elf.BASE, 0x1000)], entry=elf.BASE))
    return path


class Monitored:
    """A machine whose monitor is on the pipe and whose serial line is a file."""

    def __init__(self, arguments, name, append, *more):
        self.serial = os.path.join(arguments.work, name + ".serial")
        if os.path.exists(self.serial):
            os.remove(self.serial)
        self.machine = Machine(["qemu-system-x86_64", "-display", "none", "-no-reboot", "-serial", "file:" + self.serial,
                                "-monitor", "stdio", "-m", "128M", "-cpu", "max", "-kernel", arguments.kernel32,
                                "-initrd", write_loop(arguments, name), "-append", append, *more])
        self.machine.wait_for("(qemu)", 10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.stop()

    def command(self, line):
        return self.machine.command(line).replace("\r", "")

    def said(self):
        if not os.path.exists(self.serial):
            return ""
        with open(self.serial, encoding="latin-1") as stream:
            return stream.read().replace("\r", "")

    def wait_for(self, text, seconds=30):
        end = time.time() + seconds
        while text not in self.said() and time.time() < end:
            time.sleep(0.1)
        return text in self.said()

    def pause_in_user_mode(self):
        """The processor's registers, by name."""
        for _ in range(500):
            self.command("stop")
            state = self.command("info registers")
            if "CPL=3" in state:
                return {name: int(value, 16) for name, value in re.findall(r"\b(R\w\w?)\s*=([0-9a-f]{16})", state)}
            self.command("cont")
            time.sleep(0.02)
        raise RuntimeError("never in user mode")


def reported(output):
    """The registers of a report, or None if it is not complete."""
    report = output.split("KERNEL FAULT:")[-1].split("PANIC")[0]
    found = {name.upper(): int(value, 16) for name, value in re.findall(r"\b(r\w+)\s+([0-9a-f]{16})\b", report)}
    more = re.search(r"^cs \w+, ss \w+, .*\ncr0 \w+, cr2 \w+, cr3 \w+, cr4 \w+, thread \w+$", report, re.M)
    return found if more and set(found) >= set(GENERAL) | {"RFLAGS"} else None


def injected(arguments, name, append, vector, command):
    """In user mode an NMI or machine check comes: the report has the registers of that moment."""
    with Monitored(arguments, name, append) as emulator:
        registers = emulator.pause_in_user_mode()
        emulator.command(command)
        emulator.command("cont")
        if not emulator.wait_for("PANIC: a fault of the kernel"):
            return "no report"
        report = reported(emulator.said())
        if f"KERNEL FAULT: vector {vector}, " not in emulator.said() or not report:
            return "the report is not complete:\n" + tail(emulator.said())
        wrong = [name for name in GENERAL if report[name] != registers[name]]
        if wrong:
            return "wrong in the report: " + ", ".join(wrong)
        time.sleep(0.3)
        return None if "HLT=1" in emulator.command("info registers") else "the machine goes on"


class Debugged(Monitored):
    """The same with a socket for a debugger."""

    def __init__(self, arguments, name, append, *more):
        self.kernel, self.socket = arguments.kernel, os.path.join(arguments.work, name + ".gdb")
        super().__init__(arguments, name, append, "-chardev", f"socket,path={self.socket},server=on,wait=off,id=gdb",
                         "-gdb", "chardev:gdb", *more)

    def debug(self, *steps):
        """What gdb says."""
        steps = [f"target remote {self.socket}", *steps, "detach"]
        return subprocess.run(["gdb", "-nx", "-batch", self.kernel, *[x for s in steps for x in ("-ex", s)]],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False).stdout


def flags_in_the_kernel(arguments, name, append):
    """AC, set by user level, would switch SMAP off behind an interrupt."""
    with Debugged(arguments, name, append) as emulator:
        emulator.pause_in_user_mode()
        said = emulator.debug("set $eflags=0x40202", "hbreak trap_from_user", "continue", "printf \"flags %x\\n\", $eflags")
        flags = re.search(r"^flags ([0-9a-f]+)$", said, re.M)
        if not flags:
            return "the debugger does not tell the flags:\n" + tail(said)
        return f"flags {flags[1]} in the kernel" if int(flags[1], 16) & 0x40000 else None


def planted_early(arguments, name, function):
    """An exception while the kernel starts: there are descriptor tables from the first C line on."""
    with Debugged(arguments, name, "", "-S") as emulator:
        emulator.debug(f"hbreak {function}", "continue", "delete", "set $rip=0x7000000000000")
        if not emulator.wait_for("PANIC: a fault of the kernel"):
            return "no report"
        return None if "KERNEL FAULT: vector 13, " in emulator.said() else tail(emulator.said())


def planted(arguments, name, append, vector, changes, expected):
    """The kernel's registers are changed at its next interrupt, through a debugger."""
    with Debugged(arguments, name, append) as emulator:
        emulator.pause_in_user_mode()
        emulator.command("cont")
        emulator.debug("hbreak trap_from_user", "continue", "delete", *changes)
        if not emulator.wait_for("PANIC: a fault of the kernel"):
            return "no report"
        report = reported(emulator.said())
        if f"KERNEL FAULT: vector {vector}, " not in emulator.said() or not report:
            return "the report is not complete:\n" + tail(emulator.said())
        wrong = [name for name, values in expected.items() if report[name] not in values]
        return "wrong in the report: " + ", ".join(wrong) if wrong else None


def view(arguments, name, append, isolated, *more):
    """How much of the upper half of the address space is mapped in user mode."""
    with Monitored(arguments, name, append, *more) as emulator:
        emulator.pause_in_user_mode()
        ranges = re.findall(r"^[0-9a-f]+-[0-9a-f]+ ([0-9a-f]{16}) (?=[u-])", "\n".join(
            line for line in emulator.command("info mem").split("\n") if line.startswith("ffff")), re.M)
        mapped = sum(int(size, 16) for size in ranges)
        if isolated != (mapped == VIEW_BYTES) or not mapped:
            return f"{mapped} bytes of the kernel are mapped in user mode"
        line = "page tables: " + ("the kernel's are not visible in user mode" if isolated else "shared with user mode")
        return None if not arguments.debug or line in emulator.said() else "the boot does not say so"


def add(tests, arguments):
    for pti in "on", "off":
        append = f"pti={pti}"
        tests.add(f"{append}: what user mode sees", view, arguments, f"view-{pti}", append, pti == "on")
        tests.add(f"{append}: NMI", injected, arguments, f"nmi-{pti}", append, 2, "nmi")
        tests.add(f"{append}: machine check", injected, arguments, f"mce-{pti}", append, 18,
                  "mce 0 1 0xbd00000000000000 0x5 0x1000 0x0")
        tests.add(f"{append}: kernel fault", planted, arguments, f"fault-{pti}", append, 14,
                  ["set $rax=0x5eed", "set $r15=0xbad", "set $rip=0x10"], {"RIP": [0x10], "RAX": [0x5eed], "R15": [0xbad]})
        tests.add(f"{append}: flags of user level", flags_in_the_kernel, arguments, f"flags-{pti}", append)
        tests.add(f"{append}: debug exception in the kernel", planted, arguments, f"debug-{pti}", append, 1,
                  ["set $rax=0x5eed", "set $eflags=0x102"], {"RAX": [0x5eed]})
        tests.add(f"{append}: kernel stack lost", planted, arguments, f"double-{pti}", append, 8,
                  ["set $rbx=0x5eed", "set $rsp=0x1000"], {"RBX": [0x5eed], "RSP": range(0xe00, 0x1001)})
        tests.add(f"{append}: kernel fault on the way in", planted, arguments, f"entry-{pti}", append, 14,
                  ["set $rsp=(char *)&user_view+500", "set $rip=0x10"], {"RIP": [0x10]})
    for function in "boot_multiboot_read", "boot_cpu_find", "boot_place", "boot_timer_init":
        tests.add(f"exception at {function}", planted_early, arguments, f"early-{function}", function)
    tests.add("page tables of a translated processor", view, arguments, "view-auto", "", False)
    tests.add("page tables of an affected processor", view, arguments, "view-haswell", "", True,
              "-cpu", "Haswell,tcg-cpuid=off")
    tests.add("page tables of an immune processor", view, arguments, "view-epyc", "", False, "-cpu", "EPYC,tcg-cpuid=off")
