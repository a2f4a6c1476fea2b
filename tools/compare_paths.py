#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the system suite with the fast paths on and off (kernel command line: nofastpath).

Both runs must pass, give every test the same result, and print the same digests (tests/fastpath_both.c).
Instructions are counted instead of time, so that timer interrupts come at the same places.
"""
import argparse
import os
import re
import subprocess
import sys

RUNS = {'on': [], 'off': ['--extra=-append nofastpath']}
RESULT = re.compile(r'^(not ok|ok) \d+ - (\S+)')
DIGEST = re.compile(r'^# digest (\S+) (.+)$')
SHOWN = 20


def run(name, options):
    """The results and digests of one run, and whether it passed."""
    log = os.path.join(options.work, f'fastpath-{name}.log')
    print(f'fast paths {name}:', flush=True)
    status = subprocess.run([sys.executable, os.path.join(os.path.dirname(__file__), 'run_tests.py'),
                             '--kernel', options.kernel, '--root', options.root, '--icount',
                             '--log', log, '--select', options.select, *RUNS[name]], check=False)
    found = {}
    with open(log, encoding='ascii', errors='replace') as file:
        for line in file:
            match = RESULT.match(line)
            if match:
                found[match[2]] = match[1]
            match = DIGEST.match(line)
            if match:
                found['digest ' + match[1]] = match[2].strip()
    return found, status.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--kernel', required=True)
    parser.add_argument('--root', required=True)
    parser.add_argument('--work', default='.', help='where the logs go')
    parser.add_argument('--select', default='', help='shell patterns on topic.name')
    options = parser.parse_args()

    (fast, fast_passed), (general, general_passed) = (run(name, options) for name in RUNS)
    different = [key for key in {**fast, **general} if fast.get(key) != general.get(key)]
    for key in different[:SHOWN]:
        print(f'{key}: on {fast.get(key)}, off {general.get(key)}')
    digests = sum(key.startswith('digest ') for key in fast)
    print(f'{len(fast) - digests} tests and {digests} digests compared, {len(different)} different')
    return 0 if fast_passed and general_passed and fast and not different else 1


if __name__ == '__main__':
    sys.exit(main())
