#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# install.sh PREFIX DEBUG RELEASE BUILD: copy the SDK to $DESTDIR$PREFIX.  DEBUG and RELEASE are the
# folders of the two variants, BUILD has the generated reference.
set -eu
cd "$(dirname "$0")/.."
to=${DESTDIR:-}$1
version=$(cat sdk/VERSION)
umask 022

put() { # mode, file, target
    mkdir -p "$(dirname "$3")"
    install -m "$1" "$2" "$3"
}
put_headers() { # folder with sel4/ and more, target, folders of it
    from=$1 target=$2
    shift 2
    (cd "$from" && find "$@" -name '*.h' | LC_ALL=C sort) | while read -r header; do
        put 644 "$from/$header" "$target/$header"
    done
}
fill() { # template, target, variant
    mkdir -p "$(dirname "$2")"
    sed -e "s/@VERSION@/$version/" -e "s/@VARIANT@/$3/" "$1" >"$2"
    chmod 644 "$2"
}

put_headers libsel4/include "$to/include/capella" .
put 644 libsel4/root.ld "$to/lib/capella/root.ld"
put 644 sdk/capella_sdk.py "$to/lib/capella/capella_sdk.py"
for variant in debug release; do
    [ $variant = debug ] && built=$2 || built=$3
    for file in libsel4.a crt0.o capella.elf capella32.elf; do
        put 644 "$built/$file" "$to/lib/capella/$variant/$file"
    done
    put_headers "$built/include" "$to/lib/capella/$variant/include" sel4 interfaces kernel/gen_config.h
done
fill sdk/capella.pc.in "$to/lib/pkgconfig/capella.pc" debug
fill sdk/capella.pc.in "$to/lib/pkgconfig/capella-release.pc" release
put 644 sdk/capella-config.cmake "$to/lib/cmake/capella/capella-config.cmake"
fill sdk/capella-config-version.cmake.in "$to/lib/cmake/capella/capella-config-version.cmake" ''
put 755 sdk/capella-mkiso "$to/bin/capella-mkiso"
put 755 sdk/capella-run "$to/bin/capella-run"
put 644 LICENSE "$to/share/doc/capella/LICENSE"
for file in debug.gdb capella_gdb.py backtrace.py run.py; do
    put 644 tools/$file "$to/lib/capella/$file"
done
for page in "$4"/man/*.3; do
    put 644 "$page" "$to/share/man/man3/$(basename "$page")"
done
for page in "$4"/reference/*.html; do
    put 644 "$page" "$to/share/doc/capella/reference/$(basename "$page")"
done
echo "  INSTALL $to"
