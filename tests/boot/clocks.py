# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's clocks: the emulator is stopped for seconds while they are measured, and firmware is wrong about where
the local APIC is.  Either the tick runs and the frequency is right, or a sentence says what is wrong."""
import random
import signal
import struct
import time

import chain
from machine import DEAD, DONE, QEMU, Machine, tail
from verdict import boots, refuses, says, values

SECONDS = 20
MEASURING, MEASURED = "memory: ", "processor: "  # the lines of a debug kernel before and after
LOST_MHZ = 0.01
APIC_BASE, APIC_ENABLED, LAPIC = 0x1b, 0x900, 0xfee00000
RSDP_AT, RSDT_AT, MADT_AT = (chain.TABLES_AT + i * 0x100 for i in range(3))


def kernel(arguments):
    return QEMU + ["-monitor", "none", "-m", "128M", "-cpu", "max", "-kernel", arguments.kernel32, "-initrd",
                   arguments.task]


def boot_once(arguments, stop_after=None, stop_for=0.0):
    """Stops the emulator that long after the kernel has begun to measure (or, if it does not say when it does, after
    its start).  Returns MHz or what is wrong, and how long the kernel ran until it had measured."""
    machine = Machine(kernel(arguments))
    try:
        if arguments.debug:
            machine.wait_for(MEASURING, SECONDS)
        start = time.time()
        if stop_after is not None:
            time.sleep(stop_after)
            machine.process.send_signal(signal.SIGSTOP)
            time.sleep(stop_for)
            machine.process.send_signal(signal.SIGCONT)
        machine.wait_for(MEASURED if arguments.debug else DONE, SECONDS, unless=DEAD)
        ran = time.time() - start
        if not machine.wait_for(DONE, SECONDS, unless=DEAD):
            return "no end of the root task; the last lines:\n" + tail(machine.output), ran
        return values(machine.output)["mhz"][0], ran
    finally:
        machine.stop()


def standing_still(arguments):
    right, ran = boot_once(arguments)
    generator = random.Random(1)
    # The local APIC's timer of the emulator has counted to its end after 4.3 s.
    for _ in range(arguments.stops):
        after, seconds = generator.uniform(0, ran), generator.choice((generator.uniform(1, 3), generator.uniform(4.4, 6)))
        found, _ = boot_once(arguments, after, seconds)
        if not isinstance(found, int) or abs(found - right) > right * LOST_MHZ:
            return f"stopped for {seconds:.2f} s after {after * 1000:.0f} ms: {found} instead of {right} MHz"
    return None


def with_sum(data, at):
    return data[:at] + bytes([-sum(data) & 0xff]) + data[at + 1:]


def table(signature, body):
    return with_sum(struct.pack("<4sIBB6s8sI4sI", signature, 36 + len(body), 1, 0, b"TESTS ", b"TESTS   ", 1, b"TEST", 1)
                    + body, 9)


def by_tables(arguments, name, address, base=None):
    """A machine whose MADT says that the local APIC is at `address`, and whose processor says `base`."""
    script = chain.Script()
    script.place(arguments.kernel)
    rsdp = with_sum(struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"TESTS ", 0, RSDT_AT), 8)
    script.copy(RSDP_AT, rsdp)
    script.copy(RSDT_AT, table(b"RSDT", struct.pack("<I", MADT_AT)))
    processor, ioapic = struct.pack("<BBBBI", 0, 8, 0, 0, 1), struct.pack("<BBBBII", 1, 12, 0, 0, 0xfec00000, 0)
    script.copy(MADT_AT, table(b"APIC", struct.pack("<II", address, 1) + processor + ioapic))
    if base is not None:
        script.msr(APIC_BASE, base | APIC_ENABLED)
    script.enter(*chain.multiboot2(script, chain.MEMORY_128M, [script.module(arguments.task)], rsdp=rsdp))
    return chain.command(arguments, script, "clocks-" + name, [], cpu="Nehalem")  # no x2APIC


WRONG = (("where nothing is", 0xe0000000), ("in memory", 0x3000000), ("at the HPET", 0xfed00000), ("at 0", 0))


def add(tests, arguments):
    tests.add("clocks: standing still", standing_still, arguments)
    tests.add("clocks: local APIC where it is", boots, by_tables(arguments, "right", LAPIC), None, SECONDS)
    for name, address in WRONG:
        command = by_tables(arguments, f"{address:x}", address)
        tests.add(f"clocks: MADT, local APIC {name}", boots, command, None, SECONDS)
        if arguments.debug:
            tests.add(f"clocks: MADT, local APIC {name}, is said", says, command,
                      f"local APIC: at {LAPIC:x}, not at {address:x}", SECONDS)
        if address:
            tests.add(f"clocks: no local APIC {name}", refuses,
                      by_tables(arguments, f"base-{address:x}", LAPIC, address), "no local APIC", SECONDS)
