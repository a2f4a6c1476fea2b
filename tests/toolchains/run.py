#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build root tasks with several compilers and settings, boot each, and judge what it prints.
run.py --kernel ELF32 --work FOLDER --cflags=WORDS --ldflags=WORDS; last line "N passed, N failed"."""
import argparse
import os
import shlex
import shutil
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
C = ['-std=gnu11', '-ffreestanding', '-fno-pic', '-fno-pie', '-Wall', '-Wextra', '-Werror']
# Not freestanding: clang++ then takes main for a function like others, and mangles its name.
CXX = ['-std=c++17', '-fno-pic', '-fno-pie', '-fno-exceptions', '-fno-rtti',
       '-fno-threadsafe-statics', '-Wall', '-Wextra', '-Werror']
# name, compiler, source, its flags, libraries behind libsel4, how many checks the task makes
SETTINGS = [
    ('gcc -O0', 'gcc', 'task.c', [*C, '-O0'], [], 7),
    ('gcc -O3', 'gcc', 'task.c', [*C, '-O3'], [], 7),
    ('gcc -O3 -march=haswell', 'gcc', 'task.c', [*C, '-O3', '-march=haswell'], [], 7),
    ('clang -O2', 'clang', 'task.c', [*C, '-O2'], [], 7),
    ('musl-gcc -O0', 'musl-gcc', 'task.c', ['-fno-pie', '-O0', '-DWITH_LIBC'], ['-lc'], 8),
    ('musl-gcc -O2', 'musl-gcc', 'task.c', ['-fno-pie', '-O2', '-DWITH_LIBC'], ['-lc'], 8),
    ('gcc own start', 'gcc', 'own_start.c', [*C, '-O2'], [], 6),
    ('gcc own start one segment', 'gcc', 'own_start.c', [*C, '-O0'], ['-Wl,-z,noseparate-code'], 6),
    ('clang own start', 'clang', 'own_start.c', [*C, '-O2'], [], 6),
    ('g++ -O0', 'g++', 'task.cc', [*CXX, '-O0'], [], 5),
    ('g++ -O3', 'g++', 'task.cc', [*CXX, '-O3'], [], 5),
    ('clang++ -O2', 'clang++', 'task.cc', [*CXX, '-O2'], [], 5),
]
OWN_LDFLAGS = ['-nostdlib', '-static', '-Wl,--build-id=none', '-Wl,-z,norelro']
MACHINE = ['-cpu', 'Haswell,+pdpe1gb', '-m', '128M', '-display', 'none', '-monitor', 'none',
           '-no-reboot', '-serial', 'stdio']
SECONDS = 60


def build(options, setting):
    """The path of the program; an exception with the compiler's words if it cannot be built."""
    name, compiler, source, flags, libraries, _ = setting
    path = os.path.join(options.work, name.replace(' ', ''))
    cflags = shlex.split(options.cflags)
    ldflags = OWN_LDFLAGS if source == 'own_start.c' else shlex.split(options.ldflags)
    for command in ([compiler, *flags, *cflags, '-c', os.path.join(HERE, source), '-o', path + '.o'],
                    [compiler, path + '.o', '-nostartfiles', *ldflags, *libraries, '-o', path]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding='utf-8', check=False)
        if done.returncode:
            raise RuntimeError(done.stdout)
    return path


def boot(options, program):
    """What it prints."""
    command = [options.qemu, *MACHINE, '-kernel', options.kernel, '-initrd', program]
    lines = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, encoding='latin-1') as machine:
        limit = threading.Timer(SECONDS, machine.kill)
        limit.start()
        for line in machine.stdout:
            lines.append(line.strip())
            if lines[-1] == 'TASK DONE' or 'stopped: fault' in lines[-1] or 'PANIC' in lines[-1]:
                break
        limit.cancel()
        machine.kill()
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ('kernel', 'work', 'cflags', 'ldflags'):
        parser.add_argument('--' + option, required=True)
    parser.add_argument('--qemu', default='qemu-system-x86_64')
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    passed = failed = 0
    for setting in SETTINGS:
        name, compiler, checks = setting[0], setting[1], setting[-1]
        if not shutil.which(compiler):
            print(f'skip {name}: there is no {compiler}')
            continue
        try:
            lines = boot(options, build(options, setting))
        except RuntimeError as error:
            lines = str(error).splitlines()
        right = sum(line.startswith('ok ') for line in lines)
        good = 'TASK DONE' in lines and right == checks and not any(
            line.startswith('not ok') for line in lines)
        passed, failed = passed + good, failed + (not good)
        print(f'{"ok" if good else "FAIL"} {name}: {right} of {checks} checks', flush=True)
        if not good:
            print('\n'.join('     ' + line for line in lines[-20:]))
    print(f'{passed} passed, {failed} failed')
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
