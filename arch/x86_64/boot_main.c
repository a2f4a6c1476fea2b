/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot, step by step: from what the loader passed to the root task.  Any step may find that it
 * cannot go on; then a sentence says why, and the machine stops. */
#include <arch/x86_64/boot.h>
#include <arch/x86_64/console.h>
#include <arch/x86_64/cpu.h>
#include <arch/x86_64/fpu.h>
#include <arch/x86_64/instructions.h>
#include <arch/x86_64/ioapic.h>
#include <arch/x86_64/lapic.h>
#include <arch/x86_64/tables.h>
#include <kernel/core.h>
#include <kernel/print.h>

#define DEFAULT_PORT 0x3f8u
#define BIOS_COM1 0x400u     /* where the BIOS says which port its first serial line has */

extern char boot_part_start[], boot_part_end[], kernel_end[];

static struct boot_machine machine;

noreturn void boot_fail(const char *sentence)
{
    print("Capella cannot start: %s\n", sentence);
    arch_stop();
}

static void require(const char *failure)
{
    if (failure)
        boot_fail(failure);
}

const char *boot_memory_at(word_t at, word_t bytes)
{
    bool mapped = at < BOOT_MAPPED && bytes <= BOOT_MAPPED - at;
    return mapped ? memory_pointer((paddr_t){ at }) : NULL;
}

static uint16_t bios_port(void)
{
    uint16_t port = (uint16_t)field(boot_memory_at(BIOS_COM1, 2), 2);
    return port ? port : DEFAULT_PORT;
}

static void log_memory(void)
{
    word_t bytes = 0;
    for (word_t i = 0; i < machine.ram.count; i++)
        bytes += machine.ram.at[i].end - machine.ram.at[i].start;
    print("memory: %lu MiB in %lu ranges\n", bytes >> 20, machine.ram.count);
    for (word_t i = 1; i < machine.module_count && i < BOOT_MODULES; i++)
        print("module %lu at %lx is not used\n", i, machine.module[i].start);
}

static void log_processor(void)
{
    const struct { bool has; const char *name; } features[] = {
        { cpu.has.pcid, "pcid" }, { cpu.has.fsgsbase, "fsgsbase" }, { cpu.has.avx, "avx" },
        { cpu.has.xsave, "xsave" }, { cpu.has.x2apic, "x2apic" }, { cpu.has.page_1g, "1g-pages" },
        { cpu.has.nx, "nx" }, { cpu.has.smep, "smep" }, { cpu.has.smap, "smap" },
    };
    print("processor: %lu MHz,", cpu.tsc_mhz);
    for (word_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (features[i].has)
            print(" %s", features[i].name);
    print("; %lu of %lu in use, %lu ioapics\n", 1ul, machine.cpu_count, ioapic_count());
    print("page tables: %s user mode\n", cpu.pti ? "the kernel's are not visible in" : "shared with");
    if (!boot_mtrr_write_back(&machine.kernel))
        print("memory type: the kernel's memory is not write-back, so everything is slow\n");
}

static void log_root_task(void)
{
    print("root task: %lu KiB at %lx\n", (machine.image.end - machine.image.start) >> 10,
          machine.image.start);
}

/* Consoles first: everything that fails later is said there. */
static void read_loader(uint32_t magic, uint32_t info)
{
    console_serial_init(bios_port());
    const char *failure = boot_multiboot_read(magic, info, &machine);
    boot_options_read(&machine, bios_port());
    console_serial_init(machine.console_port);
    boot_screen_find(&machine, !machine.has_framebuffer);
    boot_multiboot_report(&machine);
    require(failure);
    quiet = machine.quiet;
}

static void move(char *to, const char *from, word_t bytes)
{
    for (word_t i = 0; to < from && i < bytes; i++)
        to[i] = from[i];
    for (word_t i = bytes; to > from && i > 0; i--)
        to[i - 1] = from[i - 1];
}

/* The local APIC is where the processor has it: tables can be wrong. */
static void locate_lapic(void)
{
    word_t base = rdmsr(MSR_APIC_BASE) & PTE_FRAME;
    if (VARIANT_DEBUG && base != machine.lapic)
        print("local APIC: at %lx, not at %lx as the MADT says\n", base, machine.lapic);
    machine.lapic = base;
    boot_ranges_add(&machine.registers, base, base + PAGE_BYTES);
}

/* No RAM, whatever the map says: what commands the processor, and what it cannot address. */
static void correct_ram(void)
{
    boot_ranges_remove(&machine.ram, BIT(cpu.physical_bits), UINT64_MAX);
    for (word_t i = 0; i < machine.registers.count; i++)
        boot_ranges_remove(&machine.ram, machine.registers.at[i].start, machine.registers.at[i].end);
}

/* Checks the root task, finds room for it, and takes its module out of the way.  Returns where. */
static word_t place(void)
{
    struct boot_range module = machine.module[0], old = module;
    const char *file = boot_memory_at(module.start, module.end - module.start);
    require(file ? NULL : "the root task (first module) lies above 4 GiB.");
    require(boot_elf_check(file, module.end - module.start, &machine.root));

    word_t kernel = image_paddr(boot_part_start).at, tables = image_paddr(kernel_end).at;
    machine.boot_part = (struct boot_range){ kernel, image_paddr(boot_part_end).at };
    machine.kernel = (struct boot_range){ kernel, tables + boot_paging_bytes(&machine) };
    require(boot_place(&machine, BOOT_MAPPED, &module));
    move(memory_pointer((paddr_t){ module.start }), file, old.end - old.start);
    return module.start;
}

/* The image directly behind the tables, if they took less room than planned. */
static void set_kernel_end(word_t end)
{
    word_t bytes = machine.image.end - machine.image.start;
    if (machine.image.start == machine.kernel.end)
        machine.image = (struct boot_range){ end, end + bytes };
    machine.kernel.end = end;
}

void boot_main(uint32_t magic, uint32_t info)
{
    tables_init(); /* so that whatever goes wrong is told */
    read_loader(magic, info);
    if (VARIANT_DEBUG) {
        print("Capella, debug kernel\n");
        log_memory();
    }
    require(boot_cpu_find());
    boot_screen_limit(&machine);
    boot_pti_choose(machine.pti);
    boot_cpu_set(&machine);
    require(boot_acpi_read(&machine));
    locate_lapic();
    correct_ram();

    word_t module = place();
    set_kernel_end(boot_paging_init(&machine, image_paddr(kernel_end).at));
    boot_screen_mapped(&machine);
    tables_init();
    fpu_init();
    boot_pic_disable();
    lapic_init();
    ioapic_init(machine.ioapic, machine.ioapic_count);
    require(boot_timer_init(machine.pm_timer));
    if (VARIANT_DEBUG)
        log_processor();

    boot_elf_load(memory_pointer((paddr_t){ module }), &machine.root,
                  memory_pointer((paddr_t){ machine.image.start }));
    if (VARIANT_DEBUG)
        log_root_task();
    boot_root_task(&machine);
}
