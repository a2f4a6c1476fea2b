#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Check for the programs that building and testing needs; install what is missing with apt when
# that is possible, else say what to install.  Silent when nothing is missing.
# setup.sh --all: also what only the checks of continuous integration need.
set -u

missing=''
need() { # package, test command
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
has_header() { echo "$1" | gcc -fsyntax-only -x c -; }

need make make --version
need gcc gcc --version
need libc6-dev has_header '#include <stdio.h>'
need binutils objcopy --version
need python3 python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))'
need qemu-system-x86 qemu-system-x86_64 --version
need qemu-system-x86 qemu-system-i386 --version
need grub-common grub-mkrescue --version
need grub-pc-bin test -d /usr/lib/grub/i386-pc
need grub-efi-amd64-bin test -d /usr/lib/grub/x86_64-efi
need xorriso xorriso --version
need mtools sh -c 'command -v mformat'
need ovmf sh -c 'ls /usr/share/OVMF/OVMF_CODE*.fd'
need bochs sh -c 'command -v bochs'
need bochsbios test -r /usr/share/bochs/VGABIOS-lgpl-latest
need gnuplot-nox gnuplot --version
need libcmocka-dev has_header '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>'

need g++ g++ --version
need pkg-config pkg-config --version
need cmake cmake --version
need man-db man --version
need dpkg-dev dpkg-source --version

if [ "${1:-}" = --all ]; then
    need clang clang --version
    need graphviz dot -V
fi

case "${1:-}" in --all|--boot)
    need gdb gdb --version
    ;;
esac

if [ "${1:-}" = --all ] || [ "${1:-}" = --toolchains ]; then
    need musl-tools sh -c 'command -v musl-gcc'
fi

case "${1:-}" in --all|--lint)
    need clang-tidy clang-tidy --version
    need cppcheck cppcheck --version
    ;;
esac

case "${1:-}" in --all|--prove)
    need frama-c-base frama-c -version
    need why3 why3 --version
    need z3 z3 --version
    need cvc4 cvc4 --version
    ;;
esac

if [ "${1:-}" = --fuzz-host ]; then
    need clang clang --version
    need "libclang-rt-$(clang -dumpversion 2>/dev/null | cut -d. -f1 | grep . || echo 14)-dev" \
        sh -c 'ls "$(clang -print-runtime-dir)"/libclang_rt.fuzzer* || ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer*'
fi

missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "${missing% }" ] || exit 0

as_root=env
[ "$(id -u)" = 0 ] || as_root='sudo env'
if command -v apt-get >/dev/null 2>&1 && command -v "${as_root% env}" >/dev/null 2>&1; then
    echo "Installing: $missing"
    apt="$as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends"
    $apt update && $apt install $missing && exit 0
fi
echo "Please install these packages (names of Debian and Ubuntu): $missing" >&2
exit 1
