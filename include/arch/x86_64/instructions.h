/* SPDX-License-Identifier: BSD-2-Clause */
/* Single processor instructions, named after themselves.  Those that are slow because they change what
 * the processor may do, or reach a device, are counted in a kernel built with COUNT=1. */
#pragma once
#include <arch/x86_64/count.h>

#define PORT(bits, suffix)                                                                                  \
    static inline void out##bits(uint16_t port, uint##bits##_t value)                                       \
    {                                                                                                       \
        count_write(COUNT_PORT);                                                                            \
        __asm__ volatile("out" suffix " %0, %1" : : "a"(value), "Nd"(port) : "memory");                     \
    }                                                                                                       \
    static inline uint##bits##_t in##bits(uint16_t port)                                                    \
    {                                                                                                       \
        uint##bits##_t value;                                                                               \
        __asm__ volatile("in" suffix " %1, %0" : "=a"(value) : "Nd"(port) : "memory");                      \
        return value;                                                                                       \
    }
PORT(8, "b")
PORT(16, "w")
PORT(32, "l")

static inline word_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
    return (word_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, word_t value)
{
    count_write(COUNT_MSR);
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline void xsetbv(uint32_t index, word_t value)
{
    count_write(COUNT_XCR0);
    __asm__ volatile("xsetbv"
                     :
                     : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

struct cpuid {
    uint32_t a, b, c, d;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

static inline word_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (word_t)high << 32 | low;
}

/* Control and debug registers, with what writing them counts as. */
#define READ(name)                                                                                          \
    static inline word_t read_##name(void)                                                                  \
    {                                                                                                       \
        word_t value;                                                                                       \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value) : : "memory");                                 \
        return value;                                                                                       \
    }
#define WRITE(name, counter)                                                                                \
    static inline void write_##name(word_t value)                                                           \
    {                                                                                                       \
        count_write(counter);                                                                               \
        __asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory");                                     \
    }
READ(cr0)
READ(cr2)
READ(cr3)
READ(cr4)
READ(dr6)
WRITE(cr0, COUNT_CR0)
WRITE(cr3, COUNT_CR3)
WRITE(cr4, COUNT_CR4)
WRITE(dr0, COUNT_DEBUG)
WRITE(dr1, COUNT_DEBUG)
WRITE(dr2, COUNT_DEBUG)
WRITE(dr3, COUNT_DEBUG)
WRITE(dr6, COUNT_DEBUG)
WRITE(dr7, COUNT_DEBUG)

/* Selectors of data segments. */
#define SEGMENT(name)                                                                                       \
    READ(name)                                                                                              \
    static inline void write_##name(word_t value) { __asm__ volatile("mov %0, %%" #name : : "r"(value)); }
SEGMENT(ds)
SEGMENT(es)
SEGMENT(fs)
SEGMENT(gs)

/* With CR4.FSGSBASE only; what is written has to be canonical. */
#define BASE(name)                                                                                          \
    static inline word_t rd##name(void)                                                                     \
    {                                                                                                       \
        word_t base;                                                                                        \
        __asm__ volatile("rd" #name " %0" : "=r"(base));                                                    \
        return base;                                                                                        \
    }                                                                                                       \
    static inline void wr##name(word_t base) { __asm__ volatile("wr" #name " %0" : : "r"(base)); }
BASE(fsbase)
BASE(gsbase)

static inline void invlpg(word_t address)
{
    count_write(COUNT_FLUSH);
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

enum invpcid_type { INVPCID_ADDRESS, INVPCID_CONTEXT };

static inline void invpcid(enum invpcid_type type, word_t pcid, word_t address)
{
    struct {
        word_t pcid, address;
    } what = { pcid, address };
    count_write(COUNT_FLUSH);
    __asm__ volatile("invpcid %0, %1" : : "m"(what), "r"((word_t)type) : "memory");
}

/* Clears CR0.TS. */
static inline void clts(void)
{
    count_write(COUNT_CR0);
    __asm__ volatile("clts");
}

static inline void pause(void) { __asm__ volatile("pause"); }

/* Ends the work of this processor for good. */
static inline noreturn void stop(void)
{
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}
