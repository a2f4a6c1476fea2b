#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measure which lines and branches of the kernel the suite and some boots reach.

    coverage.py [--uncovered FILE] [--only TEXT] BUILD_FOLDER...

Each folder holds a coverage kernel (COVERAGE=1) and its root server.  Every kernel runs the suite;
the first one also runs it without fast paths, and boots on other machines and with broken root
tasks.  A kernel that stops writes its counters to the serial line (kernel/coverage.c); those of all
its runs are added up, gcov reads them, and the variants are put together line by line.

A line counts as reached if any variant reaches it.  Branches are those of the variant that has most
of them on a line.  Those of assert() are left out: that they are never taken is what they say.
"""
import argparse
import collections
import concurrent.futures
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOOLS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(TOOLS)
sys.path += [TOOLS, os.path.join(TOP, "tests", "boot")]
import elf          # noqa: E402  pylint: disable=wrong-import-position
import run_tests    # noqa: E402  pylint: disable=wrong-import-position

CPU = "Haswell,+pdpe1gb"
SECONDS = 400
COUNTED = ("kernel/", "arch/")
LEFT_OUT = ("kernel/coverage.c",)
BEGIN, END = "COVERAGE ", "COVERAGE END"
OVMF = ["/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE_4M.fd"]
FEW = "boot.* untyped.*"
REPORTED = "fault.* exception.* cnode.* tcb.*"

MACHINE_CHECK = "machine check"


def kernel(build, *arguments, cpu=CPU, memory="512M"):
    return ["-cpu", cpu, "-m", memory, "-kernel", f"{build}/capella32.elf", *arguments]


def image(build, folder, name, modules):
    path = f"{folder}/{name}.iso"
    subprocess.run(["sh", f"{TOOLS}/make_iso.sh", path, f"{build}/capella.elf", "", *modules],
                   check=True, stdout=subprocess.DEVNULL)
    return ["-cpu", CPU, "-m", "512M", "-cdrom", path, "-boot", "d"]


def root(build, folder, select):
    """A root server that runs only the selected tests."""
    inner = tempfile.mkdtemp(dir=folder)
    return run_tests.patched_root(f"{build}/rootserver.elf", inner, 0, select)


def suite(build, folder):
    """What every kernel runs; breakpoints also on a processor that can watch 8 bytes."""
    yield "suite", kernel(build, "-append", "quiet", "-initrd", root(build, folder, ""))
    if "hwdebug" in build:
        yield "core2duo", kernel(build, "-initrd", root(build, folder, "hwdebug.*"), cpu="core2duo")


def machines(build, folder):
    """The kernel on other processors, with other sizes of memory, by other loaders."""
    few, everything = root(build, folder, FEW), root(build, folder, "")
    yield "no fast paths", kernel(build, "-append", "quiet nofastpath", "-initrd", everything)
    for cpu in ("qemu64", "Nehalem", "EPYC", "max", "core2duo", "max,-nx", "qemu64,-mce",
                "Haswell,-avx", "qemu64,-syscall", "qemu64,-apic", "qemu64,-msr", "qemu64,-pat"):
        yield cpu, kernel(build, "-initrd", few, cpu=cpu)
    for memory in ("40M", "3G"):
        yield memory, kernel(build, "-initrd", few, memory=memory)
    yield "6G", kernel(build, "-initrd", root(build, folder, "untyped.*"), memory="6G")
    yield "suite on qemu64", kernel(build, "-append", "quiet", "-initrd", everything, cpu="qemu64")
    yield "cd", image(build, folder, "cd", [few])
    yield "cd, no module", image(build, folder, "none", [])
    firmware = [path for path in OVMF if os.path.exists(path)]
    if firmware:
        yield "uefi", (image(build, folder, "uefi", [few]) +
                       ["-drive", f"if=pflash,format=raw,readonly=on,file={firmware[0]}"])
    yield "options", kernel(build, "-initrd", few, "-append",
                            "root=/dev/sda1 = quiet= debug_port=x console_port=1016")
    yield "hexadecimal port", kernel(build, "-append", "  console_port=0x3F8 \t", "-initrd", few)
    yield "bad ports", kernel(build, "-initrd", few, "-append", "console_port=0x2f8 "
                              "console_port=0x3g8 console_port=99999 console_port=0x3F8")
    yield "modules", kernel(build, "-append", "x" * 400, "-initrd", ",".join([few] * 6))
    yield "reports", kernel(build, "-initrd", root(build, folder, REPORTED))
    yield MACHINE_CHECK, kernel(build, "-initrd", everything)


def broken(build, folder):
    """Boots that the kernel has to refuse."""
    yield "no module", kernel(build)
    yield "no ACPI", kernel(build, "-no-acpi", "-initrd", f"{build}/rootserver.elf")
    images = elf.BROKEN + [("no room", elf.make([elf.segment(elf.BASE, 0x288000)]), "")]
    for name, data, _ in images:
        path = f"{folder}/broken-{name}".replace(" ", "-")
        with open(path, "wb") as file:
            file.write(data)
        memory = "4M" if name == "no room" else "128M"
        yield name, kernel(build, "-initrd", path, memory=memory)


def boot(name, arguments, folder):
    """The serial output of a run up to the end of its counters."""
    serial = os.path.join(tempfile.mkdtemp(dir=folder), "serial")
    command = ["qemu-system-x86_64", "-display", "none", "-monitor", "stdio", "-no-reboot", "-device", "edu",
               "-serial", f"file:{serial}", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        end, text = time.monotonic() + SECONDS, ""
        while time.monotonic() < end and process.poll() is None and END not in text[-200:]:
            time.sleep(0.3)
            if os.path.exists(serial):
                with open(serial, encoding="latin-1") as file:
                    text = file.read().replace("\r", "")
            if name == MACHINE_CHECK and "# run 9 " in text and "KERNEL FAULT" not in text:
                process.stdin.write(b"mce 0 1 0xb200000000000000 5 0 0\n")
                process.stdin.flush()
        process.kill()
    return text


def counters(text):
    """{object file: counters} that a kernel wrote."""
    found = {}
    for name, digits in re.findall(rf"^{BEGIN}(\S+)\.gcda\n([0-9a-f]*)$", text, re.M):
        found[name] = bytes.fromhex(digits)
    return found if END in text else {}


def add_up(build, dumps, folder):
    """gcov's view of one kernel: the counters of all its runs, beside the compiler's notes."""
    total = None
    for i, dump in enumerate(dumps):
        here = f"{folder}/run{i}"
        for name, data in dump.items():
            path = f"{here}/{os.path.relpath(name, os.path.abspath(build))}.gcda"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        if total:
            merged = f"{folder}/sum{i}"
            subprocess.run(["gcov-tool", "merge", "-o", merged, total, here], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            here = merged
        total = here
    report = []
    for name in dumps[0]:
        path = os.path.relpath(name, os.path.abspath(build))
        shutil.copy(f"{build}/{path}.gcno", f"{total}/{path}.gcno")
        done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities",
                               f"{path}.gcda"], cwd=total, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        report += json.loads(done.stdout)["files"]
    return report


class Line:
    """A source line: how often it ran, how often each of its branches was taken."""

    def __init__(self):
        self.count, self.branches = 0, []

    def add(self, count, branches):
        self.count += count
        if len(branches) == len(self.branches):
            self.branches = [a + b for a, b in zip(self.branches, branches)]
        elif len(branches) > len(self.branches):
            self.branches = branches


@functools.lru_cache(None)
def source(path):
    """The lines of a file, and empty ones in case it has become shorter since it was compiled."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read().split("\n") + [""] * 1000


def collect(reports):
    """{file: {line number: Line}} of all variants."""
    files = collections.defaultdict(lambda: collections.defaultdict(Line))
    for report in reports:
        for entry in report:
            path = os.path.normpath(entry["file"])
            if not path.startswith(COUNTED) or path in LEFT_OUT:
                continue
            text = source(path)
            for line in entry["lines"]:
                number = line["line_number"]
                asserted = "assert(" in text[number - 1]
                branches = [] if asserted else [b["count"] for b in line["branches"]]
                files[path][number].add(line["count"], branches)
    return files


def share(reached, all_of_them):
    return f"{reached:5} of {all_of_them:5} {100 * reached / max(all_of_them, 1):6.1f} %"


def summarise(lines):
    branches = [taken for line in lines for taken in line.branches]
    return (sum(line.count > 0 for line in lines), len(lines),
            sum(taken > 0 for taken in branches), len(branches))


def show(files):
    """The table.  Returns the shares in the total."""
    print(f"{'file':32} {'lines':>23} {'branches':>24}")
    for path in sorted(files):
        reached, lines, taken, branches = summarise(files[path].values())
        print(f"{path:32} {share(reached, lines)}  {share(taken, branches)}")
    reached, lines, taken, branches = summarise([x for f in files.values() for x in f.values()])
    print(f"{'total':32} {share(reached, lines)}  {share(taken, branches)}")
    return 100 * reached / lines, 100 * taken / max(branches, 1)


def write_uncovered(files, path):
    with open(path, "w", encoding="utf-8") as file:
        for name in sorted(files):
            text = source(name)
            for number, line in sorted(files[name].items()):
                missing = [i for i, taken in enumerate(line.branches) if not taken]
                if line.count and not missing:
                    continue
                what = (f"branches {','.join(map(str, missing))} of {len(line.branches)}"
                        if line.count else "line")
                file.write(f"{name}:{number}: {what}: {text[number - 1].strip()}\n")


def measure(builds, only, folder):
    """One report for each folder."""
    runs = []
    for build in builds:
        runs += [(build, name, arguments) for name, arguments in suite(build, folder)]
    for make in (machines, broken):
        runs += [(builds[0], name, arguments) for name, arguments in make(builds[0], folder)]
    runs = [run for run in runs if only in run[1]]

    def one(run):
        build, name, arguments = run
        started = time.monotonic()
        text = boot(name, arguments, folder)
        found = counters(text)
        note = "" if found else ", NO COUNTERS: " + repr(text[-300:])
        for test in re.findall(r"^not ok \d+ - (\S+)", text, re.M):
            note += ", failed: " + test
        print(f"# {build}: {name}: {time.monotonic() - started:.0f} s{note}", flush=True)
        return build, found

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, runs))
    reports = []
    for i, build in enumerate(builds):
        dumps = [found for of, found in done if of == build and found]
        if dumps:
            reports.append(add_up(build, dumps, f"{folder}/{i}"))
    return reports


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("builds", nargs="+", metavar="BUILD_FOLDER")
    parser.add_argument("--uncovered", help="write the places that are not reached to this file")
    parser.add_argument("--only", default="", help="only runs whose name contains this")
    parser.add_argument("--lines", type=float, default=0, help="per cent needed for success")
    parser.add_argument("--branches", type=float, default=0, help="per cent needed for success")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = collect(measure(options.builds, options.only, folder))
    if not files:
        sys.exit("no counters")
    lines, branches = show(files)
    if options.uncovered:
        write_uncovered(files, options.uncovered)
    sys.exit(0 if lines >= options.lines and branches >= options.branches else 1)


if __name__ == "__main__":
    main()
