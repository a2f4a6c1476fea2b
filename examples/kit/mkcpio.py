#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""mkcpio.py OUT FILE...: a CPIO archive (newc) of the files, by their names without folder and
suffix; the same bytes each time."""
import os
import sys


def entry(number, name, data, mode):
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def main():
    archive = b""
    for number, path in enumerate(sorted(sys.argv[2:])):
        with open(path, "rb") as file:
            archive += entry(number + 1, os.path.splitext(os.path.basename(path))[0], file.read(), 0o100755)
    archive += entry(0, "TRAILER!!!", b"", 0)
    with open(sys.argv[1], "wb") as file:
        file.write(archive)


main()
