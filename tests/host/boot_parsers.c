/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: tests/host/model_boot.c tests/host/model_boot_acpi.c tests/host/model_boot_elf.c tests/host/model_boot_memory.c tests/host/model_boot_multiboot.c tests/host/model_boot_options.c tests/host/model_boot_screen.c arch/x86_64/boot_acpi.c arch/x86_64/boot_elf.c arch/x86_64/boot_multiboot.c arch/x86_64/boot_options.c arch/x86_64/boot_place.c arch/x86_64/boot_ranges.c arch/x86_64/boot_screen.c arch/x86_64/boot_untyped.c arch/x86_64/console_screen.c */
/* Each parser of boot on tables that pseudo-random bytes compose and then damage; fuzz_boot_*.c find better ones. */
#include "host.h"
#include "model_boot_acpi.h"
#include "model_boot_elf.h"
#include "model_boot_memory.h"
#include "model_boot_multiboot.h"
#include "model_boot_options.h"
#include "model_boot_screen.h"

#define INPUTS 20000
#define INPUT_BYTES 1500u

static void run(void (*model)(struct input *in))
{
    uint8_t bytes[INPUT_BYTES];
    for (word_t i = 0; i < INPUTS; i++) {
        /* Short ones end in zeros, which damage nothing. */
        word_t length = host_below(INPUT_BYTES);
        for (word_t j = 0; j < length; j++)
            bytes[j] = (uint8_t)host_below(256);
        struct input in = { bytes, bytes + length };
        model(&in);
    }
}

static void loaders_information(void **state) { (void)state, run(model_boot_multiboot); }
static void tables_of_the_firmware(void **state) { (void)state, run(model_boot_acpi); }
static void files_of_root_tasks(void **state) { (void)state, run(model_boot_elf); }
static void command_lines(void **state) { (void)state, run(model_boot_options); }
static void framebuffers(void **state) { (void)state, run(model_boot_screen); }
static void ranges_places_and_untyped_memory(void **state) { (void)state, run(model_boot_memory); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(loaders_information),
        UNIT(tables_of_the_firmware),
        UNIT(files_of_root_tasks),
        UNIT(command_lines),
        UNIT(framebuffers),
        UNIT(ranges_places_and_untyped_memory),
    };
    return RUN(tests);
}
