#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does the suite notice when the kernel is wrong?

Makes a random sample of one-line changes to the kernel's checks and actions, builds each in a copy of the
tree below build/mutate, and runs the suite until the first failure: tests of the same topic first, then
everything, then the host unit tests of the changed file, then the topic's tests without fast paths and
with CHECK=1.  Reports how many mutants were killed and lists those that survived.
"""
import argparse
import concurrent.futures
import glob
import os
import queue
import random
import re
import selectors
import shutil
import subprocess
import sys
import tempfile
import time

MAGIC = b"SUITE-SELECTION:"
SELECTION_BYTES = 256
SKIPPED = re.compile(r"(boot_|backtrace|check|debug|console|print|fatal|offsets|count|state)")
DIED = re.compile(r"INVARIANT|PANIC|KERNEL FAULT|Bail out!")

# Tests that are about a file, where the name does not say it.
TOPICS = {
    "cspace": "address.* cnode.*", "slot": "derivation.* rotate.* cnode.*", "capability": "cnode.* address.*",
    "object": "untyped.* derivation.* tcb.*", "message": "transfer.* endpoint.* reply.*",
    "reply_classic": "reply.* destruction.* tcb.*", "scheduler": "schedule.*", "tcb_methods": "tcb.* registers.*",
    "tcb_spaces": "tcb.*", "irq_control": "interrupt.*", "ioapic": "interrupt.*", "lapic": "schedule.* interrupt.*",
    "asid": "table.* frame.*", "vspace": "table.* frame.*", "context": "registers.* exception.*",
    "trap": "exception.* fault.*", "fastpath": "fastpath*.* bothways.* endpoint.* reply.*",
    "switch": "fpu.* registers.* syscall.*", "preemption": "destruction.* untyped.* preemption.*",
    "endpoint": "endpoint.* reply.* transfer.*", "entry": "endpoint.* fault.*", "interrupt": "interrupt.*", "memory": "untyped.* frame.*",
}


# ---- mutations ---------------------------------------------------------------------------------------

def closing(text, start):
    """Index of the bracket that closes the one at start, or -1."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return -1


RELATIONS = [(r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "),
             (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "), (r" \+ 1\b", " + 0"), (r" - 1\b", " - 0"),
             (r"\|= ", "= ")]
CONDITION = re.compile(r"^\s*(\} else )?(if|while) \(|^\s*return .*[<>=&|!]|^\s*for \(|\? ")
STATEMENT = re.compile(r"^\s+[a-z_][\w\->\.\[\]\*\(\)]*( [-+|&]?= [^{]*|\(.*\));$")
DECLARATION = re.compile(r"^\s+(const |static |struct |enum |word_t |bool |seL4_|uint|char |return|assert|print|case)")


def mutants_of_line(line):
    """(what, changed line) for everything that can be done to a line."""
    code = line.split("/*")[0].rstrip()
    if "assert(" in code or "VARIANT_" in code or "check_" in code or code.lstrip().startswith(("*", "#", "//")):
        return
    match = re.match(r"^(\s*(?:\} else )?if )\(", code)
    if match:
        end = closing(code, match.end() - 1)
        if end > 0:
            condition, rest = code[match.end():end], code[end + 1:]
            yield "negated", f"{match[1]}(!({condition})){rest}"
            yield "never", f"{match[1]}(0 && ({condition})){rest}"
    if CONDITION.search(code):
        for pattern, new in RELATIONS:
            for found in re.finditer(pattern, code):
                yield f"{found[0].strip()} to {new.strip()}", code[:found.start()] + new + code[found.end():]
    if STATEMENT.match(code) and not DECLARATION.match(code):
        yield "dropped", re.match(r"^\s*", code)[0] + ";"


def candidates():
    found = []
    for path in sorted(glob.glob("kernel/*.c") + glob.glob("arch/x86_64/*.c")):
        if SKIPPED.match(os.path.basename(path)) or "hwdebug" in path:
            continue
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        inside = False
        for number, line in enumerate(lines):
            if line.startswith("{"):
                inside = True
            elif line.startswith("}"):
                inside = False
            if inside:
                found += [(path, number, what, new) for what, new in mutants_of_line(line)]
    return found


# ---- running -----------------------------------------------------------------------------------------

def selection(root, folder, pattern):
    with open(root, "rb") as f:
        image = bytearray(f.read())
    at = image.find(MAGIC) + len(MAGIC)
    text = pattern.encode()
    image[at:at + SELECTION_BYTES - len(MAGIC)] = text.ljust(SELECTION_BYTES - len(MAGIC), b"\0")
    path = os.path.join(folder, "selected.elf")
    with open(path, "wb") as f:
        f.write(image)
    return path


class Run:
    """The suite on one kernel, up to the first failure."""

    def __init__(self, options, stall, known):
        self.o, self.stall, self.known = options, stall, known
        self.quiet = 0.0
        self.failed = set()

    def go(self, kernel, root, options="quiet", all_failures=False):
        """What killed the mutant, or None."""
        command = [self.o.qemu, "-cpu", self.o.cpu, "-m", "512M", "-display", "none", "-monitor", "none",
                   "-no-reboot", "-serial", "stdio", "-kernel", kernel, "-initrd", root, "-append",
                   options]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        os.set_blocking(process.stdout.fileno(), False)
        selector = selectors.DefaultSelector()
        selector.register(process.stdout, selectors.EVENT_READ)
        began = spoke = time.monotonic()
        rest = ""
        try:
            while True:
                data = process.stdout.read() if selector.select(0.5) else None
                now = time.monotonic()
                if data == b"":
                    return "QEMU ended"
                if data:
                    self.quiet, spoke = max(self.quiet, now - spoke), now
                    lines = (rest + data.decode(errors="replace").replace("\r", "")).split("\n")
                    rest = lines.pop()
                    for line in lines:
                        verdict = self.judge(line)
                        if verdict == "end":
                            return None
                        if verdict and not all_failures:
                            return verdict
                if now - spoke > self.stall:
                    return "silence"
                if now - began > self.o.timeout:
                    return "no end"
        finally:
            process.kill()
            process.wait()

    def judge(self, line):
        if line == "SUITE DONE":
            return "end"
        if DIED.search(line):
            return line[:80]
        match = re.match(r"not ok \d+ - (\S+)", line)
        if match and match[1] not in self.known:
            self.failed.add(match[1])
            return match[1]
        return None


class Workshop:
    """A copy of the tree in which one mutant at a time is built."""

    def __init__(self, options, number):
        self.o = options
        self.path = os.path.abspath(os.path.join(options.work, str(number)))
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(".", self.path, symlinks=True,
                        ignore=lambda folder, names: {"build", ".git"} & set(names) if folder == "." else set())
        self.folder = tempfile.mkdtemp(prefix="mutate-")

    def make(self, *targets):
        return subprocess.run(["make", "-s", "warnings=-w", *targets], cwd=self.path, capture_output=True, text=True,
                              check=False).returncode == 0

    def built(self, name):
        return os.path.join(self.path, "build/debug", name)

    def host_tests(self, source):
        """Names of the host unit tests that are compiled with a source file."""
        for path in glob.glob(os.path.join(self.path, "tests/host/*.c")):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            match = re.search(r"^/\* sources: *(.*)\*/$", text, re.M)
            if match and source in match[1].split():
                yield os.path.splitext(os.path.basename(path))[0]

    def host_kills(self, source):
        for name in self.host_tests(source):
            target = f"build/debug/host/{name}"
            if not self.make(target):
                continue
            try:
                done = subprocess.run([os.path.join(self.path, target)], capture_output=True, timeout=self.o.timeout,
                                      check=False).returncode
            except subprocess.TimeoutExpired:
                done = 1
            if done:
                return f"host.{name}"
        return None

    def check_kills(self, run):
        """The tests selected last, with all invariants checked."""
        if not self.make("CHECK=1", "build/debug-check/capella32.elf"):
            return None
        killer = run.go(os.path.join(self.path, "build/debug-check/capella32.elf"),
                        os.path.join(self.folder, "selected.elf"))
        return killer and f"CHECK=1: {killer}"

    def test(self, mutant, stall, known):
        """None: does not compile.  Otherwise what killed it, or "" if nothing did."""
        path, number, _, new = mutant
        full = os.path.join(self.path, path)
        with open(full, encoding="utf-8") as f:
            original = f.read()
        lines = original.split("\n")
        lines[number] = new
        try:
            with open(full, "w", encoding="utf-8") as f:
                f.write("\n".join(lines))
            if not self.make("build/debug/capella32.elf"):
                return None
            run = Run(self.o, stall, known)
            kernel, root = self.built("capella32.elf"), self.built("rootserver.elf")
            topic = os.path.splitext(os.path.basename(path))[0]
            selected = selection(root, self.folder, TOPICS.get(topic, topic + ".*"))
            return (run.go(kernel, selected) or run.go(kernel, root) or self.host_kills(path) or
                    run.go(kernel, selected, "quiet nofastpath") or self.check_kills(run) or "")
        finally:
            with open(full, "w", encoding="utf-8") as f:
                f.write(original)


# ---- the sample ----------------------------------------------------------------------------------------

class Sample:
    def __init__(self, options):
        self.o = options
        self.killed, self.survivors, self.useless = 0, [], 0
        self.began = time.monotonic()

    def baseline(self, shop):
        """How long the suite is silent, and which tests fail anyway."""
        if not shop.make("build/debug/capella32.elf", "build/debug/rootserver.elf"):
            sys.exit("the tree does not build")
        run = Run(self.o, self.o.timeout, set())
        problem = run.go(shop.built("capella32.elf"), shop.built("rootserver.elf"), all_failures=True)
        if problem:
            sys.exit(f"the suite does not come to its end: {problem}")
        for name in sorted(run.failed):
            print(f"{name} fails without mutation and is left out", flush=True)
        return max(15.0, 3 * run.quiet), run.failed

    def describe(self, mutant):
        path, number, what, new = mutant
        with open(path, encoding="utf-8") as f:
            old = f.read().split("\n")[number].strip()
        return f"{path}:{number + 1}: {old}" + (f"   ->   {new.strip()}" if new.strip() != ";" else "   dropped")

    def record(self, mutant, verdict):
        if verdict is None:
            self.useless += 1
            return
        if verdict:
            self.killed += 1
            print(f"killed   {self.describe(mutant)}  [{verdict}]", flush=True)
        else:
            self.survivors.append(mutant)
            print(f"SURVIVED {self.describe(mutant)}", flush=True)

    def run(self):
        shops = queue.Queue()
        first = Workshop(self.o, 0)
        stall, known = self.baseline(first)
        shops.put(first)
        for i in range(1, self.o.jobs):
            shop = Workshop(self.o, i)
            shop.make("build/debug/capella32.elf", "build/debug/rootserver.elf")
            shops.put(shop)
        everything = candidates()
        random.Random(self.o.seed).shuffle(everything)
        print(f"{len(everything)} possible mutants", flush=True)

        def work(mutant):
            if self.killed + len(self.survivors) >= self.o.count or self.late():
                return
            shop = shops.get()
            try:
                self.record(mutant, shop.test(mutant, stall, known))
            finally:
                shops.put(shop)

        with concurrent.futures.ThreadPoolExecutor(self.o.jobs) as pool:
            for done in [pool.submit(work, mutant) for mutant in everything]:
                done.result()
        return self.finish()

    def late(self):
        return self.o.minutes and time.monotonic() - self.began > 60 * self.o.minutes

    def finish(self):
        total = self.killed + len(self.survivors)
        print(f"\n{self.useless} did not compile" if self.useless else "")
        for mutant in sorted(self.survivors):
            print(f"survived: {self.describe(mutant)}")
        percent = 100 * self.killed // total if total else 0
        print(f"{self.killed} of {total} mutants killed, {percent} %")
        return 0 if total and percent >= self.o.least else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="size of the sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long")
    parser.add_argument("--least", type=int, default=90, help="percent that have to be killed")
    parser.add_argument("--timeout", type=int, default=300, help="seconds for one run")
    parser.add_argument("--work", default="build/mutate")
    parser.add_argument("--cpu", default="Haswell,+pdpe1gb")
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    return Sample(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
