# SPDX-License-Identifier: BSD-2-Clause
"""The kernel meets ACPI tables that are not where or what they should be, and I/O APICs that are not there.  The
machine itself has none (-no-acpi): what is found is the script's."""
import os
import re
import struct

import chain
import madt as reader
from machine import QEMU
from verdict import boots, refuses

SECONDS = 20
RSDT_AT, XSDT_AT, MADT_AT = chain.TABLES_AT, chain.TABLES_AT + 0x1000, chain.TABLES_AT + 0x2000
EBDA_AT, EBDA_BYTES = 0x9fc00, 0x400  # of SeaBIOS
NOWHERE, ABOVE = 0x8000, 1 << 32
LAPIC, IOAPIC = 0xfee00000, 0xfec00000
PROCESSOR_DISABLED, PROCESSOR, PROCESSOR_ONLINE_CAPABLE = 0, 1, 3
MEMORY_AT = 0x4000000


def with_sum(data, at):
    """The byte at `at` makes the sum 0."""
    return data[:at] + bytes([-(sum(data) - data[at]) & 255]) + data[at + 1:]


def table(signature, body):
    return with_sum(signature + struct.pack("<I", 36 + len(body)) + bytes(28) + body, 9)


def damaged(data):
    return data[:20] + bytes([data[20] ^ 1]) + data[21:]


def rsdt(*pointers):
    return table(b"RSDT", struct.pack(f"<{len(pointers)}I", *pointers))


def xsdt(*pointers):
    return table(b"XSDT", struct.pack(f"<{len(pointers)}Q", *pointers))


def old_rsdp(at=RSDT_AT):
    return with_sum(b"RSD PTR \0Capela\0" + struct.pack("<I", at), 8)


def rsdp(rsdt_at=RSDT_AT, xsdt_at=XSDT_AT):
    first = with_sum(b"RSD PTR \0Capela\2" + struct.pack("<I", rsdt_at), 8)
    return with_sum(first + struct.pack("<IQI", 36, xsdt_at, 0), 32)


def madt(*ioapics, lapic=LAPIC, flags=PROCESSOR):
    body = struct.pack("<II", lapic, 0) + struct.pack("<BBBBI", 0, 8, 0, 0, flags)
    body += struct.pack("<BBBHB", 4, 6, 255, 0, 1)  # an NMI of the local APIC
    return table(b"APIC", body + b"".join(struct.pack("<BBBBII", 1, 12, 0, 0, at, 0) for at in ioapics))


def machine(arguments, name, pointer, *tables):
    """The loader tells of `pointer`, if any; `tables` are pairs of address and bytes."""
    script = chain.Script()
    script.place(arguments.kernel)
    for at, data in tables:
        script.copy(at, data)
    script.enter(*chain.multiboot2(script, chain.MEMORY_128M, [script.module(arguments.task)], rsdp=pointer))
    return chain.command(arguments, script, "tables-" + re.sub("[^a-z0-9]+", "-", name.lower()), [], "-no-acpi")


def lines(arguments, *wanted):
    """What a debug kernel prints."""
    def look(output):
        missing = [line for line in wanted if line not in output]
        return f"it does not say {missing}:\n{output[-1500:]}" if arguments.debug and missing else None
    return look


GOOD_RSDT, GOOD_XSDT = (RSDT_AT, rsdt(NOWHERE, MADT_AT)), (XSDT_AT, xsdt(NOWHERE, MADT_AT))
GOOD_MADT = MADT_AT, madt(IOAPIC)

# name, the loader's pointer, tables
FOUND = [
    ("old pointer", old_rsdp(), GOOD_RSDT, GOOD_MADT),
    ("XSDT only", rsdp(rsdt_at=0), GOOD_XSDT, GOOD_MADT),
    ("RSDT damaged beside an XSDT", rsdp(), (RSDT_AT, damaged(GOOD_RSDT[1])), GOOD_XSDT, GOOD_MADT),
    ("XSDT damaged beside an RSDT", rsdp(), GOOD_RSDT, (XSDT_AT, damaged(GOOD_XSDT[1])), GOOD_MADT),
    ("MADT only in the XSDT", rsdp(), (RSDT_AT, rsdt(NOWHERE)), GOOD_XSDT, GOOD_MADT),
    ("MADT only in the RSDT", rsdp(), GOOD_RSDT, (XSDT_AT, xsdt(NOWHERE)), GOOD_MADT),
    ("table above 4 GiB beside a MADT", rsdp(), (XSDT_AT, xsdt(ABOVE, 2**64 - 8, MADT_AT)), GOOD_MADT),
    ("pointer to the last bytes below 4 GiB", old_rsdp(), (RSDT_AT, rsdt(2**32 - 8, MADT_AT)), GOOD_MADT),
    ("pointer in the EBDA", None, (EBDA_AT + EBDA_BYTES - 48, rsdp()), GOOD_XSDT, GOOD_MADT),
    ("loader's pointer damaged", old_rsdp()[:16] + struct.pack("<I", NOWHERE),
     (EBDA_AT, rsdp()), GOOD_XSDT, GOOD_MADT),
    ("processor's flags are 3", old_rsdp(), GOOD_RSDT,
     (MADT_AT, madt(IOAPIC, flags=PROCESSOR_ONLINE_CAPABLE))),
]

# name, the sentence, the loader's pointer, tables
REFUSED = [
    ("both root tables damaged", "root tables (XSDT, RSDT) of the firmware are damaged", rsdp(),
     (RSDT_AT, damaged(GOOD_RSDT[1])), (XSDT_AT, damaged(GOOD_XSDT[1])), GOOD_MADT),
    ("no MADT", "the firmware has no ACPI table of interrupt controllers (MADT)", rsdp(),
     (XSDT_AT, xsdt(NOWHERE)), (RSDT_AT, rsdt(NOWHERE))),
    ("MADT above 4 GiB", "not below 4 GiB", rsdp(), (XSDT_AT, xsdt(NOWHERE, ABOVE))),
    ("XSDT above 4 GiB", "not below 4 GiB", rsdp(rsdt_at=0, xsdt_at=ABOVE)),
    ("no pointer", "RSDP", None),
    ("no processor enabled", "no processor", old_rsdp(), GOOD_RSDT,
     (MADT_AT, madt(IOAPIC, flags=PROCESSOR_DISABLED))),
]


def not_used(why, *addresses):
    return [f"ioapic at {at:x} is not used: {why}" for at in addresses]


ABSENT = [IOAPIC + (i << 12) for i in range(1, 17)]

# name, the MADT's addresses, what is said of them beside the one that there is
IOAPICS = [
    ("within a page", [IOAPIC, IOAPIC + 0x400], not_used("it is an earlier one", IOAPIC + 0x400)),
    ("17", [*ABSENT, IOAPIC], not_used("none answers", *ABSENT)),
    ("twice", [IOAPIC, IOAPIC], not_used("it is an earlier one", IOAPIC)),
    ("at 0, in memory, at the local APIC", [0, MEMORY_AT, LAPIC, IOAPIC],
     not_used("none can have this address", 0) + not_used("this is memory", MEMORY_AT)
     + not_used("none can have this address", LAPIC)),
    ("70", [IOAPIC + (i << 8) for i in range(16, 85)] + [IOAPIC], not_used("too many are listed", IOAPIC)),
]


REAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "madt")


def add_real(tests, arguments):
    """MADTs of real machines, on one that has only the first of their I/O APICs."""
    for name in sorted(os.listdir(REAL)):
        data = chain.read(os.path.join(REAL, name))
        processors, _, ioapics = reader.read(data)
        command = machine(arguments, "real " + name, rsdp(), GOOD_XSDT, (MADT_AT, data))
        if processors:
            said = [f"1 of {processors} in use, 1 ioapics", *not_used("none answers", *ioapics[1:])]
            tests.add("tables: real MADT " + name, boots, command, None, SECONDS, None, lines(arguments, *said))
        else:
            tests.add("tables: real MADT " + name, refuses, command, "no processor", SECONDS)


def add(tests, arguments):
    for name, pointer, *rest in FOUND:
        tests.add("tables: " + name, boots, machine(arguments, name, pointer, *rest), None, SECONDS, None,
                  lines(arguments, "1 of 1 in use, 1 ioapics"))
    wrong = machine(arguments, "MADT damaged", old_rsdp(), GOOD_RSDT, (MADT_AT, damaged(GOOD_MADT[1])))
    tests.add("tables: MADT damaged", boots, wrong, None, SECONDS, None,
              lines(arguments, "ACPI table APIC has a wrong checksum"))
    for name, sentence, pointer, *rest in REFUSED:
        tests.add("tables: " + name, refuses, machine(arguments, name, pointer, *rest), sentence, SECONDS)
    for name, addresses, said in IOAPICS:
        command = machine(arguments, "ioapics " + name, old_rsdp(), GOOD_RSDT, (MADT_AT, madt(*addresses)))
        tests.add("tables: ioapics " + name, boots, command, None, SECONDS, None,
                  lines(arguments, ", 0 ioapics" if name == "70" else ", 1 ioapics", *said))
    add_real(tests, arguments)
    microvm = QEMU + ["-monitor", "none", "-M", "microvm", "-m", "128M", "-cpu", "max"]
    tests.add("tables: microvm", boots, microvm + ["-kernel", arguments.kernel32, "-initrd", arguments.task])
