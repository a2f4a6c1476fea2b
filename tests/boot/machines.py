#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots the kernel on every processor, machine, firmware table, memory map and loader's state that can be had
here.  Each ends in the root task, or in one sentence that is right for it; a reset, a fault or silence fails.
machines.py --kernel ELF --kernel32 ELF --task ELF --loader ELF --work FOLDER [--only TEXT] [--part I/N]"""
import argparse
import glob
import hashlib
import os
import re
import struct
import subprocess
import sys

import bochs
import chain
import state
from harness import Tests
from machine import DEAD, DONE, QEMU, Machine, image, tail
from verdict import MIB, REFUSAL, check_task, values

QEMU_SECONDS, BOCHS_SECONDS = 30, 120
FAULTS = ["PANIC", "KERNEL FAULT"]
HERE = os.path.dirname(os.path.abspath(__file__))

# What an entry may end in: a pattern for the sentence, of which the root task's is the empty one.
START = r"^$"
NO_64_BIT, NO_RSDP, NO_PROCESSOR, NO_MAP = "64-bit", "RSDP", "no processor", "memory map"


def or_start(sentence):
    return f"{START}|{sentence}"


# ---- the verdict ---------------------------------------------------------------------------------
def judge_sentence(output, right):
    said = [line.split(REFUSAL)[1] for line in output.split("\n") if REFUSAL in line]
    if len(said) != 1:
        return f"{len(said)} sentences"
    if not re.search(right, said[0]):
        return "it says: " + said[0]
    return None if said[0].endswith(".") else "not a whole sentence: " + said[0]


def ended(process):
    try:
        return f"the emulator ended ({process.wait(0.5)})"
    except subprocess.TimeoutExpired:
        return "time is up"


def judge(machine, right, also):
    output = machine.output
    fault = next((word for word in FAULTS if word in output), None)
    if fault:
        return f"{fault}; the last lines:\n" + tail(output)
    if REFUSAL in output:
        return judge_sentence(output, right)
    if DONE not in output:
        return ended(machine.process) + "; the last lines:\n" + tail(output)
    if not re.search(right, ""):
        return "it starts"
    return check_task(output, None) or (also and also(output))


def ends(command, right, serial=None, seconds=QEMU_SECONDS, also=None):
    """Boots until the root task is done or the kernel has said its last."""
    machine = Machine(command, serial)
    try:
        if not machine.wait_for(DONE, seconds, unless=DEAD + FAULTS):
            machine.wait_for("\0", 0.5)  # the rest of its last words, and whatever else it says
        return judge(machine, right, also)
    finally:
        machine.stop()


# ---- processors ----------------------------------------------------------------------------------
MODELS_32_BIT = ["486", "athlon", "coreduo", "kvm32", "n270", "pentium", "pentium2", "pentium3", "qemu32"]
# Without these the kernel or any program of its cannot run, or they are not worth a second way.
FEATURES_NEEDED = [
    ("-lm", NO_64_BIT), ("-apic", "no local APIC"), ("-syscall", "SYSCALL"), ("-pat", "PAT"), ("-msr", "MSR"),
    ("-cmov", "CMOV"), ("-fxsr", or_start("FXSR")), ("-sse", "SSE"), ("-sse2", or_start("SSE2")), ("-sse,-sse2", "SSE"),
    ("-pae", or_start("PAE")), ("-fpu", or_start("x87|FPU")), ("-tsc", or_start("TSC|time stamp")),
    ("-cx8", or_start("CX8|CMPXCHG8B")), ("-pse", START), ("-pge", START),
]
FEATURES_WITHOUT = [
    "-smep", "-smap", "-smep,-smap,-umip", "-fsgsbase", "-xsave", "-xsaveopt", "-xsavec,-xgetbv1", "-avx",
    "-avx,-avx2", "-nx", "-pdpe1gb", "-rdtscp", "-rdtscp,-rdpid", "-x2apic", "-mtrr", "-mce,-mca", "-vme", "-de",
    "-sep", "-clflush", "-mmx", "-ssse3,-sse4.1,-sse4.2", "-pcid", "-invpcid", "-pcid,-invpcid", "-la57", "-pku",
    "-pks", "-umip", "-hypervisor", "-tsc-deadline", "-arat", "-svm", "-monitor", "-popcnt", "-cx16", "-lahf-lm",
    "-xsave,-pcid,-fsgsbase,-smep,-smap,-nx,-pdpe1gb", "-erms,-fsrm",
]
FEATURES_SET = [
    ("max,level=0", or_start("CPUID|processor")), ("max,level=1", START), ("max,level=6", START),
    ("max,level=7", or_start("XSAVE")), ("max,level=0xd", START), ("max,level=0x14", START),
    ("max,xlevel=0x80000000", NO_64_BIT), ("max,xlevel=0x80000001", START), ("max,xlevel=0x80000007", START),
    ("max,xlevel=0x80000008", START), ("max,xlevel=0x80000021", START),
    ("max,vendor=GenuineIntel", START), ("max,vendor=AuthenticAMD", START), ("max,vendor=HygonGenuine", START),
    ("max,vendor=CentaurHauls", START), ("max,vendor=CyrixInstead", START), ("max,vendor=Unknown12345", START),
    ("max,host-phys-bits=on", START), ("max,phys-bits=36", START), ("max,phys-bits=40", START),
    ("max,phys-bits=46", START), ("max,phys-bits=52", START),
    ("max,family=6,model=158,vendor=GenuineIntel,-hypervisor", START),
    ("max,family=6,model=26,vendor=GenuineIntel,-hypervisor", START),
    ("max,family=6,model=255,vendor=GenuineIntel,-hypervisor", START),
    ("max,family=25,vendor=AuthenticAMD,-hypervisor", START),
    ("max,tsc-frequency=100000000", START), ("max,tsc-frequency=5000000000", START),
    ("max,+invtsc", START), ("Haswell,-hypervisor", START), ("Skylake-Client,-hypervisor", START),
    ("Nehalem,-hypervisor", START), ("EPYC,-hypervisor", START), ("Denverton,-hypervisor", START),
    ("qemu64,-hypervisor", START), ("phenom,+svm", START), ("kvm64,+nx,+pdpe1gb", START),
    ("core2duo,-nx", START), ("Conroe,+xsave", START), ("Haswell,level=7", or_start("XSAVE")),
    ("qemu64,+xsave", START), ("EPYC,-xsave,-avx", START), ("base,+lm", r"processor|MSR|APIC|64-bit"),
]


def named_models():
    """Each model once: its versions, or itself if it has none."""
    said = subprocess.run([QEMU[0], "-cpu", "help"], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^x86 (\S+)(?: +(.*))?$", said, re.M)
    return [name for name, about in names if not (about or "").startswith("(alias") and name not in ("base", "host")]


def right_of_model(model):
    return NO_64_BIT if re.sub(r"-v\d+$", "", model) in MODELS_32_BIT else START


def kernel(arguments, *more, memory="128M", cpu="max"):
    return QEMU + ["-monitor", "none", "-m", memory, "-cpu", cpu, "-kernel", arguments.kernel32,
                   "-initrd", arguments.task, *more]


def add_processors(tests, arguments):
    for model in named_models():
        tests.add("cpu: " + model, ends, kernel(arguments, cpu=model), right_of_model(model))
    rows = [("max," + features, right) for features, right in FEATURES_NEEDED]
    rows += [("max," + features, START) for features in FEATURES_WITHOUT] + FEATURES_SET
    for cpu, right in rows:
        tests.add("features: " + cpu, ends, kernel(arguments, cpu=cpu), right)
    for cpu in ("pentium", "pentium3", "coreduo", "max"):
        command = kernel(arguments, cpu=cpu)
        tests.add("features: 32-bit machine, " + cpu, ends, ["qemu-system-i386", *command[1:]], NO_64_BIT)


# ---- machines ------------------------------------------------------------------------------------
UNBACKED = "-object memory-backend-ram,id=ram,size={0},reserve=off -machine memory-backend=ram -m {0}"
MACHINES = [(f"-M pc-i440fx-{version}", START) for version in ("2.12", "3.0", "4.2", "5.1", "6.2", "7.0", "7.2")]
MACHINES += [(f"-M pc-i440fx-{version} -cpu Haswell", START) for version in ("1.7", "2.0", "2.5")]
MACHINES += [(f"-M pc-q35-{version}", START) for version in ("2.9", "3.1", "4.0.1", "5.2", "6.2", "7.2")]
# A microvm has only an XSDT, and no other clock than the PIT.
NO_CLOCK = or_start("timer|clock")
MACHINES += [
    ("-M microvm,acpi=on", START), ("-M microvm,acpi=on,pcie=on", START),
    ("-M microvm,acpi=on,ioapic2=off", START),
    ("-M microvm,acpi=on,ioapic2=on", START), ("-M microvm,acpi=on,pit=off", NO_CLOCK),
    ("-M microvm,acpi=on,pic=off", START), ("-M microvm,acpi=on,pit=off,pic=off", NO_CLOCK),
    ("-M microvm,acpi=on,rtc=on", START), ("-M microvm,acpi=on -smp 4", START),
    ("-M microvm,acpi=on -m 6G", START),
    ("-M isapc", NO_RSDP), ("-M isapc -m 16M", NO_RSDP), ("-M pc -no-acpi", NO_RSDP),
    ("-M pc-q35-2.4 -cpu Haswell", START),
    ("-M pc -no-hpet", START), ("-M q35,hpet=off", START), ("-M pc,pit=off", START), ("-M q35,pit=off", START),
    ("-M pc,pit=off,hpet=off", START), ("-M pc,pic=off", START), ("-M q35,pic=off", START),
    ("-M pc,vmport=off", START), ("-M q35,vmport=on", START), ("-M pc,smm=off", START), ("-M q35,smm=off", START),
    ("-M pc,graphics=off", START), ("-M q35,graphics=off", START), ("-M pc,i8042=off", START),
    ("-M q35,sata=off,smbus=off", START), ("-M pc,smbios-entry-point-type=64", START),
    ("-M q35,max-fw-size=4M", START), ("-M pc,max-ram-below-4g=1G -m 3G", START),
    ("-M q35,max-ram-below-4g=256M -m 2G", START), ("-M pc -nodefaults", START), ("-M q35 -nodefaults", START),
    ("-M q35,kernel-irqchip=off", START), ("-M pc -bios bios.bin", START), ("-M pc -bios bios-256k.bin", START),
    ("-M q35 -device intel-iommu", START), ("-M q35 -device intel-iommu,intremap=off", START),
    ("-M q35 -device amd-iommu", START), ("-M q35 -device intel-iommu,aw-bits=48,caching-mode=on", START),
    ("-M q35,kernel-irqchip=split -device intel-iommu,intremap=on,eim=off", START),
    ("-M q35 -device virtio-iommu-pci", START),
    ("-M q35,nvdimm=on -m 128M,slots=4,maxmem=4G", START), ("-M pc -m 128M,slots=8,maxmem=64G", START),
    ("-M pc -m 512M,slots=2,maxmem=2G -object memory-backend-ram,id=m,size=256M -device pc-dimm,memdev=m", START),
    ("-M q35,nvdimm=on -m 512M,slots=2,maxmem=2G -object memory-backend-ram,id=m,size=256M"
     " -device nvdimm,memdev=m", START),
    ("-M pc -m 256M -smp 2 -object memory-backend-ram,id=a,size=128M -object memory-backend-ram,id=b,size=128M"
     " -numa node,memdev=a,cpus=0 -numa node,memdev=b,cpus=1 -numa dist,src=0,dst=1,val=20", START),
    ("-M q35 -m 4G -smp 4 -object memory-backend-ram,id=a,size=1G -object memory-backend-ram,id=b,size=3G"
     " -numa node,memdev=a -numa node,memdev=b -numa cpu,node-id=0,socket-id=0 -numa cpu,node-id=1,socket-id=1"
     " -smp 4,sockets=4", START),
    ("-M q35 -device pcie-root-port,id=p,chassis=1 -device x3130-upstream,id=u,bus=p"
     " -device xio3130-downstream,id=d,bus=u,chassis=2 -device e1000e,bus=d", START),
    ("-M q35 -device pxb-pcie,id=x,bus_nr=16 -device pcie-root-port,id=p,bus=x,chassis=1", START),
    ("-M pc -device pxb,id=x,bus_nr=8", START), ("-M pc -device pci-bridge,id=b,chassis_nr=1", START),
    ("-M q35 -device i82801b11-bridge", START),
    ("-vga none", START), ("-vga cirrus", START), ("-vga qxl", START), ("-vga vmware", START), ("-vga virtio", START),
    ("-vga none -device bochs-display", START), ("-vga none -device ramfb", START),
    ("-vga std -device VGA,vgamem_mb=64", START),
    ("-M pc -usb -device usb-kbd -device usb-tablet", START), ("-M q35 -device qemu-xhci -device usb-kbd", START),
    ("-M q35 -device ich9-usb-ehci1 -device ich9-usb-uhci1", START),
    ("-device virtio-net-pci -device virtio-rng-pci -device virtio-balloon-pci", START),
    ("-device virtio-scsi-pci -device virtio-serial-pci", START),
    ("-device e1000 -device rtl8139 -device pcnet", START),
    ("-device ivshmem-plain,memdev=s -object memory-backend-ram,id=s,size=64M,share=on", START),
    ("-device pci-testdev -device edu -device pvpanic -device vmgenid -device vmcoreinfo", START),
    ("-device ipmi-bmc-sim,id=b -device isa-ipmi-kcs,bmc=b", START), ("-device isa-debug-exit", START),
    ("-device AC97 -device intel-hda", START), ("-device nvme,serial=1 -M q35", START),
    ("-device sga", START), ("-rtc base=1970-01-01", START), ("-no-fd-bootchk", START), ("-icount shift=7", START),
    ("-icount shift=10,sleep=off", START), ("-acpitable sig=TEST,data=/dev/null", START),
    ("-accel tcg,thread=single -smp 4", START), ("-accel tcg,thread=multi -smp 4", START),
]
MEMORIES = ["2M", "3M", "4M", "5M", "6M", "7M", "8M", "12M", "16M", "31M", "64M", "127M", "200M", "511M", "1025M",
            "2G", "3G", "3583M", "3584M", "3585M", "4G", "5G", "6G"]
LARGE = ["16G", "100G", "256G", "511G", "512G"]
PROCESSORS = ["1", "2", "3", "8", "15", "16", "17", "64", "255", "4,sockets=4", "4,cores=4", "4,threads=4",
              "8,sockets=2,cores=2,threads=2", "12,sockets=1,dies=2,cores=3,threads=2", "1,maxcpus=8", "2,maxcpus=255",
              "6,sockets=2,cores=3,threads=1"]


def add_machines(tests, arguments):
    for words, right in MACHINES:
        tests.add("machine: " + words, ends, kernel(arguments, *words.split()), right)
    for size in MEMORIES:
        tests.add("machine: memory " + size, ends, kernel(arguments, memory=size), START)
    for size in LARGE:
        tests.add("machine: memory " + size, ends, kernel(arguments, *UNBACKED.format(size).split()), START)
    for topology in PROCESSORS:
        tests.add("machine: processors " + topology, ends, kernel(arguments, "-smp", topology), START)


# ---- processors of Bochs -------------------------------------------------------------------------
BOCHS_MODELS = [
    "p4_prescott_celeron_336", "athlon64_clawhammer", "athlon64_venice", "turion64_tyler", "phenom_8650_toliman",
    "core2_penryn_t9600", "corei5_lynnfield_750", "corei5_arrandale_m520", "corei7_sandy_bridge_2600k", "zambezi",
    "trinity_apu", "ryzen", "corei7_ivy_bridge_3770k", "corei7_haswell_4770", "broadwell_ult", "corei7_skylake_x",
    "corei3_cnl", "corei7_icelake_u", "tigerlake",
]
BOCHS_32_BIT = ["pentium", "p3_katmai", "core_duo_t2400_yonah"]


def ends_on_bochs(arguments, model, right):
    name = "machines-bochs-" + model
    serial = os.path.join(arguments.work, name + ".serial")
    cd = image(arguments.work, name, arguments.kernel, [arguments.task])
    if os.path.exists(serial):
        os.remove(serial)
    return ends(bochs.command(arguments.work, name, cd, serial, model), right, serial, BOCHS_SECONDS)


def add_bochs(tests, arguments):
    for models, right in ((BOCHS_MODELS, START), (BOCHS_32_BIT, NO_64_BIT)):
        for model in models:
            tests.add("bochs: " + model, ends_on_bochs, arguments, model, right)


# ---- tables of interrupt controllers of real machines --------------------------------------------
RSDP_AT, RSDT_AT, XSDT_AT, MADT_AT = 0x80000, 0x80100, 0x80200, 0x81000
MADT_FIRST_ENTRY = 44


def with_sum(table, at):
    """The byte at `at` makes the sum of all 0."""
    rest = table[:at] + b"\0" + table[at + 1:]
    return rest[:at] + bytes([-sum(rest) % 256]) + rest[at + 1:]


def root_table(signature, pointer):
    header = signature + struct.pack("<IBB6s8sI4sI", 36 + len(pointer), 1, 0, b"ODD", b"MACHINE", 1, b"TEST", 1)
    return with_sum(header + pointer, 9)


def root_pointer(rsdt, xsdt, revision):
    old = with_sum(b"RSD PTR " + struct.pack("<B6sBI", 0, b"ODD", revision, rsdt), 8)
    return old if revision == 0 else with_sum(old + struct.pack("<IQI", 36, xsdt, 0), 32)


ROOTS = [("RSDT", RSDT_AT, 0, 0), ("XSDT", 0, XSDT_AT, 2), ("RSDT and XSDT", RSDT_AT, XSDT_AT, 2)]


def place_madt(script, madt, rsdt, xsdt, revision):
    """The only table of the machine: the pointer to its root."""
    pointer = root_pointer(rsdt, xsdt, revision)
    script.copy(RSDP_AT, pointer)
    script.copy(RSDT_AT, root_table(b"RSDT", struct.pack("<I", MADT_AT)) if rsdt else bytes(40))
    script.copy(XSDT_AT, root_table(b"XSDT", struct.pack("<Q", MADT_AT)) if xsdt else bytes(44))
    script.copy(MADT_AT, madt)
    return pointer


def processors(madt):
    """How many are enabled, as the specification has it: 5.2.12.2 and 5.2.12.12."""
    count, at = 0, MADT_FIRST_ENTRY
    while at + 2 <= len(madt) and madt[at + 1] >= 2:
        kind, length = madt[at], madt[at + 1]
        count += kind == 0 and length >= 8 and madt[at + 4] & 1
        count += kind == 9 and length >= 16 and madt[at + 8] & 1
        at += length
    return count


def counts(wanted):
    """A debug kernel says how many processors it has found."""
    def look(output):
        found = re.search(r"of (\d+) in use", output)
        return f"{found[1]} processors, not {wanted}" if found and int(found[1]) != wanted else None
    return look


def reads_madt(arguments, path, root):
    madt, script, name = chain.read(path), chain.Script(), "machines-madt-" + os.path.basename(path)
    script.place(arguments.kernel)
    pointer = place_madt(script, madt, *root)
    script.enter(*chain.multiboot2(script, chain.MEMORY_128M, [script.module(arguments.task)], rsdp=pointer))
    wanted = processors(madt)
    return ends(chain.command(arguments, script, name, []), START if wanted else NO_PROCESSOR, also=counts(wanted))


def add_madts(tests, arguments):
    for number, path in enumerate(sorted(glob.glob(os.path.join(HERE, "madt", "*.bin")))):
        name, *root = ROOTS[number % len(ROOTS)]
        tests.add(f"madt: {os.path.basename(path)}, {name}", reads_madt, arguments, path, root)


# ---- memory maps ---------------------------------------------------------------------------------
RAM, RESERVED, RECLAIMABLE, NVS, BAD = range(1, 6)
PAGE, KIB = 4096, 1 << 10
TOP, HIGH, HIGH_TOP = 0x7fe0000, 1 << 32, (1 << 32) + (3 << 30)  # of machines of 128 MiB and of 6 GiB
LOW = [(0, 0x9fc00, RAM), (0x9fc00, 0x400, RESERVED), (0xf0000, 0x10000, RESERVED)]
MEMORY_6G = LOW + [(MIB, 0xbfee0000, RAM), (0xbffe0000, 0x20000, RESERVED), (0xfffc0000, 0x40000, RESERVED),
                   (HIGH, HIGH_TOP - HIGH, RAM)]
AT = 0x4000000  # in the middle of 128 MiB


def span(start, end, kind=RAM):
    return start, end - start, kind


def pieces(start, count, step, size, kind=RAM):
    return [(start + i * step, size, kind) for i in range(count)]


WHOLE = span(MIB, TOP)
# Name, memory of the machine, the map, what it ends in.
MAPS = [
    ("ordinary", "128M", chain.MEMORY_128M, START),
    ("ordinary, 6 GiB", "6G", MEMORY_6G, START),
    ("descending", "128M", chain.MEMORY_128M[::-1], START),
    ("descending, 6 GiB", "6G", MEMORY_6G[::-1], START),
    ("every entry twice", "128M", chain.MEMORY_128M * 2, START),
    ("overlapping memory", "128M", LOW + [span(MIB, 0x5000000), span(0x3000000, TOP)], START),
    ("nested memory", "128M", LOW + [WHOLE, span(AT, AT + 5 * MIB), (AT + 123, 4567, RAM)], START),
    ("from 0 in one piece", "128M", [span(0, TOP)], START),
    ("from below 1 MiB", "128M", [span(0xff001, TOP)], START),
    ("odd start and end", "128M", LOW + [span(MIB, AT + 1), span(AT + 0x2345, TOP - 7)], START),
    ("12 ranges with odd ends, 6 GiB", "6G", LOW + [span(MIB, 0x4000000)] + pieces(0x5000123, 11, 0x1000000, 0xfedcb) +
     [span(HIGH, HIGH_TOP)], START),
    ("adjacent pieces of 1 MiB", "128M", LOW + pieces(MIB, 126, MIB, MIB), START),
    ("adjacent odd pieces", "128M",
     LOW + [span(MIB, AT)] + pieces(AT, 40, 0x100123, 0x100123) + [span(AT + 40 * 0x100123, TOP)], START),
    ("64 ranges", "128M", LOW + [span(MIB, AT)] + pieces(AT + MIB, 63, 0xf0000, 0xe0000), START),
    ("65 ranges", "128M", LOW + [span(MIB, AT)] + pieces(AT + MIB, 64, 0xf0000, 0xe0000), START),
    ("70 ranges of odd sizes", "128M", LOW + [span(MIB, AT)] + pieces(AT + MIB, 69, 0xd0000, 0xb5000), START),
    ("200 ranges", "128M", LOW + [span(MIB, AT)] + pieces(AT + MIB, 199, 0x40000, 0x30000), START),
    ("70 ranges, then memory above 4 GiB", "6G", LOW + [span(MIB, AT)] + pieces(AT + MIB, 69, 0xd0000, 0xb5000) +
     [span(HIGH, HIGH_TOP)], START),
    ("40 ranges above 4 GiB", "6G", LOW + [WHOLE] + pieces(HIGH, 40, 0x4000000, 0x3c00000), START),
    ("holes of a page", "128M", LOW + [span(MIB, AT)] + pieces(AT, 40, 0x100000, 0xff000), START),
    ("above 4 GiB first", "6G", [span(HIGH, HIGH_TOP), *MEMORY_6G[:-1]], START),
    ("NVS within memory", "128M", LOW + [WHOLE, (AT, 0x207000, NVS)], START),
    ("NVS before memory", "128M", [(AT + 1, 0x207001, NVS), *LOW, WHOLE], START),
    ("reserved within memory", "128M", LOW + [WHOLE, (AT, 0x323456, RESERVED), (AT + 16 * MIB, 1, RESERVED)], START),
    ("tables within memory", "128M", LOW + [WHOLE, (AT, 0x210000, RECLAIMABLE)], START),
    ("bad and unknown within memory", "128M",
     LOW + [WHOLE, (AT, MIB, BAD), (AT + 2 * MIB, MIB, 12), (AT + 4 * MIB, MIB, 0)], START),
    ("reserved over the end of memory", "128M", LOW + [WHOLE, (TOP - 3 * MIB, 16 * MIB, RESERVED)], START),
    ("reserved at odd addresses above 4 GiB", "6G", MEMORY_6G + [(HIGH + 0x40000123, 0x234567, RESERVED)], START),
    ("empty entries", "128M", [(0, 0, RAM), *LOW, (AT, 0, RAM), WHOLE, (AT, 0, RESERVED), (2**64 - 1, 0, RAM)], START),
    ("reserved up to 2^64", "128M",
     LOW + [WHOLE, (2**52, 2**64 - 2**52, RESERVED), (2**64 - PAGE, PAGE, RESERVED)], START),
    ("reserved past 2^64", "128M",
     LOW + [WHOLE, (2**63, 2**64 - 1, RESERVED), (2**64 - PAGE, 2 * PAGE, RESERVED)], START),
    ("the module reserved", "128M", LOW + [WHOLE, (chain.MODULES_AT, 3 * MIB, RESERVED)], START),
    ("4 MiB", "128M", LOW + [span(MIB, 4 * MIB)], START),
    ("a hole behind the kernel", "128M", LOW + [span(MIB, 0x300000), span(AT, TOP)], START),
    ("a hole close behind the kernel", "128M", LOW + [span(MIB, MIB + 300 * KIB), span(AT, TOP)], or_start("memory")),
    ("the kernel reserved", "128M", LOW + [WHOLE, (0x180000, PAGE, RESERVED)], or_start("memory")),
    ("no memory at the kernel", "128M", LOW + [span(AT, TOP)], "memory"),
    ("little memory", "128M", LOW + [span(MIB, MIB + 64 * KIB)], "memory"),
    ("hardly enough memory", "128M", LOW + [span(MIB, MIB + 500 * KIB)], or_start("memory")),
    ("only below 1 MiB", "128M", LOW, NO_MAP),
    ("everything reserved", "128M", LOW + [(MIB, TOP - MIB, RESERVED)], NO_MAP),
    ("no entry", "128M", [], NO_MAP),
]
FORMATS = [("1", chain.multiboot1, 20), ("2", chain.multiboot2, 24), ("1, long entries", chain.multiboot1, 28),
           ("2, long entries", chain.multiboot2, 40)]
HELD_AT_MOST = MIB  # by kernel and root task's objects
RANGES_KEPT, BLOCKS_KEPT = 64, 150  # at least: the list of untyped memory has 230 places, for devices too


def ranges_of(memory):
    """Whole pages from 1 MiB on that are memory and nothing else."""
    inner = [(max(-(-start // PAGE) * PAGE, MIB), (start + size) // PAGE * PAGE)
             for start, size, kind in memory if kind == RAM]
    outer = [(start // PAGE * PAGE, -(-(start + size) // PAGE) * PAGE)
             for start, size, kind in memory if kind != RAM and size]
    edges, ranges = sorted({edge for one in inner + outer for edge in one}), []
    for start, end in zip(edges, edges[1:]):
        if any(a <= start and end <= b for a, b in inner) and not any(a < end and start < b for a, b in outer):
            adjacent = ranges and ranges[-1][1] == start
            ranges[-1:] = [(ranges[-1][0], end)] if adjacent else ranges[-1:] + [(start, end)]
    return ranges


def blocks_of(start, end):
    """The sizes into which a range falls."""
    while start < end:
        size = min(start & -start, 1 << (end - start).bit_length() - 1)
        yield size
        start += size


def least_loss(ranges):
    """Where there are too many ranges or blocks, the smallest have no place."""
    by_size = sorted(ranges, key=lambda one: one[0] - one[1])
    blocks = sorted((size for one in by_size[:RANGES_KEPT] for size in blocks_of(*one)), reverse=True)
    return sum(end - start for start, end in by_size[RANGES_KEPT:]) + sum(blocks[BLOCKS_KEPT:])


def gives_out(ranges):
    def look(output):
        seen, usable = values(output), sum(end - start for start, end in ranges)
        held = usable - seen["memory"][0] - PAGE * seen["frames"][0]
        if held < 0:
            return f"{-held >> 10} KiB are given out that are no memory"
        return f"{held >> 10} KiB are missing" if held > HELD_AT_MOST + least_loss(ranges) else None
    return look


def reads_map(arguments, number, memory_bytes, memory, right):
    script, (_, multiboot, entry_bytes) = chain.Script(), FORMATS[number % len(FORMATS)]
    script.place(arguments.kernel)
    script.enter(*multiboot(script, memory, [script.module(arguments.task)], entry_bytes=entry_bytes))
    command = chain.command(arguments, script, f"machines-map-{number}", [], memory=memory_bytes)
    return ends(command, right, also=gives_out(ranges_of(memory)))


def add_maps(tests, arguments):
    for number, (name, memory_bytes, memory, right) in enumerate(MAPS):
        version = FORMATS[number % len(FORMATS)][0]
        tests.add(f"memory map: {name}, version {version}", reads_map, arguments, number, memory_bytes, memory, right)


# ---- loaders' states -----------------------------------------------------------------------------
def leaves_state(arguments, name, cpu, apply):
    return ends(state.qemu(arguments, name, cpu, "", apply), START, also=state.sees_reset_state)


def add_states(tests, arguments):
    """Each alone on a processor on which the boot tests have it only together with others."""
    for number, one in enumerate(state.STATES):
        for cpu in [cpu for cpu in one.cpus[state.ALONE:] if cpu in state.QEMU_CPUS][:1]:
            tests.add(f"loader: {one.name}, {cpu}", leaves_state, arguments, f"machines-state-{number}", cpu, one.apply)


# ---- all of them ---------------------------------------------------------------------------------
def choose(tests, part):
    """Every entry is in the same part wherever it stands in the list."""
    i, n = (int(word) for word in part.split("/"))
    tests.list = [one for one in tests.list if int(hashlib.sha256(one[0].encode()).hexdigest(), 16) % n == i]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--kernel", "--kernel32", "--task", "--loader", "--work"):
        parser.add_argument(name, required=True)
    parser.add_argument("--only", default="", help="entries with this in their name")
    parser.add_argument("--part", default="0/1", help="I/N: the Ith of N parts, from 0")
    parser.add_argument("--jobs", type=int, default=2, help="machines at a time")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)

    tests = Tests(arguments, arguments.jobs)
    for add in (add_processors, add_machines, add_bochs, add_madts, add_maps, add_states):
        add(tests, arguments)
    choose(tests, arguments.part)
    if arguments.list:
        print("\n".join(one[0] for one in tests.list))
        return
    sys.exit(0 if tests.run() else 1)


main()
