# SPDX-License-Identifier: BSD-2-Clause
# What looks at the kernel and is not part of it: tests of every kind, benchmarks, fuzzing, analysis, proofs.
# The Makefile includes it.

# ---- files ---------------------------------------------------------------------------------------
bench_c     := $(wildcard tests/bench/*.c)
fuzz_c      := $(wildcard tests/fuzz/*.c)
host_more   := tests/host/fakes.c $(wildcard tests/host/model_*.c tests/host/fuzz_*.c)
host_c      := $(filter-out $(host_more),$(wildcard tests/host/*.c))
host_kernel := $(filter-out kernel/check%.c kernel/coverage.c kernel/debug.c kernel/fatal.c,$(wildcard kernel/*.c)) \
    $(addprefix arch/x86_64/,context.c ioport.c object.c) tests/host/fakes.c

bench_o   := $(bench_c:%=$(B)/%.o)
fuzz_o    := $(fuzz_c:%=$(B)/%.o)
stress_o  := $(B)/tests/stress/rounds.c.o
host_exe  := $(host_c:tests/host/%.c=$(B)/host/%)
host_o    := $(host_kernel:%=$(B)/host/%.o)
fuzz_host := $(patsubst tests/host/%.c,$(B)/host/%,$(wildcard tests/host/fuzz_*.c))
fuzz_host_o := $(host_kernel:%=$(B)/host/fuzz/%.o)
LOADER    := $(B)/boot-loader.elf
BENCH     := $(B)/bench.elf
FUZZER    := $(B)/fuzz.elf
test_o    := $(bench_o) $(fuzz_o) $(stress_o) $(B)/tests/boot/task.c.o
test_tasks := $(BENCH) $(FUZZER) $(B)/boot-task.elf $(B)/stress.elf

host_cflags := -std=gnu17 -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined \
            -fno-sanitize-recover=all -fno-omit-frame-pointer -Iinclude -I$(B)/include \
            -Ilibsel4/include -Itests/host

# ---- rules ---------------------------------------------------------------------------------------
# The benchmarks measure threads that have never used the FPU.
$(bench_o): user_cflags += -mgeneral-regs-only
$(test_o): tests/tests.mk
$(B)/boot-task.elf: $(B)/tests/boot/task.c.o
$(B)/boot-task.elf: LIBSEL4_LDFLAGS += -Wl,-e,first_look
$(BENCH): $(bench_o) $(B)/rootserver/console.c.o $(B)/rootserver/format.c.o
$(FUZZER): $(fuzz_o)
$(B)/stress.elf: $(stress_o) $(B)/tests/bench/objects.c.o $(B)/tests/bench/thread.c.o \
    $(B)/rootserver/console.c.o $(B)/rootserver/format.c.o

# The boot tests' own loader is a 32-bit program, as Multiboot wants.
loader_cflags := -std=gnu17 -O2 -g -Wall -Wextra -Werror -m32 -march=i686 -mgeneral-regs-only -ffreestanding \
            -fno-pic -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
            -ffile-prefix-map=$(CURDIR)=.
$(LOADER): tests/boot/loader.c tests/boot/loader.ld tests/tests.mk
	$(call say,LOADER,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(loader_cflags) -nostdlib -static -no-pie -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
	    -Wl,-T,tests/boot/loader.ld -o $@ $<

# Host tests take what they need of the kernel, and stand-ins for the processor, from an archive; what else
# they are compiled with stands in their line `/* sources: ... */`.
$(host_o): $(B)/host/%.o: % tests/tests.mk | $(generated)
	$(call say,HOSTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(host_cflags) -MD -MP -c -o $@ $<

$(B)/host/kernel.a: $(host_o)
	@rm -f $@
	$(Q)ar rcsD $@ $^

sources_of = $(shell sed -n 's,^/\* sources: *\(.*[^ ]\) *\*/$$,\1,p' tests/host/$(1).c)
$(host_exe): $(B)/host/%: tests/host/%.c $$(call sources_of,$$*) $(B)/host/kernel.a $(headers) tests/tests.mk
	$(call say,HOSTCC,$<)
	$(Q)$(HOST_CC) $(host_cflags) -o $@ $(filter %.c %.a,$^) -lcmocka

# The models of the host tests, driven by libFuzzer.  Clang minds offsets from NULL even if nobody uses them.
fuzz_cflags := $(host_cflags) -fsanitize=fuzzer
$(fuzz_host_o): $(B)/host/fuzz/%.o: % $(headers) tests/tests.mk | $(generated)
	$(call say,CLANG,$<)
	@mkdir -p $(@D)
	$(Q)clang $(fuzz_cflags) -c -o $@ $<

$(fuzz_host): $(B)/host/fuzz_%: tests/host/fuzz_%.c tests/host/model_%.c $$(call sources_of,fuzz_$$*) $(fuzz_host_o)
	$(call say,CLANG,$<)
	$(Q)clang $(fuzz_cflags) -o $@ $(filter %.c %.o,$^)

# ---- targets -------------------------------------------------------------------------------------
.PHONY: test test-boot test-machines test-bochs test-night test-fsgsbase test-fastpath test-stress test-toolchains coverage fuzz fuzz-host mutate lint prove \
    bench bench-baseline
test: setup
	@$(MAKE) --no-print-directory all test-parts $(if $(T),,$(host_exe))
	@$(PYTHON) tools/run_tests.py --kernel $(KERNEL32) --root $(ROOTSERVER) --cpu '$(CPU)' --extra='$(EXTRA)' \
	    $(if $(T),--select '$(T)',$(if $(host_exe),--host $(host_exe) $(test_parts)))

test-boot:
	@sh tools/setup.sh --boot
	@$(MAKE) --no-print-directory all $(B)/boot-task.elf $(LOADER)
	@$(PYTHON) tests/boot/run.py --kernel $(KERNEL) --kernel32 $(KERNEL32) \
	    --task $(B)/boot-task.elf --loader $(LOADER) --work $(B)/boot --only '$(ONLY)' $(if $(STOPS),--stops $(STOPS)) \
	    $(if $(filter 1,$(RELEASE)),,--debug)

PART ?= 0/1
test-machines:
	@sh tools/setup.sh --boot
	@$(MAKE) --no-print-directory all $(B)/boot-task.elf $(LOADER)
	@$(PYTHON) tests/boot/machines.py --kernel $(KERNEL) --kernel32 $(KERNEL32) \
	    --task $(B)/boot-task.elf --loader $(LOADER) --work $(B)/boot --only '$(ONLY)' --part $(PART)

BOCHS_SUITE = for cpu in corei7_haswell_4770 ryzen; do for pti in off on; do echo "$$cpu, pti=$$pti"; \
    $(PYTHON) tests/boot/bochs.py --kernel $(KERNEL) --root $(ROOTSERVER) --select '$(T)' --cpu $$cpu \
    --append "quiet pti=$$pti" || failed=1; done; done
test-bochs:
	@sh tools/setup.sh --boot
	@$(MAKE) --no-print-directory all
	@failed=0; $(BOCHS_SUITE); exit $$failed

# What takes too long for every change.
NIGHT = test-machines test-bochs 'fuzz-host SECONDS=300' mutate
test-night:
	@failed=0; for what in $(NIGHT); do echo "== $$what"; $(MAKE) --no-print-directory $$what || failed=1; done; exit $$failed

# The suite as a program that writes its thread pointer by WRFSBASE: on the kernel built with it, and on the usual.
test-fsgsbase: setup
	@$(MAKE) --no-print-directory FSGSBASE=0 all
	@$(MAKE) --no-print-directory FSGSBASE=1 test T='*'
	@$(PYTHON) tools/run_tests.py --kernel build/debug/capella32.elf --root build/debug-fsgsbase/rootserver.elf \
	    --select 'syscall.* bases.* rally.* boot.*'

# Instructions are counted, so it is the release kernel whatever the settings are.
test-stress: setup
	@$(MAKE) --no-print-directory RELEASE=1 CHECK=0 build/release/stress.elf build/release/capella32.elf
	@$(PYTHON) tests/stress/run.py --qemu $(QEMU) --kernel build/release/capella32.elf \
	    --root build/release/stress.elf

test-toolchains: setup
	@sh tools/setup.sh --toolchains
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/toolchains/run.py --qemu $(QEMU) --kernel $(KERNEL32) --work $(B)/toolchains \
	    --cflags='$(LIBSEL4_CFLAGS)' --ldflags='$(LIBSEL4_LDFLAGS)'

coverage: setup
	@for options in '' HW_DEBUG=1 NUM_DOMAINS=4 ROOT_CNODE_BITS=13; do \
	    $(MAKE) --no-print-directory RELEASE=0 CHECK=0 COVERAGE=1 $$options all || exit 1; done
	@$(PYTHON) tools/coverage.py --lines 95 --branches 85 --uncovered build/uncovered.txt \
	    build/debug-coverage build/debug-hwdebug-coverage build/debug-dom4-coverage build/debug-cnode13-coverage

test-fastpath: setup
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tools/compare_paths.py --kernel $(KERNEL32) --root $(ROOTSERVER) --work $(B) \
	    --select '$(T)'

bench bench-baseline: setup
	@$(MAKE) --no-print-directory RELEASE=1 COUNT=0 build/release/bench.elf build/release/capella32.elf
	@$(MAKE) --no-print-directory RELEASE=1 COUNT=1 build/release-count/bench.elf \
	    build/release-count/capella32.elf
	@$(PYTHON) tools/bench.py --qemu $(QEMU) $(if $(filter bench-baseline,$@),--update)
	@$(if $(filter bench-baseline,$@),$(PYTHON) tools/bench_path.py --qemu $(QEMU) --update)

SECONDS ?= 60
SEED ?= 1
fuzz-host:
	@sh tools/setup.sh --fuzz-host
	@$(MAKE) --no-print-directory $(fuzz_host)
	@sh tests/host/fuzz.sh $(if $(RUNS),0,$(SECONDS)) $(or $(RUNS),-1) $(SEED) $(fuzz_host)

fuzz: setup
	@$(MAKE) --no-print-directory CHECK=1 build/debug-check/fuzz.elf build/debug-check/capella32.elf
	@$(PYTHON) tools/fuzz.py --qemu $(QEMU) --seconds $(SECONDS) --seed $(SEED) $(if $(REPLAY),--replay $(REPLAY)) \
	    --kernel build/debug-check/capella32.elf --symbols build/debug-check/capella.elf --root build/debug-check/fuzz.elf

N ?= 200
mutate: setup
	@$(PYTHON) tools/mutate.py --count $(N) --seed $(SEED)

# @ stands for the generated headers of the variant that is looked at.
lint:
	@sh tools/setup.sh --lint
	@$(PYTHON) tools/lint.py --work build/lint --undefined '$(undefined)' \
	    --cc '$(CC) $(subst $(B)/include,@,$(kernel_cflags))'

prove:
	@sh tools/setup.sh --prove
	@$(PYTHON) tools/prove.py --work build/prove --include '-Iinclude -Ilibsel4/include'
