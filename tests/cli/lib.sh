# shellcheck shell=sh
# lib.sh - what the tests of the command line share. Each test sources it first and calls finish
# last; between, it works in a folder of its own, which is its current one.
#
# Environment: PACKREAD, the program; FIXTURES, the folder that fixtures/make.sh filled.

: "${PACKREAD:?names the program}" "${FIXTURES:?names the folder of fixtures}"
export LC_ALL=C
unset GIT_DIR
export repos="$FIXTURES/repos"
# Where a broken program would block, the test ends instead. It is one more process each time: only what may block
# begins with it. What hangs elsewhere is ended by run.sh.
limit=''
if command -v timeout > /dev/null; then
    limit='timeout -k 5 120'
    if [ -n "${CHECK_LARGE-}" ]; then
        # shellcheck disable=SC2034 # of the tests that source this
        limit='timeout -k 5 1800'
    fi
fi

# What expect runs the program through: a limit, another user, or nothing.
run_by=''

work=$(mktemp -d) || exit 1
trap 'chmod -R u+rwX "$work" 2> /dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1

passed=0
failed=0

pass() {
    passed=$((passed + 1))
}

# fail WHAT: and shows what the last command printed
fail() {
    failed=$((failed + 1))
    echo "FAILED: $1"
    if [ -s out ]; then
        echo '  standard output:'
        head -n 5 out | cut -c 1-300 | cat -v | sed 's/^/    /'
    fi
    if [ -s err ]; then
        echo '  standard error:'
        head -n 5 err | cut -c 1-300 | cat -v | sed 's/^/    /'
    fi
}

# expect STATUS ARGUMENT...: runs packread with them; its output goes to `out` and `err`
expect() {
    wanted=$1
    shift
    ran="packread $*"
    $run_by "$PACKREAD" "$@" > out 2> err
    got=$?
    if [ "$got" -eq "$wanted" ]; then
        pass
    else
        fail "$ran: exit status $got, not $wanted"
    fi
}

# expect_input FILE STATUS ARGUMENT...: the same with FILE on standard input
expect_input() {
    input=$1
    shift
    expect "$@" < "$input"
}

# says PATTERN: standard error has a line that matches
says() {
    if [ -s err ] && grep -q -e "$1" err; then
        pass
    else
        fail "$ran: does not say '$1'"
    fi
}

# tells PATTERN: one of both has; what verify finds is its result
tells() {
    if grep -q -e "$1" err out; then
        pass
    else
        fail "$ran: does not tell '$1'"
    fi
}

# says_not PATTERN
says_not() {
    if [ -s err ] && grep -q -e "$1" err; then
        fail "$ran: says '$1'"
    else
        pass
    fi
}

# prints PATTERN: standard output has a line that matches
prints() {
    if [ -s out ] && grep -q -e "$1" out; then
        pass
    else
        fail "$ran: does not print '$1'"
    fi
}

# is_silent: nothing on standard error
is_silent() {
    if [ -s err ]; then
        fail "$ran: says something"
    else
        pass
    fi
}

# prints_nothing: nothing on standard output
prints_nothing() {
    if [ -s out ]; then
        fail "$ran: prints something"
    else
        pass
    fi
}

# same FILE FILE [WHAT]
same() {
    if cmp -s "$1" "$2"; then
        pass
    else
        fail "${3:-$ran}: $1 and $2 differ"
        diff "$1" "$2" 2> /dev/null | head -n 4 | cut -c 1-300 | cat -v | sed 's/^/    /'
    fi
}

# holds WHAT COMMAND...: the command succeeds
holds() {
    what=$1
    shift
    if "$@"; then
        pass
    else
        fail "$what"
    fi
}

# equal WHAT GOT WANTED
equal() {
    if [ "$2" = "$3" ]; then
        pass
    else
        fail "$1: '$2', not '$3'"
    fi
}

# has_lines FILE COUNT: of few lines, without a process
has_lines() {
    lines_seen=0
    while read -r one_line; do
        lines_seen=$((lines_seen + 1))
    done < "$1"
    equal "$ran: lines of $1" $lines_seen "$2"
}

# prints_only LINE: standard output is this one line
prints_only() {
    {
        IFS= read -r one_line || one_line='no line'
        ! read -r _ || one_line="$one_line, and more"
    } < out
    equal "$ran" "$one_line" "$1"
}

# is_clean FILE: no control byte but newline, and no byte that is not ASCII
is_clean() {
    if [ -s "$1" ] && LC_ALL=C grep -q -a '[^ -~]' "$1"; then
        fail "$ran: $1 holds control bytes"
    else
        pass
    fi
}

# first_id REPOSITORY [TYPE]
first_id() {
    git -C "$1" cat-file --batch-all-objects --batch-check | awk -v type="${2-}" \
        'type == "" || $2 == type { print $1; exit }'
}

# only_pack REPOSITORY: the path of its one pack
only_pack() {
    echo "$1"/objects/pack/*.pack
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
