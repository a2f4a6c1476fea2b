# SPDX-License-Identifier: BSD-2-Clause
# Capella: settings, flags, files, rules, targets.  `make help` lists what can be asked for.

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDEXPANSION:
.DEFAULT_GOAL := all

# ---- settings ------------------------------------------------------------------------------------
RELEASE        ?= 0
NUM_DOMAINS    ?= 1
ROOT_CNODE_BITS ?= 12
HW_DEBUG       ?= 0
FSGSBASE       ?= 0
CHECK          ?= 0
COUNT          ?= 0
COVERAGE       ?= 0
CC             ?= gcc
HOST_CC        ?= gcc
PYTHON         ?= python3
QEMU           ?= qemu-system-x86_64
CPU            ?= Haswell,+pdpe1gb
MEM            ?= 512M
V              ?= 0
Q              := $(if $(filter 1,$(V)),,@)

ifeq ($(RELEASE)$(CHECK),11)
$(error CHECK=1 is for debug kernels)
endif
ifeq ($(origin CC),default)
CC := gcc
endif

variant := $(if $(filter 1,$(RELEASE)),release,debug)
variant := $(variant)$(if $(filter-out 12,$(ROOT_CNODE_BITS)),-cnode$(ROOT_CNODE_BITS))
variant := $(variant)$(if $(filter-out 1,$(NUM_DOMAINS)),-dom$(NUM_DOMAINS))
variant := $(variant)$(if $(filter 1,$(FSGSBASE)),-fsgsbase)$(if $(filter 1,$(HW_DEBUG)),-hwdebug)$(if $(filter 1,$(CHECK)),-check)$(if $(filter 1,$(COUNT)),-count)$(if $(filter 1,$(COVERAGE)),-coverage)
B       := build/$(variant)
config  := RELEASE=$(RELEASE) NUM_DOMAINS=$(NUM_DOMAINS) ROOT_CNODE_BITS=$(ROOT_CNODE_BITS) \
           HW_DEBUG=$(HW_DEBUG) FSGSBASE=$(FSGSBASE) CHECK=$(CHECK) COUNT=$(COUNT)

# ---- files ---------------------------------------------------------------------------------------
not_here    := arch/x86_64/offsets.c kernel/debug$(if $(filter 1,$(RELEASE)),,_off).c \
    $(if $(filter 1,$(CHECK)),,$(wildcard kernel/check*.c arch/x86_64/check*.c)) \
    $(if $(filter 1,$(HW_DEBUG)),,arch/x86_64/hwdebug.c) \
    $(if $(filter 1,$(COUNT)),,arch/x86_64/count.c) $(if $(filter 1,$(COVERAGE)),,kernel/coverage.c)
kernel_c    := $(filter-out $(not_here),$(wildcard kernel/*.c arch/x86_64/*.c))
kernel_s    := $(filter-out $(not_here),$(wildcard kernel/*.S arch/x86_64/*.S))
libsel4_src := $(wildcard libsel4/src/*.c libsel4/src/*.S)
suite_c     := $(wildcard rootserver/*.c tests/*.c)
headers     := $(wildcard include/*/*.h include/*/*/*.h libsel4/include/*/*.h tests/host/*.h)

kernel_o  := $(kernel_c:%=$(B)/%.o) $(kernel_s:%=$(B)/%.o)
libsel4_o := $(libsel4_src:%=$(B)/%.o)
suite_o   := $(suite_c:%=$(B)/%.o)

KERNEL     := $(B)/capella.elf
KERNEL32   := $(B)/capella32.elf
ROOTSERVER := $(B)/rootserver.elf
ROOT       ?= $(ROOTSERVER)
# Programs that are meant to be refused a lot make a debug kernel talk a lot.
APPEND     ?= $(if $(filter $(ROOTSERVER),$(ROOT)),quiet)
ISO        := $(B)/capella.iso
generated  := $(B)/generated.stamp
offsets    := $(B)/include/arch/offsets.h

# ---- flags ---------------------------------------------------------------------------------------
warnings := -Wall -Wextra -Werror -Wshadow -Wconversion -Wundef -Wstrict-prototypes \
            -Wmissing-prototypes -Wswitch-enum -Wvla -Wcast-align
machine  := -m64 -march=x86-64 -mno-red-zone -mgeneral-regs-only -mpreferred-stack-boundary=3 -mcmodel=kernel
# Debug kernels stop at undefined behaviour: ud2, which is a kernel fault with vector 6.
undefined := -fsanitize=undefined -fsanitize-undefined-trap-on-error
kernel_cflags := -std=c17 -O2 -g $(warnings) $(machine) -ffreestanding -fno-pic -fno-pie \
            -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
            -fno-common -fno-strict-aliasing -fno-tree-loop-distribute-patterns \
            -ffile-prefix-map=$(CURDIR)=. -Iinclude -isystem $(B)/include \
            -isystem libsel4/include
script   := $(if $(filter 1,$(COVERAGE)),$(B)/)linker.ld
# The linker script places boot code by file name, which link-time optimisation would lose.
lto      := -flto -flto-partition=one -fno-fat-lto-objects
# The fast paths never return to a C caller, so they need not preserve registers for one.
no_saved  := $(addprefix -fcall-used-,rbx r12 r13 r14 r15) -ffixed-rbp
# Not the checker: it is slow enough, and changes nothing.
sanitize  = $(if $(filter 1,$(RELEASE))$(filter check%,$(notdir $<)),,$(undefined))
lto_of    = $(if $(filter boot%,$(notdir $<)),,$(if $(filter fastpath.c,$(notdir $<)),$(no_saved),$(lto)))
kernel_ldflags := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
            -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--no-warn-rwx-segments -Wl,-T,$(script)

ifeq ($(COVERAGE),1)
# The compiler counts what is executed, once for each function of the source.  Boot code stays in memory: its counters are read in the end.
lto      :=
lto_of    = $(if $(filter coverage.c,$(notdir $<)),,-O0 -fno-sanitize=all \
    -D__always_inline__=__unused__ --coverage -fprofile-info-section=gcov_info)
kernel_ldflags += -Wl,--wrap=arch_stop -lgcov
endif

LIBSEL4_CFLAGS  := -I$(CURDIR)/libsel4/include -I$(CURDIR)/$(B)/include
LIBSEL4_LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
            -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--no-warn-rwx-segments \
            -Wl,-T,$(CURDIR)/libsel4/root.ld $(CURDIR)/$(B)/crt0.o $(CURDIR)/$(B)/libsel4.a
user_cflags := -std=gnu11 -O2 -g -Wall -Wextra -Werror -m64 -march=x86-64 -ffreestanding \
            -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
            -fcf-protection=none -fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. $(LIBSEL4_CFLAGS) \
            $(if $(filter 1,$(COVERAGE)),-DCOVERAGE) $(if $(filter 1,$(CHECK)),-DCHECKED_KERNEL)

include tests/tests.mk

# ---- rules: kernel -------------------------------------------------------------------------------
say = @printf '  %-7s %s\n' '$(1)' '$(2)'

$(generated): tools/gen_config.py tools/gen_methods.py libsel4/methods.py Makefile
	$(call say,GEN,$(B)/include)
	@mkdir -p $(B)/include
	$(Q)$(PYTHON) tools/gen_config.py $(B)/include $(config)
	$(Q)$(PYTHON) tools/gen_methods.py $(B)/include $(config)
	@touch $@

$(offsets): arch/x86_64/offsets.c Makefile | $(generated)
	$(call say,OFFSETS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(kernel_cflags) -MD -MP -MT $@ -MF $(B)/offsets.d -S -o $(B)/offsets.s $<
	$(Q)sed -n 's/.*->\([A-Z0-9_]*\) [$$]*\(-*[0-9]*\).*/#define \1 \2/p' $(B)/offsets.s > $@.new
	$(Q)cmp -s $@.new $@ && { rm $@.new; touch $@; } || mv $@.new $@

$(kernel_c:%=$(B)/%.o): $(B)/%.o: % Makefile | $(generated)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(kernel_cflags) $(sanitize) $(lto_of) -MD -MP -c -o $@ $<

$(kernel_s:%=$(B)/%.o): $(B)/%.o: % Makefile $(offsets) | $(generated)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) -m64 -g -ffile-prefix-map=$(CURDIR)=. -Iinclude -I$(B)/include -Ilibsel4/include -MD -MP -c -o $@ $<

$(B)/linker.ld: linker.ld Makefile | $(generated)
	$(Q)sed 's,x86_64/boot\*,x86_64/boot.S,; s,^\( *\.rodata .*\)\*(,\1 gcov_info_start = .; KEEP(*(gcov_info)) gcov_info_end = .; *(,' $< > $@

$(KERNEL): $(kernel_o) $(script)
	$(call say,LINK,$@)
	$(Q)$(CC) $(kernel_cflags) $(lto) -Wl,-Map,$(B)/capella.map -o $@ $(kernel_o) $(kernel_ldflags)

$(KERNEL32): $(KERNEL)
	$(call say,ELF32,$@)
	$(Q)objcopy --strip-debug -O elf32-i386 $< $@

# ---- rules: libsel4, root tasks, tests -----------------------------------------------------------
$(libsel4_o) $(suite_o) $(test_o): $(B)/%.o: % Makefile | $(generated)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(user_cflags) -MD -MP -c -o $@ $<

$(B)/crt0.o: libsel4/crt0.S Makefile | $(generated)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(user_cflags) -MD -MP -c -o $@ $<

$(B)/libsel4.a: $(libsel4_o)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcsD $@ $^

$(ROOTSERVER): $(suite_o)
$(ROOTSERVER) $(test_tasks): $(B)/crt0.o $(B)/libsel4.a libsel4/root.ld
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $(filter $(B)/rootserver/%.o $(B)/tests/%.o,$^) $(LIBSEL4_LDFLAGS)

# The image is rebuilt when the root task named on the command line is another one.
$(ISO): $(KERNEL) $(ROOT) tools/make_iso.sh FORCE
	$(Q)sh tools/make_iso.sh $@ $(KERNEL) '$(APPEND)' $(ROOT)

compile_commands.json: $(B)/compile_commands.json
$(B)/compile_commands.json: $(kernel_c) $(suite_c) Makefile tools/compile_commands.py
	$(Q)$(PYTHON) tools/compile_commands.py $@ '$(CC) $(kernel_cflags)' $(kernel_c) \
	    -- '$(CC) $(user_cflags)' $(filter %.c,$(libsel4_src)) $(suite_c)

# ---- targets -------------------------------------------------------------------------------------
.PHONY: all iso run debug where clean help setup compile_commands.json FORCE
all: $(KERNEL) $(KERNEL32) $(ROOTSERVER) $(B)/compile_commands.json

setup:
	@sh tools/setup.sh

iso: $(ISO)

run: setup
	@$(MAKE) --no-print-directory $(ISO)
	@$(PYTHON) tools/run.py $(KERNEL) $(QEMU) -cpu $(CPU) -m $(MEM) -cdrom $(ISO) -boot d

debug: $(KERNEL32) $(ROOT)
	@$(PYTHON) tools/debug.py $(KERNEL) $(KERNEL32) $(ROOT) $(B)/serial.log -- \
	    $(QEMU) -cpu $(CPU) -m $(MEM) -append '$(APPEND)'

where:
	@echo "KERNEL='$(CURDIR)/$(KERNEL)'"
	@echo "KERNEL32='$(CURDIR)/$(KERNEL32)'"
	@echo "ISO='$(CURDIR)/$(ISO)'"
	@echo "ROOTSERVER='$(CURDIR)/$(ROOTSERVER)'"
	@echo "LIBSEL4_CFLAGS='$(LIBSEL4_CFLAGS)'"
	@echo "LIBSEL4_LDFLAGS='$(LIBSEL4_LDFLAGS)'"

clean:
	rm -rf build

help:
	@sed -n 's/^#: //p' Makefile

#: make            build kernel and root server         make iso        bootable image (BIOS, UEFI)
#: make run        boot the image in QEMU               make debug      gdb, with QEMU behind it
#: make test       host tests and system suite          make test-boot  machines, loaders, broken boots
#: make test-machines  every processor, machine, firmware table, memory map and loader's state that can be had here
#: make test-night     what takes too long for every change: all of it, the suite on Bochs, fuzz-host, mutate
#: make install    SDK, in PREFIX (DESTDIR)             make reference  API reference: HTML, man pages
#: make examples   examples and tutorial chapters       make docs       run them, show output in documents
#: make capgraph   picture of the capabilities          make dist       tarballs and image of a release
#: make test-examples, test-sdk, test-docs, test-dist   parts of make test and of CI
#: make where      paths and flags for outside tools    make setup      install what is missing
#: make test-stress    1,000 trees of objects, built and revoked  make test-toolchains  compilers
#: make test-fsgsbase  the suite as a program that writes its thread pointer by WRFSBASE
#: make test-fastpath  the suite with and without fast paths: same results, same digests
#: make bench      instructions of every operation      make bench-baseline  make them the baseline
#: make fuzz       random calls for SECONDS from SEED, or REPLAY=file, all invariants checked
#: make fuzz-host  the models of tests/host on inputs that libFuzzer finds, each for SECONDS or RUNS
#: make mutate     how many of N mutants of the kernel the suite notices
#: make lint       static analysis, layering, stack use  make prove     contracts of the pure code, proven
#: make coverage   lines and branches of the kernel that the suite and some boots reach
#: make clean      remove build/                        make help       this list
#:
#: variables: RELEASE=1            release kernel: no console output, no assertions
#:            ROOT=path.elf        another root task, for iso, run and debug
#:            APPEND='words'       kernel command line, for iso, run and debug
#:            T='pattern ...'      run only tests whose topic.name matches, for test
#:            ONLY=text            run only boot tests with this in their name, for test-boot and test-machines
#:            PART=i/n             run the i-th of n parts, from 0, for test-machines
#:            STOPS=50             boots in which the emulator is stopped for seconds, for test-boot
#:            EXTRA='-append pti=on'   more arguments for QEMU, for test
#:            CPU=model MEM=size   what QEMU emulates, for run and debug
#:            ROOT_CNODE_BITS=12   log2 slots of the root CNode       NUM_DOMAINS=1  scheduling domains
#:            HW_DEBUG=1           hardware debug interface           CHECK=1        invariants after every entry
#:            FSGSBASE=1           headers for programs that write their thread pointer by WRFSBASE
#:            V=1                  show commands

include sdk/sdk.mk

-include $(patsubst %.o,%.d,$(kernel_o) $(libsel4_o) $(suite_o) $(test_o) $(host_o)) $(B)/crt0.d $(B)/offsets.d
