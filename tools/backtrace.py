#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""backtrace.py KERNEL < LOG: the backtrace of a panic with functions, files and lines.

KERNEL is the kernel's ELF file with symbols.  What a debug kernel prints is a line `backtrace:` with
the addresses that were found on its stack."""
import re
import subprocess
import sys

LINE = re.compile(rb"^backtrace:((?: [0-9a-f]+)+)\r?\n", re.M)


def lines(text):
    """The complete backtrace lines in some output, as bytes."""
    return [match.group(1) for match in LINE.finditer(text)]


def translate(line, kernel):
    """Return addresses, so that the call itself is one byte before."""
    addresses = [f"{int(word, 16) - 1:#x}" for word in line.split()]
    told = subprocess.run(["addr2line", "-a", "-f", "-i", "-p", "-s", "-e", kernel, *addresses],
                          capture_output=True, text=True, check=False)
    return told.stdout.rstrip() if not told.returncode else f"(addr2line: {told.stderr.strip()})"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for line in lines(sys.stdin.buffer.read()):
        print(translate(line, sys.argv[1]))


if __name__ == "__main__":
    main()
