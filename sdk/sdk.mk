# SPDX-License-Identifier: BSD-2-Clause
# What is built on top of the kernel: the SDK, examples, tutorial, reference, release.  Part of the
# Makefile, which includes it.

PREFIX   ?= /usr/local
DESTDIR  ?=
suffix   := $(patsubst release%,%,$(variant:debug%=%))
variants := $(sort $(variant) debug$(suffix) release$(suffix))
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
