#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""sdk.py PREFIX WORK: builds examples/out-of-tree with nothing but the SDK installed in PREFIX, once
with Make and pkg-config and once with CMake, boots what comes out, and makes the mistakes that must be
answered by a message with cause and cure.  Ends with a line `N passed, N failed`."""
import os
import shutil
import subprocess
import sys
import threading

TIMEOUT = 120
HELLO = "Hello from out of tree: 510 MiB of untyped memory."
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "..", "examples", "out-of-tree")


class Sdk:
    def __init__(self, prefix, work):
        self.prefix, self.work = os.path.abspath(prefix), os.path.abspath(work)
        # Nothing of the source tree, and nothing that a make above left in the environment.
        self.environment = {"HOME": self.work, "LC_ALL": "C",
                            "PATH": f"{self.prefix}/bin:{os.environ['PATH']}",
                            "PKG_CONFIG_PATH": f"{self.prefix}/lib/pkgconfig"}

    def run(self, *command, folder=None):
        done = subprocess.run(command, cwd=folder or self.work, env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT)
        return done.returncode, done.stdout

    def must(self, *command, folder=None):
        status, text = self.run(*command, folder=folder)
        if status:
            raise AssertionError(f"{' '.join(command)}: {text}")
        return text

    def must_fail(self, *command, says, folder=None):
        status, text = self.run(*command, folder=folder)
        if not status or not all(word in text for word in says):
            raise AssertionError(f"{' '.join(command)}: status {status}, says {text!r}, not {says}")

    def boots(self, *arguments):
        """capella-run until the line has come."""
        command = ["capella-run", *arguments]
        with subprocess.Popen(command, cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as qemu:
            text = ""
            timer = threading.Timer(TIMEOUT, qemu.terminate)
            timer.start()
            for line in qemu.stdout:
                text += line
                if HELLO in line:
                    break
            timer.cancel()
            qemu.terminate()
        if HELLO not in text:
            raise AssertionError(f"{' '.join(command)} says {text!r}")

    def copy(self, name):
        folder = os.path.join(self.work, name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SOURCE, folder)
        return folder


def make_and_pkg_config(sdk):
    sdk.must("make", folder=sdk.copy("make"))
    sdk.boots("make/mytask.elf")
    sdk.boots("make/mytask.iso")


def make_for_release(sdk):
    sdk.must("make", "SDK=capella-release", "VARIANT=release", folder=sdk.copy("release"))
    sdk.boots("--release", "release/mytask.elf")


def cmake(sdk):
    folder = sdk.copy("cmake")
    sdk.must("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={sdk.prefix}", folder=folder)
    sdk.must("cmake", "--build", "build", folder=folder)
    sdk.boots("cmake/build/mytask.iso")


def plus_plus(sdk):
    flags = sdk.must("pkg-config", "--cflags", "capella").split()
    libraries = sdk.must("pkg-config", "--libs", "capella").split()
    with open(os.path.join(sdk.work, "plus.cpp"), "w", encoding="ascii") as file:
        file.write("#include <sel4/sel4.h>\nint main() { return seL4_GetBootInfo() == nullptr; }\n")
    sdk.must("g++", "-std=c++17", "-fno-exceptions", "-fno-rtti", *flags, "-o", "plus.elf", "plus.cpp",
             *libraries)


def manual(sdk):
    for name in ("seL4_Untyped_Retype", "seL4_Call", "seL4_X86_Page_Map"):
        sdk.must("man", "-l", f"{sdk.prefix}/share/man/man3/{name}.3")
    if not os.path.exists(f"{sdk.prefix}/share/doc/capella/reference/index.html"):
        raise AssertionError("no reference")


def missing_part(sdk):
    library = f"{sdk.prefix}/lib/capella/debug/libsel4.a"
    kernel = f"{sdk.prefix}/lib/capella/debug/capella.elf"
    for part in (library, kernel):
        os.rename(part, part + ".away")
    try:
        folder = sdk.copy("missing")
        sdk.must_fail("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={sdk.prefix}", folder=folder,
                      says=["lacks", "libsel4.a", "make install"])
        sdk.must_fail("capella-mkiso", "../make/mytask.elf", folder=folder,
                      says=["lacks", "capella.elf", "make install"])
    finally:
        for part in (library, kernel):
            os.rename(part + ".away", part)
    sdk.environment["PKG_CONFIG_PATH"], kept = "/nowhere", sdk.environment["PKG_CONFIG_PATH"]
    sdk.must_fail("make", folder=folder, says=["pkg-config does not find capella", "PKG_CONFIG_PATH"])
    sdk.environment["PKG_CONFIG_PATH"] = kept


def bad_root(sdk):
    sdk.must_fail("capella-run", "nothing.elf", says=["nothing.elf", "Name the root task"])
    sdk.must_fail("capella-mkiso", os.path.join(SOURCE, "main.c"), says=["not an ELF file", "Link"])
    sdk.must_fail("capella-mkiso", "/bin/true", says=["position independent", "-no-pie"])


def wrong_variant(sdk):
    flags = sdk.must("pkg-config", "--cflags", "capella").split()
    with open(os.path.join(sdk.work, "mcs.c"), "w", encoding="ascii") as file:
        file.write("#include <sel4/sel4.h>\n#include <sel4/syscalls_mcs.h>\n")
    sdk.must_fail("gcc", *flags, "-c", "-o", "mcs.o", "mcs.c",
                  says=["is for MCS kernels", "include sel4/sel4.h"])


def large_root(sdk):
    flags = sdk.must("pkg-config", "--cflags", "capella").split()
    libraries = sdk.must("pkg-config", "--libs", "capella").split()
    with open(os.path.join(sdk.work, "large.c"), "w", encoding="ascii") as file:
        file.write("char much[32 << 20];\nint main(void) { return much[0]; }\n")
    sdk.must("gcc", *flags, "-o", "large.elf", "large.c", *libraries)
    sdk.must_fail("capella-mkiso", "large.elf", says=["too large", "ROOT_CNODE_BITS=14"])


TESTS = [make_and_pkg_config, make_for_release, cmake, plus_plus, manual, missing_part, bad_root,
         wrong_variant, large_root]


def main():
    prefix, work = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    sdk = Sdk(prefix, work)
    failed = 0
    for number, test in enumerate(TESTS, 1):
        name = test.__name__.replace("_", "-")
        try:
            test(sdk)
            print(f"ok {number} - {name}", flush=True)
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"not ok {number} - {name}\n# " + str(error).replace("\n", "\n# "), flush=True)
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
