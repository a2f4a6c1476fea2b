#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the host unit tests and the system suite in QEMU; the last line is "N passed, N failed".

Both kinds of test speak TAP.  A kernel panic, an early end of QEMU or a hang counts as a failure of
the test that was running, and the suite is started again behind it.
"""
import argparse
import os
import re
import selectors
import shlex
import subprocess
import sys
import tempfile
import time

import backtrace

MAGIC = b"SUITE-SELECTION:"
SELECTION_BYTES = 256
LAST_LINES = 20
MAX_BOOTS = 8
PROGRESS_SECONDS = 5

RESULT = re.compile(r"^(not ok|ok) (\d+) - (\S+)")
RUNNING = re.compile(r"^# run (\d+) - (\S+)$")
DIED = re.compile(r"PANIC|KERNEL FAULT")
NOISE = re.compile(r"warning: TCG doesn't support requested feature")


class Results:
    """Counts, and the progress shown while waiting."""

    def __init__(self):
        self.passed = self.failed = 0
        self.terminal = sys.stdout.isatty()
        self.began = self.shown = time.monotonic()

    def progress(self, where):
        text = f"{self.passed} passed, {self.failed} failed, at {where}"
        now = time.monotonic()
        if self.terminal:
            print("\r\033[K" + text[:100], end="", flush=True)
        elif now - self.shown >= PROGRESS_SECONDS:
            print(f"[{now - self.began:4.0f} s] {text}", flush=True)
            self.shown = now

    def line(self, text):
        print(("\r\033[K" if self.terminal else "") + text, flush=True)

    def fail(self, name, details):
        self.failed += 1
        self.line(f"FAIL {name}")
        for detail in details:
            self.line(f"     {detail}")

    def finish(self):
        self.line(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1


class Tap:
    """Reads TAP lines.  A failure is reported once its diagnostics are complete."""

    def __init__(self, results, prefix=""):
        self.results, self.prefix = results, prefix
        self.failure, self.details = None, []
        self.any_failed = False

    def flush(self):
        if self.failure:
            self.results.fail(self.failure, self.details)
            self.any_failed = True
        self.failure, self.details = None, []

    def line(self, line):
        match = RESULT.match(line)
        if match:
            self.flush()
            if match[1] == "not ok":
                self.failure = self.prefix + match[3]
            else:
                self.results.passed += 1
            return match
        if self.failure and line.startswith("#") and not RUNNING.match(line):
            self.details.append(line)
        return None


def run_host(program, results, timeout):
    """One cmocka program."""
    name = "host." + os.path.basename(program)
    results.progress(name)
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP")
    try:
        done = subprocess.run([os.path.abspath(program)], env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout, check=False)
        output = done.stdout.decode(errors="replace").splitlines()
        problem = f"exit {done.returncode}" if done.returncode else None
    except subprocess.TimeoutExpired as e:
        output = (e.stdout or b"").decode(errors="replace").splitlines()
        problem = f"no end within {timeout} s"
    tap, seen = Tap(results, name + "."), False
    for line in output:
        seen = bool(tap.line(line)) or seen
    tap.flush()
    if not tap.any_failed and (problem or not seen):
        results.fail(name, [problem or "no test in it"] + output[-LAST_LINES:])


def patched_root(root, folder, skip, pattern):
    """A copy of the root task with the selection written into it."""
    text = ((f"+{skip} " if skip else "") + pattern).encode()
    if len(MAGIC) + len(text) + 1 > SELECTION_BYTES:
        sys.exit("the pattern is too long")
    with open(root, "rb") as f:
        image = bytearray(f.read())
    at = image.find(MAGIC + bytes(SELECTION_BYTES - len(MAGIC)))
    if at < 0:
        sys.exit(f"{root}: no place for the selection")
    image[at + len(MAGIC):at + SELECTION_BYTES] = text.ljust(SELECTION_BYTES - len(MAGIC), b"\0")
    path = os.path.join(folder, "root.elf")
    with open(path, "wb") as f:
        f.write(image)
    return path


class Machine:
    """One run of QEMU, as a sequence of serial lines."""

    def __init__(self, command, log):
        self.log = log
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.rest, self.last, self.spoke = b"", [], time.monotonic()

    def lines(self):
        """The lines that arrived within a second; None when QEMU has ended."""
        if not self.selector.select(1):
            return []
        data = self.process.stdout.read()
        if not data:
            return None
        self.spoke = time.monotonic()
        if self.log:
            self.log.write(data)
        parts = (self.rest + data).replace(b"\r", b"").split(b"\n")
        self.rest = parts.pop()
        lines = [part.decode(errors="replace") for part in parts]
        lines = [line for line in lines if not NOISE.search(line)]
        self.last = (self.last + lines)[-LAST_LINES:]
        return lines

    def tail(self):
        return self.last + ([self.rest.decode(errors="replace")] if self.rest else [])

    def await_report(self):
        """The rest of what a dying kernel says; release kernels have no backtrace."""
        end = time.monotonic() + 2
        while time.monotonic() < end and not any(line.startswith("backtrace:") for line in self.last):
            if self.lines() is None:
                break

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def functions(lines, kernel):
    """Where the kernel was, if its last lines have a backtrace."""
    text = "\n".join(lines + [""]).encode()
    return [told for line in backtrace.lines(text)
            for told in backtrace.translate(line, kernel.replace("32.elf", ".elf")).split("\n")]


class Suite:
    """The system suite over one or more boots."""

    def __init__(self, options, results):
        self.options, self.results = options, results
        self.deadline = time.monotonic() + options.timeout
        self.number, self.name = 0, "boot"

    def command(self, folder, skip):
        o = self.options
        command = [o.qemu, "-cpu", o.cpu, "-m", o.mem, "-display", "none", "-monitor", "none",
                   "-no-reboot", "-serial", "stdio", "-device", "edu"]
        if o.icount:
            command += ["-icount", "shift=0,sleep=off"]
        if o.iso:
            command += ["-cdrom", o.iso, "-boot", "d"]
        else:
            command += ["-kernel", o.kernel, "-initrd",
                        patched_root(o.root, folder, skip, o.select)]
        return command + shlex.split(o.extra)

    def problem(self, machine, lines):
        """Why the run cannot go on, if so."""
        if lines is None:
            return f"QEMU ended early (exit {machine.process.wait()})"
        if any(DIED.search(line) for line in lines):
            machine.await_report()
            return "the kernel died"
        now = time.monotonic()
        if now - machine.spoke > self.options.stall:
            return f"no output for {self.options.stall} s"
        if now > self.deadline:
            return f"no end within {self.options.timeout} s"
        return None

    def boot(self, folder, skip):
        """One boot.  True when the suite came to its end."""
        machine, tap = Machine(self.command(folder, skip), self.options.log), Tap(self.results)
        try:
            while True:
                lines = machine.lines()
                for line in lines or []:
                    running = RUNNING.match(line)
                    if running:
                        self.number, self.name = int(running[1]), running[2]
                    tap.line(line)
                    if line.startswith("Bail out!"):
                        self.results.fail("suite", [line])
                    if line == "SUITE DONE":
                        tap.flush()
                        return True
                problem = self.problem(machine, lines)
                if problem:
                    tap.flush()
                    said = machine.tail()
                    self.results.fail(self.name, [problem] + said + functions(said, self.options.kernel or ""))
                    return False
                self.results.progress(self.name)
        finally:
            machine.stop()

    def run(self):
        with tempfile.TemporaryDirectory() as folder:
            skip = 0
            for _ in range(MAX_BOOTS):
                if self.boot(folder, skip) or self.number <= skip or self.options.iso:
                    return
                if time.monotonic() > self.deadline:
                    return
                skip = self.number
            self.results.fail("suite", [f"given up after {MAX_BOOTS} boots"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", help="kernel that QEMU can boot (ELF32)")
    parser.add_argument("--root", help="the suite's root task")
    parser.add_argument("--iso", help="boot this image instead; no selection, one boot")
    parser.add_argument("--host", nargs="*", default=[], help="host unit test programs")
    parser.add_argument("--select", default="", help="shell patterns on topic.name")
    parser.add_argument("--cpu", default="Haswell,+pdpe1gb")
    parser.add_argument("--mem", default="512M")
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--extra", default="", help="more QEMU arguments")
    parser.add_argument("--icount", action="store_true", help="count instructions instead of time")
    parser.add_argument("--log", type=argparse.FileType("wb"), help="keep the serial output here")
    parser.add_argument("--timeout", type=int, default=600, help="seconds for everything")
    parser.add_argument("--stall", type=int, default=60, help="seconds without output")
    options = parser.parse_args()
    if not options.iso and bool(options.kernel) != bool(options.root):
        parser.error("--kernel and --root go together")
    if options.iso and options.select:
        parser.error("--iso runs everything")

    results = Results()
    for program in options.host:
        run_host(program, results, options.timeout)
    if options.iso or options.kernel:
        Suite(options, results).run()
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
