/* SPDX-License-Identifier: BSD-2-Clause */
/* Coverage kernels (make coverage): when the kernel stops, it writes the counters that the compiler
 * has put into its code to the console, for tools/coverage.py.  The linker makes this the way to
 * arch_stop(), and libgcov knows the format; the other functions are what libgcov wants there. */
#include <arch/core.h>
#include <kernel/print.h>

struct gcov_info;
extern const struct gcov_info *const gcov_info_start[], *const gcov_info_end[];

/* libgcov. */
void __gcov_info_to_gcda(const struct gcov_info *info, void (*name)(const char *, void *),
                         void (*write)(const void *, unsigned, void *),
                         void *(*allocate)(unsigned, void *), void *argument);

noreturn void __real_arch_stop(void);
noreturn void __wrap_arch_stop(void);
void __gcov_merge_add(int64_t *counters, unsigned count);
noreturn void abort(void);
void *mmap(void *at, size_t bytes, int protection, int flags, int file, long offset);

/* Counters of several runs are added up outside. */
void __gcov_merge_add(int64_t *counters, unsigned count)
{
    (void)counters;
    (void)count;
}

noreturn void abort(void) { __real_arch_stop(); }

/* For lists of counters without a fixed number, which are not in use. */
void *mmap(void *at, size_t bytes, int protection, int flags, int file, long offset)
{
    (void)at;
    (void)bytes;
    (void)protection;
    (void)flags;
    (void)file;
    (void)offset;
    abort();
}

static void *allocate(unsigned bytes, void *argument) { return mmap(argument, bytes, 0, 0, 0, 0); }

static void write_name(const char *name, void *argument)
{
    (void)argument;
    print("\nCOVERAGE %s\n", name);
}

static void write_bytes(const void *data, unsigned count, void *argument)
{
    const uint8_t *bytes = data;
    (void)argument;
    for (unsigned i = 0; i < count; i++)
        print("%02x", bytes[i]);
}

noreturn void __wrap_arch_stop(void)
{
    for (const struct gcov_info *const *info = gcov_info_start; info < gcov_info_end; info++)
        __gcov_info_to_gcda(*info, write_name, write_bytes, allocate, NULL);
    print("\nCOVERAGE END\n");
    __real_arch_stop();
}
