#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run tests/stress/rounds.c, counting instructions as time, and judge what it prints.
run.py --kernel ELF32 --root ELF [--qemu PROGRAM] [--seconds N]; last line "N passed, N failed"."""
import argparse
import re
import subprocess
import sys
import threading

ROUNDS = 1000
GROWTH = 1.02       # of the last round over the first
MACHINE = ['-cpu', 'Haswell,+pdpe1gb', '-m', '256M', '-display', 'none', '-monitor', 'none',
           '-no-reboot', '-serial', 'stdio', '-icount', 'shift=0,sleep=off']


def output_of(options):
    """Everything up to the end of the program, of the emulator, or of the time."""
    command = [options.qemu, *MACHINE, '-kernel', options.kernel, '-initrd', options.root]
    lines = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, encoding='latin-1') as machine:
        limit = threading.Timer(options.seconds, machine.kill)
        limit.start()
        for line in machine.stdout:
            lines.append(line.strip())
            if lines[-1].startswith(('STRESS', 'PANIC')):
                break
        limit.cancel()
        machine.kill()
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--kernel', required=True)
    parser.add_argument('--root', required=True)
    parser.add_argument('--qemu', default='qemu-system-x86_64')
    parser.add_argument('--seconds', type=int, default=400)
    options = parser.parse_args()

    lines = output_of(options)
    text = '\n'.join(lines)
    costs = [int(cost) for cost in re.findall(r'^ROUND \d+ (\d+)$', text, re.M)]
    seen = re.search(r'^PREEMPTED (\d+) (\d+) (\d+)$', text, re.M)
    interrupts, in_revoke, half_revoked = map(int, seen.groups()) if seen else (0, 0, 0)
    first, last = (costs[0], costs[-1]) if costs else (0, 0)
    results = [
        (f'{len(costs)} of {ROUNDS} rounds ended with all memory free',
         len(costs) == ROUNDS and 'STRESS DONE' in lines),
        (f'{in_revoke} of {interrupts} interrupts came in a revoke, {half_revoked} of them found it '
         'half done: at least one for each round', half_revoked >= ROUNDS),
        (f'instructions: round 1 {first}, round {len(costs)} {last}, all between '
         f'{min(costs, default=0)} and {max(costs, default=0)}',
         bool(costs) and first / GROWTH <= last <= first * GROWTH),
    ]
    for text, passed in results:
        print(f'{"ok" if passed else "FAIL"} {text}')
    failed = sum(not passed for _, passed in results)
    if failed:
        print('\n'.join(lines[-12:]))
    print(f'{len(results) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
