#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints what ACPI tables of interrupt controllers (MADT, ACPI 5.2.12) say, a line for each of the files, read
independently of the kernel: tests/host/madt.c compares.  madt.py FILE..."""
import os
import struct
import sys

HEADER = struct.Struct("<4sIBB6s8sI4sI")
LOCAL_APIC, IO_APIC, LOCAL_APIC_ADDRESS, LOCAL_X2APIC = 0, 1, 5, 9
ENABLED = 1


def structures(body):
    """(type, bytes) of one after the other; the first that cannot be ends them."""
    while len(body) >= 2 and 2 <= body[1] <= len(body):
        yield body[0], body[:body[1]]
        body = body[body[1]:]


def read(table):
    """Enabled processors, address of the local APIC, addresses of the I/O APICs."""
    signature, length, *_ = HEADER.unpack_from(table)
    if signature != b"APIC" or length != len(table):
        raise ValueError("not a MADT")
    lapic, = struct.unpack_from("<I", table, HEADER.size)
    processors, ioapics = 0, []
    for kind, entry in structures(table[HEADER.size + 8:]):
        if kind == LOCAL_APIC:
            _, _, flags = struct.unpack("<xxBBI", entry)
            processors += flags & ENABLED
        elif kind == LOCAL_X2APIC:
            _, flags, _ = struct.unpack("<xxxxIII", entry)
            processors += flags & ENABLED
        elif kind == IO_APIC:
            ioapics.append(struct.unpack("<xxBxII", entry)[1])
        elif kind == LOCAL_APIC_ADDRESS:
            lapic, = struct.unpack("<xxxxQ", entry)
    return processors, lapic, ioapics


def describe(path):
    with open(path, "rb") as stream:
        processors, lapic, ioapics = read(stream.read())
    words = [os.path.basename(path), str(processors), "lapic", f"{lapic:x}", "ioapics", *(f"{at:x}" for at in ioapics)]
    return " ".join(words)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(describe(name))
