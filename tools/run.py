#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""run.py QEMU ARGUMENT...: QEMU with its serial line on this terminal, until the guest says SUITE
DONE, the user presses Ctrl-A x, or QEMU ends."""
import os
import subprocess
import sys


def main():
    command = sys.argv[1:] + ["-display", "none", "-serial", "mon:stdio", "-no-reboot"]
    print("  QEMU    Ctrl-A x ends it", flush=True)
    qemu = subprocess.Popen(command, stdout=subprocess.PIPE)
    tail = b""
    while True:
        chunk = os.read(qemu.stdout.fileno(), 4096)
        if not chunk:
            break
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        tail = (tail + chunk)[-256:]
        if b"SUITE DONE" in tail:
            qemu.terminate()
            break
    qemu.wait()
    print(flush=True)


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
