#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the configuration headers of one variant.

    gen_config.py OUTDIR KEY=VALUE...

OUTDIR/kernel/gen_config.h and OUTDIR/sel4/gen_config.h hold the CONFIG_* macros that user programs
test: an enabled boolean is 1, a disabled one is undefined.  OUTDIR/kernel/variant.h holds the same
choices for the kernel as constants that are always defined, so that its code folds them without
preprocessor conditionals.  A file is written only if its content changes.

OPTIONS below lists the keys; all are optional.  tools/gen_methods.py takes the same keys.
"""
import os
import sys

# key: (default, lowest, highest, meaning)
OPTIONS = {
    'RELEASE': (0, 0, 1, 'no debug system calls, no console, no assertions'),
    'NUM_DOMAINS': (1, 1, 256, 'scheduling domains'),
    'ROOT_CNODE_BITS': (12, 7, 27, 'log2 slots of the root task\'s CNode'),
    'HW_DEBUG': (0, 0, 1, 'breakpoint and single-step methods'),
    'FSGSBASE': (0, 0, 1, 'headers for programs that write their thread pointer by WRFSBASE'),
    'CHECK': (0, 0, 1, 'the kernel checks its invariants after every entry'),
    'COUNT': (0, 0, 1, 'the kernel counts its privileged writes (needs RELEASE)'),
    'MCS': (0, 0, 1, 'mixed-criticality scheduling'),
    'NODES': (1, 1, 64, 'most processors used; above 1 the kernel is multiprocessor'),
    'VTX': (0, 0, 1, 'VT-x virtual processors'),
    'VTX64': (0, 0, 1, '64-bit guests (needs VTX)'),
    'IOMMU': (0, 0, 1, 'VT-d'),
    'HUGE_PAGE': (1, 0, 1, '1-GiB frames'),
    'XSAVE_SIZE': (512, 512, 4096, 'bytes of floating-point state in a TCB'),
    'BENCHMARKS': (0, 0, 1, 'benchmark system calls'),
    'UTILISATION': (0, 0, 1, 'processor time of each thread (needs BENCHMARKS)'),
    'DANGEROUS': (0, 0, 1, 'calls that break isolation: MSR access, code injection'),
    'REPORT_ERRORS': (0, 0, 1, 'failed invocations leave a text in the IPC buffer'),
}

NUM_PRIORITIES = 256
MAX_BOOTINFO_UNTYPEDS = 230
RETYPE_FAN_OUT_LIMIT = 256
TIME_SLICE = 5
TIMER_TICK_MS = 2
WORK_UNITS_PER_PREEMPTION = 100
RESET_CHUNK_BITS = 8
COUNT_SYSCALL = -1000


def parse(words):
    """The configuration that KEY=VALUE words ask for, as {key: number}."""
    config = {key: option[0] for key, option in OPTIONS.items()}
    for word in words:
        key, equals, value = word.partition('=')
        if key not in OPTIONS or not equals:
            sys.exit(f'{word}: not one of {" ".join(OPTIONS)} with =VALUE')
        _, low, high, meaning = OPTIONS[key]
        if not value.isdigit() or not low <= int(value) <= high:
            sys.exit(f'{word}: {meaning}: {low} to {high}')
        config[key] = int(value)
    for key, needed in (('VTX64', 'VTX'), ('UTILISATION', 'BENCHMARKS'), ('COUNT', 'RELEASE')):
        if config[key] and not config[needed]:
            sys.exit(f'{key}=1 needs {needed}=1')
    return config


def write_if_changed(path, text):
    """Keep the time stamp of an unchanged file, so that nothing is rebuilt for it."""
    try:
        with open(path, encoding='ascii') as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)


def schedule_entries(config):
    return 2 if config['NUM_DOMAINS'] == 1 else 100


def tcb_bits(config):
    return 12 if config['XSAVE_SIZE'] >= 832 else 11


def kernel_macros(config):
    """(name, value) of the kernel's CONFIG_* macros.  True is an enabled boolean, False a disabled
    one."""
    debug = not config['RELEASE']
    mcs = bool(config['MCS'])
    return [
        ('ARCH', '"x86"'),
        ('SEL4_ARCH', '"x86_64"'),
        ('PLAT', '"pc99"'),
        ('ARCH_X86', True),
        ('ARCH_X86_64', True),
        ('PLAT_PC99', True),
        ('WORD_SIZE', 64),
        ('PADDR_USER_DEVICE_TOP', f'{1 << 47:#x}'),
        ('KERNEL_MCS', mcs),
        ('ENABLE_SMP_SUPPORT', config['NODES'] > 1),
        ('MAX_NUM_NODES', config['NODES']),
        ('NUM_DOMAINS', config['NUM_DOMAINS']),
        ('NUM_DOMAIN_SCHEDULES', schedule_entries(config)),
        ('NUM_PRIORITIES', NUM_PRIORITIES),
        ('TIME_SLICE', False if mcs else TIME_SLICE),
        ('TIMER_TICK_MS', False if mcs else TIMER_TICK_MS),
        ('BOOT_THREAD_TIME_SLICE', 5 if mcs else False),
        ('KERNEL_WCET_SCALE', 1 if mcs else False),
        ('KERNEL_STATIC_MAX_PERIOD_US', 0 if mcs else False),
        ('ROOT_CNODE_SIZE_BITS', config['ROOT_CNODE_BITS']),
        ('MAX_NUM_BOOTINFO_UNTYPED_CAPS', MAX_BOOTINFO_UNTYPEDS),
        ('RETYPE_FAN_OUT_LIMIT', RETYPE_FAN_OUT_LIMIT),
        ('MAX_NUM_WORK_UNITS_PER_PREEMPTION', WORK_UNITS_PER_PREEMPTION),
        ('RESET_CHUNK_BITS', RESET_CHUNK_BITS),
        ('DEBUG_BUILD', debug),
        ('PRINTING', debug),
        ('HARDWARE_DEBUG_API', bool(config['HW_DEBUG'])),
        ('VTX', bool(config['VTX'])),
        ('X86_64_VTX_64BIT_GUESTS', bool(config['VTX64'])),
        ('IOMMU', bool(config['IOMMU'])),
        ('HUGE_PAGE', bool(config['HUGE_PAGE'])),
        ('HAVE_FPU', True),
        ('XSAVE_SIZE', config['XSAVE_SIZE']),
        ('SYSCALL', True),
        ('SYSENTER', False),
        ('SET_TLS_BASE_SELF', not config['FSGSBASE']),
        ('FSGSBASE_MSR', not config['FSGSBASE']),
        ('FSGSBASE_INST', bool(config['FSGSBASE'])),
        ('FSGSBASE_GDT', False),
        ('IRQ_IOAPIC', True),
        ('IRQ_PIC', False),
        ('ENABLE_BENCHMARKS', bool(config['BENCHMARKS'])),
        ('BENCHMARK_GENERIC', bool(config['BENCHMARKS'] and not config['UTILISATION'])),
        ('BENCHMARK_TRACK_UTILISATION', bool(config['UTILISATION'])),
        ('BENCHMARK_TRACK_KERNEL_ENTRIES', False),
        ('BENCHMARK_TRACEPOINTS', False),
        ('KERNEL_LOG_BUFFER', False),
        ('DANGEROUS_CODE_INJECTION', bool(config['DANGEROUS'])),
        ('KERNEL_X86_DANGEROUS_MSR', bool(config['DANGEROUS'])),
        ('KERNEL_INVOCATION_REPORT_ERROR_IPC', bool(config['REPORT_ERRORS'])),
        ('EXPORT_PMC_USER', False),
        ('COUNT_SYSCALL', COUNT_SYSCALL if config['COUNT'] else False),
    ]


def library_macros():
    return [
        ('LIB_SEL4_INLINE_INVOCATIONS', True),
        ('LIB_SEL4_DEFAULT_FUNCTION_ATTRIBUTES', False),
        ('LIB_SEL4_PUBLIC_SYMBOLS', False),
        ('LIB_SEL4_FUNCTION_ATTRIBUTE', '"inline"'),
        ('LIB_SEL4_USE_THREAD_LOCALS', True),
        ('LIB_SEL4_STUBS_USE_IPC_BUFFER_ONLY', False),
        ('LIB_SEL4_PRINT_INVOCATION_ERRORS', False),
    ]


def variant_constants(config):
    """(name, value) of the kernel's own constants: every one always defined."""
    return [
        ('VARIANT_DEBUG', int(not config['RELEASE'])),
        ('VARIANT_HW_DEBUG', config['HW_DEBUG']),
        ('VARIANT_CHECK', config['CHECK']),
        ('VARIANT_COUNT', config['COUNT']),
        ('COUNT_SYSCALL', COUNT_SYSCALL),
        ('VARIANT_MCS', config['MCS']),
        ('VARIANT_VTX', config['VTX']),
        ('VARIANT_VTX64', config['VTX64']),
        ('VARIANT_IOMMU', config['IOMMU']),
        ('VARIANT_HUGE_PAGE', config['HUGE_PAGE']),
        ('MAX_NODES', config['NODES']),
        ('NUM_DOMAINS', config['NUM_DOMAINS']),
        ('NUM_DOMAIN_SCHEDULES', schedule_entries(config)),
        ('NUM_PRIORITIES', NUM_PRIORITIES),
        ('TIME_SLICE', TIME_SLICE),
        ('TIMER_TICK_MS', TIMER_TICK_MS),
        ('ROOT_CNODE_BITS', config['ROOT_CNODE_BITS']),
        ('MAX_BOOTINFO_UNTYPEDS', MAX_BOOTINFO_UNTYPEDS),
        ('RETYPE_FAN_OUT_LIMIT', RETYPE_FAN_OUT_LIMIT),
        ('WORK_UNITS_PER_PREEMPTION', WORK_UNITS_PER_PREEMPTION),
        ('RESET_CHUNK_BITS', RESET_CHUNK_BITS),
        ('XSAVE_SIZE', config['XSAVE_SIZE']),
        ('TCB_BITS', tcb_bits(config)),
    ]


def header(comment, lines):
    top = ['/* SPDX-License-Identifier: BSD-2-Clause */', f'/* {comment} */', '#pragma once', '']
    return '\n'.join(top + lines) + '\n'


def macro_lines(macros):
    """Disabled booleans stay visible as comments, so that the header answers every question."""
    return [f'/* CONFIG_{name} is not set */' if value is False else
            f'#define CONFIG_{name} {1 if value is True else value}' for name, value in macros]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out = sys.argv[1]
    config = parse(sys.argv[2:])
    made = 'Generated by tools/gen_config.py: '
    write_if_changed(f'{out}/kernel/gen_config.h',
                     header(made + 'the kernel\'s configuration, as user programs see it.',
                            macro_lines(kernel_macros(config))))
    write_if_changed(f'{out}/sel4/gen_config.h',
                     header(made + 'the configuration of libsel4.', macro_lines(library_macros())))
    write_if_changed(f'{out}/kernel/variant.h',
                     header(made + 'the variant, as constants that fold.',
                            [f'#define {name} {value}'
                             for name, value in variant_constants(config)]))


if __name__ == '__main__':
    main()
