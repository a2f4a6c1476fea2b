#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""debug.py KERNEL KERNEL32 ROOT SERIAL -- QEMU ARGUMENT...: gdb on this terminal, QEMU behind it,
stopped at its first instruction; the serial line goes to the file SERIAL.  QEMU ends with gdb.
GDB=program takes another debugger, GDB_ARGS more arguments for it."""
import os
import shlex
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    cut = sys.argv.index("--")
    kernel, kernel32, root, serial = sys.argv[1:cut]
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "gdb")
        qemu = subprocess.Popen(sys.argv[cut + 1:] + [
            "-display", "none", "-monitor", "none", "-serial", f"file:{serial}", "-no-reboot", "-S",
            "-chardev", f"socket,path={socket},server=on,wait=off,id=gdb", "-gdb", "chardev:gdb",
            "-kernel", kernel32, "-initrd", root], stdin=subprocess.DEVNULL)
        while not os.path.exists(socket) and qemu.poll() is None:
            time.sleep(0.05)
        print(f"The serial line is in {serial}: tail -f it in another terminal.", flush=True)
        environment = dict(os.environ, CAPELLA_GDB=socket, CAPELLA_ROOT=root)
        debugger = [os.environ.get("GDB", "gdb"), "-q", "-d", HERE, "-x", f"{HERE}/debug.gdb"]
        status = subprocess.call(debugger + shlex.split(os.environ.get("GDB_ARGS", "")) + [kernel],
                                 env=environment)
        qemu.terminate()
        qemu.wait()
    sys.exit(status)


main()
