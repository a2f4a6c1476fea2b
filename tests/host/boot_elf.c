/* SPDX-License-Identifier: BSD-2-Clause */
/* sources: arch/x86_64/boot_elf.c */
#include "host.h"
#include <arch/x86_64/boot.h>
#include <elf.h>

#define FILE_BYTES 0x3000u
#define SEGMENTS_MAX 8

static char *file;
static Elf64_Ehdr *header;
static Elf64_Phdr *segment;
static struct boot_image image;

/* Text of 0x1800 bytes at 0x400000; at 0x402000 data, 0x10 bytes in the file, 0x2010 in memory. */
static int setup(void **state)
{
    (void)state;
    file = calloc(1, FILE_BYTES);
    header = (Elf64_Ehdr *)file;
    segment = (Elf64_Phdr *)(file + 64);
    memcpy(header->e_ident, ELFMAG, SELFMAG);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_machine = EM_X86_64;
    header->e_type = ET_EXEC;
    header->e_entry = 0x400010;
    header->e_phoff = 64;
    header->e_phentsize = sizeof(Elf64_Phdr);
    header->e_phnum = 2;
    segment[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = 0x1000, .p_vaddr = 0x400000,
                               .p_filesz = 0x1800, .p_memsz = 0x1800 };
    segment[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_offset = 0x2ff0, .p_vaddr = 0x402000,
                               .p_filesz = 0x10, .p_memsz = 0x2010 };
    memset(file + 0x1000, 't', 0x1800);
    memset(file + 0x2ff0, 'd', 0x10);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(file);
    return 0;
}

static const char *check(void) { return boot_elf_check(file, FILE_BYTES, &image); }

static void expect_failure(const char *part)
{
    const char *failure = check();
    assert_non_null(failure);
    if (!strstr(failure, part))
        fail_msg("\"%s\" does not say \"%s\"", failure, part);
}

static void a_good_file_gives_its_image(void **state)
{
    (void)state;
    assert_null(check());
    assert_int_equal(image.v_start, 0x400000);
    assert_int_equal(image.v_end, 0x405000);
    assert_int_equal(image.entry, 0x400010);
}

static void only_an_executable_at_a_fixed_address_is_taken(void **state)
{
    (void)state;
    static const Elf64_Half others[] = { ET_DYN, ET_NONE, ET_REL, ET_CORE, 0xff02 };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        header->e_type = others[i];
        expect_failure("not linked to a fixed address: position independent (PIE)");
    }
}

static void loading_zeroes_gaps_and_what_the_file_does_not_have(void **state)
{
    (void)state;
    assert_null(check());
    char *memory = malloc(image.v_end - image.v_start);
    memset(memory, 'x', image.v_end - image.v_start);
    boot_elf_load(file, &image, memory);
    assert_int_equal(memory[0], 't');
    assert_int_equal(memory[0x17ff], 't');
    assert_int_equal(memory[0x1800], 0);
    assert_int_equal(memory[0x1fff], 0);
    assert_int_equal(memory[0x2000], 'd');
    assert_int_equal(memory[0x200f], 'd');
    assert_int_equal(memory[0x2010], 0);
    assert_int_equal(memory[0x4fff], 0);
    free(memory);
}

static void what_is_not_elf64_for_this_machine_is_refused(void **state)
{
    (void)state;
    assert_non_null(strstr(boot_elf_check(file, 63, &image), "not an ELF64"));
    file[0] = 0x7e;
    expect_failure("not an ELF64");
    file[0] = 0x7f;
    header->e_ident[EI_CLASS] = ELFCLASS32;
    expect_failure("not an ELF64");
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_ident[EI_DATA] = ELFDATA2MSB;
    expect_failure("not an ELF64");
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_machine = EM_AARCH64;
    expect_failure("not an ELF64");
}

static void program_headers_must_lie_in_the_file(void **state)
{
    (void)state;
    header->e_phoff = FILE_BYTES - 2 * sizeof(Elf64_Phdr) + 1;
    expect_failure("program headers");
    header->e_phoff = UINT64_MAX - 8;
    expect_failure("program headers");
    header->e_phoff = 64;
    header->e_phentsize = sizeof(Elf64_Phdr) - 1;
    expect_failure("program headers");
    header->e_phentsize = sizeof(Elf64_Phdr);
    header->e_phnum = UINT16_MAX;
    expect_failure("program headers");
}

static void unaligned_program_headers_are_read(void **state)
{
    (void)state;
    memmove(file + 67, file + 64, 2 * sizeof(Elf64_Phdr));
    header->e_phoff = 67;
    assert_null(check());
    assert_int_equal(image.v_end, 0x405000);
}

static void nothing_to_load_is_refused(void **state)
{
    (void)state;
    header->e_phnum = 0;
    expect_failure("no segment");
    header->e_phnum = 2;
    segment[0].p_filesz = segment[0].p_memsz = 0;
    segment[1].p_filesz = segment[1].p_memsz = 0;
    expect_failure("no segment");
}

static void the_image_begins_at_a_page(void **state)
{
    (void)state;
    segment[0].p_vaddr = 0x400800;
    expect_failure("page boundary");
}

static void overlapping_bytes_are_refused(void **state)
{
    (void)state;
    segment[1].p_vaddr = 0x4017ff;
    expect_failure("overlap");
    segment[1].p_vaddr = 0x401800;
    assert_null(check());
    segment[1].p_type = PT_TLS;
    segment[1].p_vaddr = 0x401000;
    assert_null(check());
}

static void identical_segments_overlap(void **state)
{
    (void)state;
    segment[1] = segment[0];
    expect_failure("overlap");
}

static void overflow_of_the_address_is_refused(void **state)
{
    (void)state;
    segment[1].p_vaddr = UINT64_MAX - 0x1000;
    expect_failure("end of the address space");
}

static void the_end_of_the_file_is_respected(void **state)
{
    (void)state;
    segment[1].p_offset = 0x2ff1;
    expect_failure("end of its file");
    segment[1].p_offset = UINT64_MAX - 4;
    expect_failure("end of its file");
}

static void more_in_the_file_than_in_memory_is_refused(void **state)
{
    (void)state;
    segment[1].p_memsz = 0xf;
    expect_failure("more bytes");
}

static void the_user_address_space_ends(void **state)
{
    (void)state;
    segment[1].p_vaddr = 0x7fffffff9000;
    segment[1].p_memsz = 0x3000;
    assert_null(check());
    assert_int_equal(image.v_end, 0x7fffffffc000);
    segment[1].p_memsz = 0x3001;
    expect_failure("user address space");
    segment[1].p_vaddr = 0x7fffffffc000;
    expect_failure("user address space");
    segment[1].p_vaddr = 0xffffffff80000000;
    expect_failure("user address space");
    segment[1].p_vaddr = 0xffffffffffffd000;
    segment[1].p_memsz = 0x2fff;
    expect_failure("user address space");
}

static void the_entry_lies_in_the_image(void **state)
{
    (void)state;
    header->e_entry = 0x3fffff;
    expect_failure("entry point");
    header->e_entry = 0x405000;
    expect_failure("entry point");
    header->e_entry = 0x404fff;
    assert_null(check());
}

static void bounds_count_every_kind_of_header(void **state)
{
    (void)state;
    header->e_phnum = 3;
    segment[2] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_vaddr = 0x3ff000, .p_memsz = 0x10 };
    assert_null(check());
    assert_int_equal(image.v_start, 0x3ff000);
    segment[2].p_memsz = 0;
    assert_null(check());
    assert_int_equal(image.v_start, 0x400000);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_file_gives_its_image),
        TEST(only_an_executable_at_a_fixed_address_is_taken),
        TEST(loading_zeroes_gaps_and_what_the_file_does_not_have),
        TEST(what_is_not_elf64_for_this_machine_is_refused),
        TEST(program_headers_must_lie_in_the_file),
        TEST(unaligned_program_headers_are_read),
        TEST(nothing_to_load_is_refused),
        TEST(the_image_begins_at_a_page),
        TEST(overlapping_bytes_are_refused),
        TEST(identical_segments_overlap),
        TEST(overflow_of_the_address_is_refused),
        TEST(the_end_of_the_file_is_respected),
        TEST(more_in_the_file_than_in_memory_is_refused),
        TEST(the_user_address_space_ends),
        TEST(the_entry_lies_in_the_image),
        TEST(bounds_count_every_kind_of_header),
    };
    return RUN(tests);
}
