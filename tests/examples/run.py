#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py --kernel KERNEL32 --examples FOLDER --work FOLDER [--select PATTERN] [--release]

Boots every example and tutorial chapter in QEMU, types what a visitor would, and checks what comes
back.  The output of each is kept as WORK/NAME.txt; the documents take theirs from there (docs.py).
Ends with a line `N passed, N failed`."""
import argparse
import concurrent.futures
import fnmatch
import glob
import os
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import capgraph
import net

TIMEOUT = 60

# Without a host's clock: every run of these takes the same course.
STEADY = ["-icount", "shift=4,sleep=off"]


class Machine:
    """A QEMU with a program, its serial line read by a thread."""

    def __init__(self, kernel, elf, extra=()):
        command = ["qemu-system-x86_64", "-cpu", "max", "-m", "512M", "-display", "none", "-serial",
                   "stdio", "-monitor", "none", "-no-reboot", "-kernel", kernel, "-initrd", elf]
        self.process = subprocess.Popen(command + list(extra), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.text = ""
        self.results = {}           # more texts for the documents, by name
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            chunk = os.read(self.process.stdout.fileno(), 4096)
            with self.changed:
                if not chunk:
                    self.text += "\n(QEMU has ended)\n"
                else:
                    self.text += chunk.decode("utf-8", "replace").replace("\r", "")
                self.changed.notify_all()
            if not chunk:
                return

    def expect(self, pattern, start=0, timeout=TIMEOUT):
        """Wait for a match from `start` on; returns where it ends, or fails."""
        end = time.monotonic() + timeout
        with self.changed:
            while True:
                match = re.compile(pattern, re.M).search(self.text, start)
                if match:
                    return match.end()
                if not self.changed.wait(end - time.monotonic()) or "(QEMU has ended)" in self.text:
                    if not re.compile(pattern, re.M).search(self.text, start):
                        raise AssertionError(f"expected {pattern!r}")

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\r")
        self.process.stdin.flush()

    def end(self):
        self.process.terminate()
        self.process.wait()


def said(*patterns, extra=STEADY):
    """A test of a program that takes no input: these lines must come in this order."""
    def test(boot):
        machine = boot(extra)
        at = 0
        for pattern in patterns:
            at = machine.expect(pattern, at)
    return test


def shell(boot):
    machine = boot([])
    at = machine.expect(r"^> ")
    dialogue = [
        ("help", r"uptime +time since"), ("spawn 20", r"Thread 1 runs"), ("spawn", r"Thread 2 runs"),
        ("threads", r"2  counter +50  ready +\d+"), ("memory", r"slots: \d+ of \d+ used"),
        ("suspend 1", r"Thread 1 stands still"), ("resume 1", "goes on"),
        ("peek 0x400000", r"0x400000: 0x[0-9a-f]{8}464c457f"),
        ("peek 0x123456789000", r"the read faulted"), ("map 0x30000000", r"page of zeros"),
        ("poke 0x30000008 0x1234", ""), ("peek 0x30000008", r"0x30000008: 0x0000000000001234"),
        ("kill 2", r"Thread 2 is gone"), ("kill 2", r"no such thread"), ("uptime", r"up \d+\.\d+ s"),
        ("nonsense", r"no such command"), ("spawn x", "is not a number"), ("spawn 200", "starve"),
    ]
    for line, answer in dialogue:
        machine.type(line)
        at = machine.expect(answer + r"[^>]*^> ", at)


def shell_show(boot):
    """What a visitor may do: the documents show it."""
    machine = boot([])
    at = machine.expect(r"^> ")
    for line in ("help", "spawn 20", "spawn", "threads", "suspend 2", "threads", "peek 0x400000",
                 "peek 0x123456789000", "map 0x30000000", "poke 0x30000008 0x1234", "peek 0x30000008",
                 "kill 1", "threads", "uptime"):
        machine.type(line)
        at = machine.expect(r"^> ", machine.expect(re.escape(line), at))


def shell_many(boot):
    """Killing and spawning must not use anything up."""
    machine = boot([])
    at = machine.expect(r"^> ")
    for _ in range(60):
        machine.type("spawn 10")
        at = machine.expect(r"Thread 1 runs[^>]*^> ", at)
        machine.type("kill 1")
        at = machine.expect(r"Thread 1 is gone[^>]*^> ", at)


def shell_graph(boot):
    """The kernel's snapshot becomes a drawing with threads and capabilities in it."""
    machine = boot([])
    at = machine.expect(r"^> ")
    for line, answer in (("spawn 20", "Thread 1 runs"), ("graph", "^snapshot ends")):
        machine.type(line)
        at = machine.expect(answer, at)
    drawing = capgraph.draw(*capgraph.read(machine.text.splitlines()))
    for part in ("rootserver", "serial driver", "counter", "untyped", "0x3f8 to 0x3ff", " -> "):
        if part not in drawing:
            raise AssertionError(f"{part} is not in the drawing")


TESTS = {
    "hello": said("Hello from the root task"),
    "hello-cpp": said(r"Hello from C\+\+"),
    "pingpong": said("client 1: woken by a ping of client 2", "all programs are gone"),
    "timer": said("96 waits done", "no client was woken early; the latest was less than one tick late"),
    "faulty": said("divide: stopped: .* divided by zero", "greedy: stopped: its budget",
                   "null: stopped: .* wrote to address 0x0", "privileged: stopped", "recursive: stopped",
                   "stranger: stopped: system call 60", "thief: stopped", "thief: given up after 2 starts",
                   "well says: nothing is wrong", "the supervisor is unharmed"),
    "shell": shell,
    "shell-show": shell_show,
    "shell-many": shell_many,
    "shell-graph": shell_graph,
    "net": net.test,
}


def run(name, test, options):
    """Returns what is wrong, or None."""
    elf = os.path.join(options.examples, re.sub("-(many|show|graph)$", "", name) + ".elf")
    machines = []

    def boot(extra):
        machines.append(Machine(options.kernel, elf, extra))
        return machines[-1]
    try:
        test(boot)
        return None
    except (AssertionError, OSError) as error:
        tail = "\n".join(machines[-1].text.splitlines()[-15:]) if machines else ""
        return f"{error}\n{tail}"
    finally:
        for machine in machines:
            time.sleep(0.1)         # for what follows the last line expected
            keep(options.work, name, machine.text)
            for other, text in machine.results.items():
                keep(options.work, other, text)
            machine.end()


def keep(folder, name, text):
    with open(os.path.join(folder, name.replace("/", "-") + ".txt"), "w", encoding="utf-8") as file:
        file.write(text)


def collect(options):
    tests = {name: test for name, test in TESTS.items()
             if (name != "net" or os.path.exists(os.path.join(options.examples, "net.elf"))) and
             not (name == "shell-graph" and options.release)}
    if not options.release:
        for elf in sorted(glob.glob(os.path.join(options.examples, "tutorial", "*.elf"))):
            name = os.path.splitext(os.path.basename(elf))[0]
            tests["tutorial/" + name] = said(r"^End of the chapter")
    return {name: test for name, test in tests.items() if fnmatch.fnmatch(name, options.select)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--examples", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--select", default="*")
    parser.add_argument("--release", action="store_true", help="the kernel is a release one")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    tests = collect(options)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = {name: pool.submit(run, name, test, options) for name, test in tests.items()}
        for number, (name, result) in enumerate(results.items(), 1):
            wrong = result.result()
            failed += wrong is not None
            print(f"{'ok' if wrong is None else 'not ok'} {number} - {name}", flush=True)
            if wrong:
                print("# " + wrong.replace("\n", "\n# "), flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(failed != 0 or not tests)


if __name__ == "__main__":
    main()
