#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""lint.py --work DIR --cc 'COMPILER FLAGS': static analysis of the kernel.  Prints each finding, places
worth a look, stack use; the last line is `lint: N findings`.  Exit status 1 if N is not 0.

Tools: gcc with the build's warnings and -fanalyzer, clang-tidy, cppcheck, tools/check_rules.py, and
the checks of our own rules below.  What is not reported stands in ALLOWED with its reason, or beside
the check in .clang-tidy."""
import argparse
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys

STACK_BYTES = 16384
STACK_LIMIT = STACK_BYTES // 2
FUNCTION_LINES, FILE_LINES, HEADER_LINES, NESTING, PARAMETERS = 60, 500, 150, 3, 5

# (pattern in a finding's line, why it is no finding)
ALLOWED = [
    (r"boot_elf.c.*\[unusedStructMember\]", "the layout of an ELF file, complete"),
    (r"\[comparePointers\]", "symbols of the linker script: the ends of one object"),
    (r"fpu.c.*'t'.*\[constParameter\]", "a suggestion of style: functions of fpu.h take the thread as its owner"),
    (r"\[shadowFunction\]", "members and locals in headers cannot see static functions of a source"),
    (r"debug.c.*\[nullPointerArithmeticRedundantCheck\]", "the sum is used only behind the test"),
    (r"fastpath.c.*\[(ctunullpointer|nullPointerRedundantCheck)\]",
     "next == NULL exactly when the queue that is dequeued from has one member: queue.h"),
    (r"message.c.*\[knownConditionTrueFalse\]", "cppcheck takes the length of one caller for that of all"),
    (r"'inv' *points at uninitialized|\[ctuuninitvar\]", "the callee initialises it: it is an output"),
    (r"libsel4/include/", "the user library is compiled by other rules"),
    (r"\[toomanyconfigs\]|\[missingInclude", "of headers: the kernel has one configuration"),
]

# Which headers a folder may include, besides <std*.h>: docs/internals.md, "Where is what".
LAYERS = [
    ("kernel/", r"<(kernel|arch)/[a-z_0-9]+\.h>"),
    ("arch/x86_64/", r"<(kernel|arch|arch/x86_64|sel4)/[a-z_0-9]+\.h>"),
    ("include/kernel/", r"<(kernel|arch|sel4|sel4/arch)/[a-z_0-9]+\.h>"),
    ("include/arch/x86_64/", r"<(kernel|arch|arch/x86_64|sel4)/[a-z_0-9]+\.h>"),
    ("include/arch/", r"<(kernel|arch)/[a-z_0-9]+\.h>"),
]
FREESTANDING = r"<(stdarg|stdbool|stddef|stdint)\.h>"

# (caller, callee, why): calls that close a cycle of the call graph but are made once in a chain of calls.
CALLED_ONCE = [
    ("slot_delete_simple", "finalise_slot",
     "it is only given reply and notification capabilities, whose end deletes no other slot"),
]

KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else"}


class Report:
    def __init__(self):
        self.findings, self.looks = [], []

    def finding(self, line):
        for pattern, _ in ALLOWED:
            if re.search(pattern, line):
                return
        if line not in self.findings:
            self.findings.append(line)

    def look(self, line):
        self.looks.append(line)


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def without_comments(text):
    """The same text, lines kept, comments and string contents blank."""
    def blank(match):
        kept = match.group(0)
        return '""' if kept[0] == '"' else "'0'" if kept[0] == "'" else re.sub(r"[^\n]", " ", kept)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', blank, text, flags=re.S)


# ---- our own checks ------------------------------------------------------------------------------

def check_includes(path, code_with_strings, report):
    layer = max((l for l in LAYERS if path.startswith(l[0])), key=lambda l: len(l[0]))
    for number, line in enumerate(code_with_strings.split("\n"), 1):
        match = re.match(r"\s*#\s*include\s*(\S+)", line)
        if not match or re.fullmatch(FREESTANDING, match[1]):
            continue
        if not re.fullmatch(layer[1], match[1]):
            report.finding(f"{path}:{number}: {match[1]} does not belong into {layer[0]} [layering]")


def check_conditionals(path, code, report):
    depth = 0
    for number, line in enumerate(code.split("\n"), 1):
        conditional = re.match(r"\s*#\s*(if|ifdef|ifndef|elif|else)\b", line)
        if conditional and (depth > 0 or path.startswith("kernel/")):
            report.finding(f"{path}:{number}: conditional compilation [conditional]")
        if not line.lstrip().startswith("#"):
            depth += line.count("{") - line.count("}")


def functions(code):
    """(name, parameters, first line, last line, deepest nesting) of each function definition."""
    pattern = re.compile(r"^(?!#|\s)([^;{}=#]*?\b([a-z_]\w*))\(([^;{}]*?)\)\s*\n?\{", re.M)
    for match in pattern.finditer(code):
        if match[2] in KEYWORDS:
            continue
        at, depth, deepest = match.end(), 1, 0
        while depth and at < len(code):
            if code[at] == "{":
                depth += 1
                # Initialisers are not nesting.
                if re.search(r"\)\s*$|\b(else|do)\s*$", code[max(0, at - 200):at]):
                    deepest = max(deepest, depth - 1)
            elif code[at] == "}":
                depth -= 1
            at += 1
        first = code.count("\n", 0, match.start()) + 1
        yield match[2], match[3], first, code.count("\n", 0, at) + 1, deepest


def check_shape(path, code, report):
    lines = code.count("\n")
    limit = HEADER_LINES if path.endswith(".h") else FILE_LINES
    if lines > limit:
        report.look(f"{path}: {lines} lines, {limit} are enough for most")
    for name, parameters, first, last, deepest in functions(code):
        if last - first + 1 > FUNCTION_LINES:
            report.finding(f"{path}:{first}: {name} has {last - first + 1} lines, "
                           f"{FUNCTION_LINES} are allowed [function size]")
        if deepest > NESTING:
            report.look(f"{path}:{first}: {name} nests {deepest} deep")
        count = len(re.sub(r"\([^()]*\)", "", parameters).split(","))
        if count > PARAMETERS:
            report.look(f"{path}:{first}: {name} has {count} parameters")


def find_cycles(edges, allow_self=False):
    """Strongly connected components of more than one node, or with an edge to itself."""
    index, low, stack, on_stack, out = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for other in edges.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on_stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while True:
                group.append(stack.pop())
                on_stack.discard(group[-1])
                if group[-1] == node:
                    break
            if len(group) > 1 or (node in edges.get(node, ()) and not allow_self):
                out.append(sorted(group))

    sys.setrecursionlimit(10000)
    for node in sorted(edges):
        if node not in index:
            visit(node)
    return out


def check_header_cycles(headers, report):
    edges = {}
    for path in headers:
        edges[path] = ["include/" + name for name in re.findall(r"#\s*include\s*<([^>]+)>", read(path))
                       if os.path.exists("include/" + name)]
    for group in find_cycles(edges):
        report.finding(f"{group[0]}:1: headers include each other: {', '.join(group)} [header cycle]")


def check_outside_names(report):
    """Product files name nothing outside the repository; only .ci may know its surroundings."""
    try:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], text=True, check=True,
                                capture_output=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        listed = glob.glob("**/*", recursive=True)
    word = "../" + "shared/"
    for path in listed:
        if not os.path.isfile(path) or path.startswith((".ci/", "build/")):
            continue
        with open(path, encoding="utf-8", errors="replace") as stream:
            for number, line in enumerate(stream, 1):
                if word in line:
                    report.finding(f"{path}:{number}: names {word} [outside]")


# ---- tools ---------------------------------------------------------------------------------------

def run(command):
    return subprocess.run(command, text=True, capture_output=True, errors="replace")


def diagnostics(output, report, tool):
    for line in output.split("\n"):
        if re.search(r":\d+:\d+: (warning|error|style|performance|portability|fatal error):", line):
            report.finding(line.replace(os.getcwd() + "/", "") + ("" if "[" in line else f" [{tool}]"))


def compile_all(files, command, work, extra, pool):
    os.makedirs(work, exist_ok=True)
    jobs = []
    for path in files:
        out = os.path.join(work, path.replace("/", "-"))
        jobs.append(pool.submit(run, command + extra + ["-c", "-o", out + ".o", path]))
    return [job.result() for job in jobs]


def check_gcc(files, command, work, report, pool):
    for result in compile_all(files, command, work, ["-fanalyzer", "-Wno-error"], pool):
        diagnostics(result.stderr, report, "gcc")
        if result.returncode:
            report.finding("gcc failed: " + (result.stderr.strip().split("\n") or [""])[-1])


def check_clang_tidy(files, command, report, pool):
    drop = ("-fno-tree-loop-distribute-patterns", "-Werror", "-mpreferred-stack-boundary=3")
    flags = [f for f in command[1:] if f not in drop]
    jobs = [pool.submit(run, ["clang-tidy", "--quiet", path, "--"] + flags) for path in files]
    for job in jobs:
        diagnostics(job.result().stdout, report, "clang-tidy")


def check_cppcheck(files, command, report, pool):
    includes = re.findall(r"-I\S+", re.sub(r"-isystem ", "-I", " ".join(command)))
    half = [files[::2], files[1::2]]
    jobs = [pool.submit(run, ["cppcheck", "-q", "--enable=warning,performance,portability,style", "--std=c11",
                              "--language=c", "--platform=unix64", "--max-configs=1", "--inline-suppr",
                              "--suppress=missingIncludeSystem"] + includes + part) for part in half if part]
    for job in jobs:
        diagnostics(job.result().stderr, report, "cppcheck")


# ---- stack ---------------------------------------------------------------------------------------

class CallGraph:
    """What gcc wrote with -fcallgraph-info=su, of all files together."""
    def __init__(self, work):
        self.bytes, self.calls, self.where, self.dynamic, self.indirect = {}, {}, {}, [], []
        for path in sorted(glob.glob(os.path.join(work, "*.ci"))):
            text = read(path)
            for title, label in re.findall(r'node: \{ title: "([^"]*)" label: "([^"]*)"', text):
                size = re.search(r"(\d+) bytes \((\w+)", label)
                if size:
                    self.bytes[title] = int(size[1])
                    self.where[title] = label.split("\\n")[1] if "\\n" in label else path
                    if size[2] == "dynamic" and "bounded" not in label:
                        self.dynamic.append(title)
            for source, target in re.findall(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"', text):
                self.calls.setdefault(source, set()).add(target)
                if target == "__indirect_call":
                    self.indirect.append(source)

    @staticmethod
    def called_once(source, target):
        """gcc may call a clone of a function, and names those of one file by file and name."""
        plain = [name.split(":")[-1].split(".")[0] for name in (source, target)]
        return any(plain == [a, b] for a, b, _ in CALLED_ONCE)

    def without_called_once(self):
        return {s: {t for t in targets if not self.called_once(s, t)} for s, targets in self.calls.items()}

    def deepest(self):
        """For each function the bytes of the deepest chain of calls from it, and the chain."""
        known = {}

        def of(name, again):
            if (name, again) not in known:
                known[name, again] = (0, [])  # a call back counts nothing: recursion is a finding of its own
                best = (0, [])
                for target in sorted(self.calls.get(name, ())):
                    once = self.called_once(name, target)
                    if not (once and again):
                        size, chain = of(target, again or once)
                        best = max(best, (8 + size, chain))  # a call pushes its return address
                known[name, again] = (self.bytes.get(name, 0) + best[0], [name] + best[1])
            return known[name, again]
        return {name: of(name, False) for name in self.bytes}


def check_stack(variant, files, command, work, report, pool):
    # Without link-time optimisation, so that each frame is charged to its function.
    shutil.rmtree(work, ignore_errors=True)
    for result in compile_all(files, command, work, ["-fcallgraph-info=su"], pool):
        if result.returncode:
            report.finding("gcc failed: " + (result.stderr.strip().split("\n") or [""])[-1])
    graph = CallGraph(work)
    for group in find_cycles(graph.without_called_once()):
        where = graph.where.get(group[0], group[0])
        report.finding(f"{where}: recursion: {', '.join(g.split(':')[-1] for g in group)} [recursion]")
    for name in graph.dynamic:
        report.finding(f"{graph.where[name]}: {name} has a frame of unknown size [stack]")
    for name in graph.indirect:
        report.finding(f"{graph.where.get(name, name)}: {name} calls through a pointer: depth unknown [stack]")
    worst, chain = max(graph.deepest().values())
    large = sorted(((b, n.split(":")[-1]) for n, b in graph.bytes.items()), reverse=True)[:5]
    print(f"stack, {variant}: {worst} of {STACK_BYTES} bytes at worst: "
          + " > ".join(n.split(":")[-1] for n in chain))
    print("  largest frames: " + ", ".join(f"{n} {b}" for b, n in large))
    if worst > STACK_LIMIT:
        report.finding(f"stack: {worst} bytes, {STACK_LIMIT} are allowed [stack]")


# ---- all -----------------------------------------------------------------------------------------

def generate(work, *settings):
    for tool in ("tools/gen_config.py", "tools/gen_methods.py"):
        subprocess.run([sys.executable, tool, work, *settings], check=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--cc", required=True, help="compiler and flags; @ stands for the generated headers")
    parser.add_argument("--undefined", default="", help="what debug kernels are compiled with besides")
    options = parser.parse_args()

    def command(name):
        return options.cc.replace("@", os.path.join(options.work, name)).split()

    os.makedirs(options.work, exist_ok=True)
    generate(os.path.join(options.work, "full"), "HW_DEBUG=1", "CHECK=1")
    generate(os.path.join(options.work, "debug"), "HW_DEBUG=1")
    generate(os.path.join(options.work, "release"), "RELEASE=1")

    files = sorted(glob.glob("kernel/*.c") + glob.glob("arch/x86_64/*.c"))
    headers = sorted(glob.glob("include/**/*.h", recursive=True))
    report = Report()
    for path in files + headers:
        text = read(path)
        code = without_comments(text)
        check_includes(path, text, report)
        check_conditionals(path, code, report)
        check_shape(path, code, report)
    check_header_cycles(headers, report)
    check_outside_names(report)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        check_gcc(files, command("full"), os.path.join(options.work, "gcc"), report, pool)
        check_clang_tidy(files, command("full"), report, pool)
        check_cppcheck(files, command("full"), report, pool)
        # No kernel that is used has these: the checker, and what tests count with.
        not_here = {"kernel/check.c", "kernel/check_threads.c", "arch/x86_64/check.c", "kernel/coverage.c",
                    "arch/x86_64/count.c", "arch/x86_64/offsets.c"}
        used = [f for f in files if f not in not_here]
        debug = [f for f in used if f != "kernel/debug_off.c"]
        release = [f for f in used if f not in ("kernel/debug.c", "arch/x86_64/hwdebug.c")]
        check_stack("debug", debug, command("debug") + options.undefined.split(),
                    os.path.join(options.work, "stack-debug"), report, pool)
        check_stack("release", release, command("release"), os.path.join(options.work, "stack-release"),
                    report, pool)

    rules = run([sys.executable, "tools/check_rules.py"])
    if rules.returncode:
        report.finding("tools/check_rules.py: " + " ".join((rules.stdout + rules.stderr).split("\n")[-4:]))

    for line in report.looks:
        print("look:", line)
    for line in report.findings:
        print(line)
    print(f"lint: {len(report.findings)} findings")
    return 1 if report.findings else 0


sys.exit(main())
