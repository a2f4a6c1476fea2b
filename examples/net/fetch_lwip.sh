#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fetch_lwip.sh FOLDER: the sources of Debian's package lwip in FOLDER/source.  A sources list of our
# own is used; the machine's package lists stay as they are.
set -eu
folder=$1
[ ! -f "$folder/source/src/core/tcp.c" ] || exit 0

fail() {
    echo "fetch_lwip.sh: $1" >&2
    echo "fetch_lwip.sh: unpack lwIP 2.1 yourself, and say where: make LWIP_DIR=folder ..." >&2
    exit 1
}
command -v apt-get >/dev/null && command -v dpkg-source >/dev/null ||
    fail "apt-get and dpkg-source (package dpkg-dev) are needed to fetch lwIP."
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
cd "$folder"
here=$(pwd)
echo 'deb-src http://deb.debian.org/debian bookworm main' >apt/sources.list
apt() {
    apt-get -q -o Dir::Etc::sourcelist="$here/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$here/apt/lists" -o Dir::Cache="$here/apt" \
        -o APT::Sandbox::User="$(id -un)" "$@"
}
{ apt update && apt source --download-only lwip; } >apt/log 2>&1 ||
    fail "the sources of lwIP cannot be fetched, see $here/apt/log."
rm -rf source
dpkg-source --no-check --extract lwip_*.dsc source >>apt/log 2>&1 ||
    fail "the sources of lwIP cannot be unpacked, see $here/apt/log."
echo "  FETCH   $folder/source"
