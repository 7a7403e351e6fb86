#!/bin/sh
# Runs tests: several at a time, each with its own TMPDIR and log; prints each log when its test
# ends, and closes with "N passed, N failed".
#
#   tests/run.sh PROGRAM...             environment: FIXTURES PACKREAD LOGS JOBS TEST_SECONDS SCRATCH DEADLINE
#   tests/run.sh --plain COMMAND ARG... only sets the environment that tests run in
#
# Exit status of a test: 0 passed, 77 skipped, anything else failed. After DEADLINE (seconds of `date +%s`) no
# test is begun; those are told by name and counted as left out.
set -u

environment() {
    export LC_ALL=C TZ=UTC
    # The user's settings of git are not part of a test.
    export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0
    # Nor does git repack behind a test's back.
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=maintenance.auto GIT_CONFIG_VALUE_0=false
    export GIT_AUTHOR_NAME=Author GIT_AUTHOR_EMAIL=author@example.org
    export GIT_COMMITTER_NAME=Committer GIT_COMMITTER_EMAIL=committer@example.org
    unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_REFERENCE_BACKEND
    # Scratch folders may lie in the project's own work tree: what lies above them is no part of a test.
    unset GIT_DISCOVERY_ACROSS_FILESYSTEM
    GIT_CEILING_DIRECTORIES=$(pwd -P):/tmp:${SCRATCH:-/tmp}
    export GIT_CEILING_DIRECTORIES
    # A test that runs make is not a part of the make that runs the tests.
    unset MAKEFLAGS MFLAGS MAKELEVEL
    # A limit against hanging only; libcheck's own of 4 s is for an idle machine and no sanitizer.
    export TEST_SECONDS="${TEST_SECONDS:-900}"
    export CK_DEFAULT_TIMEOUT="$TEST_SECONDS"
    # What was freed last, 8 MB of it, is kept from use; the 256 MB of the default are pages to be touched anew
    # for each test, which is half of what a test takes where the system is slow to give pages.
    export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1:quarantine_size_mb=8}"
    export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
    export TSAN_OPTIONS="${TSAN_OPTIONS:-second_deadlock_stack=1}"
}

# Those that take longest begin first, so that none of them is left alone at the end. Only the order
# comes from this list.
longest=' test_faults_packs test_faults_cli test_faults_extract test_zoo_files.sh test_zoo.sh
    test_extract_hostile.sh test_giants test_malformed_flips test_stop layers_planted_test.sh test_moving
    test_extract_loose.sh test_malformed_git.sh check.sh test_malformed_cases test_windows test_where.sh
    test_stress test_limits.sh test_reftable test_batch_long.sh test_little_memory.sh test_extract.sh '
is_long() {
    # Words of the list may be parted by newlines.
    for word in $longest; do
        [ "$word" != "${1##*/}" ] || return 0
    done
    return 1
}

in_order() {
    for program; do
        ! is_long "$program" || printf '%s\0' "$program"
    done
    for program; do
        is_long "$program" || printf '%s\0' "$program"
    done
}

# Tests that make and remove thousands of small files, where what a disk does takes longer than what
# is tested: they write in memory, where there is enough of it. SCRATCH names a folder for it, or is
# empty; `make check-large` has all on the disk but what makes a million files: a disk can take half
# an hour to remove those.
memory_folder() {
    [ -d /dev/shm ] && [ -w /dev/shm ] || return 0
    gibibytes=$(df -Pk /dev/shm 2> /dev/null | awk 'NR == 2 { print int($4 / 1048576) }')
    free=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2> /dev/null)
    wanted=${CHECK_LARGE:+12}
    wanted=${wanted:-2}
    if [ "${gibibytes:-0}" -ge "$wanted" ] && [ "${free:-0}" -ge "$wanted" ]; then
        echo /dev/shm
    fi
}

makes_many_files() {
    if [ -n "${CHECK_LARGE-}" ]; then
        case $1 in
        */read/test_loose | */cli/test_extract_hostile.sh) return 0 ;;
        *) return 1 ;;
        esac
    fi
    case $1 in
    */faults/test_faults_* | */malformed/test_* | */names/test_refs_flips | */cli/test_extract* | */cli/test_zoo*) true ;;
    */cli/test_where.sh | */cli/test_verify_repository.sh | */cli/test_loose.sh) true ;;
    *) false ;;
    esac
}

run_one() {
    program=$1
    name=$(basename "$(dirname "$program")")/$(basename "$program" .sh)
    file=$(echo "$name" | tr / -)
    log=$LOGS/$file.log
    if [ -n "${DEADLINE-}" ] && [ "$(date +%s)" -ge "$DEADLINE" ]; then
        printf '%s\tleft out\n' "$name" >> "$LOGS/results"
        printf -- '---- %s: left out, no time\n' "$name"
        return
    fi
    if [ -n "${SCRATCH-}" ] && makes_many_files "$program"; then
        TMPDIR=$(mktemp -d "$SCRATCH/tmp.$file.XXXXXX") || exit 1
    else
        TMPDIR=$(mktemp -d "$LOGS/tmp.$file.XXXXXX") || exit 1
    fi
    export TMPDIR
    # Where the run is broken off, too.
    trap 'rm -rf "$TMPDIR"; exit 1' HUP INT TERM
    set -- "$program"
    # What a program is run on.
    case $program in
    */replay_*) set -- "$program" "tests/fuzz/corpus/${name#fuzz/replay_}" ;;
    fixtures/check.sh) set -- "$program" "$FIXTURES" ${CHECK_LARGE:+--large} ;;
    esac
    # To look for leaks takes a process three times as many pages as the rest of it, and the program's
    # tests start thousands: most of them leave that to a few, to the library's tests and check-large.
    case ${CHECK_LARGE:-$name} in
    cli/test_list | cli/test_batch_command | cli/test_extract_tree | cli/test_verify_many | cli/test_bundle) ;;
    cli/*) export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0:detect_stack_use_after_return=0" ;;
    esac
    # There a process costs several times what most tests do in it, and for each of them leaks are looked for when
    # it ends: what can do with one process has one.
    [ -z "${SANITIZE-}" ] || export CK_FORK=no
    if command -v timeout > /dev/null; then
        set -- timeout -k 10 "$TEST_SECONDS" "$@"
    fi
    started=$(date +%s)
    "$@" < /dev/null > "$log" 2>&1
    status=$?
    seconds=$(($(date +%s) - started))
    # Of the processor, by all that the test started; `times` ends with user and system time of those.
    times > "$log.times"
    busy=$(tail -n 1 "$log.times" | tr 'ms' '  ' | awk '{ printf "%.1f", ($1 + $3) * 60 + $2 + $4 }')
    rm -f "$log.times"
    chmod -R u+rwX "$TMPDIR" 2> /dev/null
    rm -rf "$TMPDIR"
    case $status in
    0) result=ok ;;
    77) result=skipped ;;
    124) result='FAILED: too slow' ;;
    *) result="FAILED: exit status $status" ;;
    esac
    # One log at a time: mkdir is the lock that every system has.
    until mkdir "$LOGS/lock" 2> /dev/null; do sleep 0.02; done
    printf '%s\t%s\n' "$name" "$result" >> "$LOGS/results"
    printf -- '---- %s: %s (%d s, %s of the processor)\n' "$name" "$result" "$seconds" "$busy"
    cat "$log"
    rmdir "$LOGS/lock"
}

case ${1-} in
--plain)
    shift
    environment
    exec "$@" < /dev/null
    ;;
--one)
    run_one "$2"
    exit 0
    ;;
esac

SCRATCH=${SCRATCH-$(memory_folder)}
export SCRATCH
environment
# The limits of an ordinary login, whatever they are here; where a shell lacks these, nothing is lost.
# shellcheck disable=SC3045
ulimit -c 0 2> /dev/null
# shellcheck disable=SC3045
ulimit -S -n 1024 2> /dev/null
LOGS=${LOGS:-.build/logs}
export LOGS
rm -rf "$LOGS"
mkdir -p "$LOGS"
: > "$LOGS/results"
if [ $# -gt 0 ]; then
    in_order "$@" | xargs -0 -n 1 -P "${JOBS:-2}" "$0" --one
fi

count() { grep -c "	$1" "$LOGS/results"; }
passed=$(count ok)
skipped=$(count skipped)
left=$(count 'left out')
failed=$(($# - passed - skipped - left))
echo
grep '	FAILED' "$LOGS/results" | while IFS='	' read -r name result; do
    log=$LOGS/$(echo "$name" | tr / -).log
    echo "$name: $result; see $log"
    # What failed once may not fail again, and this may be all that is left of the run.
    { grep -E -A 6 ':[EF]:|^FAIL|ERROR: |WARNING: |runtime error' "$log" || tail -n 20 "$log"; } |
        head -n 20 | cut -c 1-500
done
summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
[ "$left" -eq 0 ] || summary="$summary, $left left out for want of time"
echo "$summary"
[ "$failed" -eq 0 ] && [ $((passed + left)) -gt 0 ]
