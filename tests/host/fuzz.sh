#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fuzz.sh SECONDS RUNS SEED PROGRAM...: runs each libFuzzer program for so long (0: for ever), or on so many inputs
# (-1: any number).  What it learns is kept beside the program, in PROGRAM.corpus; an input that breaks something in
# PROGRAM.crash-*.
seconds=$1 runs=$2 seed=$3 failed=0
shift 3
for program; do
    mkdir -p "$program.corpus"
    if "$program" -max_total_time="$seconds" -runs="$runs" -seed="$seed" -max_len=3000 -timeout=20 \
        -print_final_stats=1 -artifact_prefix="$program." "$program.corpus" >"$program.log" 2>&1; then
        echo "ok   $(basename "$program"): $(sed -n 's/^stat::number_of_executed_units: *//p' "$program.log") runs," \
            "$(sed -n 's/.*cov: \([0-9]*\) .*/\1/p' "$program.log" | tail -n 1) places reached"
    else
        failed=1
        echo "FAIL $(basename "$program"): $program.log"
        grep -E 'not true|fatal|ERROR|runtime error|SUMMARY|Test unit written' "$program.log"
    fi
done
exit $failed
