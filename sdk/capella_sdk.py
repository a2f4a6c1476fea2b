# SPDX-License-Identifier: BSD-2-Clause
"""What capella-mkiso and capella-run share: the place of the kernels, and the checks of a root task
that give a clear message before the boot does."""
import os
import re
import struct
import sys

PROGRAM = os.path.basename(sys.argv[0])
# PREFIX/lib/capella/capella_sdk.py, beside the folders debug and release.
HOME = os.path.dirname(os.path.realpath(__file__))


def fail(cause, cure):
    sys.exit(f"{PROGRAM}: {cause}\n{PROGRAM}: {cure}")


def part(variant, name):
    """The path of a file of a variant, which must be there."""
    path = os.path.join(HOME, variant, name)
    if not os.path.exists(path):
        fail(f"the SDK lacks {path}.",
             "Install it again: `make install PREFIX=...` in the Capella sources.")
    return path


def root_slots(variant):
    """Slots of the root task's CNode in that kernel."""
    with open(part(variant, "include/kernel/gen_config.h"), encoding="ascii") as file:
        return 1 << int(re.search(r"CONFIG_ROOT_CNODE_SIZE_BITS +(\d+)", file.read()).group(1))


def program_headers(path):
    """The PT_LOAD segments of an ELF file as (virtual address, bytes in memory)."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        fail(f"{path}: {error.strerror}.", "Name the root task, an ELF file, last on the command line.")
    if data[:4] != b"\x7fELF":
        fail(f"{path} is not an ELF file.",
             "Link the root task with the flags of `pkg-config --libs capella`.")
    if data[4:6] != b"\x02\x01" or struct.unpack_from("<H", data, 18)[0] != 62:
        fail(f"{path} is not a program for x86-64.", "Compile it with -m64, on x86-64 or with a cross compiler.")
    if struct.unpack_from("<H", data, 16)[0] != 2:
        fail(f"{path} is position independent or an object file; a root task has fixed addresses.",
             "Link it with -no-pie -static, as `pkg-config --libs capella` says.")
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = []
    for number in range(count):
        kind, _, _, vaddr, _, _, memory, _ = struct.unpack_from("<IIQQQQQQ", data, start + number * size)
        if kind == 1:
            segments.append((vaddr, memory))
    return segments


def check_root(path, variant):
    """A root task that this kernel could not start ends the program with cause and cure."""
    segments = program_headers(path)
    if not segments:
        fail(f"{path} has nothing to load.", "Link it with the linker script root.ld of the SDK.")
    first = min(vaddr for vaddr, _ in segments) >> 12
    last = max(vaddr + size for vaddr, size in segments) + 4095 >> 12
    slots = root_slots(variant)
    # The fixed slots, the paging structures, boot information and the untypeds need about 300.
    if last - first > slots - 300:
        fail(f"{path} is too large: its {last - first} pages take more than the root CNode's {slots} slots.",
             "Make it smaller, or build a kernel with ROOT_CNODE_BITS="
             f"{(last - first + 300 - 1).bit_length()} and install that.")
