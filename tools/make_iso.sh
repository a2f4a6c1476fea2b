#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make_iso.sh IMAGE KERNEL COMMAND_LINE MODULE...: a hybrid image that boots by BIOS and UEFI, from
# CD and USB.  Nothing is done when the image already holds these files.  MULTIBOOT= in the environment
# stands for version 1 of the protocol.
set -eu
image=$1
kernel=$2
words=$3
version=${MULTIBOOT-2}
shift 3

tree=$image.tree
sum=$({ echo "$version $words"; cat "$0" "$kernel" "$@"; } | sha256sum)
if [ -f "$image" ] && [ "$(cat "$image.sum" 2>/dev/null)" = "$sum" ]; then
    exit 0
fi

printf '  %-7s %s\n' ISO "$image"
rm -rf "$tree" "$image"
mkdir -p "$tree/boot/grub"
strip --strip-debug -o "$tree/boot/capella.elf" "$kernel"
{
    echo 'set timeout=0'
    echo 'if [ "$grub_platform" = efi ]; then insmod all_video; fi'
    echo 'menuentry Capella {'
    echo "    multiboot$version /boot/capella.elf $words"
    number=0
    for module in "$@"; do
        strip --strip-debug -o "$tree/boot/module$number.elf" "$module" 2>/dev/null ||
            cp "$module" "$tree/boot/module$number.elf"
        echo "    module$version /boot/module$number.elf"
        number=$((number + 1))
    done
    echo '}'
} >"$tree/boot/grub/grub.cfg"
options='--compress=no --fonts= --locales= --themes='
grub-mkrescue $options -o "$image" "$tree" >"$image.log" 2>&1 || {
    cat "$image.log" >&2
    exit 1
}
rm -rf "$tree"
echo "$sum" >"$image.sum"
