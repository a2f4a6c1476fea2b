#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the fuzzer (tests/fuzz) in QEMU for a time; shorten and keep what makes the kernel fail.

QEMU counts instructions, so that a run depends on nothing but kernel, fuzzer and parameters.  The
parameters are written into the fuzzer's image.  A failure is a report of the kernel (a broken invariant,
a failed assertion, a fault of its own), silence, or the end of QEMU.  It is repeated with the one batch in which it
happened, then with as few steps of it as possible; the result is a file for --replay.
"""
import argparse
import json
import os
import re
import selectors
import struct
import subprocess
import sys
import tempfile
import time

MAGIC = b"FUZZ-PARAMETERS:"
STEPS_MAX = 4096
FIELDS = struct.Struct(f"<16s5Q{STEPS_MAX // 8}s")
BATCH = re.compile(r"FUZZ batch, steps, successes ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)")
BAD = re.compile(r"PANIC|KERNEL FAULT|FUZZ ERROR")
ADDRESS = re.compile(r"KERNEL FAULT: vector (\d+).* at ([0-9a-f]+),")
TRACE = re.compile(r"\b[0-9a-f]{16}\b")
BROKEN = re.compile(r"INVARIANT (\S+ \d+)|assertion failed: ([^\n]*)|FUZZ ERROR ([^\n]*)|(KERNEL FAULT: vector \d+)")
SILENCE = 40        # seconds of the host
DRAIN = 1           # seconds that a report takes to be complete


class Outcome:
    """How a run of QEMU ended."""

    def __init__(self):
        self.batches = self.steps = self.successes = 0
        self.last_batch = None
        self.failure = None     # what kind, or None
        self.complaint = ""     # QEMU's own last words
        self.tail = []


class Fuzzer:
    def __init__(self, options):
        self.o = options
        with open(options.root, "rb") as f:
            self.image = f.read()
        self.at = self.image.find(MAGIC)
        if self.at < 0 or self.image.find(MAGIC, self.at + 1) >= 0:
            sys.exit(f"{options.root}: no place for the parameters")
        self.folder = tempfile.mkdtemp(prefix="fuzz-")

    def patched(self, seed, first, batches, skip, listing):
        bits = bytearray(STEPS_MAX // 8)
        for step in skip:
            bits[step // 8] |= 1 << step % 8
        path = os.path.join(self.folder, "root.elf")
        block = FIELDS.pack(MAGIC, seed, first, batches, self.o.steps, listing, bytes(bits))
        with open(path, "wb") as f:
            f.write(self.image[:self.at] + block + self.image[self.at + len(block):])
        return path

    def command(self, root):
        return [self.o.qemu, "-cpu", self.o.cpu, "-m", self.o.mem, "-display", "none", "-monitor", "none",
                "-no-reboot", "-serial", "stdio", "-icount", "shift=0,sleep=off", "-kernel", self.o.kernel,
                "-initrd", root, "-append", "quiet"]

    def run(self, seed, first, batches, skip=(), seconds=None, listing=0):
        """One run of QEMU."""
        out = Outcome()
        root = self.patched(seed, first, batches, skip, listing)
        complaints = open(os.path.join(self.folder, "qemu.err"), "w+", encoding="utf-8", errors="replace")
        process = subprocess.Popen(self.command(root), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=complaints)
        os.set_blocking(process.stdout.fileno(), False)
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        began = spoke = time.monotonic()
        rest, ending = "", None
        try:
            while True:
                data = process.stdout.read() if selector.select(0.5) else None
                now = time.monotonic()
                if data == b"":
                    out.failure = "QEMU ended"
                    out.complaint = f"exit status {process.wait()}; " + self.last_line(complaints)
                    break
                if data:
                    spoke = now
                    lines = (rest + data.decode(errors="replace").replace("\r", "")).split("\n")
                    rest = lines.pop()
                    for line in lines:
                        self.line(out, line)
                    if any(line.startswith("FUZZ DONE") for line in lines):
                        break
                if ending is None and any(BAD.search(line) for line in out.tail):
                    ending = now
                if ending is not None and now - ending > DRAIN:
                    out.failure = self.kind(out.tail)
                    break
                if now - spoke > SILENCE:
                    out.failure = "hang"
                    break
                if seconds is not None and now - began > seconds:
                    break
        finally:
            process.kill()
            process.wait()
            complaints.close()
        return out

    @staticmethod
    def last_line(file):
        file.seek(0)
        return (file.read().strip().split("\n"))[-1]

    @staticmethod
    def line(out, line):
        out.tail = (out.tail + [line])[-STEPS_MAX:]
        match = BATCH.search(line)
        if match:
            out.batches += 1
            out.last_batch = int(match[1], 16)
            out.steps += int(match[2], 16)
            out.successes += int(match[3], 16)

    @staticmethod
    def kind(tail):
        match = BROKEN.search("\n".join(tail))
        return next(g for g in match.groups() if g) if match else "report"

    def symbols(self, tail):
        """Function and line of the addresses in a report."""
        for line in tail:
            match = ADDRESS.search(line)
            what = "undefined behaviour in" if match and match[1] == "6" else "in"
            addresses = [match[2]] if match else TRACE.findall(line) if line.startswith("backtrace") else []
            for address in addresses:
                where = subprocess.run(["addr2line", "-fpe", self.o.symbols, address], capture_output=True,
                                       text=True, check=False).stdout.strip()
                yield f"{what} {where}"

    def report(self, out, prefix="  "):
        start = next((i for i, line in enumerate(out.tail)
                      if "INVARIANT" in line or BAD.search(line)), len(out.tail) - 10)
        for line in out.tail[max(0, start - 3):]:
            print(prefix + line)
        for line in self.symbols(out.tail):
            print(prefix + line)
        if out.complaint:
            print(prefix + out.complaint)

    def show_steps(self, seed, batch, kept):
        skip = set(range(self.o.steps)) - set(kept)
        for line in self.run(seed, batch, 1, skip, listing=1).tail:
            if line.startswith("step "):
                print("  " + line)

    # ---- shortening --------------------------------------------------------------------------------

    def fails(self, seed, batch, kept, kind):
        skip = set(range(self.o.steps)) - set(kept)
        return self.run(seed, batch, 1, skip).failure == kind

    def shorten(self, seed, batch, kind):
        """Steps of the batch that still make it fail in the same way: delta debugging."""
        kept = list(range(self.o.steps))
        deadline = time.monotonic() + self.o.shorten
        parts = 2
        while len(kept) > 1 and time.monotonic() < deadline:
            size = max(1, len(kept) // parts)
            for start in range(0, len(kept), size):
                if time.monotonic() > deadline:
                    break
                less = kept[:start] + kept[start + size:]
                if self.fails(seed, batch, less, kind):
                    kept, parts = less, max(parts - 1, 2)
                    break
            else:
                if size == 1:
                    break
                parts = min(len(kept), parts * 2)
        return kept


def save(fuzzer, seed, batch, kept, kind):
    path = fuzzer.o.output or f"fuzz-{seed}-{batch}.json"
    with open(path, "w", encoding="ascii") as f:
        json.dump({"seed": seed, "batch": batch, "steps": fuzzer.o.steps, "kept": kept, "failure": kind}, f)
        f.write("\n")
    return path


def fuzz(fuzzer):
    o = fuzzer.o
    out = fuzzer.run(o.seed, 0, 0, seconds=o.seconds)
    print(f"seed {o.seed}: {out.batches} batches, {out.steps} steps, {out.successes} successful invocations")
    if not out.failure:
        print("0 failures")
        return 0
    batch = 0 if out.last_batch is None else out.last_batch + 1
    print(f"FAILURE ({out.failure}) with seed {o.seed} in batch {batch}")
    fuzzer.report(out)
    kind, kept = out.failure, list(range(o.steps))
    alone = fuzzer.run(o.seed, batch, 1)
    if not alone.failure:
        print("the batch alone does not fail; whole run: "
              f"make fuzz SEED={o.seed} SECONDS={o.seconds}")
        return 1
    kind = alone.failure
    kept = fuzzer.shorten(o.seed, batch, kind)
    path = save(fuzzer, o.seed, batch, kept, kind)
    print(f"{len(kept)} steps are left; repeat with: make fuzz REPLAY={path}")
    fuzzer.show_steps(o.seed, batch, kept)
    return 1


def replay(fuzzer):
    with open(fuzzer.o.replay, encoding="ascii") as f:
        case = json.load(f)
    fuzzer.o.steps = case["steps"]
    skip = set(range(case["steps"])) - set(case["kept"])
    out = fuzzer.run(case["seed"], case["batch"], 1, skip)
    if not out.failure:
        print("no failure")
        return 0
    print(f"FAILURE ({out.failure}; it was {case['failure']})")
    fuzzer.report(out)
    fuzzer.show_steps(case["seed"], case["batch"], case["kept"])
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", required=True, help="kernel that QEMU can boot (ELF32), CHECK=1")
    parser.add_argument("--symbols", required=True, help="the same with symbols")
    parser.add_argument("--root", required=True, help="the fuzzer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--steps", type=int, default=1000, help="steps of a batch")
    parser.add_argument("--shorten", type=float, default=300, help="seconds to spend on shortening")
    parser.add_argument("--replay", help="file of an earlier failure")
    parser.add_argument("--output", help="file for a failure")
    # Threads come to execute random bytes, and QEMU 7.2 itself fails on some AVX instructions that do not
    # exist: VPINSRW with 256 bits ("gen_pinsr: Assertion `vec_len == 16' failed").
    parser.add_argument("--cpu", default="Haswell,+pdpe1gb,-avx")
    parser.add_argument("--mem", default="128M")
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    options = parser.parse_args()
    fuzzer = Fuzzer(options)
    try:
        return replay(fuzzer) if options.replay else fuzz(fuzzer)
    finally:
        for name in os.listdir(fuzzer.folder):
            os.remove(os.path.join(fuzzer.folder, name))
        os.rmdir(fuzzer.folder)


if __name__ == "__main__":
    sys.exit(main())
