# SPDX-License-Identifier: BSD-2-Clause
"""The kernel is entered with processor state that reset does not leave, but firmware and loaders do: whatever it
was, the root task starts and sees the same.  Each state comes alone, and all that a processor has at once."""
import collections
import struct

import bochs
import chain
from machine import image
from verdict import boots, says, values

# `cpus` can be brought into the state; the state comes alone on the first of them.
State = collections.namedtuple("State", "name apply cpus")
STATES = []
ALONE = 2

SECONDS = 20
BOCHS = [bochs.INTEL, bochs.AMD]
QEMU_CPUS = ["max", "qemu64", "Nehalem", "Haswell", "EPYC"]
CPUS = QEMU_CPUS + BOCHS
NEWER = ["max", "Haswell", "EPYC"]  # XSAVE, RDTSCP, SMEP, FSGSBASE

IF, DF, IOPL3, NT, AC, VIF, VIP, ID = 1 << 9, 1 << 10, 3 << 12, 1 << 14, 1 << 18, 1 << 19, 1 << 20, 1 << 21
FLAGS_OF_ARITHMETIC = 0x8d5
CR0_MP, CR0_EM, CR0_TS, CR0_NE, CR0_WP, CR0_AM, CR0_NW, CR0_CD = (1 << n for n in (1, 2, 3, 5, 16, 18, 29, 30))
CR0_EXPECTED = 0x80010033  # PG, WP, NE, ET, MP, PE
EFER, PAT, MTRR_DEFAULT, APIC_BASE, PKRS = 0xc0000080, 0x277, 0x2ff, 0x1b, 0x6e1
STAR, LSTAR, CSTAR, FMASK = 0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084
FS_BASE, GS_BASE, KERNEL_GS_BASE, TSC_AUX = 0xc0000100, 0xc0000101, 0xc0000102, 0xc0000103
SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP = 0x174, 0x175, 0x176
APIC_X2APIC, MTRR_ENABLE = 1 << 10, 1 << 11
LAPIC, IOAPIC = 0xfee00000, 0xfec00000
LVT_MASKED, LVT_PERIODIC, LVT_EXTINT = 1 << 16, 1 << 17, 7 << 8
NOT_CACHED = "not write-back"

# What the task must print, save the flags.
EXPECTED = {"general": [0], "cs": [0x2b], "ss": [0x23, 0x33], "ds": [0], "es": [0], "fs": [0], "gs": [0], "ldt": [0],
            "fcw": [0x37f], "mxcsr": [0x1f80]}
WHERE_PRESENT = {"xcr0": [3, 7], "ospke": [0], "tsc_aux": [0]}


def sees_reset_state(output):
    """None, or what the root task sees of the state before the kernel."""
    seen = {name: found[0] for name, found in values(output).items()}
    wrong = [f"{name} {seen[name]:#x}" for name, right in EXPECTED.items() if seen[name] not in right]
    wrong += [f"{name} {seen[name]:#x}" for name, right in WHERE_PRESENT.items() if seen.get(name, right[0]) not in right]
    if seen["rflags"] & ~(FLAGS_OF_ARITHMETIC | IF) != 2:
        wrong.append(f"rflags {seen['rflags']:#x}")
    if seen["cr0"] & ~CR0_TS != CR0_EXPECTED:
        wrong.append(f"cr0 {seen['cr0']:#x}")
    return "the root task sees " + ", ".join(wrong) if wrong else None


def state(name, cpus):
    """The function below brings the machine into a state.  All at once they happen in the order of this file: those
    that forbid what others need come last."""
    def add_state(apply):
        STATES.append(State(name, apply, cpus))
        return apply
    return add_state


def states(make, *rows):
    for name, cpus, *rest in rows:
        STATES.append(State(name, make(*rest), cpus))


# ---- devices -------------------------------------------------------------------------------------
@state("interrupt in service", CPUS)
def in_service(script, _):
    script.serve(0x31)
    script.serve(0xe1)


@state("8259s unmasked", CPUS)
def unmasked_pics(script, _):
    script.out(0x43, 0x34)  # the PIT's first counter, fast
    for port, value in ((0x40, 0x00), (0x40, 0x10), (0x21, 0), (0xa1, 0)):
        script.out(port, value)


@state("I/O APIC unmasked", CPUS)
def unmasked_ioapic(script, _):
    for pin in range(24):
        for index, value in ((0x11 + 2 * pin, 0), (0x10 + 2 * pin, 0x80 + pin)):
            script.store(IOAPIC, index)
            script.store(IOAPIC + 0x10, value)


def lapic(*registers):
    def apply(script, _):
        script.store(LAPIC + 0xf0, 0x1ff)  # a disabled one keeps its vectors masked
        for register, value in registers:
            script.store(LAPIC + register, value)
    return apply


TIMER = ((0x3e0, 0xb), (0x380, 1000))
states(lapic,
       ("local APIC: timer, vector 0x20", CPUS, (0x320, LVT_PERIODIC | 0x20), *TIMER),
       ("local APIC: timer, vector 0x91", CPUS, (0x320, LVT_PERIODIC | 0x91), *TIMER),
       ("local APIC: LINT0 and LINT1", CPUS, (0x350, LVT_EXTINT), (0x360, LVT_EXTINT)),
       ("local APIC: performance, thermal, error", QEMU_CPUS, (0x340, 0x21), (0x330, 0x22), (0x370, 0x23)),
       ("local APIC: errors", CPUS, (0x280, 0), (0x320, LVT_MASKED | 3), (0x280, 0)),
       ("local APIC: task priority", CPUS, (0x80, 0xff)),
       ("local APIC: spurious vector", CPUS, (0xf0, 0x13f)))


@state("local APIC: x2APIC", [bochs.INTEL])
def x2apic(script, _):
    script.change_msr(APIC_BASE, added=APIC_X2APIC)


# ---- segments ------------------------------------------------------------------------------------
@state("LDT with a call gate", CPUS)
def local_table(script, _):
    """The kernel's code segment by name, and a page of it as the target."""
    gdt, ldt = chain.TABLES_AT, chain.TABLES_AT + 0x100
    script.copy(ldt, chain.call_gate(8, 0x100000) * 8)
    script.copy(gdt, struct.pack("<QQQ", 0, 0x00cf9a000000ffff, 0x00cf92000000ffff) +
                chain.descriptor(ldt, 8 * 8 - 1, 0x82) + chain.descriptor(ldt, 0x67, 0x89))
    script.gdt(gdt, 5 * 8 - 1)
    script.ldt(0x18)
    script.task(0x20)


@state("GDT and IDT without entries", CPUS)
def no_tables(script, _):
    script.gdt(0, 0)
    script.idt(0, 0)


# ---- floating point ------------------------------------------------------------------------------
@state("x87 control word", CPUS)
def x87(script, _):
    script.fpu(0x040)


@state("MXCSR", CPUS)
def mxcsr(script, _):
    script.cr4(added=1 << 9)
    script.mxcsr(0xe03f)


@state("XCR0", NEWER + BOCHS)
def xcr0(script, _):
    script.cr4(added=1 << 18)
    script.xcr0(1)


@state("XCR0 with protection keys", ["max"])
def xcr0_more(script, _):
    script.cr4(added=1 << 18)
    script.xcr0(0x207)


# ---- model-specific registers --------------------------------------------------------------------
def msrs(*pairs):
    def apply(script, _):
        for number, value in pairs:
            script.msr(number, value)
    return apply


states(msrs,
       ("SYSENTER", CPUS, (SYSENTER_CS, 8), (SYSENTER_ESP, 0x1234000), (SYSENTER_EIP, 0x100000)),
       ("SYSENTER pointers alone", CPUS, (SYSENTER_ESP, 0x1234000), (SYSENTER_EIP, 0x100000)),
       ("SYSCALL", CPUS, (STAR, 0x1234567890abcdef), (LSTAR, 0x100000), (CSTAR, 0x100000), (FMASK, 0)),
       ("PAT", CPUS, (PAT, 0)),
       ("bases of FS and GS", CPUS, (FS_BASE, 0x123000), (GS_BASE, 0x456000), (KERNEL_GS_BASE, 0x789000)),
       ("TSC_AUX", NEWER, (TSC_AUX, 0x5eed)))

uncached = msrs((MTRR_DEFAULT, MTRR_ENABLE))
states(lambda: uncached, ("memory uncached by MTRRs", CPUS))


def efer(bits):
    return lambda script, _: script.change_msr(EFER, added=bits)


states(efer, *((f"EFER.{name}", cpus, bits) for name, cpus, bits in (
    ("SCE", CPUS, 1), ("LME", CPUS, 1 << 8), ("NXE", CPUS, 1 << 11),
    ("SVME", ["max", "EPYC"], 1 << 12), ("FFXSR", ["max", "EPYC", bochs.AMD], 1 << 14))))


# ---- control registers ---------------------------------------------------------------------------
def cr4(*bits):
    return lambda script, _: script.cr4(added=sum(1 << bit for bit in bits))


states(cr4, *(("CR4." + name, cpus, *bits) for name, cpus, *bits in (
    ("VME, PVI", CPUS, 0, 1), ("TSD", CPUS, 2), ("DE", CPUS, 3),
    ("PSE", CPUS, 4), ("PAE", CPUS, 5), ("MCE", CPUS, 6), ("PGE", CPUS, 7),
    ("PCE", CPUS, 8), ("OSFXSR, OSXMMEXCPT", CPUS, 9, 10), ("UMIP", ["max"], 11),
    ("LA57", ["max"], 12), ("FSGSBASE", NEWER, 16), ("OSXSAVE", NEWER, 18), ("SMEP", NEWER, 20),
    ("SMAP", ["max", "EPYC"], 21), ("PKE", ["max"], 22))))


@state("CR4.PKS", ["max"])
def supervisor_keys(script, _):
    script.cr4(added=1 << 24)
    script.msr(PKRS, chain.ALL)


def cr0(kept, added):
    return lambda script, _: script.cr0(kept, added)


states(cr0, *(("CR0." + name, CPUS, chain.ALL & ~off, on) for name, off, on in (
    ("CD, NW", 0, CR0_CD | CR0_NW), ("AM", 0, CR0_AM), ("EM", 0, CR0_EM), ("TS", 0, CR0_TS), ("no MP", CR0_MP, 0),
    ("no NE", CR0_NE, 0), ("no WP", CR0_WP, 0))))


# ---- the last moment -----------------------------------------------------------------------------
def flags(bits):
    def apply(script, _):
        script.eflags |= bits
    return apply


states(flags, *(("EFLAGS." + name, cpus, bits) for name, cpus, bits in (
    ("NT", CPUS, NT), ("AC", CPUS, AC), ("DF", CPUS, DF),
    ("IOPL", CPUS, IOPL3), ("ID", CPUS, ID), ("VIF, VIP", CPUS, VIF | VIP))))


def breakpoints(*wanted):
    """Each is what() of the files, and the kind in DR7: 0 executes, 1 writes, 3 reads and writes."""
    def apply(script, files):
        control = 0x300
        for number, (where, kind) in enumerate(wanted):
            script.debug(number, where(files))
            control |= 3 << 2 * number | (kind | (12 if kind else 0)) << 16 + 4 * number
        script.debug(7, control)
    return apply


EXECUTE, WRITE, ACCESS = 0, 1, 3


def task_entry(files):
    return files.task.entry


def task_main(files):
    return files.task.symbol("main")


def task_data(files):
    return files.task.symbol("info")


def kernel_long_mode(files):
    """The last instructions that the kernel runs below 4 GiB, where a 32-bit program can set a breakpoint."""
    return files.kernel.symbol("long_mode")


states(breakpoints,
       ("breakpoint in the kernel", CPUS, (kernel_long_mode, EXECUTE)),
       ("breakpoint at the task's entry", CPUS, (task_entry, EXECUTE)),
       ("breakpoint on the task's data", CPUS, (task_data, WRITE)),
       ("all breakpoints", CPUS, (kernel_long_mode, EXECUTE), (task_entry, EXECUTE), (task_main, EXECUTE),
        (task_data, ACCESS)))


@state("DR6", CPUS)
def debug_status(script, _):
    script.debug(6, 0xffffefff)


# ---- the tests -----------------------------------------------------------------------------------
class Files:
    def __init__(self, arguments):
        self.kernel, self.task = chain.Elf(arguments.kernel), chain.Elf(arguments.task)


def script_of(arguments, *applied):
    script, files = chain.Script(), Files(arguments)
    script.place(arguments.kernel)
    for apply in applied:
        apply(script, files)
    script.enter_as_started()
    return script


def qemu(arguments, name, cpu, append, *applied):
    return chain.command(arguments, script_of(arguments, *applied), name.replace("/", ""), [arguments.task],
                         "-append", append, cpu=cpu)


def starts(arguments, name, cpu, append, *applied):
    return boots(qemu(arguments, name, cpu, append, *applied), seconds=SECONDS, also=sees_reset_state)


def starts_on_bochs(arguments, name, model, append, *applied):
    """GRUB starts our loader."""
    script = chain.write(arguments, script_of(arguments, *applied), name)
    cd = image(arguments.work, name, arguments.loader, [script, arguments.task], append, version="")
    return bochs.boots(arguments.work, name, cd, model, also=sees_reset_state)


def by_version(arguments, name, multiboot):
    """Information that a script made: the state is the machine's own."""
    script = chain.Script()
    script.place(arguments.kernel)
    script.enter(*multiboot(script, chain.MEMORY_128M, [script.module(arguments.task)]))
    return boots(chain.command(arguments, script, name, []), seconds=SECONDS, also=sees_reset_state)


def add(tests, arguments):
    tests.add("state: Multiboot 1 by script", by_version, arguments, "multiboot1", chain.multiboot1)
    tests.add("state: Multiboot 2 by script", by_version, arguments, "multiboot2", chain.multiboot2)
    for one in STATES:
        for cpu in one.cpus[:ALONE]:
            name = f"state: {one.name}, {cpu}"
            on = starts_on_bochs if cpu in BOCHS else starts
            tests.add(name, on, arguments, f"state-{STATES.index(one)}-{cpu}", cpu, "", one.apply)
    for cpu in CPUS:
        on = starts_on_bochs if cpu in BOCHS else starts
        applied = [one.apply for one in STATES if cpu in one.cpus]
        for append in "pti=off", "pti=on":
            tests.add(f"state: everything, {cpu}, {append}", on, arguments, f"state-all-{cpu}-{append[4:]}", cpu,
                      append, *applied)
    if arguments.debug:
        tests.add("state: memory uncached is said", says,
                  qemu(arguments, "state-uncached", "max", "", uncached), NOT_CACHED, SECONDS)
