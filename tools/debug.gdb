# SPDX-License-Identifier: BSD-2-Clause
# What gdb does first under `make debug`, or with an installed SDK:
#     gdb -x debug.gdb capella.elf, with QEMU started by `capella-run task.elf -- -s -S`
set pagination off
set confirm off
set architecture i386:x86-64
source -s capella_gdb.py
python
import os
gdb.execute("target remote " + os.environ.get("CAPELLA_GDB", "localhost:1234"))
if os.environ.get("CAPELLA_ROOT"):
    gdb.execute("add-symbol-file " + os.environ["CAPELLA_ROOT"])
end
echo \nCommands: threads, queues, caps, vspace.  `hbreak main` and `continue` go to the root task.\n
hbreak boot_main
continue
