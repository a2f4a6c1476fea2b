#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Does the suite notice when the kernel is wrong?

Makes a random sample of one-line changes to the kernel's checks and actions, builds each in a copy of the
tree below build/mutate, and runs what would notice, until the first failure: the suite's tests of the same
topic, the host unit test of the changed file, the plays with and without fast paths, the whole suite on the
kernels that CI tests it on, all host unit tests, and at last the benchmarks, for changes that only cost
time.  A change that leaves the code of all these kernels as it is, byte by byte, is none: it is counted
apart.  Reports how many mutants were killed and lists those that survived.
"""
import argparse
import collections
import concurrent.futures
import glob
import hashlib
import os
import queue
import random
import re
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import bench

MAGIC = b"SUITE-SELECTION:"
SELECTION_BYTES = 256
SKIPPED = re.compile(r"(boot_|backtrace|check|coverage|debug|console|print|fatal|offsets|count|state)")
DIED = re.compile(r"INVARIANT|PANIC|KERNEL FAULT|Bail out!")
SLOWER = 1.01           # than the unchanged kernel, in any operation: the benchmarks notice
BENCH_SECONDS = 60
EQUIVALENT = object()

# The kernels on which the whole suite is run: settings, folder below build, command line, processor; and
# for changes in which files, if the debug kernel is another one.  CHECK=1 is slow: the tests of the topic.
Stage = collections.namedtuple("Stage", "name settings folder append cpu files")
STAGES = [
    Stage("", "", "debug", "quiet", None, ""),
    Stage("CHECK=1", "CHECK=1", "debug-check", "quiet", None, ""),
    Stage("nofastpath", "", "debug", "quiet nofastpath", None, "kernel/"),
    Stage("qemu64", "", "debug", "quiet", "qemu64", "arch/"),
    Stage("NUM_DOMAINS=4", "NUM_DOMAINS=4", "debug-dom4", "quiet", None,
          "kernel/(domain|scheduler|fastpath|notification|endpoint|tcb)"),
    Stage("HW_DEBUG=1", "HW_DEBUG=1", "debug-hwdebug", "quiet", None, "hwdebug|trap|switch|context"),
    Stage("RELEASE=1", "RELEASE=1", "release", "quiet", None, "never"),
]

# Instructions are counted instead of time: what a test finds does not depend on what else the machine does.
ICOUNT = ["-icount", "shift=0,sleep=off"]

# The plays of tests/fastpath_both.c, with and without fast paths: the digests have to be the same.
PLAYS = "bothways.*"
BOTH_PATHS = [Stage("plays", "", "debug", append, None, "") for append in ("quiet", "quiet nofastpath")]

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


def candidates(only=""):
    found = []
    for path in sorted(glob.glob("kernel/*.c") + glob.glob("arch/x86_64/*.c")):
        if SKIPPED.match(os.path.basename(path)) or "hwdebug" in path or only not in path:
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
                found += [(path, number, what, line, new) for what, new in mutants_of_line(line)]
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
        self.digests = []

    def go(self, stage, kernel, root, all_failures=False):
        """What killed the mutant, or None."""
        command = [self.o.qemu, "-cpu", stage.cpu or self.o.cpu, "-m", "512M", "-display", "none",
                   "-monitor", "none", "-no-reboot", "-serial", "stdio", "-device", "edu", "-kernel", kernel, "-initrd",
                   root, "-append", stage.append, *ICOUNT]
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
        if line.startswith("# digest "):
            self.digests.append(line)
        match = re.match(r"not ok \d+ - (\S+)", line)
        if match and match[1] not in self.known:
            self.failed.add(match[1])
            return match[1]
        return None


def topic_of(path):
    return os.path.splitext(os.path.basename(path))[0]


class Workshop:
    """A copy of the tree in which one mutant at a time is built."""

    def __init__(self, options, number):
        self.o = options
        self.path = os.path.abspath(os.path.join(options.work, str(number)))
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(".", self.path, symlinks=True, ignore=self.left_out)
        self.folder = tempfile.mkdtemp(prefix="mutate-")
        self.images, self.figures = {}, None
        hosts = [os.path.splitext(os.path.basename(path))[0] for path in glob.glob("tests/host/*.c")]
        self.hosts = sorted(name for name in hosts if not re.match("fakes$|model_|fuzz_", name))

    @staticmethod
    def left_out(folder, names):
        """What has been built is worth copying, as far as it is built here too."""
        if folder == "./build":
            return set(names) - {"release-count"} - {stage.folder for stage in STAGES}
        return {".git"} & set(names) if folder == "." else set()

    def make(self, *targets):
        return subprocess.run(["make", "-s", "warnings=-w", "HOST_CC=gcc -w", *targets], cwd=self.path, capture_output=True, text=True,
                              check=False).returncode == 0

    def built(self, stage, name):
        return os.path.join(self.path, "build", stage.folder, name)

    def build(self, stage, *names):
        return self.make(*stage.settings.split(), *(f"build/{stage.folder}/{name}" for name in names))

    def image(self, stage):
        """What stands for the kernel's code and data, without the symbols."""
        stripped = os.path.join(self.folder, "stripped")
        subprocess.run(["strip", "--strip-all", "-o", stripped, self.built(stage, "capella32.elf")], check=True)
        with open(stripped, "rb") as f:
            return hashlib.sha256(f.read()).digest()

    def prepare(self):
        """Builds everything as it is without mutation, and keeps the kernels."""
        for stage in STAGES:
            if not self.build(stage, "capella32.elf", "rootserver.elf"):
                sys.exit("the tree does not build")
            self.images[stage.folder] = self.image(stage)
            shutil.copy(self.built(stage, "capella32.elf"), self.unchanged(stage))
        self.make(*(f"build/debug/host/{name}" for name in self.hosts))
        self.figures = self.measure()
        if not self.figures:
            sys.exit("the benchmarks do not come to their end")

    def unchanged(self, stage):
        return os.path.join(self.folder, stage.folder)

    # What may kill a mutant: each says what did, or None.

    def topic_kills(self, path, run):
        """The suite's tests of the topic, the unit test of the file."""
        topic = topic_of(path)
        return (run.go(STAGES[0], self.built(STAGES[0], "capella32.elf"), self.topic_root(STAGES[0], path)) or
                (topic in self.hosts and self.host_kills([topic])))

    def topic_root(self, stage, path):
        topic = topic_of(path)
        return selection(self.built(stage, "rootserver.elf"), self.folder, TOPICS.get(topic, topic + ".*"))

    def stage_kills(self, stage, path, run):
        """The suite on a kernel that differs from the unchanged one; EQUIVALENT if it does not differ."""
        if not self.build(stage, "capella32.elf"):
            return f"{stage.name}: does not build"
        if self.image(stage) == self.images[stage.folder]:
            return EQUIVALENT
        root = self.built(stage, "rootserver.elf")
        if stage.settings == "CHECK=1":
            root = self.topic_root(stage, path)
        killer = run.go(stage, self.built(stage, "capella32.elf"), root)
        return killer and f"{stage.name} {killer}".strip()

    def plays_kill(self, baseline):
        """What is the same on all paths: as `make test-fastpath` does it."""
        root = selection(self.built(STAGES[0], "rootserver.elf"), self.folder, PLAYS)
        runs = [Run(self.o, baseline.stall, set()) for _ in BOTH_PATHS]
        for stage, run in zip(BOTH_PATHS, runs):
            killer = run.go(stage, self.built(stage, "capella32.elf"), root)
            if killer:
                return f"{stage.name}: {killer}"
        different = [pair for pair in zip(*(run.digests for run in runs)) if pair[0] != pair[1]]
        return f"plays: {different[0][0].split()[2]} differs" if different else None

    def host_kills(self, names):
        programs = [f"build/debug/host/{name}" for name in names]
        if not self.make(*programs):
            return "host tests do not build"
        for name, program in zip(names, programs):
            try:
                done = subprocess.run([os.path.join(self.path, program)], capture_output=True,
                                      timeout=self.o.timeout, check=False).returncode
            except subprocess.TimeoutExpired:
                done = 1
            if done:
                return f"host.{name}"
        return None

    def measure(self):
        """The figures of the benchmarks; None if they do not come to their end."""
        for settings, folder in (("COUNT=0", "release"), ("COUNT=1", "release-count")):
            if not self.make("RELEASE=1", settings, f"build/{folder}/bench.elf", f"build/{folder}/capella32.elf"):
                return None
        try:
            return bench.measure(self.o.qemu, os.path.join(self.path, "build"), BENCH_SECONDS)
        except SystemExit:
            return None

    def bench_kills(self):
        """Operations that have become slower or write other registers.  That one has become faster says
        nothing: so would every kernel of which a line is missing."""
        figures = self.measure()
        if not figures:
            return "bench: no figures"
        now, before = figures[0], self.figures[0]
        for name, row in before.items():
            if now[name]["median"] > row["median"] * SLOWER:
                return f'bench: {name} {row["median"]} -> {now[name]["median"]} instructions'
            if now[name].get("writes") != row.get("writes"):
                return f'bench: {name} {row.get("writes")} -> {now[name].get("writes")}'
        wrong = bench.assess_latencies(figures[1])
        return f"bench: {wrong[0]}" if wrong else None

    def kills(self, path, baseline):
        """What killed the mutant: "" if nothing did, EQUIVALENT if it is none."""
        changed = self.image(STAGES[0]) != self.images[STAGES[0].folder]
        if changed:
            killer = self.topic_kills(path, baseline.run(STAGES[0]))
            if not killer and path.startswith("kernel/"):
                killer = self.plays_kill(baseline)
            if killer:
                return killer
        for stage in STAGES:
            if changed and not re.search(stage.files, path):
                continue
            killer = self.stage_kills(stage, path, baseline.run(stage))
            if killer and killer is not EQUIVALENT:
                return killer
            changed = changed or killer is not EQUIVALENT
        if not changed:
            return EQUIVALENT
        return self.host_kills(self.hosts) or self.bench_kills() or ""

    def test(self, mutant, baseline):
        """None: does not compile.  Otherwise what killed it, as above."""
        path, number, _, _, new = mutant
        full = os.path.join(self.path, path)
        with open(full, encoding="utf-8") as f:
            original = f.read()
        lines = original.split("\n")
        lines[number] = new
        try:
            with open(full, "w", encoding="utf-8") as f:
                f.write("\n".join(lines))
            if not self.build(STAGES[0], "capella32.elf"):
                return None
            return self.kills(path, baseline)
        finally:
            with open(full, "w", encoding="utf-8") as f:
                f.write(original)


class Baseline:
    """What the unchanged kernels do in each stage: how long they are silent, which tests fail anyway."""

    def __init__(self, options, shop):
        self.o, self.shop = options, shop
        self.lock = threading.Lock()
        self.known = {}
        self.stall = 15.0
        self.run(STAGES[0])

    def run(self, stage):
        """For mutants in this stage."""
        with self.lock:
            if stage not in self.known:
                self.known[stage] = set() if stage.settings == "CHECK=1" else self.measure(stage)
        return Run(self.o, self.stall, self.known[stage])

    def measure(self, stage):
        run = Run(self.o, self.o.timeout, set())
        problem = run.go(stage, self.shop.unchanged(stage), self.shop.built(stage, "rootserver.elf"), True)
        if problem:
            sys.exit(f"the suite does not come to its end: {stage.name} {problem}")
        for name in sorted(run.failed):
            print(f"{stage.name} {name} fails without mutation and is left out", flush=True)
        self.stall = max(self.stall, 3 * run.quiet)
        return run.failed


# ---- the sample ----------------------------------------------------------------------------------------

class Sample:
    def __init__(self, options):
        self.o = options
        self.killed, self.survivors, self.equivalent, self.useless = 0, [], [], 0
        self.began = time.monotonic()

    def describe(self, mutant):
        path, number, _, old, new = mutant
        return f"{path}:{number + 1}: {old.strip()}" + (f"   ->   {new.strip()}" if new.strip() != ";" else "   dropped")

    def record(self, mutant, verdict):
        if verdict is None:
            self.useless += 1
        elif verdict is EQUIVALENT:
            self.equivalent.append(mutant)
            print(f"the same {self.describe(mutant)}", flush=True)
        elif verdict:
            self.killed += 1
            print(f"killed   {self.describe(mutant)}  [{verdict}]", flush=True)
        else:
            self.survivors.append(mutant)
            print(f"SURVIVED {self.describe(mutant)}", flush=True)

    def run(self):
        shops, baseline = queue.Queue(), None
        for i in range(self.o.jobs):
            shop = Workshop(self.o, i)
            shop.prepare()
            baseline = baseline or Baseline(self.o, shop)
            shops.put(shop)
        everything = candidates(self.o.only)
        random.Random(self.o.seed).shuffle(everything)
        print(f"{len(everything)} possible mutants", flush=True)

        def work(mutant):
            if self.killed + len(self.survivors) >= self.o.count or self.late():
                return
            shop = shops.get()
            try:
                self.record(mutant, shop.test(mutant, baseline))
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
        print(f"\n{self.useless} did not compile, {len(self.equivalent)} equivalent")
        for mutant in sorted(self.survivors):
            print(f"survived: {self.describe(mutant)}")
        percent = 100 * self.killed // total if total else 0
        print(f"{self.killed} of {total} mutants killed, {percent} %")
        return 0 if total and percent >= self.o.least else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="size of the sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="part of the names of the files to be changed")
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
