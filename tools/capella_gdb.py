# SPDX-License-Identifier: BSD-2-Clause
"""gdb commands that show what the kernel knows.  `make debug` loads this.

    threads            all threads: state, priority, what they wait for (debug kernels)
    queues             the ready queues
    caps [THREAD]      the capability space of a thread: address, or name; default: the current one
    vspace [THREAD]    what is mapped in its address space
"""
import gdb

TYPES = {2: "untyped", 4: "endpoint", 6: "notification", 8: "reply", 10: "CNode", 12: "TCB",
         14: "interrupt control", 16: "interrupt", 18: "zombie", 20: "domains", 1: "frame",
         3: "page table", 5: "page directory", 7: "PDPT", 9: "PML4", 11: "ASID control",
         13: "ASID pool", 19: "I/O ports", 31: "I/O port control"}
WINDOW = 0xffffff8000000000
PRESENT, WRITE, USER, LARGE = 1, 2, 4, 0x80
ADDRESS = 0x000ffffffffff000
SLOT_BYTES = 32
WAITING = ("blocked on send", "blocked on receive", "blocked on notification")


def number(text):
    return int(gdb.parse_and_eval(text))


def words(address, count):
    data = bytes(gdb.selected_inferior().read_memory(address, 8 * count))
    return [int.from_bytes(data[8 * i:8 * i + 8], "little") for i in range(count)]


def current():
    return gdb.parse_and_eval("core.current")


def same_thread(a, b):
    return int(a) == int(b)


def all_threads():
    """From the list that debug kernels keep; else the current and the ready ones."""
    seen = []
    thread = gdb.parse_and_eval("debug_threads")
    while int(thread):
        seen.append(thread)
        thread = thread["debug_next"]
    return seen or [current()]


def name_of(thread):
    try:
        return thread["name"].address.cast(gdb.lookup_type("char").pointer()).string()
    except (gdb.error, UnicodeDecodeError):
        return "?"


def state_of(thread):
    for field in gdb.lookup_type("enum thread_state").fields():
        if field.enumval == int(thread["state"]):
            return field.name.removeprefix("THREAD_").replace("_", " ").lower()
    return "?"


def find_thread(text):
    if not text:
        return current()
    for thread in all_threads():
        if name_of(thread) == text.strip('"'):
            return thread
    return gdb.parse_and_eval(text).cast(gdb.lookup_type("struct tcb").pointer())


def describe(word0, word1):
    kind = word0 & 31
    text = TYPES.get(kind, f"type {kind}")
    address = word0 >> 16 | 0xffff << 48
    if kind == 2:
        return f"{text} of 2^{word0 >> 5 & 63} bytes at {word0 >> 16:#x}, {word1:#x} used"
    if kind in (4, 6):
        rights = "".join(letter for bit, letter in enumerate("wrgG") if word0 >> 5 & 1 << bit)
        return f"{text} {address:#x}, rights {rights or 'none'}, badge {word1:#x}"
    if kind == 10:
        return f"{text} {address & ~63:#x}, 2^{word0 >> 16 & 63} slots"
    if kind == 1:
        where = f", mapped at {word1 & ~0xfff:#x}" if word1 else ""
        return f"{text} of 2^{word0 >> 16 & 63} bytes at {word0 >> 16 & ~0xfff:#x}{where}"
    if kind == 16:
        return f"{text} {word0 >> 16}"
    if kind == 19:
        return f"{text} {word0 >> 16 & 0xffff:#x} to {word0 >> 32 & 0xffff:#x}"
    return f"{text} {address:#x}" if word0 >> 16 else text


class Threads(gdb.Command):
    """All threads: address, name, state, priority, what they wait for."""

    def __init__(self):
        super().__init__("threads", gdb.COMMAND_STATUS)

    def invoke(self, _argument, _from_tty):
        for thread in all_threads():
            mark = "*" if same_thread(thread, current()) else " "
            blocked = int(thread["blocked_on"])
            waits = f" on {blocked:#x}" if state_of(thread) in WAITING and blocked else ""
            print(f"{mark} {int(thread):#x} {name_of(thread):24} priority {int(thread['priority']):3} "
                  f"{state_of(thread)}{waits}")


class Queues(gdb.Command):
    """The ready queues, most urgent first."""

    def __init__(self):
        super().__init__("queues", gdb.COMMAND_STATUS)

    def invoke(self, _argument, _from_tty):
        ready = gdb.parse_and_eval("core.ready")
        low, high = ready.type.range()
        nothing = True
        for domain in range(low, high + 1):
            queues = ready[domain]["queue"]
            for priority in range(queues.type.range()[1], -1, -1):
                thread, members = queues[priority]["head"], []
                while int(thread) and len(members) < 1000:
                    members.append(f"{name_of(thread)} ({int(thread):#x})")
                    thread = thread["next"]
                if members:
                    nothing = False
                    print(f"domain {domain} priority {priority:3}: {', '.join(members)}")
        if nothing:
            print("no thread is ready but the current one")


class Caps(gdb.Command):
    """The capability space of a thread (address or name; default: the current one)."""

    def __init__(self):
        super().__init__("caps", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        thread = find_thread(argument)
        root = words(int(thread), 2)
        if root[0] & 31 != 10:
            print(f"{name_of(thread)} has no capability space")
            return
        print(f"{name_of(thread)}: {describe(*root)}")
        base, count = root[0] >> 16 & ~63 | 0xffff << 48, 1 << (root[0] >> 16 & 63)
        table = words(base, count * SLOT_BYTES // 8)
        for index in range(count):
            word0, word1 = table[4 * index:4 * index + 2]
            if word0 & 31:
                print(f"  {index:5}  {describe(word0, word1)}")


class VSpace(gdb.Command):
    """What is mapped in the address space of a thread (address or name; default: the current one)."""

    def __init__(self):
        super().__init__("vspace", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        thread = find_thread(argument)
        word0 = words(int(thread) + SLOT_BYTES, 1)[0]
        if word0 & 31 != 9:
            print(f"{name_of(thread)} has no address space")
            return
        runs = []
        self.walk((word0 >> 16 | 0xffff << 48) & ~0xfff, 39, 0, runs)
        for start, end, physical, flags in runs:
            print(f"  {start:#014x} to {end:#014x}  physical {physical:#x}  "
                  f"{'writable' if flags & WRITE else 'read only'}")

    def walk(self, table, shift, base, runs):
        for index, entry in enumerate(words(table, 256 if shift == 39 else 512)):
            if not entry & PRESENT:
                continue
            at = base + (index << shift)
            if shift > 12 and not entry & LARGE:
                self.walk(WINDOW + (entry & ADDRESS), shift - 9, at, runs)
                continue
            physical = entry & ADDRESS & ~((1 << shift) - 1)
            flags = entry & WRITE
            if runs and runs[-1][1] == at and runs[-1][3] == flags and \
                    runs[-1][2] + (at - runs[-1][0]) == physical:
                runs[-1] = (runs[-1][0], at + (1 << shift), runs[-1][2], flags)
            else:
                runs.append((at, at + (1 << shift), physical, flags))


Threads()
Queues()
Caps()
VSpace()
