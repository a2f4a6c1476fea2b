#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py KERNEL QEMU ARGUMENT...: QEMU with its serial line on this terminal, until the guest says
SUITE DONE, the user presses Ctrl-A x, or QEMU ends.  KERNEL is an ELF file with symbols, in whose terms
the backtrace of a panic is told."""
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
import backtrace

# What QEMU says about processor features that it does not emulate, and about being ended.
EXPECTED = ("TCG doesn't support requested feature", "terminating on signal")


def show(qemu, kernel):
    tail = b""
    while chunk := os.read(qemu.stdout.fileno(), 4096):
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        tail = (tail + chunk)[-1024:]
        for line in backtrace.lines(tail):
            print(backtrace.translate(line, kernel), flush=True)
            tail = b""
        if b"SUITE DONE" in tail:
            return


def main():
    kernel = sys.argv[1]
    command = sys.argv[2:] + ["-display", "none", "-serial", "mon:stdio", "-no-reboot"]
    print("  QEMU    Ctrl-A x ends it", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    qemu = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        show(qemu, kernel)
    finally:
        qemu.terminate()
        for line in qemu.communicate()[1].decode().splitlines():
            if not any(text in line for text in EXPECTED):
                print(line)
    print(flush=True)


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
