#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The capabilities of a debug kernel as a picture.

    capgraph.py LOG > graph.dot
    capgraph.py --boot KERNEL32 ROOT > graph.dot

LOG holds what seL4_DebugSnapshot printed, among other output; the last snapshot
counts.  --boot makes the log: it starts the root task in QEMU, types what examples/shell understands,
and waits for the snapshot.  Boxes are capabilities and arrows lead from each to what was derived from it.  Rounded boxes
are threads, with dashed lines to the CNode that is their capability space.  Capabilities that differ
by nothing but their slot are drawn as one.  `dot -Tsvg` makes a picture of it."""
import re
import subprocess
import sys
import threading

BOOT_SECONDS = 60
TYPED = ("spawn 20", "spawn 30", "graph")

TYPES = {2: "untyped", 4: "endpoint", 6: "notification", 8: "reply", 10: "CNode", 12: "TCB",
         14: "interrupt control", 16: "interrupt", 18: "zombie", 20: "domains", 1: "frame",
         3: "page table", 5: "page directory", 7: "PDPT", 9: "PML4", 11: "ASID control",
         13: "ASID pool", 19: "I/O ports", 31: "I/O port control"}
COLOURS = {"untyped": "#fff2cc", "endpoint": "#d5e8d4", "notification": "#d5e8d4", "reply": "#d5e8d4",
           "CNode": "#dae8fc", "TCB": "#f8cecc", "frame": "#eeeeee"}
# The slots of a TCB: enum tcb_slot.
THREAD_SLOTS = ("capability space", "address space", "master reply", "caller", "IPC buffer")
THREAD = re.compile(r'thread (\w+) "(.*)" (.+) priority (\d+)$')
SLOT = re.compile(r"slot (\w+) in (\w+) at (\d+) type (\d+) words (\w+) (\w+) parent (\w+)$")


class Cap:
    def __init__(self, match):
        self.slot, self.holder, index, kind, word0, word1, self.parent = match.groups()
        self.index, self.type = int(index), TYPES.get(int(kind), f"type {kind}")
        self.words = int(word0, 16), int(word1, 16)
        self.children = []

    def object(self):
        """The address of the object, for CNodes and TCBs."""
        address = self.words[0] >> 16 | 0xffff << 48
        return f"{address & ~63 if self.type == 'CNode' else address:016x}"

    def detail(self):
        """What a reader wants to know beside the type."""
        if self.type == "untyped":
            bits = self.words[0] >> 5 & 63
            device = ", device" if self.words[0] >> 11 & 1 else ""
            return (f"{1 << (bits - 10)} KiB" if bits >= 10 else f"{1 << bits} bytes") + device
        if self.type in ("endpoint", "notification"):
            rights = "".join(letter for bit, letter in enumerate("wrgG") if self.words[0] >> 5 & 1 << bit)
            return f"{rights or 'no rights'}" + (f", badge {self.words[1]:#x}" if self.words[1] else "")
        if self.type == "CNode":
            return f"{1 << (self.words[0] >> 16 & 63)} slots"
        if self.type == "I/O ports":
            return f"{self.words[0] >> 16 & 0xffff:#x} to {self.words[0] >> 32 & 0xffff:#x}"
        if self.type == "interrupt":
            return f"number {self.words[0] >> 16}"
        return ""


def read(lines):
    """The last snapshot: threads as {address: (name, state, priority)}, capabilities by slot."""
    threads, caps, complete = {}, {}, None
    for line in lines:
        line = line.strip()
        if line == "snapshot begins":
            threads, caps = {}, {}
        elif line == "snapshot ends":
            complete = threads, caps
        elif match := THREAD.match(line):
            threads[match.group(1)] = match.groups()[1:]
        elif match := SLOT.match(line):
            caps[match.group(1)] = Cap(match)
    if not complete:
        sys.exit("capgraph.py: no snapshot in the log: it comes from seL4_DebugSnapshot() in a debug "
                 "kernel; the command `graph` of examples/shell calls it")
    return complete


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def holder_names(threads, caps):
    names = {address: name for address, (name, _, _) in threads.items()}
    for address, (name, _, _) in threads.items():
        for cap in caps.values():
            if cap.holder == address and cap.index == 0 and cap.type == "CNode":
                names[cap.object()] = f"CNode of {name}"    # the oldest thread comes last
    return names


def where(group, names):
    cap = group[0]
    holder = names.get(cap.holder, "another CNode")
    if cap.holder in names and not holder.startswith("CNode") and cap.index < len(THREAD_SLOTS):
        return f"{holder}: {THREAD_SLOTS[cap.index]}"
    slots = sorted(member.index for member in group)
    span = f"slot {slots[0]}" if len(slots) == 1 else f"slots {slots[0]} to {slots[-1]}"
    return f"{holder}, {span}"


def groups_of(caps):
    """Siblings without children that look the same are one group."""
    groups = {}
    for cap in caps:
        detail = "" if cap.type == "untyped" and not cap.children else cap.detail()
        key = (cap.type, detail, cap.holder) if not cap.children else cap.slot
        groups.setdefault(key, []).append(cap)
    return groups.values()


def draw(threads, caps):
    names = holder_names(threads, caps)
    roots = []
    for cap in caps.values():
        if cap.parent in caps:
            caps[cap.parent].children.append(cap)
        elif cap.type != "reply":           # the kernel's own mark in every thread
            roots.append(cap)
    out = ["digraph capabilities {", "rankdir=LR; node [shape=box, fontname=Helvetica, fontsize=10];"]

    def emit(parent, members):
        for group in groups_of(members):
            cap = group[0]
            title = cap.type if len(group) == 1 else f"{len(group)} x {cap.type}"
            detail = cap.detail() if len({member.detail() for member in group}) == 1 else ""
            label = "\n".join(filter(None, (title, detail, where(group, names))))
            colour = COLOURS.get(cap.type, "#ffffff")
            out.append(f"n{cap.slot} [label={quote(label)}, style=filled, fillcolor={quote(colour)}];")
            if parent:
                out.append(f"n{parent.slot} -> n{cap.slot};")
            for member in group:
                emit(member, member.children)

    emit(None, roots)
    by_object = {}
    for cap in caps.values():
        if cap.type in ("CNode", "TCB") and cap.holder not in threads:
            by_object.setdefault((cap.type, cap.object()), cap)
    shown = {line.split()[0] for line in out}
    for address, (name, state, priority) in threads.items():
        label = quote(f"{name}\n{state}\npriority {priority}")
        out.append(f"t{address} [label={label}, style=\"rounded,filled\", fillcolor=\"#e1d5e7\"];")
        tcb = by_object.get(("TCB", address))
        if tcb and "n" + tcb.slot in shown:
            out.append(f"n{tcb.slot} -> t{address} [style=dotted, arrowhead=none];")
    return "\n".join(out + ["}"])


def boot(kernel, root):
    """The lines that a root task prints in QEMU, to the end of its snapshot."""
    qemu = subprocess.Popen(["qemu-system-x86_64", "-cpu", "max", "-m", "512M", "-display", "none",
                             "-serial", "stdio", "-monitor", "none", "-no-reboot", "-kernel", kernel,
                             "-initrd", root], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    timer = threading.Timer(BOOT_SECONDS, qemu.kill)
    timer.start()
    log = b""
    typed = False
    while chunk := qemu.stdout.read1():
        log += chunk
        if not typed and b"> " in log:
            qemu.stdin.write("".join(line + "\r" for line in TYPED).encode())
            qemu.stdin.flush()
            typed = True
        if b"snapshot ends" in log:
            break
    timer.cancel()
    qemu.kill()
    qemu.wait()
    return log.decode("utf-8", "replace").splitlines()


def main():
    words = sys.argv[1:]
    if len(words) == 3 and words[0] == "--boot":
        lines = boot(*words[1:])
    elif len(words) == 1:
        with open(words[0], encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    else:
        sys.exit(__doc__)
    print(draw(*read(lines)))


if __name__ == "__main__":
    main()
