#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""dist.py FOLDER: makes the release twice, from copies of the sources in two folders, and compares.
Ends with a line `N passed, N failed`."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))


def copy_sources(target):
    sys.path.insert(0, os.path.join(TOP, "tools"))
    sys.dont_write_bytecode = True
    import dist
    for name in dist.source_files():
        os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
        shutil.copy2(name, os.path.join(target, name))


def make(folder):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    subprocess.run(["make", "-s", "dist"], cwd=folder, env=clean, check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "build", "dist", "SHA256SUMS"), encoding="ascii") as file:
        return file.read()


def main():
    work = os.path.abspath(sys.argv[1])
    os.chdir(TOP)
    shutil.rmtree(work, ignore_errors=True)
    folders = [os.path.join(work, "one"), os.path.join(work, "another", "deeper")]
    for folder in folders:
        copy_sources(folder)
    first, second = map(make, folders)
    print(first, end="")
    if first != second:
        print(f"# the second differs:\n{second}", end="")
    print(f"{'ok' if first == second else 'not ok'} 1 - two releases from two folders are the same")
    print("1 passed, 0 failed" if first == second else "0 passed, 1 failed")
    sys.exit(first != second)


main()
