#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Where the instructions of a round trip go.

Steps through one Call and ReplyRecv without words, between two address spaces, on the release kernel:
from path_begin to path_end of the benchmark root task, by QEMU's debugger port.  Each instruction is
put down to a phase by the function it comes from (inlined ones included), and the cache lines of code
and data that it touches are counted.
"""
import argparse
import re
import socket
import subprocess
import sys
import time

from bench import replace_block

LINE = 64
KERNEL = 1 << 63
MACHINE = ['-cpu', 'Haswell,+pdpe1gb', '-m', '1G', '-display', 'none', '-monitor', 'none',
           '-serial', 'none', '-no-reboot', '-S']
MOST_STEPS = 5000

# Phases in the order of the report, with the functions that belong to them.  Of the functions that an
# instruction was inlined through, the innermost that is named here decides.
PHASES = {
    'user stubs': (),
    'entry': ('syscall_entry',),
    'lookup': ('lookup', 'lookup_levels', 'cspace_walk'),
    'conditions': ('call', 'reply_receive', 'entry_call', 'entry_reply_receive', 'has_fault', 'is_type',
                   'scheduler_has_above', 'in_current_domain', 'is_short', 'find_words',
                   'notification_is_active'),
    'transfer': ('transfer', 'memory_copy'),
    'queue and reply capability': ('dequeue_head', 'cap_reply_of_master', 'cap_reply'),
    'switch': ('arch_switch_to', 'vspace_load', 'load_base', 'load_extras', 'leave_for', 'fpu_switch'),
    'exit': ('leave_by_sysret',),
    'other': (),
}
PHASE_OF = {function: phase for phase, functions in PHASES.items() for function in functions}

REGISTERS = 'rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip'.split()
MEMORY = re.compile(r'(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+),(\d))?\)')
ABSOLUTE = re.compile(r'[ ,](0x[0-9a-f]+)(?:,|$)')
STACK = re.compile(r'^(push|pop|call|ret)')


class Debugger:
    """The remote protocol of gdb, as far as it is needed."""

    def __init__(self, port):
        for _ in range(100):
            try:
                self.socket = socket.create_connection(('localhost', port))
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        else:
            sys.exit('bench_path: QEMU does not answer')
        self.data = b''

    def ask(self, text):
        """The answer to a packet."""
        self.socket.sendall(f'${text}#{sum(text.encode()) & 255:02x}'.encode())
        while True:
            match = re.search(rb'\$([^#]*)#..', self.data)
            if match:
                self.data = self.data[match.end():]
                self.socket.sendall(b'+')
                return match[1].decode()
            part = self.socket.recv(65536)
            if not part:
                sys.exit('bench_path: QEMU is gone')
            self.data += part

    def registers(self):
        words = bytes.fromhex(self.ask('g')[:16 * len(REGISTERS)])
        return {name: int.from_bytes(words[8 * i:8 * i + 8], 'little')
                for i, name in enumerate(REGISTERS)}


def output_of(*command, text=''):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def symbol(elf, name):
    match = re.search(rf'^([0-9a-f]+) . {name}$', output_of('nm', elf), re.M)
    return int(match[1], 16) if match else sys.exit(f'bench_path: no {name} in {elf}')


def trace(options):
    """The registers before every instruction between the labels."""
    bench = f'{options.folder}/bench.elf'
    begin, end = symbol(bench, 'path_begin'), symbol(bench, 'path_end')
    machine = subprocess.Popen([options.qemu, *MACHINE, '-gdb', f'tcp::{options.port}', '-kernel',
                                f'{options.folder}/capella32.elf', '-initrd', bench],
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        debugger = Debugger(options.port)
        debugger.ask(f'Z0,{begin:x},1')
        for _ in range(4):                      # the first ones are not warm
            debugger.ask('c')
            debugger.ask(f'z0,{begin:x},1')
            debugger.ask('s')
            debugger.ask(f'Z0,{begin:x},1')
        debugger.ask('c')
        debugger.ask(f'z0,{begin:x},1')
        steps = [debugger.registers()]
        while steps[-1]['rip'] != end and len(steps) < MOST_STEPS:
            debugger.ask('s')
            steps.append(debugger.registers())
        if len(steps) == MOST_STEPS:
            sys.exit('bench_path: the end is not reached')
        return steps[:-1]
    finally:
        machine.terminate()
        machine.wait()


def disassembly(elf):
    """{address: instruction} of a program."""
    found = {}
    for line in output_of('objdump', '-d', '--no-show-raw-insn', elf).splitlines():
        match = re.match(r'^\s*([0-9a-f]+):\s+(.*?)(\s*[#<].*)?$', line)
        if match:
            found[int(match[1], 16)] = match[2].strip()
    return found


def inlined_functions(elf, addresses):
    """{address: [innermost function, ... outermost]}"""
    lines = output_of('addr2line', '-a', '-f', '-i', '-e', elf,
                      text='\n'.join(f'{a:#x}' for a in addresses)).splitlines()
    found, functions = {}, []
    for line in lines:
        if line.startswith('0x'):
            functions = found.setdefault(int(line, 16), [])
        elif ':' not in line:
            functions.append(line.split('.')[0])    # without .constprop and the like
    return found


def assembler_function(elf, address):
    """The symbol before an address, for code without debugging information about functions."""
    best = max((int(at, 16), name) for at, kind, name in
               (line.split() for line in output_of('nm', elf).splitlines() if len(line.split()) == 3)
               if kind in 'tT' and int(at, 16) <= address)
    return best[1]


def data_addresses(instruction, registers):
    """What the instruction reads or writes."""
    if instruction.startswith(('lea', 'nop')):
        return []
    value = {'%' + name: registers[name] for name in REGISTERS}
    found = []
    for offset, base, index, scale in MEMORY.findall(instruction):
        if base == '%rip':
            continue                            # objdump says the address behind a #, cut off
        found.append(int(offset or '0', 16) + value.get(base, 0) +
                     value.get(index, 0) * int(scale or 1) & (1 << 64) - 1)
    if not found and instruction.startswith(('mov', 'cmp', 'add', 'or', 'and', 'test', 'sub')):
        found = [int(a, 16) for a in ABSOLUTE.findall(instruction) if int(a, 16) >= KERNEL]
    if STACK.match(instruction):
        found.append(registers['rsp'] - 8)
    return found


def phase(address, kernel, functions):
    if address < KERNEL:
        return 'user stubs'
    names = functions.get(address) or []
    if names in ([], ['??']):
        names = [assembler_function(kernel, address)]
    return next((PHASE_OF[name] for name in names if name in PHASE_OF), 'other')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--qemu', default='qemu-system-x86_64')
    parser.add_argument('--folder', default='build/release')
    parser.add_argument('--port', type=int, default=12700)
    parser.add_argument('--update', action='store_true', help='write the table into the document')
    parser.add_argument('--list', action='store_true', help='print every instruction')
    options = parser.parse_args()

    kernel = f'{options.folder}/capella.elf'
    steps = trace(options)
    functions = inlined_functions(kernel, sorted({s['rip'] for s in steps if s['rip'] >= KERNEL}))
    text = disassembly(kernel)
    counts = {name: [0, 0] for name in PHASES}
    code, data, entries, was_user = set(), set(), 0, True
    for registers in steps:
        rip = registers['rip']
        is_user = rip < KERNEL
        entries += was_user and not is_user
        was_user = is_user
        name = phase(rip, kernel, functions)
        counts[name][max(entries, 1) - 1] += 1
        if not is_user:
            code.add(rip // LINE)
            data.update(a // LINE for a in data_addresses(text.get(rip, ''), registers))
        if options.list:
            print(f'{rip:16x} {name:12.12} {"<".join(functions.get(rip, []))[:50]:50} {text.get(rip, "")}')
    counts['all'] = [sum(column) for column in zip(*counts.values())]
    lines = [f'The kernel touches {len(code)} cache lines of code and {len(data)} of data.', '',
             '| instructions | Call | ReplyRecv | together |', '|---|--:|--:|--:|']
    lines += [f'| {name} | {first} | {second} | {first + second} |'
              for name, (first, second) in counts.items() if first or second]
    print('\n'.join(lines))
    if options.update:
        replace_block('path', lines)
    return 0


if __name__ == '__main__':
    sys.exit(main())
