#!/bin/sh
# Runs libFuzzer targets, JOBS at a time, FUZZ_SECONDS each. New inputs go to a scratch corpus that
# starts from the kept one; an input that fails is kept in FOLDER/crashes.
#
#   tests/run_fuzzers.sh FOLDER fuzz_NAME...
set -u

if [ "$1" = --one ]; then
    folder=$2
    target=$3
    name=${target#fuzz_}
    scratch=$folder/corpus/$name
    crashes=$folder/crashes
    mkdir -p "$scratch" "$crashes"
    kept=tests/fuzz/corpus/$name
    [ -d "$kept" ] || kept=
    log=$folder/$target.log
    # shellcheck disable=SC2086 # no kept corpus is no argument
    "$folder/tests/fuzz/$target" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$crashes/$name-" "$scratch" $kept \
        < /dev/null > "$log" 2>&1
    status=$?
    if [ "$status" -eq 0 ]; then
        result=ok
    else
        result="FAILED: exit status $status"
    fi
    until mkdir "$folder/lock" 2> /dev/null; do sleep 0.02; done
    printf '%s\t%s\n' "$target" "$result" >> "$folder/results"
    echo "---- $target: $result; $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
    if [ "$status" -ne 0 ]; then tail -n 60 "$log"; fi
    rmdir "$folder/lock"
    exit 0
fi

folder=$1
shift
if [ $# -eq 0 ]; then
    echo 'run_fuzzers: no target has such a name' >&2
    exit 2
fi
mkdir -p "$folder"
rm -rf "$folder/results" "$folder/lock"
: > "$folder/results"
printf '%s\0' "$@" | xargs -0 -n 1 -P "${JOBS:-2}" "$0" --one "$folder"
passed=$(grep -c '	ok' "$folder/results")
failed=$(($# - passed))
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
