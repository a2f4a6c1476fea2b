# SPDX-License-Identifier: BSD-2-Clause
# What is built on top of the kernel: the SDK, examples, tutorial, reference, release.  Part of the
# Makefile, which includes it.

PREFIX   ?= /usr/local
DESTDIR  ?=
suffix   := $(patsubst release%,%,$(variant:debug%=%))
SDK_TEST := build/sdk/installed

# ---- rules: SDK and reference --------------------------------------------------------------------
build/reference.stamp: tools/gen_reference.py libsel4/methods.py sdk/VERSION $(wildcard libsel4/include/sel4/*.h)
	$(call say,GEN,build/reference)
	@rm -rf build/reference build/man
	$(Q)$(PYTHON) tools/gen_reference.py build
	@touch $@

sdk: $(KERNEL) $(KERNEL32) $(B)/libsel4.a $(B)/crt0.o

install: build/reference.stamp
	@$(MAKE) --no-print-directory sdk RELEASE=0
	@$(MAKE) --no-print-directory sdk RELEASE=1
	@DESTDIR='$(DESTDIR)' sh sdk/install.sh '$(PREFIX)' build/debug$(suffix) build/release$(suffix) build

reference: build/reference.stamp
	@echo "  build/reference/index.html, build/man"

.PHONY: sdk install reference

# ---- rules: examples -----------------------------------------------------------------------------
# examples/NAME/*.c (or .cpp) is a root task, linked with the kit; examples/NAME/programs/*.c are
# programs that it carries in an archive.  A tutorial chapter is examples/tutorial/NAME/*.c.
LWIP_DIR  ?= build/lwip/source
no_lwip   := $(if $(wildcard $(LWIP_DIR)/src/core/tcp.c),,net)
examples  := $(filter-out kit out-of-tree tutorial $(no_lwip),$(notdir $(patsubst %/,%,$(wildcard examples/*/))))
chapters  := $(notdir $(patsubst %/,%,$(wildcard examples/tutorial/*/)))
X         := $(B)/examples
kit_o     := $(patsubst %.c,$(B)/%.o,$(filter-out %/child.c,$(wildcard examples/kit/*.c)))
child_o   := $(B)/examples/kit/child.o
own_o      = $(patsubst %,$(B)/%.o,$(basename $(wildcard examples/$(1)/*.c examples/$(1)/*.cpp)))
programs   = $(patsubst examples/%.c,$(X)/%.elf,$(wildcard examples/$(1)/programs/*.c))
archive    = $(if $(call programs,$(1)),$(X)/$(1)/archive.o)
examples_elf := $(examples:%=$(X)/%.elf)
chapters_elf := $(chapters:%=$(X)/tutorial/%.elf)
example_flags = $(user_cflags) -Iexamples $($(firstword $(subst /, ,$(patsubst examples/%,%,$<)))_cflags)
link_user  = $(CC) -o $@ $(filter %.o %/kit.a,$(filter-out $(B)/crt0.o,$^)) $(LIBSEL4_LDFLAGS)

$(B)/examples/%.o: examples/%.c Makefile sdk/sdk.mk | $(generated)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(example_flags) -MD -MP -c -o $@ $<

$(B)/examples/%.o: examples/%.cpp Makefile sdk/sdk.mk | $(generated)
	$(call say,CXX,$<)
	@mkdir -p $(@D)
	$(Q)g++ $(filter-out -std=%,$(example_flags)) -std=c++17 -fno-exceptions -fno-rtti \
	    -fno-threadsafe-statics -MD -MP -c -o $@ $<

$(X)/kit.a: $(kit_o)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)ar rcsD $@ $^

.PRECIOUS: $(X)/%/archive.cpio $(B)/examples/%.o
$(X)/%/archive.cpio: $$(call programs,$$*) examples/kit/mkcpio.py
	$(call say,CPIO,$@)
	$(Q)$(PYTHON) examples/kit/mkcpio.py $@ $(filter %.elf,$^)

$(X)/%/archive.o: $(X)/%/archive.cpio examples/kit/archive.S
	$(Q)$(CC) -m64 -DARCHIVE='"$<"' -c -o $@ examples/kit/archive.S

# lwIP, for the network stack of examples/net.
net_cflags := -isystem $(LWIP_DIR)/src/include -Iexamples/net/programs/lwip
lwip_c     := $(if $(no_lwip),,$(wildcard $(LWIP_DIR)/src/core/*.c) $(LWIP_DIR)/src/netif/ethernet.c \
    $(addprefix $(LWIP_DIR)/src/core/ipv4/,etharp.c icmp.c ip4.c ip4_addr.c ip4_frag.c))
lwip_o     := $(lwip_c:$(LWIP_DIR)/src/%.c=$(X)/net/lwip/%.o)

$(lwip_o): $(X)/net/lwip/%.o: $(LWIP_DIR)/src/%.c $(wildcard examples/net/programs/lwip/*.h examples/net/programs/lwip/arch/*.h)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(user_cflags) $(net_cflags) -w -c -o $@ $<

$(X)/net/programs/stack.elf: $(lwip_o)

lwip:
	@sh examples/net/fetch_lwip.sh $(LWIP_DIR:%/source=%)

user_parts := $(B)/crt0.o $(B)/libsel4.a libsel4/root.ld
$(foreach name,$(examples),$(foreach p,$(call programs,$(name)),$(p))): \
    $(X)/%.elf: $(B)/examples/%.o $(child_o) $(X)/kit.a $(user_parts)
	$(call say,LINK,$@)
	$(Q)$(link_user)

$(examples_elf): $(X)/%.elf: $$(call own_o,$$*) $$(call archive,$$*) $(X)/kit.a $(user_parts)
	$(call say,LINK,$@)
	$(Q)$(link_user)

$(chapters_elf): $(X)/tutorial/%.elf: $$(call own_o,tutorial/$$*) $(X)/kit.a $(user_parts)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(link_user)

examples: $(examples_elf) $(chapters_elf)

.PHONY: examples lwip
-include $(shell find $(X) -name '*.d' 2>/dev/null)

# ---- targets: tests ------------------------------------------------------------------------------
# `make test` runs these as programs that speak TAP, after the host unit tests; each can be run alone.
run_examples := $(PYTHON) tests/examples/run.py --kernel $(KERNEL32) --examples $(X) \
    --work $(B)/outputs $(if $(filter 1,$(RELEASE)),--release)
run_docs     := $(PYTHON) tests/examples/docs.py $(B)/outputs
run_sdk      := $(PYTHON) tests/examples/sdk.py $(SDK_TEST) build/sdk/work
documents    := $(wildcard docs/tutorial/*.md examples/*/README.md docs/*.md)
part_names   := $(if $(T),,$(if $(filter debug,$(variant)),examples documents sdk,$(filter examples,$(variant:release=examples))))
test_parts   := $(part_names:%=$(B)/parts/%)

$(B)/parts/%: sdk/sdk.mk
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s\n' '$($(@F)_command)' >$@ && chmod +x $@
examples_command  := $(run_examples)
documents_command := $(run_docs) $(documents)
sdk_command       := $(run_sdk)

test-parts: $(test_parts)
	-@$(if $(part_names),$(MAKE) --no-print-directory lwip)
	@$(if $(part_names),$(MAKE) --no-print-directory examples)
	@$(if $(filter sdk,$(part_names)),$(MAKE) --no-print-directory sdk-for-test)

sdk-for-test:
	@rm -rf $(SDK_TEST)
	@$(MAKE) --no-print-directory install PREFIX=$(CURDIR)/$(SDK_TEST) DESTDIR=

test-examples: setup
	-@$(MAKE) --no-print-directory lwip
	@$(MAKE) --no-print-directory $(KERNEL32) examples
	@$(run_examples) $(if $(T),--select '$(T)')

test-sdk: sdk-for-test
	@$(run_sdk)

# Documents show code and output of the examples as they are; `make docs` puts the latest in.
test-docs:
	@$(run_docs) $(documents)

docs: test-examples
	@$(run_docs) --update $(documents)

test-dist:
	@$(PYTHON) tests/examples/dist.py build/dist-test

# ---- targets: pictures, release ------------------------------------------------------------------
# A picture of the capabilities, of examples/shell unless ROOT names another root task.
graph_root := $(if $(filter $(ROOT),$(ROOTSERVER)),$(X)/shell.elf,$(ROOT))
capgraph: $(KERNEL32) $(graph_root)
	@$(PYTHON) tools/capgraph.py --boot $(KERNEL32) $(graph_root) >build/capgraph.dot
	@dot -Tsvg -o build/capgraph.svg build/capgraph.dot || { \
	    echo "capgraph: Graphviz's dot is missing: install the package graphviz" >&2; exit 1; }
	@echo "  build/capgraph.svg"

# The release image boots the release kernel into the shell.
dist:
	@rm -rf build/dist-sdk
	@$(MAKE) --no-print-directory install PREFIX= DESTDIR=$(CURDIR)/build/dist-sdk
	@$(MAKE) --no-print-directory build/release/examples/shell.elf RELEASE=1
	@$(PYTHON) tools/dist.py build/dist build/dist-sdk build/release/capella.elf \
	    build/release/examples/shell.elf

.PHONY: test-parts sdk-for-test test-examples test-docs test-sdk test-dist docs capgraph dist
