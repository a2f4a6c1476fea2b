# SPDX-License-Identifier: BSD-2-Clause
"""What a boot is judged by.  Each function boots the command and returns None, or what is wrong."""
import re
import time

from machine import DEAD, DONE, Machine, tail

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


def boots(command, memory=None, seconds=60, serial=None, also=None):
    """The root task comes to its end; `also` looks at the output."""
    machine = Machine(command, serial)
    try:
        if not machine.wait_for(DONE, seconds, unless=DEAD):
            return "no end of the root task; the last lines:\n" + tail(machine.output)
        return check_task(machine.output, memory) or (also and also(machine.output))
    finally:
        machine.stop()


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
