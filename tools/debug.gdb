# gdb -x tools/debug.gdb build/debug/capella.elf: attach to the QEMU that `make debug` started.
set architecture i386:x86-64
target remote localhost:1234
hbreak boot_main
continue
