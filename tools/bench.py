#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the benchmark root task and judge its figures.

QEMU runs with -icount shift=0, where the time stamp counter counts executed instructions: the same
kernel always gives the same figures.  The instructions come from the release kernel, the privileged
writes from the release kernel that counts them.  Written are build/bench.json and a chart,
build/bench.svg.  The exit status is 1 if an operation needs more instructions than it may, or 5 %
more than in tests/bench/baseline.json, which --update replaces.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

BASELINE = 'tests/bench/baseline.json'
JSON, CHART = 'build/bench.json', 'build/bench.svg'
DOCUMENT = 'docs/performance.md'    # --update replaces the tables in it
GROWTH = 1.05           # over the committed figure
READY = '@ready'        # suffix of the second round, with 200 other threads ready
READY_SLACK = 1.05      # of that round over the first
MACHINE = ['-cpu', 'Haswell,+pdpe1gb', '-m', '1G', '-display', 'none', '-monitor', 'none',
           '-no-reboot', '-icount', 'shift=0,sleep=off']

# name in the program, text, instructions of seL4 16.0, most that Capella may need
OPERATIONS = [
    ('call_0', 'Call + ReplyRecv, 0 words', 486, 320),
    ('call_0_equal_tls', '  the same, equal thread pointers', 486, 300),
    ('call_4', '  4 words', 528, 345),
    ('call_8', '  8 words', 1661, 420),
    ('call_16', '  16 words', 1741, 470),
    ('call_64', '  64 words', 2221, 800),
    ('call_120', '  120 words', 2781, 1150),
    ('call_0_same_space', '  0 words, same address space', 484, 310),
    ('call_0_deep', '  0 words, 4-level CSpace', 590, 400),
    ('call_cap', '  one capability transferred', 1568, 900),
    ('call_unwrapped', '  one capability unwrapped', 1481, 800),
    ('send_wake', 'Send wakes a higher one, and back', 1235, 600),
    ('signal_idle', 'Signal, no waiter', 400, 150),
    ('signal_wake', 'Signal wakes a higher one, and back', 1003, 520),
    ('wait_signalled', 'Wait, already signalled', 263, 140),
    ('poll_signalled', 'Poll, already signalled', 263, 140),
    ('poll_empty', 'Poll, empty', 261, 130),
    ('nbsend_none', 'NBSend, no receiver', 415, 170),
    ('yield', 'Yield to an equal, and back', 572, 420),
    ('fault_page', 'Page fault, handler, and back', 1291, 800),
    ('fault_syscall', 'Unknown system call, and back', 1341, 880),
    ('cnode_copy', 'CNode Copy', 896, 480),
    ('cnode_delete', 'CNode Delete', 743, 400),
    ('cnode_mint', 'CNode Mint', 920, 500),
    ('cnode_move', 'CNode Move', 762, 420),
    ('retype_1', 'Retype into 1 endpoint', 1059, 600),
    ('retype_64', 'Retype into 64 endpoints', 4758, 3000),
    ('map', 'map one 4K page', 783, 450),
    ('unmap', 'unmap one 4K page', 610, 380),
    ('map_512', 'map 512 pages', 402438, 240000),
    ('tcb_configure', 'TCB Configure', 1645, 950),
    ('tcb_read', 'TCB ReadRegisters', 733, 450),
    ('tcb_write', 'TCB WriteRegisters', 888, 550),
    ('tcb_life', 'TCB create, configure, delete', 8080, 5500),
    ('tcb_priority', 'TCB SetPriority (ready)', 790, 480),
    ('tcb_suspend', 'TCB Suspend', 514, 320),
    ('tcb_resume', 'TCB Resume', 718, 430),
    ('revoke_1000', 'revoke 1000 endpoint copies', 257013, 110000),
    ('delete_cnode_1000', 'delete a CNode of 1000 caps', 376119, 160000),
    ('cancel_64', 'cancel 64 of 64 badged senders', 3837, 2600),
]

# Long operations, and for how many instructions at most any of them may keep an interrupt waiting.
LATENCIES = [
    ('revoke_copies', 'revoke 1000 endpoint copies'),
    ('delete_cnode', 'delete a CNode of 1000 caps'),
    ('reset_untyped', 'Retype in 512 KiB used before'),
    ('retype_256_tcbs', 'Retype into 256 TCBs, there too'),
    ('revoke_256_tcbs', 'revoke the memory of 256 threads'),
    ('cancel_senders', 'cancel 128 badged senders'),
    ('delete_endpoint', 'delete an endpoint of 128 senders'),
    ('delete_page_table', 'delete a table of 512 pages'),
]
LATENCY_BOUND = 25000

# What a short round trip may write: the address space there and back, and nothing else.
WRITES_CLAIM = (('call_0', 'call_0_equal_tls'), {'CR3': 2})


def run(qemu, folder, timeout=600):
    """The lines that the benchmark task prints on the kernel in the folder."""
    with tempfile.TemporaryDirectory() as work:
        log = os.path.join(work, 'serial')
        command = [qemu, *MACHINE, '-serial', f'file:{log}', '-kernel', f'{folder}/capella32.elf',
                   '-initrd', f'{folder}/bench.elf']
        machine = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + timeout
        try:
            while True:
                ended = machine.poll() is not None or time.monotonic() > deadline
                text = ''
                if os.path.exists(log):
                    with open(log, encoding='ascii', errors='replace') as file:
                        text = file.read().replace('\r', '')
                if 'BENCH FAILED' in text or 'BENCH DONE\n' not in text and ended:
                    sys.exit('bench: ' + '\n'.join(['no end'] + text.splitlines()[-20:]))
                if 'BENCH DONE\n' in text:
                    return [line.split() for line in text.splitlines()]
                time.sleep(0.1)
        finally:
            machine.terminate()
            machine.wait()


def measure(qemu, build, timeout=600):
    """{name: {min, median, max, writes: {kind: number}}} of both kernels, and {name: {longest,
    duration}} of the long operations."""
    found, latencies = {}, {}
    for words in run(qemu, f'{build}/release', timeout):
        if words[:1] == ['BENCH'] and len(words) == 5:
            low, median, high = map(int, words[2:])
            found[words[1]] = {'min': low, 'median': median, 'max': high}
        if words[:1] == ['LATENCY'] and len(words) == 4:
            latencies[words[1]] = {'longest': int(words[2]), 'duration': int(words[3])}
    for words in run(qemu, f'{build}/release-count', timeout):
        if words[:1] == ['WRITES'] and words[1] in found:
            writes = dict(zip(words[2::2], map(int, words[3::2])))
            found[words[1]]['writes'] = {kind: n for kind, n in writes.items() if n}
    return found, latencies


def assess(found, baseline):
    """Rows of the table, and the list of what is wrong."""
    rows, wrong = [], []
    rounds = [''] + ([READY] if any(name.endswith(READY) for name in found) else [])
    for suffix in rounds:
        for name, text, sel4, bound in OPERATIONS:
            row = found.get(name + suffix)
            if not row:
                if not suffix:
                    wrong.append(f'{text.strip()}: not measured')
                continue
            row.update(name=name + suffix, text=text, sel4=sel4, bound=bound,
                       committed=baseline.get(name + suffix))
            median, committed = row['median'], row['committed']
            if median > bound:
                wrong.append(f'{row["name"]}: {median} instructions, at most {bound}')
            if committed and median > committed * GROWTH:
                wrong.append(f'{row["name"]}: {median} instructions, {committed} committed')
            if suffix and median > found[name]['median'] * READY_SLACK:
                wrong.append(f'{row["name"]}: {median} instructions, without other threads '
                             f'{found[name]["median"]}')
            rows.append(row)
    names, claim = WRITES_CLAIM
    for name in names:
        if name in found and found[name].get('writes') != claim:
            wrong.append(f'{name}: privileged writes {found[name].get("writes")}, claimed {claim}')
    return rows, wrong


def assess_latencies(latencies):
    wrong = []
    for name, text in LATENCIES:
        if name not in latencies:
            wrong.append(f'{text}: latency not measured')
        elif latencies[name]['longest'] > LATENCY_BOUND:
            wrong.append(f'{name}: keeps interrupts waiting for {latencies[name]["longest"]} '
                         f'instructions, at most {LATENCY_BOUND}')
    return wrong


def writes_text(row):
    if 'writes' not in row:
        return '?'
    return ' '.join(f'{n} {kind}' for kind, n in row['writes'].items()) or '-'


def print_table(rows):
    form = '{:<37}{:>8}{:>9}{:>8}{:>8}{:>9}{:>10}{:>7}  {}'
    print(form.format('operation', 'minimum', 'median', 'maximum', 'seL4', 'at most', 'committed',
                      'ratio', 'privileged writes'))
    second = False
    for row in rows:
        if row['name'].endswith(READY) and not second:
            second = True
            print('with 200 other ready threads')
        committed = row['committed']
        print(form.format(row['text'], row['min'],
                          f'{row["median"]}{"!" if row["median"] > row["bound"] else " "}',
                          row['max'], row['sel4'], row['bound'], committed or '-',
                          f'{row["median"] / committed:.2f}' if committed else '-',
                          writes_text(row)))


def print_latencies(latencies):
    print(f'\n{"longest kernel entry":<37}{"longest":>8}{"at most":>9}{"of":>10} instructions')
    for name, text in LATENCIES:
        if name in latencies:
            print(f'{text:<37}{latencies[name]["longest"]:>8}{LATENCY_BOUND:>9}'
                  f'{latencies[name]["duration"]:>10}')


def replace_block(name, lines):
    """Replace what stands between the two marks of this name in the document."""
    with open(DOCUMENT, encoding='utf-8') as file:
        text = file.read()
    begin, end = f'<!-- {name} -->\n', f'<!-- end of {name} -->\n'
    before, _, rest = text.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        sys.exit(f'{DOCUMENT}: no block {name}')
    with open(DOCUMENT, 'w', encoding='utf-8') as file:
        file.write(before + begin + '\n'.join(lines) + '\n' + end + after)


def document(found, latencies):
    """The tables of the document."""
    table = ['| operation | seL4 16.0 | at most | Capella | of seL4 | with 200 ready | privileged writes |',
             '|---|--:|--:|--:|--:|--:|---|']
    for name, text, sel4, bound in OPERATIONS:
        row, ready = found.get(name), found.get(name + READY)
        if row:
            text = text.strip() if text[0] != ' ' else '&nbsp; ' + text.strip()
            table.append(f'| {text} | {sel4:,} | {bound:,} | {row["median"]:,} | '
                         f'{row["median"] / sel4:.2f} | {ready["median"] if ready else ""} | '
                         f'{writes_text(row)} |')
    replace_block('operations', table)
    table = ['| operation | whole | longest wait | at most |', '|---|--:|--:|--:|']
    for name, text in LATENCIES:
        if name in latencies:
            table.append(f'| {text} | {latencies[name]["duration"]:,} | '
                         f'{latencies[name]["longest"]:,} | {LATENCY_BOUND:,} |')
    replace_block('latencies', table)


def draw(rows):
    """Today, committed and bound, each as a part of what seL4 needs."""
    data = '\n'.join(f'"{row["text"].strip()}" {row["median"] / row["sel4"]:.4f} '
                     f'{(row["committed"] or row["median"]) / row["sel4"]:.4f} '
                     f'{row["bound"] / row["sel4"]:.4f}'
                     for row in rows if not row['name'].endswith(READY))
    script = f'''set terminal svg size 1400,640 font "sans,11"
set output "{CHART}"
set title "Instructions of each operation, as a part of what seL4 16.0 needs"
set style data histograms
set style histogram clustered gap 1
set style fill solid noborder
set boxwidth 0.9
set yrange [0:*]
set ytics 0.1
set grid ytics lc rgb "#dddddd"
set xtics rotate by 50 right nomirror
set lmargin 22
set rmargin 3
set key outside top center horizontal
$figures << END
{data}
END
plot $figures using 3:xtic(1) title "committed" lc rgb "#b0b8c4", \\
     $figures using 2 title "today" lc rgb "#2060a0", \\
     $figures using 0:4 with points pt 7 ps 0.4 lc rgb "#c03020" title "at most"
'''
    subprocess.run(['gnuplot'], input=script, text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--qemu', default='qemu-system-x86_64')
    parser.add_argument('--build', default='build', help='where release and release-count are')
    parser.add_argument('--update', action='store_true', help='make the figures the baseline')
    options = parser.parse_args()

    baseline = {}
    if os.path.exists(BASELINE):
        with open(BASELINE, encoding='ascii') as file:
            baseline = json.load(file)
    found, latencies = measure(options.qemu, options.build)
    rows, wrong = assess(found, baseline)
    wrong += assess_latencies(latencies)
    print_table(rows)
    print_latencies(latencies)
    with open(JSON, 'w', encoding='ascii') as file:
        json.dump({'operations': {row['name']: row for row in rows}, 'latencies': latencies}, file,
                  indent=1)
    draw(rows)
    if options.update:
        with open(BASELINE, 'w', encoding='ascii') as file:
            json.dump({row['name']: row['median'] for row in rows}, file, indent=1)
            file.write('\n')
        document(found, latencies)
        print(f'{BASELINE} and {DOCUMENT} updated')
    for problem in wrong:
        print(f'bench: {problem}')
    print(f'{len(rows)} figures, {len(wrong)} problems; {JSON}, {CHART}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
