#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Hold libsel4's headers against the interface, in every configuration of tests/abi/configs.txt.
#
#   check_abi.sh ABI_ASSERT_H [KEY=VALUE...]     with keys: only that configuration
#
# ABI_ASSERT_H is a header of static assertions about seL4's interface that also brings the two
# functions abi_check_bitfields() and abi_check_ipc_accessors().  For each configuration:
#   - the assertions hold and the functions find nothing wrong, with gcc and with clang
#   - every header compiles alone, and all of them together, as C and as C++
#   - every inline function compiles, with and without optimisation
# Ends with `abi: N configurations hold`; exits with 1 at the first failure.
# shellcheck disable=SC2015,SC2086   # lists of flags and keys are meant to be split
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 1 ] && [ -r "$1" ] || { echo "usage: check_abi.sh ABI_ASSERT_H [KEY=VALUE...]" >&2; exit 2; }
assertions=$(realpath "$1")
shift

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strict="-Wall -Wextra -Werror"

headers=$(cd "$root/libsel4/include" && find . -name '*.h' | sed 's,^\./,,' | sort)
headers="$headers sel4/invocation.h sel4/sel4_arch/invocation.h sel4/arch/invocation.h
    interfaces/sel4_client.h"

cat > "$work/check.c" <<END
#define ABI_ASSERT_WITH_IPC_BUFFER
#include "$assertions"
LIBSEL4_THREAD_LOCAL seL4_IPCBuffer *__sel4_ipc_buffer;
int printf(const char *, ...);
int main(void)
{
    int bitfields = abi_check_bitfields(), accessors = abi_check_ipc_accessors();
    if (bitfields || accessors)
        printf("wrong at line %d of the assertions\n", bitfields ? bitfields : accessors);
    return bitfields || accessors;
}
END
mcs_header=sel4/syscalls_mcs.h
: > "$work/empty.c"

fail()
{
    echo "abi: $1 does not hold: $2" >&2
    exit 1
}

# check_configuration KEY=VALUE...
check_configuration()
{
    rm -rf "$work/include"
    python3 "$root/tools/gen_config.py" "$work/include" "$@" &&
        python3 "$root/tools/gen_methods.py" "$work/include" "$@" || fail "$*" generators
    include="-I$root/libsel4/include -I$work/include"
    case " $* " in
    *' MCS=1 '*) own=$headers ;;
    *)
        own=$(printf '%s\n' $headers | grep -vx $mcs_header)
        gcc $include -fsyntax-only -include $mcs_header "$work/empty.c" 2>&1 |
            grep -q 'is for MCS kernels' || fail "$*" "the message of $mcs_header"
        ;;
    esac
    printf '#include <%s>\n' $own > "$work/all.c"
    cp "$work/all.c" "$work/all.cc"

    for compiler in gcc clang; do
        $compiler -std=gnu11 $strict -O2 $include -o "$work/check" "$work/check.c" &&
            "$work/check" || fail "$*" "$compiler"
    done
    for header in $own; do
        gcc -std=gnu11 $strict $include -fsyntax-only -include "$header" "$work/empty.c" ||
            fail "$*" "$header alone"
    done
    for level in -O0 -O2; do
        gcc -std=gnu11 $strict $level $include -fkeep-inline-functions -c -o "$work/all.o" \
            "$work/all.c" || fail "$*" "all inline functions, $level"
    done
    g++ -std=c++17 $strict $include -fkeep-inline-functions -c -o "$work/all.o" "$work/all.cc" ||
        fail "$*" g++
    clang++ -std=c++17 $strict $include -fsyntax-only "$work/all.cc" || fail "$*" clang++
}

if [ $# -gt 0 ]; then
    check_configuration "$@"
    echo "abi: 1 configuration holds"
    exit 0
fi

count=0
while read -r line; do
    case $line in
    '' | '#'*) continue ;;
    esac
    check_configuration $line
    count=$((count + 1))
done < "$root/tests/abi/configs.txt"
[ "$count" -gt 0 ] || fail "tests/abi/configs.txt" "it is empty"
echo "abi: $count configurations hold"
