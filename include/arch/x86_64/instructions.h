/* SPDX-License-Identifier: BSD-2-Clause */
/* Single processor instructions, named after themselves.  Those that are slow because they change what
 * the processor may do, or reach a device, are counted in a kernel built with COUNT=1. */
#pragma once
#include <arch/x86_64/count.h>

static inline void out8(uint16_t port, uint8_t value)
{
    count_write(COUNT_PORT);
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void out16(uint16_t port, uint16_t value)
{
    count_write(COUNT_PORT);
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void out32(uint16_t port, uint32_t value)
{
    count_write(COUNT_PORT);
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint16_t in16(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint32_t in32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

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

static inline word_t read_cr0(void)
{
    word_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value) : : "memory");
    return value;
}

static inline word_t read_cr2(void)
{
    word_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value) : : "memory");
    return value;
}

static inline word_t read_cr3(void)
{
    word_t value;
    __asm__ volatile("mov %%cr3, %0" : "=r"(value) : : "memory");
    return value;
}

static inline word_t read_cr4(void)
{
    word_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value) : : "memory");
    return value;
}

static inline void write_cr0(word_t value)
{
    count_write(COUNT_CR0);
    __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

static inline void write_cr3(word_t value)
{
    count_write(COUNT_CR3);
    __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline void write_cr4(word_t value)
{
    count_write(COUNT_CR4);
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

#define WRITE_DR(n)                                                       \
    static inline void write_dr##n(word_t value)                          \
    {                                                                     \
        count_write(COUNT_DEBUG);                                         \
        __asm__ volatile("mov %0, %%dr" #n : : "r"(value) : "memory");    \
    }
WRITE_DR(0)
WRITE_DR(1)
WRITE_DR(2)
WRITE_DR(3)
WRITE_DR(6)
WRITE_DR(7)

static inline word_t read_dr6(void)
{
    word_t value;
    __asm__ volatile("mov %%dr6, %0" : "=r"(value) : : "memory");
    return value;
}

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

static inline void fninit(void) { __asm__ volatile("fninit"); }
static inline void ldmxcsr(uint32_t value) { __asm__ volatile("ldmxcsr %0" : : "m"(value)); }
static inline void pause(void) { __asm__ volatile("pause"); }

/* Ends the work of this processor for good. */
static inline noreturn void stop(void)
{
    for (;;)
        __asm__ volatile("cli; hlt" : : : "memory");
}
